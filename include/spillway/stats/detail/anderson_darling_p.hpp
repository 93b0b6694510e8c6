#pragma once

#include <spillway/stats/detail/harmonic.hpp>
#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/detail/quadratic_form_tail.hpp>

#include <cmath>
#include <cstdint>
#include <numbers>

namespace spillway::stats::detail {

struct anderson_darling_significance {
  double normalised;  ///< the statistic less its mean, in standard deviations
  probability p;
};

/// Of the statistic of so many samples, given what the inverses of their sizes add up to.
///
/// The p-value is that of the limit at the same number of standard deviations above its mean: the limit is a sum of
/// samples − 1 independent copies of Anderson and Darling's of one sample. With fewer than four values the statistic's
/// variance isn't defined and the limit's is taken for it.
/// Source: F. W. Scholz and M. A. Stephens, K-sample Anderson–Darling tests (1987), where the limit is interpolated
/// from a table of seven levels; here it is computed. Their double sum g is H₂(N) − 2·H(N)/N + 1/N² in terms of the
/// sums H of 1/i and H₂ of 1/i² up to N.
inline anderson_darling_significance anderson_darling_p(double a_squared, std::uint64_t samples, std::uint64_t values,
                                                        double inverse_sizes) {
  auto const k = static_cast<double>(samples);
  auto const n = static_cast<double>(values);
  auto const limit_variance = 2 * (k - 1) * (std::numbers::pi * std::numbers::pi - 9) / 3;
  auto variance = limit_variance;
  if (values > 3) {
    harmonic_numbers const sums{values};
    auto const h = sums.first - 1 / n;
    auto const g = sums.second - 2 * sums.first / n + 1 / (n * n);
    auto const a = (4 * g - 6) * (k - 1) + (10 - 6 * g) * inverse_sizes;
    auto const b = (2 * g - 4) * k * k + 8 * h * k + (2 * g - 14 * h - 4) * inverse_sizes - 8 * h + 4 * g - 6;
    auto const c = (6 * h + 2 * g - 2) * k * k + (4 * h - 4 * g + 6) * k + (2 * h - 6) * inverse_sizes + 4 * h;
    auto const d = (2 * h + 6) * k * k - 4 * h * k;
    variance = (((a * n + b) * n + c) * n + d) / ((n - 1) * (n - 2) * (n - 3));
  }
  auto const normalised = (a_squared - (k - 1)) / std::sqrt(variance);
  auto const limit = k - 1 + normalised * std::sqrt(limit_variance);
  return {normalised, quadratic_form_tail<anderson_darling_limit>{limit, k - 1}.upper()};
}

}  // namespace spillway::stats::detail
