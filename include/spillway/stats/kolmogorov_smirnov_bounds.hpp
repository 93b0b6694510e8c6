#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/kolmogorov_smirnov_exact.hpp>
#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/distribution_summary.hpp>
#include <spillway/stats/interval.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

namespace spillway::stats {

/// What summaries of two samples tell for certain of their Kolmogorov–Smirnov test.
struct kolmogorov_smirnov_bounds_result {
  interval statistic;
  interval p_value;
  interval log_p_value;
  p_value_method method = p_value_method::asymptotic;  ///< whose p-value it is that lies between the bounds
  stats::alternative alternative = stats::alternative::two_sided;
  sample_sizes sizes = {};
  sample_sizes omitted = {};  ///< values left out because they are not numbers
};

namespace detail {

/// Bounds of the distance times the product of the sizes: what it is at the ends of buckets, and what it can be at most
/// within them.
struct distance_bounds {
  signed_128 lower = 0;
  signed_128 upper = 0;

  void take(signed_128 at_end, signed_128 at_most) {
    lower = std::max(lower, at_end);
    upper = std::max(upper, std::max(at_end, at_most));
  }
};

inline distance_bounds bound_distance(distribution_summary const& x, distribution_summary const& y, sample_sizes sizes,
                                      alternative claimed) {
  auto const difference = [&](std::uint64_t i, std::uint64_t j) {
    return static_cast<signed_128>(i) * static_cast<signed_128>(sizes.y) -
           static_cast<signed_128>(j) * static_cast<signed_128>(sizes.x);
  };
  distance_bounds bounds;
  sample_sizes before;
  for (std::size_t bucket = 0; bucket < x.counts().size(); ++bucket) {
    sample_sizes const after{before.x + x.counts()[bucket], before.y + y.counts()[bucket]};
    auto const at_end = difference(after.x, after.y);
    if (claimed != alternative::less) bounds.take(at_end, difference(after.x, before.y));
    if (claimed != alternative::greater) bounds.take(-at_end, -difference(before.x, after.y));
    before = after;
  }
  return bounds;
}

/// Where buckets end among the pooled values: the coarsest ties that there can be.
inline std::pmr::vector<std::uint64_t> bucket_ends(distribution_summary const& x, distribution_summary const& y,
                                                   std::pmr::memory_resource* memory) {
  std::pmr::vector<std::uint64_t> ends{memory};
  std::uint64_t end = 0;
  for (std::size_t bucket = 0; bucket < x.counts().size(); ++bucket) {
    auto const count = x.counts()[bucket] + y.counts()[bucket];
    if (count != 0) ends.push_back(end += count);
  }
  return ends;
}

inline probability asymptotic_kolmogorov_smirnov_p(double statistic, sample_sizes sizes, alternative claimed) {
  auto const n = static_cast<double>(sizes.x);
  auto const m = static_cast<double>(sizes.y);
  auto const scaled = std::sqrt(n / (n + m) * m) * statistic;
  if (claimed == alternative::two_sided) return kolmogorov_upper_tail(scaled);
  return probability::of_logarithm(-2 * scaled * scaled);
}

}  // namespace detail

/// Between which bounds the Kolmogorov–Smirnov statistic of two samples and its p-value lie, for certain, if no more
/// than summaries of them on one grid are known. They are apart by about one bucket's share of the values.
///
/// The exact p-value depends on ties too: it is the greatest if there are none, and the least if all values of a bucket
/// are equal. `automatic` bounds the exact one where that takes up to 2^28 additions, else the asymptotic one.
/// Complexity: linear in the buckets, beside the p-values. No values that are not numbers: `options.nan` omits or
/// refuses them, and what can't be bounded is not propagated.
/// \throws argument_error if the grids differ or a summary is of no values
[[nodiscard]] inline kolmogorov_smirnov_bounds_result kolmogorov_smirnov_bounds(distribution_summary const& x,
                                                                                distribution_summary const& y,
                                                                                test_options const& options = {}) {
  if (!(x.grid() == y.grid())) throw argument_error{"summaries can be compared only if their grids are equal"};
  kolmogorov_smirnov_bounds_result result;
  result.alternative = options.alternative;
  result.sizes = {x.size(), y.size()};
  result.omitted = {x.not_numbers(), y.not_numbers()};
  if (options.nan != nan_policy::omit && result.omitted != sample_sizes{}) {
    throw argument_error{"the summaries count values that are not numbers"};
  }
  if (options.method == p_value_method::permutation) throw argument_error{"summaries can't be permuted"};
  if (result.sizes.x == 0) throw argument_error{"the summary of x is of no values"};
  if (result.sizes.y == 0) throw argument_error{"the summary of y is of no values"};
  auto const bounds = detail::bound_distance(x, y, result.sizes, options.alternative);
  auto const scale = static_cast<double>(result.sizes.x) * static_cast<double>(result.sizes.y);
  result.statistic = {static_cast<double>(bounds.lower) / scale, static_cast<double>(bounds.upper) / scale};

  auto const ends = detail::bucket_ends(x, y, options.memory);
  detail::kolmogorov_smirnov_event const likeliest{static_cast<unsigned_128>(bounds.lower), result.sizes,
                                                   options.alternative};
  detail::kolmogorov_smirnov_event const rarest{static_cast<unsigned_128>(bounds.upper), result.sizes,
                                                options.alternative, ends};
  constexpr double cheap = 0x1p28;
  auto const exact =
      options.method == p_value_method::exact ||
      (options.method == p_value_method::automatic &&
       detail::kolmogorov_smirnov_p_cost(likeliest) + detail::kolmogorov_smirnov_p_cost(rarest) <= cheap);
  result.method = exact ? p_value_method::exact : p_value_method::asymptotic;
  auto const p = [&](detail::kolmogorov_smirnov_event const& event, double statistic) {
    if (exact) return detail::kolmogorov_smirnov_p(event, options.memory, options.stop);
    return detail::asymptotic_kolmogorov_smirnov_p(statistic, result.sizes, options.alternative);
  };
  auto const least = p(rarest, result.statistic.upper);
  auto const greatest = p(likeliest, result.statistic.lower);
  result.p_value = {least.value, greatest.value};
  result.log_p_value = {least.logarithm, greatest.logarithm};
  return result;
}

}  // namespace spillway::stats
