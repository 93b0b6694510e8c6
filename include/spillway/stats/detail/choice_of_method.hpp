#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/test_options.hpp>

#include <string>

namespace spillway::stats::detail {

/// For distances that have no direction.
inline void require_two_sided(char const* test, test_options const& options) {
  if (options.alternative != alternative::two_sided) {
    throw argument_error{std::string{test} + " has no one-sided form"};
  }
}

inline void refuse_permutation(char const* test, test_options const& options) {
  if (options.method == p_value_method::permutation) {
    throw argument_error{std::string{test} + " by permutation is what permutation_test is for"};
  }
}

/// For tests of which only the limit for large samples is known.
inline void require_asymptotic(char const* test, test_options const& options) {
  refuse_permutation(test, options);
  if (options.method == p_value_method::exact) throw argument_error{std::string{test} + " has no exact p-value here"};
}

/// How long an exact p-value may take, in additions or thereabouts: what `automatic` spends on it, and what nobody
/// should wait for.
inline constexpr double cheap = 0x1p28;
inline constexpr double feasible = 0x1p36;

/// Whether what an exact p-value needs should be kept while values pass.
inline bool affordable(double cost, test_options const& options) {
  return cost <= (options.method == p_value_method::exact ? feasible : cheap);
}

/// Whether the exact p-value is wanted, if it costs so many additions.
inline bool choose_exact(char const* test, double cost, test_options const& options) {
  refuse_permutation(test, options);
  if (options.method == p_value_method::automatic) return cost <= cheap;
  if (options.method != p_value_method::exact) return false;
  if (cost > feasible) {
    throw argument_error{std::string{test} + " has no exact p-value for samples of this size in reasonable time"};
  }
  return true;
}

}  // namespace spillway::stats::detail
