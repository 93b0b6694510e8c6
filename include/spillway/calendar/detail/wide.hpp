#pragma once

#include <cstdint>

namespace spillway::calendar::detail {

__extension__ using int128 = __int128;
__extension__ using uint128 = unsigned __int128;

constexpr std::uint64_t high_half_of_product(std::uint64_t a, std::uint64_t b) noexcept {
  return static_cast<std::uint64_t>((uint128{a} * b) >> 64U);
}

/// \pre divisor > 0
constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) noexcept {
  auto const quotient = dividend / divisor;
  return quotient - static_cast<std::int64_t>(dividend % divisor < 0);
}

}  // namespace spillway::calendar::detail
