#pragma once

#include <spillway/core/integer_128.hpp>

#include <cstdint>

namespace spillway::stats::detail {

/// Counts up to here are multiplied and compared exactly; no data has more values.
inline constexpr auto largest_total = std::uint64_t{1} << 62U;

/// \pre both at most `largest_total`
[[nodiscard]] constexpr signed_128 product(std::uint64_t a, std::uint64_t b) noexcept {
  return static_cast<signed_128>(a) * static_cast<signed_128>(b);
}

[[nodiscard]] constexpr double to_double(signed_128 value) noexcept { return static_cast<double>(value); }

}  // namespace spillway::stats::detail
