#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/nan.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/moments.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <ranges>
#include <type_traits>

namespace spillway::stats {

/// Whether samples are taken to come from distributions of one variance.
enum class variances : std::uint8_t { unequal, equal };

struct t_test_options {
  stats::alternative alternative = stats::alternative::two_sided;
  /// Welch's test, or Student's.
  stats::variances variances = stats::variances::unequal;
  nan_policy nan = nan_policy::omit;
};

struct t_test_result : test_result {
  double degrees_of_freedom = 0;
  double mean_x = 0;
  double mean_y = 0;
  double mean_difference = 0;  ///< of x less y
  double standard_error = 0;   ///< of the difference
  /// Effect size: the difference in units of the pooled standard deviation.
  double cohens_d = 0;
  /// The same without bias, by the exact factor.
  double hedges_g = 0;
};

namespace detail {

/// Γ(d / 2) / (√(d / 2)·Γ((d − 1) / 2)) for d degrees of freedom. With one there is none: nothing is corrected then.
[[nodiscard]] inline double hedges_correction(double degrees) noexcept {
  if (degrees <= 1) return 1;
  auto const a = degrees / 2;
  return std::exp(-(a - 1) * std::log1p(-0.5 / a) - 0.5 + stirling_remainder(a) - stirling_remainder(a - 0.5));
}

/// What is left of a ratio where nothing varies: equal or infinitely far apart.
[[nodiscard]] inline double standardised(double difference, double deviation) noexcept {
  return difference == 0 ? 0 : difference / deviation;
}

}  // namespace detail

/// Whether two samples, whose moments these are, have the same mean. `greater` claims that x has the larger one.
///
/// Samples in which nothing varies give t = 0 and p = 1 if they are equal, else an infinite t and p = 0.
/// As R's and SciPy's t tests. Sources: B. L. Welch, Biometrika 34 (1947), with Satterthwaite's degrees of freedom;
/// L. V. Hedges, Journal of Educational Statistics 6 (1981).
/// \throws argument_error if a sample has less than two values (with equal variances: if it has none, or both together
/// less than three), or infinite ones
[[nodiscard]] inline t_test_result t_test(moments const& x, moments const& y, t_test_options const& options = {}) {
  t_test_result result;
  result.alternative = options.alternative;
  result.sizes = {x.count(), y.count()};
  result.omitted = {x.nan_count(), y.nan_count()};
  auto const least = options.variances == variances::equal ? 1U : 2U;
  if (x.count() < least || y.count() < least || x.count() + y.count() < 3) {
    throw argument_error{"a t test needs two values in each sample"};
  }
  if (x.infinite_count() + y.infinite_count() != 0) throw argument_error{"a t test of infinite values"};

  auto const n = static_cast<double>(x.count());
  auto const m = static_cast<double>(y.count());
  auto const pooled = (n * x.population_variance() + m * y.population_variance()) / (n + m - 2);
  result.mean_x = x.mean();
  result.mean_y = y.mean();
  result.mean_difference = mean_difference(x, y);
  if (options.variances == variances::equal) {
    result.standard_error = std::sqrt(pooled * (1 / n + 1 / m));
    result.degrees_of_freedom = n + m - 2;
  } else {
    auto const of_x = x.variance() / n;
    auto const of_y = y.variance() / m;
    auto const share = of_x + of_y == 0 ? n / (n + m) : of_x / (of_x + of_y);
    result.standard_error = std::sqrt(of_x + of_y);
    result.degrees_of_freedom = 1 / (share * share / (n - 1) + (1 - share) * (1 - share) / (m - 1));
  }
  result.statistic = detail::standardised(result.mean_difference, result.standard_error);
  result.cohens_d = detail::standardised(result.mean_difference, std::sqrt(pooled));
  result.hedges_g = result.cohens_d * detail::hedges_correction(n + m - 2);
  detail::set_p_value(result, detail::symmetric_p_value(result.statistic, options.alternative, [&](double t) {
                        return detail::student_t_upper_tail(t, result.degrees_of_freedom);
                      }));
  return result;
}

/// The same of two ranges of values, each read once.
/// \throws argument_error also for NaN, if `options.nan` says so
template <std::ranges::input_range X, std::ranges::input_range Y>
  requires std::is_arithmetic_v<std::ranges::range_value_t<X>> && std::is_arithmetic_v<std::ranges::range_value_t<Y>>
[[nodiscard]] t_test_result t_test(X&& x, Y&& y, t_test_options const& options = {}) {
  auto const of_x = moments_of(x);
  auto const of_y = moments_of(y);
  if (detail::is_not_a_number({of_x.nan_count(), of_y.nan_count()}, options.nan)) {
    return detail::not_a_number<t_test_result>({of_x.count(), of_y.count()}, options.alternative);
  }
  return t_test(of_x, of_y, options);
}

}  // namespace spillway::stats
