#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/exact_product.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace spillway::stats {

/// How many of how many.
struct proportion {
  std::uint64_t successes = 0;
  std::uint64_t trials = 0;
};

struct two_proportions_options {
  stats::alternative alternative = stats::alternative::two_sided;
  /// Of the interval of the difference.
  double confidence = 0.95;
};

/// The statistic is z: positive where x has the larger share.
struct two_proportions_result : test_result {
  double proportion_x = 0;
  double proportion_y = 0;
  double difference = 0;  ///< of x less y
  double difference_lower = -1;
  double difference_upper = 1;
  /// Effect size: 2·asin √p of x less that of y. Cohen calls 0.2 small, 0.5 medium, 0.8 large.
  double cohens_h = 0;
};

namespace detail {

struct interval {
  double lower;
  double upper;
};

/// Wilson's score interval.
[[nodiscard]] inline interval wilson_interval(proportion share, double z) noexcept {
  auto const n = static_cast<double>(share.trials);
  auto const p = static_cast<double>(share.successes) / n;
  auto const centre = p + z * z / (2 * n);
  auto const half = z * std::sqrt((p * (1 - p) + z * z / (4 * n)) / n);
  auto const scale = 1 + z * z / n;
  return {std::max(0., (centre - half) / scale), std::min(1., (centre + half) / scale)};
}

/// Newcombe's hybrid of the two score intervals, which stays within −1 and 1 and has width even where a share is 0.
inline void set_difference_interval(two_proportions_result& result, proportion x, proportion y, double confidence) {
  auto const z = normal_upper_quantile((1 - confidence) / 2);
  auto const of_x = wilson_interval(x, z);
  auto const of_y = wilson_interval(y, z);
  result.difference_lower =
      result.difference - std::hypot(result.proportion_x - of_x.lower, of_y.upper - result.proportion_y);
  result.difference_upper =
      result.difference + std::hypot(of_x.upper - result.proportion_x, result.proportion_y - of_y.lower);
}

/// The angle between the two shares from its sine and cosine, so that nothing cancels where they are close.
[[nodiscard]] inline double cohens_h(proportion x, proportion y, double difference) noexcept {
  if (difference == 0) return 0;
  auto const share = [](std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  auto const p = share(x.successes, x.trials);
  auto const q = share(y.successes, y.trials);
  auto const not_p = share(x.trials - x.successes, x.trials);
  auto const not_q = share(y.trials - y.successes, y.trials);
  return 2 * std::atan2(difference / (std::sqrt(p * not_q) + std::sqrt(q * not_p)),
                        std::sqrt(p * q) + std::sqrt(not_p * not_q));
}

inline void check(proportion share) {
  if (share.trials == 0) throw argument_error{"a share of no trials can't be compared"};
  if (share.trials > largest_total) throw argument_error{"too many trials: 2^62 at most"};
  if (share.successes > share.trials) throw argument_error{"a proportion has more successes than trials"};
}

}  // namespace detail

/// Whether two samples have different shares of successes: the z test with the pooled share, whose square is the
/// chi-squared statistic of the 2 × 2 table without continuity correction. `greater` claims that x has the larger
/// share.
///
/// If all or none of the pooled trials are successes, z is 0 and p is 1. For small counts `fisher_exact` is exact.
/// Sources: of the interval R. G. Newcombe, Statistics in Medicine 17 (1998), method 10; of the effect size J. Cohen,
/// "Statistical Power Analysis for the Behavioral Sciences" (1988).
/// \throws argument_error if there are no trials on a side, more successes than trials, or the confidence is not
/// between 0 and 1.
[[nodiscard]] inline two_proportions_result two_proportions(proportion x, proportion y,
                                                            two_proportions_options const& options = {}) {
  detail::check(x);
  detail::check(y);
  if (!(options.confidence > 0 && options.confidence < 1)) throw argument_error{"a confidence is between 0 and 1"};
  auto const n = static_cast<double>(x.trials);
  auto const m = static_cast<double>(y.trials);
  auto const successes = static_cast<double>(x.successes + y.successes);
  auto const failures = n + m - successes;
  // Exact before it is rounded: the shares may agree in most of their digits.
  auto const excess =
      detail::to_double(detail::product(x.successes, y.trials) - detail::product(y.successes, x.trials));

  two_proportions_result result;
  result.alternative = options.alternative;
  result.sizes = {x.trials, y.trials};
  result.proportion_x = static_cast<double>(x.successes) / n;
  result.proportion_y = static_cast<double>(y.successes) / m;
  result.difference = excess / n / m;
  if (excess != 0) result.statistic = excess / std::sqrt(successes * n) * std::sqrt((n + m) / failures / m);
  result.cohens_h = detail::cohens_h(x, y, result.difference);
  detail::set_p_value(result,
                      detail::symmetric_p_value(result.statistic, options.alternative, detail::normal_upper_tail));
  detail::set_difference_interval(result, x, y, options.confidence);
  return result;
}

}  // namespace spillway::stats
