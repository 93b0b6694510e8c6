#include "support/catch.hpp"
#include "support/reference_values.hpp"

#include <spillway/core/error.hpp>
#include <spillway/stats/anderson_darling.hpp>
#include <spillway/stats/anderson_darling_k_samples.hpp>
#include <spillway/stats/detail/harmonic.hpp>
#include <spillway/stats/detail/quadratic_form_tail.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace {

namespace stats = spillway::stats;
namespace detail = spillway::stats::detail;

template <class Limit>
double log_tail(double x, double degrees) {
  return detail::quadratic_form_tail<Limit>{x, degrees}.upper().logarithm;
}

/// Of a logarithm of p such that p has this relative error, or the logarithm itself where that is less.
bool close_logarithm(double value, double expected) {
  return std::abs(value - expected) <= 1e-12 * std::max(1.0, std::abs(expected));
}

}  // namespace

TEST_CASE("tails of the limits are those of series and integrals in extended precision") {
  for (auto const& one : spillway::test::reference_values("stats/ordered")) {
    if (!one.test.ends_with("_limit")) continue;
    CAPTURE(one.test, one.example, one.value);
    auto const x = one.numbers().at(0);
    auto const value = one.test == "anderson_darling_limit" ? log_tail<detail::anderson_darling_limit>(x, 1)
                                                            : log_tail<detail::cramer_von_mises_limit>(x, 1);
    CAPTURE(value);
    REQUIRE(close_logarithm(value, one.value));
  }
}

TEST_CASE("with two degrees of freedom the limits are sums of exponentials") {
  for (double const x : {0.3, 1.0, 2.5, 10.0, 200.0, 3000.0}) {
    double anderson_darling = 0;
    double cramer_von_mises = 0;
    for (int j = 60; j > 0; --j) {
      auto const sign = j % 2 == 1 ? 1 : -1;
      // Relative to the first term.
      anderson_darling += sign * (2 * j + 1) * std::exp(-x * (j * (j + 1) - 2) / 2);
      cramer_von_mises += sign * 2 * std::exp(-x * (j * j - 1) * std::numbers::pi * std::numbers::pi / 2);
    }
    CAPTURE(x);
    REQUIRE(close_logarithm(log_tail<detail::anderson_darling_limit>(x, 2), std::log(anderson_darling) - x));
    REQUIRE(close_logarithm(log_tail<detail::cramer_von_mises_limit>(x, 2),
                            std::log(cramer_von_mises) - x * std::numbers::pi * std::numbers::pi / 2));
  }
}

TEST_CASE("tails of the limits fall, from 1 to beyond the least double, for few and many degrees of freedom") {
  for (double const degrees : {1.0, 2.0, 9.0, 100.0, 3000.0}) {
    CAPTURE(degrees);
    REQUIRE(log_tail<detail::anderson_darling_limit>(-1, degrees) == 0);
    REQUIRE(log_tail<detail::anderson_darling_limit>(0, degrees) == 0);
    double previous = 0;
    for (double x = 1e-3 * degrees; x < 1e7 * degrees; x *= 1.5) {
      auto const now = log_tail<detail::anderson_darling_limit>(x, degrees);
      CAPTURE(x, now, previous);
      REQUIRE(now <= previous + 1e-13 * degrees);  // at 1 nearly, rounding shows
      previous = now;
    }
    REQUIRE(previous < -1e6);
    // Their mean is not far from their median if there are many.
    if (degrees > 50)
      REQUIRE(std::exp(log_tail<detail::anderson_darling_limit>(degrees, degrees)) == Approx(0.5).margin(0.05));
  }
}

TEST_CASE("harmonic numbers by the formula are those by the sum") {
  detail::harmonic_numbers const formula{1000};
  double first = 0;
  double second = 0;
  for (double k = 1000; k > 0; --k) {
    first += 1 / k;
    second += 1 / (k * k);
  }
  REQUIRE(formula.first == Approx(first).epsilon(1e-14));
  REQUIRE(formula.second == Approx(second).epsilon(1e-14));
}

TEST_CASE("three samples are tested as SciPy tests them, and beyond its table") {
  // scipy.stats.anderson_ksamp, 1.17.1, variant midrank
  std::vector<std::vector<double>> const close{{38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0},
                                               {39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8},
                                               {34.0, 35.0, 39.0, 40.0, 43.0, 43.0, 44.0, 45.0},
                                               {34.0, 34.8, 34.8, 35.4, 37.2, 37.8, 41.2, 42.8}};
  auto const result = stats::anderson_darling_k_samples(close);
  REQUIRE(result.statistic == Approx(4.479780627135335).epsilon(1e-12));
  // Its interpolated p-value is 0.002225442310933593.
  REQUIRE(result.p_value == Approx(0.002225442310933593).epsilon(0.05));
  REQUIRE(result.samples == 4);
  REQUIRE(result.values == 32);

  std::vector<std::vector<int>> apart(3);
  for (int i = 0; i < 300; ++i) {
    for (int k = 0; k < 3; ++k) apart[static_cast<std::size_t>(k)].push_back(i + 200 * k);
  }
  REQUIRE(stats::anderson_darling_k_samples(apart).log_p_value < -100);
}

TEST_CASE("two samples are one case of several") {
  std::vector<double> const x{1, 5, 2, 8, 8, 3};
  std::vector<double> const y{4, 8, 9, 12};
  auto const two = stats::anderson_darling(x, y);
  auto const several = stats::anderson_darling_k_samples(std::vector{x, y});
  REQUIRE(several.a_squared == Approx(two.a_squared).epsilon(1e-14));
  REQUIRE(several.statistic == Approx(two.statistic).epsilon(1e-13));
  REQUIRE(several.p_value == Approx(two.p_value).epsilon(1e-13));
}

TEST_CASE("bad lists of samples are errors, and NaN is by policy") {
  using list = std::vector<std::vector<double>>;
  auto const nan = std::numeric_limits<double>::quiet_NaN();
  REQUIRE_THROWS_AS(stats::anderson_darling_k_samples(list{{1, 2}}), spillway::argument_error);
  REQUIRE_THROWS_WITH(stats::anderson_darling_k_samples(list{{1, 2}, {}}), "sample 2 has no values");
  list const some{{1, nan}, {2, 3}};
  REQUIRE(stats::anderson_darling_k_samples(some).omitted == 1);
  REQUIRE(std::isnan(stats::anderson_darling_k_samples(some, {.nan = stats::nan_policy::propagate}).p_value));
  REQUIRE_THROWS_AS(stats::anderson_darling_k_samples(some, {.nan = stats::nan_policy::error}),
                    spillway::argument_error);
}
