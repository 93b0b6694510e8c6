#pragma once

#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace spillway::stats::detail {

/// A probability beside its natural logarithm, which stays finite and exact where the value is too small for a double.
struct probability {
  double value = 1;
  double logarithm = 0;

  [[nodiscard]] static probability of(double value) noexcept { return {value, std::log(value)}; }
  [[nodiscard]] static probability of_logarithm(double logarithm) noexcept { return {std::exp(logarithm), logarithm}; }
  /// 1 − `complement`, whose logarithm keeps what the value rounds away.
  [[nodiscard]] static probability without(double complement) noexcept {
    return {1 - complement, std::log1p(-complement)};
  }
  /// Of either of two events that exclude each other.
  [[nodiscard]] probability either(probability other) const noexcept {
    auto const larger = std::max(logarithm, other.logarithm);
    auto const smaller = std::min(logarithm, other.logarithm);
    if (std::isinf(smaller)) return value > other.value ? *this : other;
    return {value + other.value, larger + std::log1p(std::exp(smaller - larger))};
  }
  /// Of two events of this probability that exclude each other.
  [[nodiscard]] probability doubled() const noexcept { return {2 * value, logarithm + std::numbers::ln2}; }
  [[nodiscard]] probability halved() const noexcept { return {value / 2, logarithm - std::numbers::ln2}; }
};

/// Of a statistic that is distributed symmetrically around 0 and large where x tends to be.
template <class UpperTail>
[[nodiscard]] probability symmetric_p_value(double statistic, alternative claimed, UpperTail const& upper_tail) {
  switch (claimed) {
    case alternative::less:
      return upper_tail(-statistic);
    case alternative::greater:
      return upper_tail(statistic);
    case alternative::two_sided:
      break;
  }
  return upper_tail(std::abs(statistic)).doubled();
}

inline void set_p_value(test_result& result, probability p) noexcept {
  result.p_value = p.value;
  result.log_p_value = p.logarithm;
}

}  // namespace spillway::stats::detail
