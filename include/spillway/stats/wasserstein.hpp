#pragma once

#include <spillway/stats/detail/distance_integral.hpp>
#include <spillway/stats/detail/ordered_test.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <cmath>
#include <utility>

namespace spillway::stats {

/// A measure, not a test: for a p-value there is `permutation_test`.
struct wasserstein_result {
  double distance = 0;  ///< in the unit of the values
  sample_sizes sizes = {};
  /// Values left out because they are not numbers.
  sample_sizes omitted = {};
};

/// A part of the order of the integral that the Wasserstein distance is.
class wasserstein_accumulator {
 public:
  explicit wasserstein_accumulator(sample_sizes sizes, test_options const& /*options*/ = {}) noexcept
      : integral_{sizes} {}

  void add(tie_group const& group) { integral_.add(group); }
  void append(wasserstein_accumulator const& later) { integral_.append(later.integral_); }
  [[nodiscard]] sample_sizes sizes() const noexcept { return integral_.difference().sizes(); }

  [[nodiscard]] wasserstein_result result(test_options const& /*options*/ = {}) const {
    return {integral_.value() / integral_.difference().scale(), sizes(), {}};
  }

 private:
  struct magnitude {
    double operator()(double difference) const noexcept { return std::abs(difference); }
  };
  detail::distance_integral<magnitude> integral_;
};

/// The Wasserstein distance of order 1, also known as the earth mover's: the least mean distance by which the values of
/// the one sample must be moved to be distributed as those of the other; the integral of |F − G|.
///
/// Infinite if a value is infinite where the other sample has none to match it. Integers beyond 2^53 are doubles for
/// the distance between values, though not for which are equal.
///
/// Values of each sample in any order, or both `sorted`. Complexity: that of sorting. Memory: a copy of the values,
/// of large samples in contiguous memory 20 MiB instead; none for sorted ones.
/// \throws argument_error if a sample has no values; cancelled
template <class X, class Y>
  requires detail::two_samples<X, Y>
wasserstein_result wasserstein(X&& x, Y&& y, test_options const& options = {}) {
  return detail::ordered_test<wasserstein_accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
}

}  // namespace spillway::stats
