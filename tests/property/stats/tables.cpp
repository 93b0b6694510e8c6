#include "support/catch.hpp"

#include <spillway/stats/category_tests.hpp>
#include <spillway/stats/contingency_table.hpp>
#include <spillway/stats/divergence.hpp>
#include <spillway/stats/fisher_exact.hpp>
#include <spillway/stats/homogeneity.hpp>
#include <spillway/stats/multiple_testing.hpp>
#include <spillway/stats/permutation_test.hpp>
#include <spillway/stats/t_test.hpp>
#include <spillway/stats/two_proportions.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace {

namespace stats = spillway::stats;
using stats::alternative;

using random_numbers = std::mt19937_64;

bool close(double value, double expected, double tolerance = 1e-11) {
  return std::abs(value - expected) <= tolerance * std::max(std::abs(expected), 1e-12);
}

/// Pascal's triangle has no rounding up to here.
double choose(std::uint64_t n, std::uint64_t k) {
  double ways = 1;
  for (std::uint64_t i = 1; i <= k; ++i) ways = ways * static_cast<double>(n - k + i) / static_cast<double>(i);
  return ways;
}

/// P(x_yes = i) for all i that the margins allow.
std::vector<std::pair<std::uint64_t, double>> distribution(stats::two_by_two const& table) {
  auto const n = table.x_yes + table.x_no;
  auto const m = table.y_yes + table.y_no;
  auto const k = table.x_yes + table.y_yes;
  std::vector<std::pair<std::uint64_t, double>> all;
  for (std::uint64_t i = k > m ? k - m : 0; i <= std::min(k, n); ++i) {
    all.emplace_back(i, choose(n, i) * choose(m, k - i) / choose(n + m, k));
  }
  return all;
}

stats::two_by_two mirrored(stats::two_by_two const& table) {
  return {table.y_yes, table.y_no, table.x_yes, table.x_no};
}

}  // namespace

TEST_CASE("Fisher's exact p-values are sums over all tables with the same margins") {
  random_numbers random{1};
  for (int round = 0; round < 2000; ++round) {
    auto const limit = round % 2 == 0 ? 5U : 24U;
    stats::two_by_two const table{random() % limit, random() % limit, random() % limit, random() % limit};
    double less = 0;
    double greater = 0;
    double improbable = 0;
    auto const all = distribution(table);
    auto const own = std::ranges::find(all, table.x_yes, [](auto const& one) { return one.first; })->second;
    for (auto const& [count, p] : all) {
      if (count <= table.x_yes) less += p;
      if (count >= table.x_yes) greater += p;
      if (p <= own * (1 + 1e-7)) improbable += p;
    }
    CAPTURE(table.x_yes, table.x_no, table.y_yes, table.y_no);
    CHECK(close(stats::fisher_exact(table, {.alternative = alternative::less}).p_value, less));
    CHECK(close(stats::fisher_exact(table, {.alternative = alternative::greater}).p_value, greater));
    CHECK(close(stats::fisher_exact(table).p_value, improbable));
  }
}

TEST_CASE("Tests of tables do not depend on which sample is called x, but for the sign") {
  random_numbers random{2};
  for (int round = 0; round < 500; ++round) {
    stats::two_by_two const table{random() % 300, random() % 300 + 1, random() % 300, random() % 300 + 1};
    auto const other = mirrored(table);
    auto const fisher = stats::fisher_exact(table);
    auto const fisher_mirrored = stats::fisher_exact(other);
    CHECK(close(fisher.log_p_value, fisher_mirrored.log_p_value));
    CHECK(close(fisher.odds_ratio * fisher_mirrored.odds_ratio, 1) ==
          (fisher.odds_ratio != 0 && fisher_mirrored.odds_ratio != 0));
    stats::proportion const x{table.x_yes, table.x_yes + table.x_no};
    stats::proportion const y{table.y_yes, table.y_yes + table.y_no};
    auto const shares = stats::two_proportions(x, y);
    auto const shares_mirrored = stats::two_proportions(y, x);
    CHECK(close(shares.statistic, -shares_mirrored.statistic));
    CHECK(close(shares.difference_lower, -shares_mirrored.difference_upper));
    CHECK(shares.difference_lower <= shares.difference);
    CHECK(shares.difference_upper >= shares.difference);
    CHECK(close(shares.statistic * shares.statistic,
                stats::chi_squared_test({{table.x_yes, table.x_no}, {table.y_yes, table.y_no}}).statistic));
  }
}

TEST_CASE("Divergences of random counts are what their definitions say, in any order") {
  random_numbers random{3};
  for (int round = 0; round < 200; ++round) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> counts(1 + random() % 40);
    for (auto& [x, y] : counts) {
      x = random() % 4 == 0 ? 0 : random() % 1000;
      y = random() % 4 == 0 ? 0 : random() % 1000;
    }
    counts.emplace_back(1, 1);
    stats::sample_sizes sizes;
    for (auto const& [x, y] : counts) {
      sizes.x += x;
      sizes.y += y;
    }
    double shannon = 0;
    double variation = 0;
    double largest = 0;
    double stability = 0;
    stats::divergence_options const options{.zeros = stats::zero_policy::leave_out};
    stats::divergence_accumulator forwards{sizes, options};
    for (auto const& [x, y] : counts) {
      forwards.add(x, y);
      auto const p = static_cast<double>(x) / static_cast<double>(sizes.x);
      auto const q = static_cast<double>(y) / static_cast<double>(sizes.y);
      if (p > 0) shannon += p / 2 * std::log2(2 * p / (p + q));
      if (q > 0) shannon += q / 2 * std::log2(2 * q / (p + q));
      if (p > 0 && q > 0) stability += (p - q) * std::log(p / q);
      variation += std::abs(p - q) / 2;
      largest = std::max(largest, std::abs(p - q));
    }
    auto const found = forwards.result();
    CHECK(close(found.jensen_shannon_divergence, shannon, 1e-9));
    CHECK(close(found.total_variation, variation));
    CHECK(close(found.largest_difference, largest));
    CHECK(close(found.population_stability_index, stability, 1e-9));

    std::ranges::shuffle(counts, random);
    stats::divergence_accumulator shuffled{sizes, options};
    stats::homogeneity_accumulator one{sizes};
    stats::homogeneity_accumulator other{sizes};
    for (auto const& [x, y] : counts) {
      shuffled.add(x, y);
      one.add(x, y);
    }
    std::ranges::sort(counts);
    for (auto const& [x, y] : counts) other.add(x, y);
    CHECK(shuffled.result().jensen_shannon_divergence == found.jensen_shannon_divergence);
    CHECK(shuffled.result().population_stability_index == found.population_stability_index);
    CHECK(one.result().chi_squared.statistic == other.result().chi_squared.statistic);
    CHECK(one.result().g.statistic == other.result().g.statistic);
  }
}

TEST_CASE("Adjusted p-values keep the order of p-values and are ordered among the methods") {
  random_numbers random{4};
  using enum stats::adjustment;
  for (int round = 0; round < 200; ++round) {
    std::vector<double> p(1 + random() % 30);
    for (auto& one : p) one = std::ldexp(static_cast<double>(random() >> 11U), -53) * (random() % 3 == 0 ? 1 : 0.01);
    if (p.size() > 2) p[1] = p[0];
    auto const adjusted_by = [&](stats::adjustment how) { return stats::adjusted_p_values(p, how); };
    auto const bonferroni_p = adjusted_by(bonferroni);
    auto const holm_p = adjusted_by(holm);
    auto const hochberg_p = adjusted_by(benjamini_hochberg);
    auto const yekutieli_p = adjusted_by(benjamini_yekutieli);
    for (std::size_t i = 0; i < p.size(); ++i) {
      CHECK(p[i] <= hochberg_p[i]);
      CHECK(hochberg_p[i] <= holm_p[i]);
      CHECK(holm_p[i] <= bonferroni_p[i]);
      CHECK(hochberg_p[i] <= yekutieli_p[i]);
      for (std::size_t j = 0; j < p.size(); ++j) {
        if (p[i] > p[j]) continue;
        CHECK(holm_p[i] <= holm_p[j]);
        CHECK(hochberg_p[i] <= hochberg_p[j]);
      }
    }
  }
}

TEST_CASE("Moments of random samples are those of two passes in extended precision") {
  random_numbers random{5};
  for (int round = 0; round < 300; ++round) {
    std::normal_distribution<double> normal{round % 2 == 0 ? 0. : 1e4, 3};
    std::vector<double> values(2 + random() % 3000);
    for (auto& value : values) value = normal(random);
    long double mean = 0;
    for (auto const value : values) mean += static_cast<long double>(value);
    auto const n = static_cast<long double>(values.size());
    mean /= n;
    long double second = 0;
    long double third = 0;
    long double fourth = 0;
    for (auto const value : values) {
      auto const deviation = static_cast<long double>(value) - mean;
      second += deviation * deviation;
      third += deviation * deviation * deviation;
      fourth += deviation * deviation * deviation * deviation;
    }
    auto const found = stats::moments_of(values);
    CHECK(std::abs(found.mean() - static_cast<double>(mean)) <= 1e-15 * (std::abs(found.mean()) + 3));
    CHECK(close(found.variance(), static_cast<double>(second / (n - 1)), 1e-12));
    CHECK(std::abs(found.skewness() - static_cast<double>(third / n / std::pow(second / n, 1.5L))) < 1e-9);
    CHECK(std::abs(found.excess_kurtosis() - static_cast<double>(fourth * n / second / second - 3)) < 1e-9);
    CHECK(found.min() == *std::ranges::min_element(values));
    CHECK(found.max() == *std::ranges::max_element(values));
  }
}

TEST_CASE("Exact permutation tests count all ways to share out the values") {
  random_numbers random{6};
  auto const largest_of_x = [](std::span<int const> x, std::span<int const>) {
    return *std::max_element(x.begin(), x.end());
  };
  for (int round = 0; round < 100; ++round) {
    std::vector<int> x(1 + random() % 5);
    std::vector<int> y(1 + random() % 5);
    for (auto& value : x) value = static_cast<int>(random() % 6);
    for (auto& value : y) value = static_cast<int>(random() % 6);
    // The largest value of x is at most v in C(values up to v, n) of C(all, n) ways.
    auto const observed = *std::ranges::max_element(x);
    std::vector<int> all{x};
    all.insert(all.end(), y.begin(), y.end());
    auto const up_to = static_cast<std::uint64_t>(std::ranges::count_if(all, [&](int v) { return v <= observed; }));
    auto const found = stats::permutation_test(x, y, largest_of_x, {.alternative = alternative::less});
    CHECK(found.method == stats::p_value_method::exact);
    CHECK(close(found.p_value, choose(up_to, x.size()) / choose(all.size(), x.size())));
  }
}
