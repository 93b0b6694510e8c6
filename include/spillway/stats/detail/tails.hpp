#pragma once

#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/detail/stirling.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

/// Upper tails of the distributions that statistics of tests have, with their logarithms. Libraries of special
/// functions give the probabilities alone, which are 0 from about 1e-308 on; these are computed as logarithms
/// throughout, so that p and log p agree and there is no seam where one method takes over from another.
///
/// Relative error below 1e-12 of p where p is a normal double, and of log p far below. Complexity: of the order of the
/// square root of the largest degrees of freedom; no memory. Safe to call from any number of threads.
namespace spillway::stats::detail {

/// b₀ + a₁/(b₁ + a₂/(b₂ + …)), where `term(n)` gives {aₙ, bₙ}: the method of Lentz, modified by Thompson and Barnett.
template <class Term>
[[nodiscard]] double continued_fraction(double b0, Term const& term) {
  static constexpr double tiny = 1e-300;
  constexpr int most_terms = 10'000'000;
  auto const not_zero = [](double x) { return x == 0 ? tiny : x; };
  auto value = not_zero(b0);
  auto c = value;
  double d = 0;
  for (int n = 1; n < most_terms; ++n) {
    auto const [a, b] = term(n);
    d = 1 / not_zero(b + a * d);
    c = not_zero(b + a / c);
    auto const change = c * d;
    value *= change;
    if (std::abs(change - 1) < std::numeric_limits<double>::epsilon()) break;
  }
  return value;
}

struct fraction_term {
  double a;
  double b;
};

/// Of the standard normal distribution above `z`. Beyond 10 by Laplace's continued fraction of Mills' ratio.
[[nodiscard]] inline probability normal_upper_tail(double z) {
  if (z < 0) return probability::without(0.5 * std::erfc(-z / std::numbers::sqrt2));
  if (z < 10) return probability::of(0.5 * std::erfc(z / std::numbers::sqrt2));
  if (std::isinf(z)) return {0, -z};
  auto const fraction = continued_fraction(z, [z](int n) { return fraction_term{static_cast<double>(n), z}; });
  return probability::of_logarithm(-0.5 * z * z - half_log_2_pi - std::log(fraction));
}

/// 1 + x/(a + 1) + x²/((a + 1)(a + 2)) + …, in which Γ(a)·P(a, x) is x^a·e^−x/a times this.
[[nodiscard]] inline double lower_gamma_series(double a, double x) {
  double sum = 1;
  double term = 1;
  while (term > sum * std::numeric_limits<double>::epsilon() / 8) {
    a += 1;
    term *= x / a;
    sum += term;
  }
  return sum;
}

/// The regularised upper incomplete gamma function Q(a, x), for a > 0: by its continued fraction (DLMF 8.9.2) above the
/// mean, as the complement of a series (DLMF 8.7.1) below it.
[[nodiscard]] inline probability upper_gamma(double a, double x) {
  if (x <= 0) return {};
  if (std::isinf(x)) return {0, -x};
  auto const log_scale = 0.5 * std::log(a) - half_log_2_pi - stirling_remainder(a) - deviance(a, x);
  if (x < a + 1) return probability::without(std::exp(log_scale) / a * lower_gamma_series(a, x));
  auto const fraction = continued_fraction(x + 1 - a, [a, x](double n) {
    return fraction_term{-n * (n - a), x + 2 * n + 1 - a};
  });
  return probability::of_logarithm(log_scale - std::log(fraction));
}

/// Of the chi-squared distribution above `x`. Without degrees of freedom there is nothing that could vary: 1 at 0.
[[nodiscard]] inline probability chi_squared_upper_tail(double x, double degrees) {
  if (degrees <= 0) return x <= 0 ? probability{} : probability::of(0);
  return upper_gamma(degrees / 2, x / 2);
}

/// The regularised incomplete beta function Iₓ(a, b), for y = 1 − x that the caller knows better than a difference
/// tells, on the side of the mean where that is the smaller part. Source: A. R. DiDonato, A. H. Morris, ACM
/// Transactions on Mathematical Software 18 (1992), algorithm 708, whose continued fraction needs no 1 − x.
[[nodiscard]] inline probability incomplete_beta(double a, double b, double x, double y) {
  if (x <= 0) return probability::of(0);
  if (y <= 0) return {};
  auto const n = a + b;
  auto const log_scale = 0.5 * (std::log(a / n) + std::log(b)) - half_log_2_pi + stirling_remainder(n) -
                         stirling_remainder(a) - stirling_remainder(b) - deviance(a, n * x) - deviance(b, n * y);
  auto const below = a * y >= b * x;
  if (!below) {
    std::swap(a, b);
    std::swap(x, y);
  }
  auto const excess = a * y - b * x + 1;
  auto const fraction = continued_fraction(a * excess / (a + 1), [=](double m) {
    auto const middle = a + 2 * m - 1;
    auto const step = m * (b - m) * x / middle;
    return fraction_term{(a + m - 1) * (n + m - 1) * x / middle * step,
                         m + step + (a + m) * (excess + m * (1 + y)) / (middle + 2)};
  });
  auto const logarithm = log_scale - std::log(fraction);
  return below ? probability::of_logarithm(logarithm) : probability::without(std::exp(logarithm));
}

/// Of Fisher's F distribution above `f`.
[[nodiscard]] inline probability fisher_f_upper_tail(double f, double degrees_above, double degrees_below) {
  if (f <= 0) return {};
  if (std::isinf(f)) return probability::of(0);
  auto const sum = degrees_below + degrees_above * f;
  return incomplete_beta(degrees_below / 2, degrees_above / 2, degrees_below / sum, degrees_above * f / sum);
}

/// Of Student's t distribution above `t`.
[[nodiscard]] inline probability student_t_upper_tail(double t, double degrees) {
  if (std::isinf(degrees)) return normal_upper_tail(t);
  auto const beyond = fisher_f_upper_tail(t * t, 1, degrees).halved();
  return t < 0 ? probability::without(beyond.value) : beyond;
}

/// Of the limit that √(n·m / (n + m))·D of Kolmogorov and Smirnov has, above `x`. Two series that are equal:
/// Kolmogorov's own, and for small x the one that Jacobi's theta functions turn it into, either of which ends after a
/// few terms.
[[nodiscard]] inline probability kolmogorov_upper_tail(double x) {
  if (x <= 0) return {};
  double sum = 0;
  if (x < 1) {
    auto const rate = std::numbers::pi / x * (std::numbers::pi / x) / 8;
    for (double odd = 7; odd > 0; odd -= 2) sum += std::exp(-odd * odd * rate);
    return probability::without(sum * std::sqrt(2 * std::numbers::pi) / x);
  }
  // Relative to the first term, so that the logarithm does not underflow.
  for (double k = 5; k > 1; --k) sum = std::exp(-2 * (2 * k - 1) * x * x) * (1 - sum);
  return probability::of_logarithm(std::numbers::ln2 - 2 * x * x + std::log1p(-sum));
}

/// The value above which a standard normal variable is with probability `upper`, for 0 < upper ≤ ½: Newton's method on
/// the logarithm of the tail, which is nearly a parabola.
[[nodiscard]] inline double normal_upper_quantile(double upper) {
  auto z = upper > 0.1 ? (0.5 - upper) * 2.5 : std::sqrt(-2 * std::log(upper));
  for (int step = 0; step < 50; ++step) {
    auto const tail = normal_upper_tail(z).logarithm;
    auto const slope = -std::exp(-0.5 * z * z - half_log_2_pi - tail);
    auto const change = (tail - std::log(upper)) / slope;
    z -= change;
    if (std::abs(change) <= 4 * std::numeric_limits<double>::epsilon() * z) break;
  }
  return z;
}

}  // namespace spillway::stats::detail
