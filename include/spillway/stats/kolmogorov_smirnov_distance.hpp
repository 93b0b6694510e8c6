#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/kolmogorov_smirnov_search.hpp>
#include <spillway/stats/detail/readable_samples.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>

namespace spillway::stats {

/// How far apart two empirical distribution functions are: F of x, G of y.
struct kolmogorov_smirnov_distance_result {
  double statistic = 0;  ///< D, the larger of D+ and D−
  double greater = 0;    ///< D+ = max(F − G)
  double less = 0;       ///< D− = max(G − F)
  /// The least value at which D is reached. 0 if D is 0.
  double location = 0;
  int sign = 1;  ///< whether F is above (1) or below (−1) G there
  /// D exactly: times the product of the sizes, a whole number, from which the p-value follows.
  unsigned_128 distance = 0;
  sample_sizes sizes = {};
  sample_sizes omitted = {};  ///< values left out because they are not numbers
};

/// Numbers that the nearest double orders, but for those between which it does not tell.
template <class T>
concept distance_value = std::is_arithmetic_v<T> && sizeof(T) <= 8 && !std::same_as<T, bool>;

namespace detail {

template <class Count, class Samples>
kolmogorov_smirnov_distance_result distance_of(Samples const& samples, test_options const& options) {
  kolmogorov_smirnov_search<Samples, Count> search{samples, options.memory};
  search.count();
  kolmogorov_smirnov_distance_result result;
  result.sizes = search.sizes();
  result.omitted = search.omitted();
  if (result.omitted != sample_sizes{}) {
    if (options.nan == nan_policy::error) throw argument_error{"there are values that are not numbers"};
    if (options.nan == nan_policy::propagate) {
      auto const nan = std::numeric_limits<double>::quiet_NaN();
      result.statistic = result.greater = result.less = result.location = nan;
      return result;
    }
  }
  if (result.sizes.x == 0) throw argument_error{"sample x has no values"};
  if (result.sizes.y == 0) throw argument_error{"sample y has no values"};
  auto const [greater, less] = search.find();
  auto const& larger = less.distance > greater.distance ? less : greater;
  auto const scale = static_cast<double>(result.sizes.x) * static_cast<double>(result.sizes.y);
  result.greater = static_cast<double>(greater.distance) / scale;
  result.less = static_cast<double>(less.distance) / scale;
  result.statistic = static_cast<double>(larger.distance) / scale;
  result.location = static_cast<double>(larger.location);
  result.sign = less.distance > greater.distance ? -1 : 1;
  if (greater.distance == less.distance && less.location < greater.location) {
    result.location = static_cast<double>(less.location);
    result.sign = -1;
  }
  result.distance = static_cast<unsigned_128>(larger.distance);
  return result;
}

}  // namespace detail

/// The two-sample Kolmogorov–Smirnov distance, exactly, of samples in any order, without sorting them.
///
/// Values are counted in some 200,000 buckets that keep their order (`value_grid`). At the ends of buckets the distance
/// is known then, and within a bucket its counts bound it: only the values of those buckets that could hold the maximum
/// are read again and sorted. Where they are many, as with few different values, it takes more passes.
///
/// Complexity: linear; two passes over the data mostly. Memory: 2 MiB for each thread and up to 3 MiB, more above 2^32
/// values. `options.alternative` and `options.method` are not looked at.
/// \throws argument_error if a sample is empty, or for NaN if the policy is to; cancelled; what `options.memory` throws
template <std::ranges::contiguous_range X, std::ranges::contiguous_range Y>
  requires distance_value<std::ranges::range_value_t<X>> &&
           std::same_as<std::ranges::range_value_t<X>, std::ranges::range_value_t<Y>>
[[nodiscard]] kolmogorov_smirnov_distance_result kolmogorov_smirnov_distance(X const& x, Y const& y,
                                                                             test_options const& options = {}) {
  using T = std::ranges::range_value_t<X>;
  detail::samples_in_memory<T> const samples{x, y, options.threads, options.stop};
  if (std::max<std::uint64_t>(std::ranges::size(x), std::ranges::size(y)) > std::numeric_limits<std::uint32_t>::max()) {
    return detail::distance_of<std::uint64_t>(samples, options);
  }
  return detail::distance_of<std::uint32_t>(samples, options);
}

/// The same of samples that need not fit in memory: `x(sink)` and `y(sink)` pass all values, as spans, to `sink`; the
/// same values at each call, which are three mostly, the first to draw a sample from. With two threads x and y are
/// called at the same time.
template <distance_value T, class X, class Y>
[[nodiscard]] kolmogorov_smirnov_distance_result kolmogorov_smirnov_distance_of_blocks(
    X const& x, Y const& y, test_options const& options = {}) {
  detail::samples_in_blocks<T, X, Y> const samples{x, y, options.threads, options.stop};
  return detail::distance_of<std::uint64_t>(samples, options);
}

}  // namespace spillway::stats
