#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace spillway::stats::detail {

static_assert(std::numeric_limits<double>::is_iec559);

/// Numbers that order as the doubles do. Both zeros have the same; NaN has one beyond an infinity.
[[nodiscard]] inline std::uint64_t ordered_key(double value) noexcept {
  auto const pattern = std::bit_cast<std::int64_t>(value + 0.0);
  return static_cast<std::uint64_t>(pattern ^ ((pattern >> 63U) | std::numeric_limits<std::int64_t>::min()));
}

/// The double that has this key.
[[nodiscard]] inline double value_of_key(std::uint64_t key) noexcept {
  constexpr auto sign = std::uint64_t{1} << 63U;
  return std::bit_cast<double>((key & sign) != 0 ? key ^ sign : ~key);
}

}  // namespace spillway::stats::detail
