#pragma once

#include <spillway/core/exact_sum.hpp>
#include <spillway/core/integer_128.hpp>

#include <cmath>
#include <cstdint>

namespace spillway::stats::detail {

/// Adds `sign`·a·b, of however many bits, without error: the product is taken apart into parts that doubles hold.
inline void add_product(exact_sum& sum, unsigned_128 a, unsigned_128 b, int sign = 1) noexcept {
  constexpr int bits = 26;
  constexpr std::uint64_t mask = (1U << bits) - 1;
  auto const digit = [](unsigned_128 number, int place) {
    return static_cast<double>(static_cast<std::uint64_t>(number >> static_cast<unsigned>(bits * place)) & mask);
  };
  for (int i = 0; i < 5; ++i) {
    for (int j = 0; j < 5; ++j) sum.add(std::ldexp(sign * digit(a, i) * digit(b, j), bits * (i + j)));
  }
}

}  // namespace spillway::stats::detail
