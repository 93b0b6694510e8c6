#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <limits>

namespace spillway::stats::detail {

/// Whether a result is to be NaN because so many values are.
/// \throws argument_error if the policy is to throw
[[nodiscard]] inline bool is_not_a_number(sample_sizes nans, nan_policy policy) {
  if (nans == sample_sizes{} || policy == nan_policy::omit) return false;
  if (policy == nan_policy::error) throw argument_error{"a sample has values that are not numbers"};
  return true;
}

template <class Result>
[[nodiscard]] Result not_a_number(sample_sizes sizes, alternative claimed) {
  Result result;
  result.sizes = sizes;
  result.alternative = claimed;
  result.statistic = result.p_value = result.log_p_value = std::numeric_limits<double>::quiet_NaN();
  return result;
}

}  // namespace spillway::stats::detail
