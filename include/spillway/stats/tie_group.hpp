#pragma once

#include <cstdint>

namespace spillway::stats {

/// All values of two ordered samples that are equal, and how many come before them.
///
/// Statistics of ordered samples are accumulators that are given the groups in ascending order.
struct tie_group {
  double value = 0;  ///< for distances; which values are equal was settled before they were made doubles
  std::uint64_t x_before = 0;
  std::uint64_t y_before = 0;
  std::uint64_t x_count = 0;
  std::uint64_t y_count = 0;
};

}  // namespace spillway::stats
