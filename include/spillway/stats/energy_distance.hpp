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
struct energy_distance_result {
  double distance = 0;  ///< the square of it is in the unit of the values
  sample_sizes sizes = {};
  /// Values left out because they are not numbers.
  sample_sizes omitted = {};
};

/// A part of the order of the integral that the energy distance is the root of.
class energy_distance_accumulator {
 public:
  explicit energy_distance_accumulator(sample_sizes sizes, test_options const& /*options*/ = {}) noexcept
      : integral_{sizes} {}

  void add(tie_group const& group) { integral_.add(group); }
  void append(energy_distance_accumulator const& later) { integral_.append(later.integral_); }
  [[nodiscard]] sample_sizes sizes() const noexcept { return integral_.difference().sizes(); }

  [[nodiscard]] energy_distance_result result(test_options const& /*options*/ = {}) const {
    return {std::sqrt(2 * integral_.value()) / integral_.difference().scale(), sizes(), {}};
  }

 private:
  struct square {
    double operator()(double difference) const noexcept { return difference * difference; }
  };
  detail::distance_integral<square> integral_;
};

/// The energy distance √(2·E|X − Y| − E|X − X′| − E|Y − Y′|) of Székely and Rizzo, which is what SciPy calls so: the
/// root of twice the integral of (F − G)².
///
/// Infinite if a value is infinite where the other sample has none to match it. Integers beyond 2^53 are doubles for
/// the distance between values, though not for which are equal.
///
/// Values of each sample in any order, or both `sorted`. Complexity: that of sorting. Memory: a copy of the values,
/// of large samples in contiguous memory 20 MiB instead; none for sorted ones.
/// \throws argument_error if a sample has no values; cancelled
template <class X, class Y>
  requires detail::two_samples<X, Y>
energy_distance_result energy_distance(X&& x, Y&& y, test_options const& options = {}) {
  return detail::ordered_test<energy_distance_accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
}

}  // namespace spillway::stats
