#pragma once

#include <spillway/stats/anderson_darling.hpp>
#include <spillway/stats/brunner_munzel.hpp>
#include <spillway/stats/cramer_von_mises.hpp>
#include <spillway/stats/detail/ordered_test.hpp>
#include <spillway/stats/energy_distance.hpp>
#include <spillway/stats/kolmogorov_smirnov.hpp>
#include <spillway/stats/mann_whitney.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/wasserstein.hpp>

#include <tuple>
#include <utility>

namespace spillway::stats {

struct ordered_tests_result {
  kolmogorov_smirnov_result kolmogorov_smirnov;
  cramer_von_mises_result cramer_von_mises;
  anderson_darling_result anderson_darling;
  mann_whitney_result mann_whitney;
  brunner_munzel_result brunner_munzel;
  wasserstein_result wasserstein;
  energy_distance_result energy_distance;
};

/// All tests of ordered samples from one pass, each with the same result as by itself.
///
/// `options.alternative` is for those that have one-sided forms; `options.method` for those that have the method it
/// names, the others choose theirs. Values of each sample in any order, or both `sorted`. Complexity: that of sorting.
/// Memory: a copy of the values, of contiguous samples 20 MiB at most; none for sorted ones; a bit for each value.
/// \throws argument_error if a sample has no values, or an exact p-value is asked for that is not in reach; cancelled
template <class X, class Y>
  requires detail::two_samples<X, Y>
ordered_tests_result ordered_tests(X&& x, Y&& y, test_options const& options = {}) {
  auto two_sided = options;
  two_sided.alternative = alternative::two_sided;
  auto const limit_only = [](test_options some) {
    if (some.method == p_value_method::exact) some.method = p_value_method::automatic;
    return some;
  };
  auto const seen =
      detail::accumulate<kolmogorov_smirnov_accumulator, cramer_von_mises_accumulator, anderson_darling_accumulator,
                         mann_whitney_accumulator, brunner_munzel_accumulator, wasserstein_accumulator,
                         energy_distance_accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
  auto const result = [&](auto const& accumulator, test_options const& own) {
    return detail::ordered_result(accumulator, seen.omitted, own);
  };
  auto const& [kolmogorov_smirnov, cramer_von_mises, anderson_darling, mann_whitney, brunner_munzel, wasserstein,
               energy_distance] = seen.all;
  return {result(kolmogorov_smirnov, options),
          result(cramer_von_mises, two_sided),
          result(anderson_darling, limit_only(two_sided)),
          result(mann_whitney, options),
          result(brunner_munzel, limit_only(options)),
          result(wasserstein, options),
          result(energy_distance, options)};
}

}  // namespace spillway::stats
