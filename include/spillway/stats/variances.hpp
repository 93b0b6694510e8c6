#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/nan.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/moments.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::stats {

/// From where deviations are measured.
enum class sample_centre : std::uint8_t {
  median,  ///< Brown and Forsythe: holds its level for distributions that are skewed or have long tails
  mean,    ///< Levene: finds a little more where distributions are symmetric
};

struct levene_options {
  sample_centre centre = sample_centre::median;
  nan_policy nan = nan_policy::omit;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
};

/// The statistic is Levene's W, which has an F distribution. It has no direction: the alternative is two-sided.
struct levene_result : test_result {
  double degrees_of_freedom_between = 1;
  double degrees_of_freedom_within = 0;
  /// The mean absolute deviation from the centre in each sample.
  double deviation_x = 0;
  double deviation_y = 0;
  /// Effect size: deviation of x over deviation of y, 1 if neither sample varies, infinite if y alone does not.
  double ratio = 1;
};

namespace detail {

/// The values that are numbers, as doubles.
template <class Range>
[[nodiscard]] std::pmr::vector<double> numbers_of(Range&& values, std::uint64_t& nans,
                                                  std::pmr::memory_resource* memory) {
  std::pmr::vector<double> numbers{memory};
  if constexpr (std::ranges::sized_range<Range>) numbers.reserve(static_cast<std::size_t>(std::ranges::size(values)));
  for (auto&& value : values) {
    auto const number = static_cast<double>(value);
    if (std::isnan(number)) {
      ++nans;
    } else if (std::isinf(number)) {
      throw argument_error{"a test of variances of infinite values"};
    } else {
      numbers.push_back(number);
    }
  }
  return numbers;
}

/// \pre there are values
[[nodiscard]] inline double median(std::pmr::vector<double> const& values) {
  std::pmr::vector<double> shuffled{values, values.get_allocator()};
  auto const middle = shuffled.begin() + static_cast<std::ptrdiff_t>(shuffled.size() / 2);
  std::ranges::nth_element(shuffled, middle);
  if (shuffled.size() % 2 != 0) return *middle;
  return *std::max_element(shuffled.begin(), middle) / 2 + *middle / 2;
}

/// Of the absolute deviations of a sample from its centre.
[[nodiscard]] inline moments deviations(std::pmr::vector<double> values, sample_centre centre) {
  if (values.empty()) throw argument_error{"a test of variances of an empty sample"};
  if (centre == sample_centre::mean) {
    auto const all = moments_of(values);
    for (auto& value : values) value = std::abs(all.deviation_of(value));
  } else {
    auto const middle = median(values);
    for (auto& value : values) value = std::abs(value - middle);
  }
  return moments_of(values);
}

}  // namespace detail

/// Whether two samples vary equally: the F test of how far their values are from the middle of their sample.
///
/// If all deviations of each sample are the same, W is 0 and p is 1 where they are also equal to those of the other,
/// else W is infinite and p is 0. As R's `leveneTest` and SciPy's `levene`. Sources: H. Levene, in "Contributions to
/// Probability and Statistics" (1960); M. B. Brown, A. B. Forsythe, Journal of the American Statistical Association 69
/// (1974). Complexity: linear. Memory: 8 bytes a value, for medians 16 bytes a value of
/// the larger sample.
/// \throws argument_error if a sample is empty or both have less than three values, for infinite values, and for NaN if
/// the options say so
template <std::ranges::input_range X, std::ranges::input_range Y>
  requires std::is_arithmetic_v<std::ranges::range_value_t<X>> && std::is_arithmetic_v<std::ranges::range_value_t<Y>>
[[nodiscard]] levene_result levene(X&& x, Y&& y, levene_options const& options = {}) {
  levene_result result;
  auto values_x = detail::numbers_of(x, result.omitted.x, options.memory);
  auto values_y = detail::numbers_of(y, result.omitted.y, options.memory);
  result.sizes = {values_x.size(), values_y.size()};
  if (detail::is_not_a_number(result.omitted, options.nan)) {
    return detail::not_a_number<levene_result>(result.sizes, alternative::two_sided);
  }
  auto const n = static_cast<double>(values_x.size());
  auto const m = static_cast<double>(values_y.size());
  if (n + m < 3) throw argument_error{"a test of variances needs two values in a sample"};
  auto const of_x = detail::deviations(std::move(values_x), options.centre);
  auto const of_y = detail::deviations(std::move(values_y), options.centre);

  result.degrees_of_freedom_within = n + m - 2;
  result.deviation_x = of_x.mean();
  result.deviation_y = of_y.mean();
  if (result.deviation_x != result.deviation_y) result.ratio = result.deviation_x / result.deviation_y;
  auto const difference = mean_difference(of_x, of_y);
  auto const within = n * of_x.population_variance() + m * of_y.population_variance();
  if (difference != 0) result.statistic = difference * difference * n / (n + m) * m * (n + m - 2) / within;
  detail::set_p_value(result, detail::fisher_f_upper_tail(result.statistic, 1, n + m - 2));
  return result;
}

/// The same with deviations from medians, whatever the options say.
template <std::ranges::input_range X, std::ranges::input_range Y>
[[nodiscard]] levene_result brown_forsythe(X&& x, Y&& y, levene_options options = {}) {
  options.centre = sample_centre::median;
  return levene(x, y, options);
}

}  // namespace spillway::stats
