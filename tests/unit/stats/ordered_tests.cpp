#include "support/catch.hpp"
#include "support/reference_values.hpp"
#include "support/sample_rule.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/stats/ordered_tests.hpp>

#include <cmath>
#include <cstdint>
#include <forward_list>
#include <limits>
#include <list>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace stats = spillway::stats;
using spillway::argument_error;
using stats::alternative;
using stats::nan_policy;
using stats::p_value_method;

constexpr auto infinity = std::numeric_limits<double>::infinity();
constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();

bool close(double value, double expected) {
  constexpr double tolerance = 1e-12;
  return value == expected || std::abs(value - expected) <= tolerance * std::abs(expected);
}

stats::test_options options_of(std::string const& quantity) {
  stats::test_options options;
  if (quantity.starts_with("p_exact")) options.method = p_value_method::exact;
  if (quantity.starts_with("p_asymptotic")) options.method = p_value_method::asymptotic;
  if (quantity.ends_with("less")) options.alternative = alternative::less;
  if (quantity.ends_with("greater")) options.alternative = alternative::greater;
  return options;
}

double ours(spillway::test::reference_value const& one) {
  spillway::test::ruled_samples const samples{one.example};
  auto const options = options_of(one.quantity);
  auto const all = stats::ordered_tests(samples.x, samples.y, options);
  auto const is_p = one.quantity.starts_with("p_");
  auto const pick = [&](stats::test_result const& result) { return is_p ? result.p_value : result.statistic; };
  if (one.test == "kolmogorov_smirnov") {
    if (one.quantity == "location") return all.kolmogorov_smirnov.location;
    if (one.quantity == "sign") return all.kolmogorov_smirnov.sign;
    return pick(all.kolmogorov_smirnov);
  }
  if (one.test == "cramer_von_mises") return pick(all.cramer_von_mises);
  if (one.test == "anderson_darling") return pick(all.anderson_darling);
  if (one.test == "mann_whitney") return pick(all.mann_whitney);
  if (one.test == "brunner_munzel") return pick(all.brunner_munzel);
  if (one.test == "wasserstein") return all.wasserstein.distance;
  REQUIRE(one.test == "energy_distance");
  return all.energy_distance.distance;
}

void require_all_finite(stats::test_result const& result) {
  REQUIRE_FALSE(std::isnan(result.statistic));
  REQUIRE(result.p_value >= 0);
  REQUIRE(result.p_value <= 1);
  REQUIRE(result.log_p_value <= 0);
}

stats::ordered_tests_result require_defined(std::vector<double> const& x, std::vector<double> const& y) {
  auto const all = stats::ordered_tests(x, y);
  require_all_finite(all.kolmogorov_smirnov);
  require_all_finite(all.cramer_von_mises);
  require_all_finite(all.anderson_darling);
  require_all_finite(all.mann_whitney);
  require_all_finite(all.brunner_munzel);
  REQUIRE(all.wasserstein.distance >= 0);
  REQUIRE(all.energy_distance.distance >= 0);
  return all;
}

}  // namespace

TEST_CASE("statistics and p-values of ordered samples are those of SciPy and R") {
  for (auto const& one : spillway::test::reference_values("stats/ordered")) {
    if (one.test.ends_with("_limit")) continue;
    CAPTURE(one.test, one.example, one.quantity, one.tool);
    auto const value = ours(one);
    CAPTURE(value, one.value);
    REQUIRE(close(value, one.value));
  }
}

TEST_CASE("each test by itself gives what all together give") {
  spillway::test::ruled_samples const samples{"60_45_1009_4_16"};
  auto const& [x, y] = samples;
  auto const all = stats::ordered_tests(x, y);
  REQUIRE(stats::kolmogorov_smirnov(x, y).log_p_value == all.kolmogorov_smirnov.log_p_value);
  REQUIRE(stats::cramer_von_mises(x, y).log_p_value == all.cramer_von_mises.log_p_value);
  REQUIRE(stats::anderson_darling(x, y).log_p_value == all.anderson_darling.log_p_value);
  REQUIRE(stats::mann_whitney(x, y).log_p_value == all.mann_whitney.log_p_value);
  REQUIRE(stats::brunner_munzel(x, y).log_p_value == all.brunner_munzel.log_p_value);
  REQUIRE(stats::wasserstein(x, y).distance == all.wasserstein.distance);
  REQUIRE(stats::energy_distance(x, y).distance == all.energy_distance.distance);
}

TEST_CASE("values that are all equal are no evidence of anything") {
  auto const all = require_defined({3, 3, 3}, {3, 3, 3, 3, 3});
  REQUIRE(all.kolmogorov_smirnov.statistic == 0);
  REQUIRE(all.kolmogorov_smirnov.p_value == 1);
  REQUIRE(all.cramer_von_mises.p_value == 1);
  REQUIRE(all.anderson_darling.a_squared == 0);
  REQUIRE(all.anderson_darling.p_value == 1);
  REQUIRE(all.mann_whitney.superiority == 0.5);
  REQUIRE(all.mann_whitney.p_value == 1);
  REQUIRE(all.brunner_munzel.statistic == 0);
  REQUIRE(all.brunner_munzel.p_value == 1);
  REQUIRE(all.wasserstein.distance == 0);
  std::vector<double> const many(10'000, 3);
  REQUIRE(stats::ordered_tests(many, many).mann_whitney.p_value == 1);
  REQUIRE(stats::ordered_tests(many, many).cramer_von_mises.p_value > 0.9);
}

TEST_CASE("samples of one value give defined results") {
  auto const all = require_defined({1}, {2});
  REQUIRE(all.mann_whitney.p_value == 1);
  REQUIRE(all.brunner_munzel.p_value == 1);
  REQUIRE(all.cramer_von_mises.p_value == 1);
  require_defined({1}, {1});
  require_defined({1}, {2, 3});
  require_defined({5}, {1, 2, 3, 3, 9});
  require_defined({1, 2, 3, 3, 9}, {5});
}

TEST_CASE("samples without an overlap have the p-value of the one order in which they have none") {
  std::vector<double> const x{1, 2, 3, 4};
  std::vector<double> const y{11, 12, 13, 14, 15};
  auto const all = require_defined(x, y);
  auto const two_sided = 2.0 / 126;  // 9 choose 4 ways
  REQUIRE(close(all.kolmogorov_smirnov.p_value, two_sided));
  REQUIRE(close(all.cramer_von_mises.p_value, two_sided));
  REQUIRE(close(all.mann_whitney.p_value, two_sided));
  REQUIRE(all.brunner_munzel.statistic == infinity);
  REQUIRE(all.brunner_munzel.method == p_value_method::exact);
  REQUIRE(close(all.brunner_munzel.p_value, two_sided));
  REQUIRE(all.mann_whitney.rank_biserial == -1);
  REQUIRE(all.wasserstein.distance == 10.5);
}

TEST_CASE("one-sided alternatives are in the direction that R and SciPy give them") {
  std::vector<double> const low{1, 2, 3, 4, 5, 6};
  std::vector<double> const high{5, 6, 7, 8, 9, 10};
  // The distribution function of the lower sample is the greater.
  REQUIRE(stats::kolmogorov_smirnov(low, high, {.alternative = alternative::greater}).p_value < 0.1);
  REQUIRE(stats::kolmogorov_smirnov(low, high, {.alternative = alternative::less}).p_value == 1);
  REQUIRE(stats::mann_whitney(low, high, {.alternative = alternative::less}).p_value < 0.01);
  REQUIRE(stats::mann_whitney(low, high, {.alternative = alternative::greater}).p_value > 0.99);
  REQUIRE(stats::brunner_munzel(low, high, {.alternative = alternative::less}).p_value < 0.01);
  REQUIRE(stats::brunner_munzel(low, high, {.alternative = alternative::greater}).p_value > 0.99);
}

TEST_CASE("p-values far below the least double are told by their logarithm") {
  std::vector<double> low;
  std::vector<double> high;
  for (int i = 0; i < 5000; ++i) {
    low.push_back(i);
    high.push_back(i + 4000);
  }
  auto const all = stats::ordered_tests(low, high);
  for (stats::test_result const& one :
       {static_cast<stats::test_result>(all.kolmogorov_smirnov), static_cast<stats::test_result>(all.cramer_von_mises),
        static_cast<stats::test_result>(all.anderson_darling), static_cast<stats::test_result>(all.mann_whitney),
        static_cast<stats::test_result>(all.brunner_munzel)}) {
    REQUIRE(one.p_value == 0);
    REQUIRE(one.log_p_value < -1000);
    REQUIRE(std::isfinite(one.log_p_value));
  }
}

TEST_CASE("zeros of both signs are equal, and infinities are values") {
  std::vector<double> const x{-infinity, -0.0, 1, infinity};
  std::vector<double> const y{-infinity, 0.0, 1, infinity};
  auto const same = require_defined(x, y);
  REQUIRE(same.kolmogorov_smirnov.statistic == 0);
  REQUIRE(same.wasserstein.distance == 0);
  auto const apart = require_defined({1, 2, infinity}, {1, 2, 3});
  REQUIRE(apart.wasserstein.distance == infinity);
  REQUIRE(apart.energy_distance.distance == infinity);
  REQUIRE(apart.kolmogorov_smirnov.statistic == Approx(1.0 / 3));
}

TEST_CASE("integers that are one double are told apart") {
  auto const big = std::int64_t{1} << 60U;
  std::vector<std::int64_t> const x{big, big + 2};
  std::vector<std::int64_t> const y{big + 1, big + 3};
  auto const all = stats::ordered_tests(x, y);
  REQUIRE(all.kolmogorov_smirnov.statistic == 0.5);
  REQUIRE(all.mann_whitney.statistic == 1);
}

TEST_CASE("samples may be of different types where one holds the values of both") {
  std::vector<int> const x{1, 2, 3};
  std::list<double> const y{2, 3.5};
  REQUIRE(stats::mann_whitney(x, y).statistic == 1.5);
  REQUIRE(stats::mann_whitney(std::vector<bool>{true, false}, std::vector<bool>{false}).statistic == 1.5);
  REQUIRE(stats::mann_whitney(std::vector<float>{1}, std::vector<long double>{0.5L}).statistic == 1);
}

TEST_CASE("values that are not numbers are left out and counted") {
  auto const result =
      stats::ordered_tests(std::vector{not_a_number, 1.0, not_a_number, 2.0}, std::vector{2.0, not_a_number, 3.0});
  REQUIRE(result.mann_whitney.sizes == stats::sample_sizes{2, 2});
  REQUIRE(result.mann_whitney.omitted == stats::sample_sizes{2, 1});
  REQUIRE(result.mann_whitney.statistic == 0.5);
  REQUIRE(result.wasserstein.omitted == stats::sample_sizes{2, 1});
}

TEST_CASE("values that are not numbers make the result NaN where that is asked for") {
  stats::test_options const options{.nan = nan_policy::propagate};
  std::vector<double> const bad{1, not_a_number};
  std::vector<double> const good{1, 2};
  auto const result = stats::ordered_tests(bad, good, options);
  REQUIRE(std::isnan(result.kolmogorov_smirnov.statistic));
  REQUIRE(std::isnan(result.kolmogorov_smirnov.p_value));
  REQUIRE(std::isnan(result.brunner_munzel.log_p_value));
  REQUIRE(std::isnan(result.wasserstein.distance));
  REQUIRE(result.mann_whitney.omitted == stats::sample_sizes{1, 0});
  REQUIRE(std::isnan(stats::mann_whitney(std::vector{not_a_number}, good, options).p_value));
  REQUIRE(std::isnan(stats::mann_whitney(stats::sorted{bad}, stats::sorted{good}, options).p_value));
  REQUIRE(stats::mann_whitney(good, good, options).p_value == 1);
}

TEST_CASE("values that are not numbers are an error where that is asked for, with their place") {
  stats::test_options const options{.nan = nan_policy::error};
  std::vector<double> const bad{1, not_a_number};
  std::vector<double> const good{1, 2};
  REQUIRE_THROWS_WITH(stats::wasserstein(good, bad, options), "value 2 of sample y is not a number");
  REQUIRE_THROWS_WITH(stats::wasserstein(stats::sorted{good}, stats::sorted{bad}, options),
                      "value 2 of sample y is not a number");
}

TEST_CASE("a sample without values is an error that says so") {
  std::vector<double> const none;
  std::vector<double> const some{1, 2};
  REQUIRE_THROWS_WITH(stats::kolmogorov_smirnov(none, some), "sample x has no values");
  REQUIRE_THROWS_WITH(stats::ordered_tests(some, none), "sample y has no values");
  REQUIRE_THROWS_WITH(stats::ordered_tests(some, std::vector{not_a_number, not_a_number}),
                      "sample y has no values: 2 that are not numbers were left out");
  REQUIRE_THROWS_AS(stats::mann_whitney(stats::sorted{none}, stats::sorted{some}), argument_error);
  std::istringstream empty;
  REQUIRE_THROWS_AS(stats::mann_whitney(stats::sorted{std::views::istream<double>(empty), 0}, stats::sorted{some}),
                    argument_error);
}

TEST_CASE("what a test doesn't have is an error that says so") {
  std::vector<double> const x{1, 2, 3};
  std::vector<double> const y{2, 4};
  REQUIRE_THROWS_WITH(stats::cramer_von_mises(x, y, {.alternative = alternative::less}),
                      "the Cramer-von Mises test has no one-sided form");
  REQUIRE_THROWS_WITH(stats::anderson_darling(x, y, {.method = p_value_method::exact}),
                      "the Anderson-Darling test has no exact p-value here");
  REQUIRE_THROWS_AS(stats::mann_whitney(x, y, {.method = p_value_method::permutation}), argument_error);
  std::vector<double> const many(10'000, 1);
  REQUIRE_THROWS_AS(stats::mann_whitney(many, many, {.method = p_value_method::exact}), argument_error);
  // An accumulator can't know ties that it didn't keep.
  stats::mann_whitney_accumulator const seen{{10'000, 10'000}};
  REQUIRE_THROWS_AS(seen.result({.method = p_value_method::exact}), argument_error);
}

TEST_CASE("all tests together take the alternative and method that each has") {
  std::vector<double> const x{1, 2, 3, 7};
  std::vector<double> const y{2, 4, 9};
  auto const all = stats::ordered_tests(x, y, {.alternative = alternative::less, .method = p_value_method::exact});
  REQUIRE(all.mann_whitney.alternative == alternative::less);
  REQUIRE(all.mann_whitney.method == p_value_method::exact);
  REQUIRE(all.cramer_von_mises.alternative == alternative::two_sided);
  REQUIRE(all.cramer_von_mises.method == p_value_method::exact);
  REQUIRE(all.anderson_darling.method == p_value_method::asymptotic);
}

TEST_CASE("ordered ranges that can be read but once are passed as they are") {
  std::vector<double> const y{0, 2, 2, 6};
  std::istringstream text{"1 2 2 3 5"};
  auto const once = stats::ordered_tests(stats::sorted{std::views::istream<double>(text), 5}, stats::sorted{y});
  auto const again = stats::ordered_tests(std::vector<double>{5, 2, 1, 3, 2}, y);
  REQUIRE(once.kolmogorov_smirnov.log_p_value == again.kolmogorov_smirnov.log_p_value);
  REQUIRE(once.anderson_darling.statistic == again.anderson_darling.statistic);
  REQUIRE(once.wasserstein.distance == again.wasserstein.distance);
  REQUIRE(stats::sorted{std::forward_list<int>{1, 2}}.size == 2);
}

TEST_CASE("ordered ranges of another size than was said are an error") {
  std::vector<double> const y{0, 2};
  for (std::uint64_t const said : {2U, 4U}) {
    std::istringstream text{"1 2 3"};
    stats::sorted const x{std::views::istream<double>(text), said};
    REQUIRE_THROWS_AS(stats::mann_whitney(std::move(x), stats::sorted{y}), argument_error);
  }
}

TEST_CASE("values said to be in order that are not are an error, with their place") {
  std::vector<double> const bad{1, 3, 2, 4};
  std::vector<double> const good{0, 5};
  REQUIRE_THROWS_WITH(stats::mann_whitney(stats::sorted{bad}, stats::sorted{good}),
                      "value 3 of x is out of order: 2 after 3");
  REQUIRE_THROWS_WITH(stats::mann_whitney(stats::sorted{good}, stats::sorted{std::list<int>{7, 6}}),
                      "value 2 of y is out of order: 6 after 7");
  std::vector<double> const falling{not_a_number, 1, 2, 3};
  REQUIRE_THROWS_AS(stats::mann_whitney(stats::sorted{falling}, stats::sorted{good}), argument_error);
  // Wherever it is, on however many threads.
  std::vector<int> many(100'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<int>(i);
  for (std::size_t const place : {1U, 49'999U, 50'000U, 50'001U, 99'998U}) {
    auto wrong = many;
    std::swap(wrong[place], wrong[place + 1]);
    REQUIRE_THROWS_AS(stats::wasserstein(stats::sorted{wrong}, stats::sorted{many}), argument_error);
    REQUIRE_THROWS_AS(stats::wasserstein(stats::sorted{many}, stats::sorted{wrong}, {.threads = 3}), argument_error);
  }
}

TEST_CASE("copies are made within the memory given, ordered samples need next to none") {
  std::vector<double> x(100'000);
  auto y = x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<double>(i);
    y[i] = x[i] + 0.5;
  }
  using namespace spillway::literals;
  spillway::memory_budget copies{2_MiB};
  REQUIRE(stats::ordered_tests(x, y, {.memory = &copies}).wasserstein.distance == 0.5);
  REQUIRE(copies.peak() > 16 * x.size());
  REQUIRE(copies.used() == 0);
  spillway::memory_budget small{128_KiB};
  REQUIRE(stats::ordered_tests(stats::sorted{x}, stats::sorted{y}, {.memory = &small}).wasserstein.distance == 0.5);
  REQUIRE_THROWS_AS(stats::ordered_tests(x, y, {.memory = &small}), spillway::budget_exceeded);
}

TEST_CASE("a test that is asked to stop does") {
  std::vector<double> const x(1000, 1);
  std::stop_source source;
  source.request_stop();
  REQUIRE_THROWS_AS(stats::ordered_tests(x, x, {.stop = source.get_token()}), spillway::cancelled);
  REQUIRE_THROWS_AS(stats::wasserstein(stats::sorted{x}, stats::sorted{x}, {.stop = source.get_token()}),
                    spillway::cancelled);
}
