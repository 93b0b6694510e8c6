#pragma once

namespace spillway::stats {

/// Both ends included.
struct interval {
  double lower = 0;
  double upper = 0;
  [[nodiscard]] bool contains(double value) const noexcept { return lower <= value && value <= upper; }
};

}  // namespace spillway::stats
