#include "support/catch.hpp"
#include "support/reference_values.hpp"

#include <spillway/stats/detail/tails.hpp>

#include <cmath>
#include <limits>
#include <numbers>

namespace {

namespace detail = spillway::stats::detail;
using spillway::stats::alternative;
using spillway::test::reference_values;

detail::probability tail_of(spillway::test::reference_value const& one) {
  auto const at = one.numbers();
  if (one.test == "normal") return detail::normal_upper_tail(at.at(0));
  if (one.test == "chi_squared") return detail::chi_squared_upper_tail(at.at(0), at.at(1));
  if (one.test == "student_t") return detail::student_t_upper_tail(at.at(0), at.at(1));
  if (one.test == "fisher_f") return detail::fisher_f_upper_tail(at.at(0), at.at(1), at.at(2));
  REQUIRE(one.test == "kolmogorov");
  return detail::kolmogorov_upper_tail(at.at(0));
}

bool close(double value, double expected, double tolerance) {
  return value == expected || std::abs(value - expected) <= tolerance * std::abs(expected);
}

}  // namespace

TEST_CASE("Upper tails and their logarithms are those of mpmath") {
  for (auto const& one : reference_values("stats/tails")) {
    CAPTURE(one.test, one.example, one.quantity);
    auto const tail = tail_of(one);
    auto const found = one.quantity == "p" ? tail.value : tail.logarithm;
    CHECK(close(found, one.value, 1e-12));
  }
}

TEST_CASE("The logarithm of a tail is finite far below the smallest double") {
  CHECK(detail::normal_upper_tail(1e5).value == 0);
  CHECK(close(detail::normal_upper_tail(1e150).logarithm, -0.5e300, 1e-12));
  CHECK(std::isfinite(detail::chi_squared_upper_tail(1e9, 3).logarithm));
  CHECK(std::isfinite(detail::student_t_upper_tail(1e6, 1e6).logarithm));
  CHECK(std::isfinite(detail::fisher_f_upper_tail(1e9, 1e3, 1e3).logarithm));
  CHECK(std::isfinite(detail::kolmogorov_upper_tail(1e100).logarithm));
}

TEST_CASE("Tails at the ends of their distributions are whole or empty") {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  CHECK(detail::normal_upper_tail(infinity).value == 0);
  CHECK(detail::normal_upper_tail(-infinity).value == 1);
  CHECK(detail::chi_squared_upper_tail(0, 5).value == 1);
  CHECK(detail::chi_squared_upper_tail(infinity, 5).logarithm == -infinity);
  CHECK(detail::chi_squared_upper_tail(0, 0).value == 1);
  CHECK(detail::student_t_upper_tail(infinity, 5).value == 0);
  CHECK(detail::student_t_upper_tail(-infinity, 5).value == 1);
  CHECK(detail::student_t_upper_tail(2, infinity).value == detail::normal_upper_tail(2).value);
  CHECK(detail::fisher_f_upper_tail(0, 2, 3).value == 1);
  CHECK(detail::fisher_f_upper_tail(infinity, 2, 3).value == 0);
  CHECK(detail::kolmogorov_upper_tail(0).value == 1);
}

TEST_CASE("A tail of many degrees of freedom falls without a step") {
  for (double const degrees : {1., 2., 19., 20., 21., 1e3, 4.3e6}) {
    auto before = detail::probability{};
    for (int i = 1; i < 400; ++i) {
      auto const tail = detail::chi_squared_upper_tail(degrees * i / 200., degrees);
      CAPTURE(degrees, i);
      CHECK(tail.logarithm <= before.logarithm);
      before = tail;
    }
  }
}

TEST_CASE("p-values are of the side that the alternative claims") {
  auto const of = [](alternative claimed, double z) {
    return detail::symmetric_p_value(z, claimed, detail::normal_upper_tail).value;
  };
  // What is computed while compiling may differ from it in the last bit.
  CHECK(close(of(alternative::greater, 2), detail::normal_upper_tail(2).value, 1e-15));
  CHECK(close(of(alternative::less, 2), detail::normal_upper_tail(-2).value, 1e-15));
  CHECK(close(of(alternative::two_sided, -2), 2 * detail::normal_upper_tail(2).value, 1e-15));
  CHECK(of(alternative::two_sided, 0) == 1);
}

TEST_CASE("Probabilities of events that exclude each other add up, however small") {
  auto const tiny = detail::probability::of_logarithm(-2000);
  CHECK(close(tiny.either(tiny).logarithm, -2000 + std::numbers::ln2, 1e-15));
  CHECK(detail::probability::of(0.25).either(detail::probability::of(0.5)).value == 0.75);
  CHECK(detail::probability::of(0).either(tiny).logarithm == -2000);
  CHECK(detail::probability::of(0).either(detail::probability::of(0)).value == 0);
}

TEST_CASE("Quantiles of the normal distribution turn its tail round") {
  CHECK(close(detail::normal_upper_quantile(0.025), 1.9599639845400545, 1e-15));
  CHECK(close(detail::normal_upper_quantile(0.05), 1.6448536269514722, 1e-15));
  CHECK(detail::normal_upper_quantile(0.5) == 0);
  for (double const p : {0.49, 0.4, 0.1, 0.09, 1e-3, 1e-10, 1e-100, 1e-300}) {
    CAPTURE(p);
    CHECK(close(detail::normal_upper_tail(detail::normal_upper_quantile(p)).value, p, 1e-12));
  }
}

TEST_CASE("log(1 + x) - x keeps its digits where the two nearly cancel") {
  CHECK(close(detail::log1p_minus(1e-8), -4.9999999666666669e-17, 1e-15));
  CHECK(close(detail::log1p_minus(-1e-8), -5.0000000333333336e-17, 1e-15));
  CHECK(close(detail::log1p_minus(0.6), std::log1p(0.6) - 0.6, 1e-14));
  CHECK(close(detail::log1p_minus(-0.4), std::log1p(-0.4) + 0.4, 1e-14));
  CHECK(detail::log1p_minus(0) == 0);
}

TEST_CASE("Logarithms of factorials are those of the standard library") {
  for (double n = 0; n < 200; ++n) {
    CAPTURE(n);
    CHECK(detail::log_factorial(n) == Approx(std::lgamma(n + 1)).epsilon(1e-14).margin(1e-15));
  }
}
