#pragma once

#include <spillway/stats/detail/probability.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

/// The limits that statistics of quadratic type have for large samples: sums Σ λⱼ·Qⱼ of independent chi-squared
/// variables Qⱼ of equal degrees of freedom, that is, with the Laplace transform D(u)^(−degrees / 2) at −u, where
/// D(u) = Π (1 − 2·λⱼ·u).
namespace spillway::stats::detail {

using complex = std::complex<double>;

/// ln sin δ for δ below or on the real axis, without a jump from one branch to another.
inline complex log_sine(complex delta) {
  if (std::abs(delta) < 1) return std::log(std::sin(delta));
  constexpr complex i{0, 1};
  return i * delta + std::log(1.0 - std::exp(-2.0 * i * delta)) - std::numbers::ln2 - i * (std::numbers::pi / 2);
}

/// λⱼ = 1 / (j·π)², of Cramér–von Mises: D(u) = sin z / z with z = √(2u), in terms of how far u is below the first
/// zero.
struct cramer_von_mises_limit {
  static constexpr double first_zero = std::numbers::pi * std::numbers::pi / 2;

  static complex log_determinant(complex below) {
    auto const z = std::sqrt(2 * first_zero - 2.0 * below);
    return log_sine(2.0 * below / (std::numbers::pi + z)) - std::log(z);
  }
};

/// λⱼ = 1 / (j·(j + 1)), of Anderson–Darling: D(u) = −cos z / (2πu) with z = π/2·√(1 + 8u).
struct anderson_darling_limit {
  static constexpr double first_zero = 1;

  static complex log_determinant(complex below) {
    auto const root = std::sqrt(9.0 - 8.0 * below);  // 3 where cos z is first 0 again
    auto const delta = 4 * std::numbers::pi * below / (3.0 + root);
    return log_sine(delta) - std::log(2 * std::numbers::pi * (1.0 - below));
  }
};

/// P(Σ λⱼ·Qⱼ > x), to about 13 digits of p and, far below the least double, of log p.
///
/// The integral that turns the Laplace transform back, ∫ exp(−x·u)·D(u)^(−degrees / 2) du / (2πi·u) upwards between the
/// pole at 0 and the first zero of D, along a hyperbola round the zeros through the saddle of the integrand. There all
/// of it has one sign nearly, so that nothing cancels, and the trapezoidal rule converges exponentially. No closed form
/// or series serves so far into the tail for every number of degrees of freedom.
/// Source: for the saddle, S. O. Rice, Distribution of quadratic forms in normal random variables (1980); for the
/// contour, J. A. C. Weideman and L. N. Trefethen, Parabolic and hyperbolic contours (2007). Complexity: some hundred
/// to thousand evaluations of D.
template <class Limit>
class quadratic_form_tail {
 public:
  quadratic_form_tail(double x, double degrees) : x_{x}, half_degrees_{degrees / 2} {}

  [[nodiscard]] probability upper() const {
    if (!(x_ > 0)) return {};
    if (std::isinf(x_)) return {0, -x_};
    auto const saddle = find_saddle();
    auto const height = log_integrand(saddle).real();
    auto const scale = saddle / (1 - std::sin(angle));
    double previous = 0;
    auto integral = integrate(scale, height, 0.25);
    for (auto step = 0.125; step > 1e-5 && std::abs(integral - previous) > 1e-14 * integral; step /= 2) {
      previous = integral;
      integral = integrate(scale, height, step);
    }
    auto const logarithm = height - x_ * Limit::first_zero + std::log(integral);
    return probability::of_logarithm(std::min(logarithm, 0.0));
  }

 private:
  static constexpr double angle = std::numbers::pi / 4;

  /// Without the factor exp(−x·first zero); `below` is how far u is below the first zero.
  [[nodiscard]] complex log_integrand(complex below) const {
    return -half_degrees_ * Limit::log_determinant(below) + x_ * below - std::log(Limit::first_zero - below);
  }

  /// Where on the real axis the integrand is least: by the golden section, on a scale that tells points near to either
  /// end apart.
  [[nodiscard]] double find_saddle() const {
    constexpr auto ratio = 1 / std::numbers::phi;
    auto const place = [](double t) { return Limit::first_zero / (1 + std::exp(-t)); };
    auto const value = [&](double t) { return log_integrand(place(t)).real(); };
    double low = -45;
    double high = 30;
    for (int step = 0; step < 45; ++step) {
      auto const a = high - ratio * (high - low);
      auto const b = low + ratio * (high - low);
      (value(a) < value(b) ? high : low) = value(a) < value(b) ? b : a;
    }
    return place((low + high) / 2);
  }

  /// Relative to the integrand's height at the saddle. The path is symmetric to the real axis, so half of it will do.
  [[nodiscard]] double integrate(double scale, double height, double step) const {
    double sum = 0;
    for (int k = 0; k < 1'000'000; ++k) {
      complex const point{angle, k * step};
      auto const value = std::exp(log_integrand(scale * (1.0 - std::sin(point))) - height) * std::cos(point);
      sum += k == 0 ? value.real() / 2 : value.real();
      if (std::abs(value) < 1e-19) break;
    }
    return sum * step * scale / std::numbers::pi;
  }

  double x_;
  double half_degrees_;
};

}  // namespace spillway::stats::detail
