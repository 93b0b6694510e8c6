#pragma once

#include <spillway/core/exact_sum.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/anderson_darling_p.hpp>
#include <spillway/stats/detail/choice_of_method.hpp>
#include <spillway/stats/detail/distribution_difference.hpp>
#include <spillway/stats/detail/ordered_test.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <cstdint>
#include <utility>

namespace spillway::stats {

/// The statistic is Scholz and Stephens' T: A² less its mean, in standard deviations.
struct anderson_darling_result : test_result {
  double a_squared = 0;
  /// Effect size: A²·(n + m) / (n·m), which estimates the mean square of the difference of the two distribution
  /// functions, weighted by its inverse variance, whatever the sizes of the samples.
  double weighted_square_difference = 0;
};

/// A part of the order of the sum that the Anderson–Darling test takes.
class anderson_darling_accumulator {
 public:
  explicit anderson_darling_accumulator(sample_sizes sizes, test_options const& /*options*/ = {}) noexcept
      : difference_{sizes} {}

  void add(tie_group const& group) {
    // In the middle of the group, and everything twice, so that it is an integer.
    auto const x = 2 * group.x_before + group.x_count;
    auto const y = 2 * group.y_before + group.y_count;
    auto const all = difference_.sizes().x + difference_.sizes().y;
    auto const tied = group.x_count + group.y_count;
    auto const twice = difference_.rounded(x, y);
    auto const below = x + y;
    auto const weight = difference_.narrow()
                            ? static_cast<double>(static_cast<std::int64_t>(below * (2 * all - below) - all * tied))
                            : static_cast<double>(static_cast<unsigned_128>(below) * (2 * all - below) -
                                                  static_cast<unsigned_128>(all) * tied);
    if (weight == 0) return;  // all values are equal
    sum_.add(static_cast<double>(tied) * twice * twice / weight);
  }

  void append(anderson_darling_accumulator const& later) { sum_.add(later.sum_); }

  [[nodiscard]] sample_sizes sizes() const noexcept { return difference_.sizes(); }

  /// \throws argument_error if `options.alternative` is one-sided
  [[nodiscard]] anderson_darling_result result(test_options const& options = {}) const {
    detail::require_two_sided("the Anderson-Darling test", options);
    detail::require_asymptotic("the Anderson-Darling test", options);
    auto const n = static_cast<double>(sizes().x);
    auto const m = static_cast<double>(sizes().y);
    anderson_darling_result result;
    result.sizes = sizes();
    result.a_squared = sum_.value() * (n + m - 1) / (n + m) / difference_.scale();
    result.weighted_square_difference = result.a_squared * (n + m) / difference_.scale();
    auto const significance = detail::anderson_darling_p(result.a_squared, 2, sizes().x + sizes().y, 1 / n + 1 / m);
    result.statistic = significance.normalised;
    detail::set_p_value(result, significance.p);
    return result;
  }

 private:
  detail::distribution_difference difference_;
  exact_sum sum_;
};

/// The two-sample test of Anderson and Darling: whether the distribution functions differ anywhere, the ends counting
/// as much as the middle. Two-sided only.
///
/// Statistics are Scholz and Stephens' from midranks, SciPy's too. The p-value is that of the limit, computed and not
/// interpolated from a table, so that it holds in the whole tail as far as the limit itself does; it is not clamped.
///
/// Values of each sample in any order, or both `sorted`. Complexity: that of sorting. Memory: a copy of the values,
/// of large samples in contiguous memory 20 MiB instead; none for sorted ones.
/// \throws argument_error if a sample has no values, for a one-sided alternative, or if an exact p-value is asked for;
///         cancelled
template <class X, class Y>
  requires detail::two_samples<X, Y>
anderson_darling_result anderson_darling(X&& x, Y&& y, test_options const& options = {}) {
  return detail::ordered_test<anderson_darling_accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
}

}  // namespace spillway::stats
