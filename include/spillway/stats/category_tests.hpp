#pragma once

#include <spillway/stats/counted_categories.hpp>
#include <spillway/stats/detail/count_pairs.hpp>
#include <spillway/stats/divergence.hpp>
#include <spillway/stats/homogeneity.hpp>
#include <spillway/stats/test_result.hpp>

#include <cstdint>
#include <memory_resource>
#include <stop_token>

namespace spillway::stats {

struct category_tests_options {
  divergence_options divergence = {};
  /// Threads for counting samples that are in memory; results do not depend on it.
  unsigned threads = 2;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  std::stop_token stop = {};
};

struct category_tests_result {
  homogeneity_result homogeneity;
  divergence_result divergence;
};

/// Compares two samples of categories: chi-squared and G tests, and divergences. Samples are ranges, or functions that
/// pass text, as `counted_categories` takes them.
///
/// Any number of categories is counted within the memory that `options.memory` allows, in several passes if need be.
/// \throws argument_error if a sample is empty; what reading throws; cancelled
template <class X, class Y>
[[nodiscard]] category_tests_result category_tests(X const& x, Y const& y, category_tests_options const& options = {}) {
  using category = typename detail::categories_of_source<X>::type;
  counted_categories<category, X, Y> counted{
      x, y, {.threads = options.threads, .memory = options.memory, .stop = options.stop}};
  homogeneity_accumulator homogeneity{counted.sizes()};
  divergence_accumulator divergence{counted.sizes(), options.divergence};
  detail::count_pairs pairs{[&](std::uint64_t of_x, std::uint64_t of_y, std::uint64_t times) {
    homogeneity.add(of_x, of_y, times);
    divergence.add(of_x, of_y, times);
  }};
  counted.for_each([&](category const&, sample_sizes counts) { pairs.add(counts); });
  pairs.finish();
  return {homogeneity.result(), divergence.result()};
}

}  // namespace spillway::stats
