#pragma once

#include <spillway/stats/test_options.hpp>

#include <cstdint>

namespace spillway::stats {

/// How many values two samples have, those left out not counted.
struct sample_sizes {
  std::uint64_t x = 0;
  std::uint64_t y = 0;

  friend bool operator==(sample_sizes const&, sample_sizes const&) = default;
};

/// What every test tells; the result of each adds what is its own, the effect size above all.
struct test_result {
  double statistic = 0;
  double p_value = 1;
  /// Natural logarithm of the p-value: finite where the p-value itself is too small for a double.
  double log_p_value = 0;
  p_value_method method = p_value_method::asymptotic;
  stats::alternative alternative = stats::alternative::two_sided;
  sample_sizes sizes = {};
  /// Values left out because they are not numbers.
  sample_sizes omitted = {};
};

}  // namespace spillway::stats
