#pragma once

#include <cstdint>
#include <memory_resource>
#include <stop_token>

namespace spillway::stats {

/// What the alternative hypothesis claims of the first sample, compared with the second. Each test says what "less" and
/// "greater" are about: locations, distribution functions, means, proportions or odds.
enum class alternative : std::uint8_t { two_sided, less, greater };

/// How a p-value is found. Results name the one that was used, never `automatic`.
enum class p_value_method : std::uint8_t {
  automatic,  ///< exact where that takes little time, else the best that follows
  exact,  ///< from the distribution of the statistic over all ways of sharing out the pooled values, ties as they are
  asymptotic,   ///< from the limit of that distribution for large samples
  permutation,  ///< from a random part of all ways of sharing out the pooled values
};

/// What to do with values that are not numbers.
enum class nan_policy : std::uint8_t {
  omit,       ///< leave them out and count them
  propagate,  ///< statistic and p-value become NaN
  error,      ///< throw `argument_error`
};

struct test_options {
  stats::alternative alternative = stats::alternative::two_sided;
  p_value_method method = p_value_method::automatic;
  nan_policy nan = nan_policy::omit;
  /// Threads for sorting and counting; results do not depend on it.
  unsigned threads = 2;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  std::stop_token stop = {};
};

}  // namespace spillway::stats
