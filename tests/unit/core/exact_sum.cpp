#include "support/catch.hpp"

#include <spillway/core/exact_sum.hpp>

#include <cmath>
#include <initializer_list>
#include <limits>

namespace {

using limits = std::numeric_limits<double>;

double sum_of(std::initializer_list<double> terms) {
  spillway::exact_sum sum;
  for (auto const term : terms) sum.add(term);
  return sum.value();
}

}  // namespace

TEST_CASE("a sum of nothing, and of zeros, is zero without a sign") {
  REQUIRE(sum_of({}) == 0);
  REQUIRE_FALSE(std::signbit(sum_of({-0.0, -0.0})));
}

TEST_CASE("one term comes back as it is, whatever its exponent") {
  for (int exponent = -1074; exponent < 1024; ++exponent) {
    auto const term = std::ldexp(exponent < -1022 ? 1 : 1.1, exponent);
    REQUIRE(sum_of({term}) == term);
    REQUIRE(sum_of({-term}) == -term);
  }
}

TEST_CASE("small terms are not lost beside large ones that cancel") {
  REQUIRE(sum_of({1e300, 1, -1e300}) == 1);
  REQUIRE(sum_of({limits::denorm_min(), limits::max(), -limits::max()}) == limits::denorm_min());
  REQUIRE(sum_of({1, 1e100, 1, -1e100}) == 2);
}

TEST_CASE("a sum may pass the largest double on its way back") {
  REQUIRE(sum_of({limits::max(), limits::max(), -limits::max()}) == limits::max());
  REQUIRE(sum_of({limits::max(), limits::max()}) == limits::infinity());
  REQUIRE(sum_of({-limits::max(), -limits::max()}) == -limits::infinity());
  // Half a unit in the last place more than the largest double rounds up, anything less does not.
  auto const half = std::ldexp(1.0, 970);
  REQUIRE(sum_of({limits::max(), half}) == limits::infinity());
  REQUIRE(sum_of({limits::max(), half, -limits::denorm_min()}) == limits::max());
}

TEST_CASE("halves round to even, and the least term beyond decides") {
  auto const next = 1 + limits::epsilon();
  auto const half = limits::epsilon() / 2;
  REQUIRE(sum_of({1, half}) == 1);
  REQUIRE(sum_of({next, half}) == 1 + 2 * limits::epsilon());
  REQUIRE(sum_of({1, half, limits::denorm_min()}) == next);
  REQUIRE(sum_of({next, half, -limits::denorm_min()}) == next);
  REQUIRE(sum_of({-1, -half, -limits::denorm_min()}) == -next);
}

TEST_CASE("subnormal terms add up to normal ones") {
  auto const subnormal = limits::min() - limits::denorm_min();
  REQUIRE(sum_of({subnormal, limits::denorm_min()}) == limits::min());
  REQUIRE(sum_of({limits::min(), -limits::denorm_min()}) == subnormal);
  REQUIRE(sum_of({subnormal, subnormal}) == 2 * subnormal);
}

TEST_CASE("carries are handed on in time") {
  spillway::exact_sum up;
  spillway::exact_sum down;
  auto const all_bits = 2 - limits::epsilon();
  constexpr int terms = 1 << 20;
  for (int i = 0; i < terms; ++i) {
    up.add(std::ldexp(all_bits, 30));
    down.add(-std::ldexp(all_bits, 30));
  }
  REQUIRE(up.value() == std::ldexp(all_bits, 50));
  REQUIRE(down.value() == -std::ldexp(all_bits, 50));
  up.add(down);
  REQUIRE(up.value() == 0);
}

TEST_CASE("infinite terms make the sum infinite, opposite ones and NaN make it NaN") {
  auto const infinity = limits::infinity();
  REQUIRE(sum_of({1, infinity, -5}) == infinity);
  REQUIRE(sum_of({1, -infinity}) == -infinity);
  REQUIRE(std::isnan(sum_of({infinity, -infinity})));
  REQUIRE(std::isnan(sum_of({1, limits::quiet_NaN()})));
  spillway::exact_sum one;
  one.add(infinity);
  spillway::exact_sum other;
  other.add(-infinity);
  one.add(other);
  REQUIRE(std::isnan(one.value()));
}
