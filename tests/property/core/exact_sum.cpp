#include "support/catch.hpp"

#include <spillway/core/exact_sum.hpp>
#include <spillway/core/integer_128.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace {

using spillway::exact_sum;

double sum_of(std::vector<double> const& terms) {
  exact_sum sum;
  for (auto const term : terms) sum.add(term);
  return sum.value();
}

/// Any finite double, all exponents being as likely.
double make_double(std::mt19937_64& random) {
  for (;;) {
    auto const value = std::bit_cast<double>(random());
    if (std::isfinite(value)) return value;
  }
}

/// A non-overlapping expansion that is exactly the sum of two doubles (Knuth).
struct two_doubles {
  two_doubles(double a, double b) : sum{a + b} {
    auto const b_part = sum - a;
    rest = (a - (sum - b_part)) + (b - b_part);
  }
  double sum;
  double rest;
};

/// Shewchuk's growing expansion: exact, and as slow as it likes to be.
double expansion_sum(std::vector<double> const& terms) {
  std::vector<double> parts;
  for (auto term : terms) {
    std::size_t kept = 0;
    for (auto const part : parts) {
      two_doubles const both{term, part};
      if (both.rest != 0) parts[kept++] = both.rest;
      term = both.sum;
    }
    parts.resize(kept);
    parts.push_back(term);
  }
  while (parts.size() > 1) {
    two_doubles const both{parts.back(), parts[parts.size() - 2]};
    parts.pop_back();
    parts.back() = both.sum;
    if (both.rest == 0) continue;
    // What is below decides where the rest is just half a unit in the last place.
    if (parts.size() > 1 && (both.rest < 0) == (parts[parts.size() - 2] < 0)) {
      auto const twice = 2 * both.rest;
      if (both.sum + twice - both.sum == twice) return both.sum + twice;
    }
    return both.sum;
  }
  return parts.empty() ? 0 : parts.back();
}

}  // namespace

TEST_CASE("sums of integers are what integer arithmetic gives") {
  std::mt19937_64 random{1};
  for (int round = 0; round < 200; ++round) {
    std::vector<double> terms;
    spillway::signed_128 expected = 0;
    auto const size = random() % 3000;
    auto const bits = random() % 53 + 1;
    auto const scale = static_cast<int>(random() % 40);
    for (std::size_t i = 0; i < size; ++i) {
      auto const integer = static_cast<std::int64_t>(random() >> (64 - bits)) - (std::int64_t{1} << (bits - 1));
      auto const shift = static_cast<int>(random() % static_cast<unsigned>(scale + 1));
      terms.push_back(std::ldexp(static_cast<double>(integer), shift));
      expected += static_cast<spillway::signed_128>(integer) * (spillway::signed_128{1} << shift);
    }
    REQUIRE(sum_of(terms) == static_cast<double>(expected));
  }
}

TEST_CASE("sums of any doubles are what an expansion gives") {
  std::mt19937_64 random{2};
  for (int round = 0; round < 300; ++round) {
    std::vector<double> terms(random() % 60);
    auto const spread = static_cast<int>(random() % 1800) + 1;
    for (auto& term : terms) {
      auto const exponent = static_cast<int>(random() % static_cast<unsigned>(spread)) - 900;
      term = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63, exponent);
    }
    REQUIRE(sum_of(terms) == expansion_sum(terms));
  }
}

TEST_CASE("sums depend neither on the order of their terms nor on how they were shared out") {
  std::mt19937_64 random{3};
  for (int round = 0; round < 50; ++round) {
    std::vector<double> terms(random() % 20'000);
    for (auto& term : terms) term = make_double(random) / 1e6;
    auto const expected = sum_of(terms);
    std::shuffle(terms.begin(), terms.end(), random);
    std::vector<exact_sum> parts(random() % 5 + 1);
    for (auto const term : terms) parts[random() % parts.size()].add(term);
    exact_sum sum;
    for (auto const& part : parts) sum.add(part);
    REQUIRE(sum.value() == expected);
  }
}
