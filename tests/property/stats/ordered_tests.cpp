#include "support/catch.hpp"

#include <spillway/stats/merge_pass.hpp>
#include <spillway/stats/ordered_tests.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <list>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

namespace {

namespace stats = spillway::stats;
using stats::alternative;
using stats::p_value_method;

using sample = std::vector<double>;

sample make_sample(std::mt19937_64& random, std::size_t size, std::uint64_t distinct) {
  sample all(size);
  for (auto& one : all) one = static_cast<double>(random() % distinct) / 4;
  return all;
}

bool close(double value, double expected, double tolerance = 1e-12) {
  return value == expected || std::abs(value - expected) <= tolerance * std::abs(expected);
}

double distribution_at(sample const& all, double value) {
  return static_cast<double>(std::count_if(all.begin(), all.end(), [&](double one) { return one <= value; })) /
         static_cast<double>(all.size());
}

double twice_u(sample const& x, sample const& y) {
  double sum = 0;
  for (auto const a : x) {
    for (auto const b : y) sum += a > b ? 2 : a == b ? 1 : 0;
  }
  return sum;
}

double midrank(sample const& pooled, double value) {
  double below = 0;
  double equal = 0;
  for (auto const one : pooled) {
    below += one < value ? 1 : 0;
    equal += one == value ? 1 : 0;
  }
  return below + (equal + 1) / 2;
}

sample joined(sample x, sample const& y) {
  x.insert(x.end(), y.begin(), y.end());
  return x;
}

/// 4·U of Cramér and von Mises, from ranks as it is defined.
double cramer_von_mises_u(sample x, sample y) {
  auto const pooled = joined(x, y);
  auto const part = [&](sample& one) {
    std::sort(one.begin(), one.end());
    double sum = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
      auto const difference = midrank(pooled, one[i]) - static_cast<double>(i + 1);
      sum += 4 * difference * difference;
    }
    return sum * static_cast<double>(one.size());
  };
  return part(x) + part(y);
}

/// ∫ |F − G|^power, from the distribution functions as they are defined.
double integral(sample const& x, sample const& y, int power) {
  auto pooled = joined(x, y);
  std::sort(pooled.begin(), pooled.end());
  double sum = 0;
  for (std::size_t i = 0; i + 1 < pooled.size(); ++i) {
    auto const difference = distribution_at(x, pooled[i]) - distribution_at(y, pooled[i]);
    sum += std::pow(std::abs(difference), power) * (pooled[i + 1] - pooled[i]);
  }
  return sum;
}

struct shares {
  double u_at_most = 0;
  double u_at_least = 0;
  double cramer_von_mises_at_least = 0;
};

/// Over all ways of sharing out the pooled values.
shares share_of_ways(sample const& x, sample const& y) {
  auto const pooled = joined(x, y);
  auto const u = twice_u(x, y);
  auto const c = cramer_von_mises_u(x, y);
  shares result;
  double ways = 0;
  std::vector<char> in_x(pooled.size(), 0);
  std::fill(in_x.end() - static_cast<std::ptrdiff_t>(x.size()), in_x.end(), 1);
  do {
    sample a;
    sample b;
    for (std::size_t i = 0; i < pooled.size(); ++i) (in_x[i] == 1 ? a : b).push_back(pooled[i]);
    ++ways;
    auto const now = twice_u(a, b);
    if (now <= u) ++result.u_at_most;
    if (now >= u) ++result.u_at_least;
    if (cramer_von_mises_u(a, b) >= c) ++result.cramer_von_mises_at_least;
  } while (std::next_permutation(in_x.begin(), in_x.end()));
  result.u_at_most /= ways;
  result.u_at_least /= ways;
  result.cramer_von_mises_at_least /= ways;
  return result;
}

void require_same(stats::ordered_tests_result const& a, stats::ordered_tests_result const& b) {
  auto const same = [](stats::test_result const& one, stats::test_result const& other) {
    REQUIRE(one.statistic == other.statistic);
    REQUIRE(one.log_p_value == other.log_p_value);
    REQUIRE(one.method == other.method);
  };
  same(a.kolmogorov_smirnov, b.kolmogorov_smirnov);
  REQUIRE(a.kolmogorov_smirnov.location == b.kolmogorov_smirnov.location);
  same(a.cramer_von_mises, b.cramer_von_mises);
  same(a.anderson_darling, b.anderson_darling);
  same(a.mann_whitney, b.mann_whitney);
  same(a.brunner_munzel, b.brunner_munzel);
  REQUIRE(a.wasserstein.distance == b.wasserstein.distance);
  REQUIRE(a.energy_distance.distance == b.energy_distance.distance);
}

}  // namespace

TEST_CASE("statistics are what their definitions give") {
  std::mt19937_64 random{1};
  for (int round = 0; round < 150; ++round) {
    auto const distinct = random() % 60 + 1;
    auto const x = make_sample(random, random() % 30 + 1, distinct);
    auto const y = make_sample(random, random() % 30 + 1, distinct);
    auto const all = stats::ordered_tests(x, y);
    double greater = 0;
    double less = 0;
    for (auto const value : joined(x, y)) {
      greater = std::max(greater, distribution_at(x, value) - distribution_at(y, value));
      less = std::max(less, distribution_at(y, value) - distribution_at(x, value));
    }
    auto const n = static_cast<double>(x.size());
    auto const m = static_cast<double>(y.size());
    REQUIRE(all.kolmogorov_smirnov.greater == Approx(greater).margin(1e-14));
    REQUIRE(all.kolmogorov_smirnov.less == Approx(less).margin(1e-14));
    REQUIRE(all.mann_whitney.statistic == twice_u(x, y) / 2);
    REQUIRE(all.cramer_von_mises.statistic ==
            Approx(cramer_von_mises_u(x, y) / 4 / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m))).margin(1e-12));
    REQUIRE(close(all.wasserstein.distance, integral(x, y, 1)));
    REQUIRE(close(all.energy_distance.distance, std::sqrt(2 * integral(x, y, 2))));
  }
}

TEST_CASE("exact p-values are shares of all ways of sharing out the pooled values") {
  std::mt19937_64 random{2};
  for (int round = 0; round < 60; ++round) {
    // All values different as often as not.
    auto const distinct = round % 2 == 0 ? random() % 8 + 1 : std::uint64_t{1} << 40U;
    auto const x = make_sample(random, random() % 5 + 1, distinct);
    auto const y = make_sample(random, random() % 6 + 1, distinct);
    auto const expected = share_of_ways(x, y);
    auto const p = [&](alternative claimed) {
      return stats::mann_whitney(x, y, {.alternative = claimed, .method = p_value_method::exact}).p_value;
    };
    REQUIRE(close(p(alternative::less), expected.u_at_most));
    REQUIRE(close(p(alternative::greater), expected.u_at_least));
    REQUIRE(close(p(alternative::two_sided), std::min(1.0, 2 * std::min(expected.u_at_most, expected.u_at_least))));
    auto const cramer_von_mises = stats::cramer_von_mises(x, y, {.method = p_value_method::exact});
    REQUIRE(cramer_von_mises.method == p_value_method::exact);
    REQUIRE(close(cramer_von_mises.p_value, expected.cramer_von_mises_at_least));
  }
}

TEST_CASE("exact and asymptotic p-values come near each other as samples grow") {
  std::mt19937_64 random{3};
  for (int round = 0; round < 6; ++round) {
    auto const x = make_sample(random, 60, 1000);
    auto const y = make_sample(random, 70, 1100);
    auto const exact = stats::mann_whitney(x, y, {.method = p_value_method::exact});
    auto const limit = stats::mann_whitney(x, y, {.method = p_value_method::asymptotic});
    REQUIRE(exact.p_value == Approx(limit.p_value).epsilon(0.1).margin(0.005));
    auto const a = make_sample(random, 20, std::uint64_t{1} << 40U);
    auto const b = make_sample(random, 24, std::uint64_t{1} << 40U);
    REQUIRE(stats::cramer_von_mises(a, b, {.method = p_value_method::exact}).p_value ==
            Approx(stats::cramer_von_mises(a, b, {.method = p_value_method::asymptotic}).p_value).margin(0.02));
  }
}

TEST_CASE("results depend neither on threads nor on the kind of range nor on the order of the values") {
  std::mt19937_64 random{4};
  for (int round = 0; round < 8; ++round) {
    auto const distinct = random() % 2 == 0 ? random() % 500 + 1 : std::uint64_t{1} << 50U;
    auto x = make_sample(random, random() % 80'000 + 1, distinct);
    auto y = make_sample(random, random() % 80'000 + 1, distinct);
    auto const expected = stats::ordered_tests(x, y, {.threads = 1});
    require_same(stats::ordered_tests(x, y, {.threads = 2}), expected);
    require_same(stats::ordered_tests(x, y, {.threads = 5}), expected);
    std::shuffle(x.begin(), x.end(), random);
    std::sort(y.begin(), y.end());
    require_same(stats::ordered_tests(std::list<double>(x.begin(), x.end()), y), expected);
    std::sort(x.begin(), x.end());
    require_same(stats::ordered_tests(stats::sorted{x}, stats::sorted{y}, {.threads = 3}), expected);
    std::list<double> const linked(x.begin(), x.end());
    require_same(stats::ordered_tests(stats::sorted{linked}, stats::sorted{y}), expected);
  }
}

TEST_CASE("parts of the order can be joined wherever they were cut") {
  struct group_list {
    void add(stats::tie_group const& group) { all.push_back(group); }
    std::vector<stats::tie_group> all;
  };
  std::mt19937_64 random{5};
  for (int round = 0; round < 40; ++round) {
    auto x = make_sample(random, random() % 200 + 1, 100);
    auto y = make_sample(random, random() % 200 + 1, 100);
    auto const expected = stats::ordered_tests(x, y);
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    group_list groups;
    auto const sizes = stats::merge_pass(x, y, groups);
    REQUIRE(sizes == stats::sample_sizes{x.size(), y.size()});
    auto const joined_parts = [&]<class Accumulator>(Accumulator whole) {
      for (auto first = groups.all.begin(); first != groups.all.end();) {
        Accumulator part{sizes};
        auto const rest = static_cast<std::uint64_t>(groups.all.end() - first);
        auto const last = first + static_cast<std::ptrdiff_t>(random() % (rest + 1));
        std::for_each(first, last, [&](stats::tie_group const& group) { part.add(group); });
        whole.append(part);
        first = last;
      }
      return whole.result();
    };
    require_same(
        {joined_parts(stats::kolmogorov_smirnov_accumulator{sizes}),
         joined_parts(stats::cramer_von_mises_accumulator{sizes}),
         joined_parts(stats::anderson_darling_accumulator{sizes}), joined_parts(stats::mann_whitney_accumulator{sizes}),
         joined_parts(stats::brunner_munzel_accumulator{sizes}), joined_parts(stats::wasserstein_accumulator{sizes}),
         joined_parts(stats::energy_distance_accumulator{sizes})},
        expected);
  }
}

TEST_CASE("exchanging the samples turns the tests round") {
  std::mt19937_64 random{6};
  for (int round = 0; round < 50; ++round) {
    auto const x = make_sample(random, random() % 40 + 2, 50);
    auto const y = make_sample(random, random() % 40 + 2, 50);
    auto const one = stats::ordered_tests(x, y, {.alternative = alternative::less});
    auto const other = stats::ordered_tests(y, x, {.alternative = alternative::greater});
    REQUIRE(close(one.kolmogorov_smirnov.p_value, other.kolmogorov_smirnov.p_value));
    REQUIRE(close(one.mann_whitney.p_value, other.mann_whitney.p_value));
    REQUIRE(close(one.brunner_munzel.p_value, other.brunner_munzel.p_value));
    REQUIRE(one.cramer_von_mises.statistic == other.cramer_von_mises.statistic);
    REQUIRE(close(one.anderson_darling.statistic, other.anderson_darling.statistic, 1e-11));
    REQUIRE(one.wasserstein.distance == other.wasserstein.distance);
    REQUIRE(one.mann_whitney.rank_biserial == -other.mann_whitney.rank_biserial);
  }
}
