#pragma once

#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/choice_of_method.hpp>
#include <spillway/stats/detail/distribution_difference.hpp>
#include <spillway/stats/detail/kolmogorov_smirnov_exact.hpp>
#include <spillway/stats/detail/ordered_test.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/detail/tie_marks.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory_resource>
#include <utility>
#include <vector>

namespace spillway::stats {

/// The statistic is the effect size too: the largest distance of the two empirical distribution functions, D, or in the
/// direction of a one-sided alternative, D+ or D−.
struct kolmogorov_smirnov_result : test_result {
  double greater = 0;   ///< D+, the most by which the distribution function of x is above that of y
  double less = 0;      ///< D−, the most by which it is below
  double location = 0;  ///< the least value at which the statistic is reached
  /// Whether the distribution function of x is above that of y at the location, 1, or below, −1.
  int sign = 1;
};

/// A part of the order of the largest distances that the Kolmogorov–Smirnov test takes.
class kolmogorov_smirnov_accumulator {
 public:
  /// For an exact p-value where it isn't cheap, `options.method` must ask for it from the start.
  explicit kolmogorov_smirnov_accumulator(sample_sizes sizes, test_options const& options = {})
      : difference_{sizes}, ties_{wants_ties(sizes, options), sizes, options.memory} {}

  void add(tie_group const& group) {
    auto const now = difference_.exact(group.x_before + group.x_count, group.y_before + group.y_count);
    if (now > highest_.difference) highest_ = {now, group.value};
    if (now < lowest_.difference) lowest_ = {now, group.value};
    ties_.add(group);
  }

  void append(kolmogorov_smirnov_accumulator const& later) {
    if (later.highest_.difference > highest_.difference) highest_ = later.highest_;
    if (later.lowest_.difference < lowest_.difference) lowest_ = later.lowest_;
    ties_.append(later.ties_);
  }

  [[nodiscard]] sample_sizes sizes() const noexcept { return difference_.sizes(); }

  [[nodiscard]] kolmogorov_smirnov_result result(test_options const& options = {}) const {
    detail::refuse_permutation("the Kolmogorov-Smirnov test", options);
    auto const above = takes_greater(options.alternative);
    auto const& extreme = above ? highest_ : lowest_;
    auto const distance = static_cast<unsigned_128>(above ? extreme.difference : -extreme.difference);
    kolmogorov_smirnov_result result;
    result.alternative = options.alternative;
    result.sizes = sizes();
    result.greater = static_cast<double>(highest_.difference) / difference_.scale();
    result.less = static_cast<double>(-lowest_.difference) / difference_.scale();
    result.statistic = above ? result.greater : result.less;
    result.location = extreme.value;
    result.sign = above ? 1 : -1;
    set_p_value(result, distance, options);
    return result;
  }

 private:
  struct extreme_difference {
    signed_128 difference;
    double value;
  };

  /// For `automatic`: of how many values the ends of groups are marked, and of how many they are used if some are tied.
  static constexpr std::uint64_t most_marked = std::uint64_t{1} << 24U;
  static constexpr std::uint64_t most_tied = std::uint64_t{1} << 21U;

  /// More than any difference.
  static constexpr auto beyond = static_cast<signed_128>(1) << 126U;

  static bool wants_ties(sample_sizes sizes, test_options const& options) {
    return options.method == p_value_method::exact ||
           (options.method == p_value_method::automatic && sizes.x + sizes.y <= most_marked);
  }

  /// Which of the two extremes the statistic is: of equal ones, that which is reached first.
  [[nodiscard]] bool takes_greater(alternative claimed) const {
    if (claimed != alternative::two_sided) return claimed == alternative::greater;
    if (highest_.difference == -lowest_.difference) return highest_.value <= lowest_.value;
    return highest_.difference > -lowest_.difference;
  }

  void set_p_value(kolmogorov_smirnov_result& result, unsigned_128 distance, test_options const& options) const {
    auto const forced = options.method == p_value_method::exact;
    if (forced) ties_.require();
    auto const tied = ties_.known() && ties_.any_ties();
    auto const possible = forced || (options.method == p_value_method::automatic && ties_.known() &&
                                     (!tied || sizes().x + sizes().y <= most_tied));
    std::pmr::vector<std::uint64_t> ends{options.memory};
    if (possible && tied) ends = ties_.ends();
    detail::kolmogorov_smirnov_event const event{distance, sizes(), options.alternative, ends};
    auto const exact = forced || (possible && detail::kolmogorov_smirnov_p_cost(event) <= detail::cheap);
    result.method = exact ? p_value_method::exact : p_value_method::asymptotic;
    detail::set_p_value(result, exact ? detail::kolmogorov_smirnov_p(event, options.memory, options.stop)
                                      : asymptotic_p(result.statistic, options.alternative));
  }

  [[nodiscard]] detail::probability asymptotic_p(double distance, alternative claimed) const {
    auto const n = static_cast<double>(sizes().x);
    auto const m = static_cast<double>(sizes().y);
    auto const scaled = std::sqrt(n / (n + m) * m) * distance;
    if (claimed == alternative::two_sided) return detail::kolmogorov_upper_tail(scaled);
    return detail::probability::of_logarithm(-2 * scaled * scaled);
  }

  detail::distribution_difference difference_;
  extreme_difference highest_{-beyond, 0};
  extreme_difference lowest_{beyond, 0};
  detail::tie_marks ties_;
};

/// The two-sample test of Kolmogorov and Smirnov: whether the distribution functions differ anywhere. `greater` claims
/// that the distribution function of x is above that of y somewhere (so that values of x tend to be less), as R and
/// SciPy have it.
///
/// The distance is computed in integers. Exact p-values are over all ways of sharing out the pooled values, ties as
/// they are; `automatic` takes them up to 2^28 additions (0.05 s or so) and, if values are tied, 2^21 values.
/// Asymptotic ones are Kolmogorov's series of √(n·m / (n + m))·D, or Smirnov's exp(−2·n·m / (n + m)·D²) for one-sided
/// alternatives, as R has them.
///
/// Values of each sample in any order, or both `sorted`. Complexity: that of sorting. Memory: a copy of the values,
/// of large samples in contiguous memory 20 MiB instead; none for sorted ones; a bit for each value, and for an exact
/// p-value 8 bytes for each that differs if some are tied.
/// \throws argument_error if a sample has no values; cancelled
template <class X, class Y>
  requires detail::two_samples<X, Y>
kolmogorov_smirnov_result kolmogorov_smirnov(X&& x, Y&& y, test_options const& options = {}) {
  return detail::ordered_test<kolmogorov_smirnov_accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
}

}  // namespace spillway::stats
