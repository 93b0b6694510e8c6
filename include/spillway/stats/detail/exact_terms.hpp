#pragma once

#include <spillway/core/exact_sum.hpp>

#include <cmath>
#include <cstdint>

namespace spillway::stats::detail {

/// Adds `term` so many times: the same as that many additions, however they are grouped.
inline void add_times(exact_sum& sum, double term, std::uint64_t times) {
  if (times == 1) return sum.add(term);
  // Counts above 2^53 would be rounded as doubles, so they go in two parts.
  for (auto const part : {static_cast<double>(times & 0xffffffffU), static_cast<double>(times >> 32U) * 0x1p32}) {
    if (part == 0) continue;
    auto const high = term * part;
    sum.add(high);
    sum.add(std::fma(term, part, -high));
  }
}

}  // namespace spillway::stats::detail
