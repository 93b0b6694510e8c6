#pragma once

#include <spillway/core/exact_sum.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/add_product.hpp>
#include <spillway/stats/detail/choice_of_method.hpp>
#include <spillway/stats/detail/ordered_test.hpp>
#include <spillway/stats/detail/placement_squares.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/mann_whitney.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace spillway::stats {

/// The statistic is W of Brunner and Munzel: positive if the values of y tend to be greater, as SciPy has it.
struct brunner_munzel_result : test_result {
  /// Effect size: the chance that a value of x is greater than one of y, equal ones counting half.
  double superiority = 0.5;
  /// Of Student's t distribution, from which the p-value is; infinite if it is not from there.
  double degrees_of_freedom = std::numeric_limits<double>::infinity();
};

/// A part of the order of the sums that the Brunner–Munzel test takes.
class brunner_munzel_accumulator {
 public:
  explicit brunner_munzel_accumulator(sample_sizes sizes, test_options const& options = {}) : ranks_{sizes, options} {}

  void add(tie_group const& group) {
    squares_.add(group);
    ranks_.add(group);
  }

  void append(brunner_munzel_accumulator const& later) {
    squares_.append(later.squares_);
    ranks_.append(later.ranks_);
  }

  [[nodiscard]] sample_sizes sizes() const noexcept { return ranks_.sizes(); }

  [[nodiscard]] brunner_munzel_result result(test_options const& options = {}) const {
    detail::require_asymptotic("the Brunner-Munzel test", options);
    auto const n = static_cast<double>(sizes().x);
    auto const m = static_cast<double>(sizes().y);
    auto const pairs = static_cast<unsigned_128>(sizes().x) * sizes().y;
    auto const twice_u = ranks_.twice_u();
    auto const towards_y = static_cast<double>(static_cast<signed_128>(pairs - twice_u)) / 2;
    auto const x_part = n * variance(sizes().x, squares_.x(), twice_u);
    auto const y_part = m * variance(sizes().y, squares_.y(), 2 * pairs - twice_u);
    brunner_munzel_result result;
    result.alternative = options.alternative;
    result.sizes = sizes();
    result.superiority = static_cast<double>(twice_u) / static_cast<double>(2 * pairs);
    result.statistic = towards_y == 0 ? 0 : towards_y / std::sqrt(x_part + y_part);
    if (std::min(n, m) < 2 || x_part + y_part == 0) {
      set_rank_p_value(result, options);
    } else {
      result.degrees_of_freedom = (x_part + y_part) / (x_part / (x_part + y_part) * x_part / (n - 1) +
                                                       y_part / (x_part + y_part) * y_part / (m - 1));
      detail::set_p_value(result, detail::symmetric_p_value(-result.statistic, options.alternative, [&](double t) {
                            return detail::student_t_upper_tail(t, result.degrees_of_freedom);
                          }));
    }
    return result;
  }

 private:
  /// Of the numbers of values below, given twice their sum and four times that of their squares; 0 for a single one.
  [[nodiscard]] static double variance(std::uint64_t count, unsigned_128 squares, unsigned_128 sum) {
    if (count < 2) return 0;
    exact_sum numerator;
    detail::add_product(numerator, count, squares);
    detail::add_product(numerator, sum, sum, -1);
    auto const n = static_cast<double>(count);
    return numerator.value() / (4 * n * (n - 1));
  }

  /// Where no variance can be estimated.
  void set_rank_p_value(brunner_munzel_result& result, test_options const& options) const {
    auto const by_ranks = ranks_.result(options);
    result.method = by_ranks.method;
    result.p_value = by_ranks.p_value;
    result.log_p_value = by_ranks.log_p_value;
  }

  mann_whitney_accumulator ranks_;
  detail::placement_squares squares_;
};

/// The test of Brunner and Munzel (2000), whether the values of one sample tend to be greater than those of the other,
/// without taking their distributions to be of one shape; `greater`: those of x.
///
/// The p-value is from Student's t distribution with Satterthwaite's degrees of freedom. Where no variance can be
/// estimated, because a sample has a single value or all values of one sample are above those of the other, it is that
/// of `mann_whitney`, exact as a rule; the statistic is infinite in the second case, as it is for a single value if no
/// variance is left.
///
/// Values of each sample in any order, or both `sorted`. Complexity: that of sorting. Memory: a copy of the values,
/// of large samples in contiguous memory 20 MiB instead; none for sorted ones.
/// \throws argument_error if a sample has no values, or if an exact p-value is asked for; cancelled
template <class X, class Y>
  requires detail::two_samples<X, Y>
brunner_munzel_result brunner_munzel(X&& x, Y&& y, test_options const& options = {}) {
  return detail::ordered_test<brunner_munzel_accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
}

}  // namespace spillway::stats
