#pragma once

#include <algorithm>
#include <cstdint>

namespace spillway::stats::detail {

/// n over k, exactly as long as that is below 2^53, and to within k rounding errors beyond.
inline double binomial(std::uint64_t n, std::uint64_t k) {
  if (k > n) return 0;
  k = std::min(k, n - k);
  double result = 1;
  for (std::uint64_t i = 1; i <= k; ++i) result = result * static_cast<double>(n - k + i) / static_cast<double>(i);
  return result;
}

}  // namespace spillway::stats::detail
