#pragma once

#include <spillway/core/integer_128.hpp>
#include <spillway/stats/tie_group.hpp>

#include <cstdint>

namespace spillway::stats::detail {

/// Sums of squares of the placements of two samples: a value's placement is how many values of the other sample are
/// below it, tied ones counting half. All sums are four times as large, so that they are integers.
class placement_squares {
 public:
  void add(tie_group const& group) noexcept {
    auto const twice_x = 2 * group.y_before + group.y_count;
    auto const twice_y = 2 * group.x_before + group.x_count;
    x_ += static_cast<unsigned_128>(twice_x) * twice_x * group.x_count;
    y_ += static_cast<unsigned_128>(twice_y) * twice_y * group.y_count;
    if (group.x_count + group.y_count > 1) {
      own_ties_x_ += own_ties(group.x_count);
      own_ties_y_ += own_ties(group.y_count);
    }
  }

  void append(placement_squares const& later) noexcept {
    x_ += later.x_;
    y_ += later.y_;
    own_ties_x_ += later.own_ties_x_;
    own_ties_y_ += later.own_ties_y_;
  }

  [[nodiscard]] unsigned_128 x() const noexcept { return x_; }
  [[nodiscard]] unsigned_128 y() const noexcept { return y_; }

  /// Of each value's rank among all less its rank in the own sample, where tied values have one rank among all, their
  /// midrank, but one after another in the own sample. Those differences have the placement for their mean, so that the
  /// sum of their squares is larger by (c³ − c) / 12 for c values tied.
  [[nodiscard]] unsigned_128 rank_squares_x() const noexcept { return x_ + own_ties_x_ / 3; }
  [[nodiscard]] unsigned_128 rank_squares_y() const noexcept { return y_ + own_ties_y_ / 3; }

 private:
  static unsigned_128 own_ties(std::uint64_t count) noexcept {
    return (static_cast<unsigned_128>(count) * count - 1) * count;
  }

  unsigned_128 x_ = 0;
  unsigned_128 y_ = 0;
  unsigned_128 own_ties_x_ = 0;
  unsigned_128 own_ties_y_ = 0;
};

}  // namespace spillway::stats::detail
