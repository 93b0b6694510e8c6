#pragma once

#include <cmath>
#include <limits>
#include <numbers>

/// What densities are made of without the cancellation of factorials that nearly cancel: the densities of the gamma,
/// beta and binomial families are a deviance, which is a sum of terms of one sign, times a power and remainders of
/// Stirling's formula. Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000).
namespace spillway::stats::detail {

inline constexpr double half_log_2_pi = 0.918938533204672741780329736406;

/// log(1 + x) − x, exact also where the two nearly cancel.
[[nodiscard]] inline double log1p_minus(double x) noexcept {
  if (x < -0.4 || x > 0.6) return std::log1p(x) - x;
  // 2·artanh(r) for log(1 + x), whose first term less x is −r·x.
  auto const r = x / (2 + x);
  auto const square = r * r;
  double sum = 0;
  auto power = square;
  for (double odd = 3; power > sum * std::numeric_limits<double>::epsilon() / 4; odd += 2, power *= square) {
    sum += power / odd;
  }
  return r * (2 * sum - x);
}

/// log Γ(z) − ((z − ½)·log z − z + ½·log 2π), for z > 0.
[[nodiscard]] inline double stirling_remainder(double z) noexcept {
  double steps = 0;
  for (; z < 10; z += 1) steps += (z + 0.5) * std::log1p(1 / z) - 1;
  auto const r = 1 / (z * z);
  auto const series =
      1. / 12 - r * (1. / 360 - r * (1. / 1260 - r * (1. / 1680 - r * (1. / 1188 - r * (691. / 360360 - r / 156)))));
  return steps + series / z;
}

[[nodiscard]] inline double log_gamma(double z) noexcept {
  return (z - 0.5) * std::log(z) - z + half_log_2_pi + stirling_remainder(z);
}

/// log n! of a whole number.
[[nodiscard]] inline double log_factorial(double n) noexcept { return n < 2 ? 0 : log_gamma(n + 1); }

/// observed·log(observed / expected) + expected − observed: at least 0, and 0 where the two are equal. `excess` is
/// observed − expected, for callers who know it better than a difference tells.
[[nodiscard]] inline double deviance(double observed, double expected, double excess) noexcept {
  if (observed <= 0) return expected;
  if (expected < observed / 2) return observed * std::log(observed / expected) - excess;
  return -observed * log1p_minus(-excess / observed);
}

[[nodiscard]] inline double deviance(double observed, double expected) noexcept {
  return deviance(observed, expected, observed - expected);
}

}  // namespace spillway::stats::detail
