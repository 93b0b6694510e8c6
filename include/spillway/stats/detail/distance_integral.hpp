#pragma once

#include <spillway/core/exact_sum.hpp>
#include <spillway/stats/detail/distribution_difference.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

namespace spillway::stats::detail {

/// ∫ f(n·m·(F(v) − G(v))) dv over the values v, for parts of the order that can be joined: each gap between two values
/// that differ, times what `Function` makes of the difference there.
///
/// Each term is rounded to about three units in the last place, the sum not at all.
template <class Function>
class distance_integral {
 public:
  explicit distance_integral(sample_sizes sizes) noexcept : difference_{sizes} {}

  void add(tie_group const& group) {
    if (empty_) {
      first_ = group.value;
      empty_ = false;
    } else {
      add_gap(group.value);
    }
    last_ = group.value;
    after_last_ = difference_.rounded(group.x_before + group.x_count, group.y_before + group.y_count);
  }

  void append(distance_integral const& later) {
    if (later.empty_) return;
    if (empty_) {
      *this = later;
      return;
    }
    add_gap(later.first_);
    sum_.add(later.sum_);
    last_ = later.last_;
    after_last_ = later.after_last_;
  }

  [[nodiscard]] distribution_difference const& difference() const noexcept { return difference_; }
  [[nodiscard]] double value() const noexcept { return sum_.value(); }

 private:
  /// Infinite values have no gap between them and others that is finite, but nothing is nothing where F = G.
  void add_gap(double next) {
    auto const gap = next == last_ ? 0 : next - last_;
    sum_.add(after_last_ == 0 ? 0 : Function{}(after_last_)*gap);
  }

  distribution_difference difference_;
  exact_sum sum_;
  double first_ = 0;
  double last_ = 0;
  double after_last_ = 0;
  bool empty_ = true;
};

}  // namespace spillway::stats::detail
