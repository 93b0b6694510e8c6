#include "support/catch.hpp"
#include "support/reference_values.hpp"

#include <spillway/core/error.hpp>
#include <spillway/stats/moments.hpp>
#include <spillway/stats/permutation_test.hpp>
#include <spillway/stats/t_test.hpp>
#include <spillway/stats/variances.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <numeric>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace stats = spillway::stats;
using spillway::argument_error;
using spillway::test::reference_value;
using stats::alternative;

constexpr auto infinity = std::numeric_limits<double>::infinity();
constexpr auto no_number = std::numeric_limits<double>::quiet_NaN();

/// As tests/reference/stats/moments.py makes them.
std::vector<double> sample_x(double size, double added) {
  std::vector<double> x;
  for (int i = 0; i < size; ++i) x.push_back((i * 7919 + 13) % 1009 / 16. - 20 + added);
  return x;
}
std::vector<double> sample_y(double size, double added) {
  std::vector<double> y;
  for (int i = 0; i < size; ++i) y.push_back((i * 104729 + 7) % 2003 / 32. - 25 + added);
  return y;
}

alternative side_of(std::string_view quantity) {
  if (quantity.ends_with("less")) return alternative::less;
  return quantity.ends_with("greater") ? alternative::greater : alternative::two_sided;
}

double mean_difference(std::span<double const> x, std::span<double const> y) {
  auto const mean = [](std::span<double const> all) {
    return std::accumulate(all.begin(), all.end(), 0.) / static_cast<double>(all.size());
  };
  return mean(x) - mean(y);
}

double of_moments(stats::moments const& found, std::string_view quantity) {
  if (quantity == "mean") return found.mean();
  if (quantity == "variance") return found.variance();
  if (quantity == "skewness") return found.skewness();
  REQUIRE(quantity == "kurtosis");
  return found.excess_kurtosis();
}

double of_t_test(stats::t_test_result const& found, std::string_view quantity) {
  if (quantity == "statistic") return found.statistic;
  if (quantity == "degrees") return found.degrees_of_freedom;
  if (quantity == "cohens_d") return found.cohens_d;
  if (quantity == "hedges_g") return found.hedges_g;
  return quantity.starts_with("log_p") ? found.log_p_value : found.p_value;
}

double value_of(reference_value const& one) {
  auto const at = one.numbers();
  auto const x = sample_x(at.at(0), at.at(2));
  auto const y = sample_y(at.at(1), at.at(2));
  if (one.test == "moments") return of_moments(stats::moments_of(x), one.quantity);
  if (one.test == "permutation") {
    return stats::permutation_test(x, y, mean_difference, {.alternative = side_of(one.quantity)}).p_value;
  }
  if (one.test.starts_with("levene")) {
    auto const centre = one.test == "levene_mean" ? stats::sample_centre::mean : stats::sample_centre::median;
    auto const found = stats::levene(x, y, {.centre = centre});
    return one.quantity == "p" ? found.p_value : found.statistic;
  }
  auto const equal = one.test == "student" ? stats::variances::equal : stats::variances::unequal;
  return of_t_test(stats::t_test(x, y, {.alternative = side_of(one.quantity), .variances = equal}), one.quantity);
}

bool close(double value, double expected, double tolerance = 1e-12) {
  return value == expected || std::abs(value - expected) <= tolerance * std::abs(expected);
}

bool identical(stats::moments const& a, stats::moments const& b) {
  return a.count() == b.count() && a.nan_count() == b.nan_count() && a.mean() == b.mean() &&
         a.variance() == b.variance() && a.skewness() == b.skewness() && a.excess_kurtosis() == b.excess_kurtosis() &&
         a.min() == b.min() && a.max() == b.max();
}

}  // namespace

TEST_CASE("Moments and tests of them agree with exact fractions, SciPy and R") {
  for (auto const& one : spillway::test::reference_values("stats/moments")) {
    auto const found = value_of(one);
    CAPTURE(one.test, one.example, one.quantity, one.tool, found, one.value);
    // Others lose digits where 1e9 is added to the values.
    auto const tolerance = one.tool == "mpmath" ? 1e-12 : one.numbers()[2] > 1e6 ? 1e-6 : 1e-9;
    CHECK(close(found, one.value, tolerance));
  }
}

TEST_CASE("Moments of values far from 0 keep the digits of their deviations") {
  std::vector<double> values;
  for (int i = 0; i < 5000; ++i) values.push_back(1e9 + i % 2);
  auto const found = stats::moments_of(values);
  CHECK(found.mean() == 1e9 + 0.5);
  CHECK(close(found.population_variance(), 0.25, 1e-12));
  CHECK(std::abs(found.skewness()) < 1e-9);
  CHECK(close(found.excess_kurtosis(), -2, 1e-9));
}

TEST_CASE("Means that differ by less than their rounding are told apart") {
  std::vector<double> x(999, 1e9);
  std::vector<double> const y(999, 1e9);
  x[5] += 0x1p-23;
  auto const of_x = stats::moments_of(x);
  auto const of_y = stats::moments_of(y);
  CHECK(of_x.mean() == of_y.mean());
  CHECK(close(mean_difference(of_x, of_y), 0x1p-23 / 999));
  CHECK(close(mean_difference(of_y, of_x), -0x1p-23 / 999));
}

TEST_CASE("Moments are the same to the last bit however the stream is cut") {
  std::mt19937_64 random{1};
  std::vector<double> values(20'000);
  for (auto& value : values) value = std::ldexp(static_cast<double>(random() >> 11U), -40) - 1000;
  values[77] = no_number;
  values[5000] = no_number;
  stats::moments_accumulator whole;
  whole.add(std::span<double const>{values});
  for (int round = 0; round < 60; ++round) {
    std::vector<stats::moments_accumulator> parts;
    for (std::size_t begin = 0; begin < values.size();) {
      auto const longest = round % 3 == 0 ? 100U : round % 3 == 1 ? 3000U : 20'000U;
      auto const size = std::min<std::size_t>(values.size() - begin, random() % longest);
      auto& part = parts.emplace_back(begin);
      if (random() % 2 == 0) {
        part.add(std::span<double const>{values}.subspan(begin, size));
      } else {
        for (std::size_t i = 0; i < size; ++i) part.add(values[begin + i]);
      }
      begin += size;
    }
    // Neighbours in any order.
    while (parts.size() > 1) {
      auto const at = random() % (parts.size() - 1);
      parts[at].append(parts[at + 1]);
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    }
    CHECK(identical(parts.front().result(), whole.result()));
  }
}

TEST_CASE("Parts that are not next to each other are not put together") {
  stats::moments_accumulator first;
  first.add(1.);
  CHECK_THROWS_AS(first.append(stats::moments_accumulator{2}), argument_error);
}

TEST_CASE("Moments that values do not have are refused") {
  stats::moments const none;
  CHECK(none.count() == 0);
  CHECK_THROWS_AS(none.mean(), argument_error);
  CHECK_THROWS_AS(none.min(), argument_error);
  CHECK_THROWS_AS(none.max(), argument_error);
  CHECK_THROWS_AS(none.skewness(), argument_error);
  CHECK_THROWS_AS(stats::moments_of(std::vector{no_number, no_number}).mean(), argument_error);
  auto const one = stats::moments_of(std::vector{3});
  CHECK(one.mean() == 3);
  CHECK(one.population_variance() == 0);
  CHECK(one.excess_kurtosis() == 0);
  CHECK_THROWS_AS(one.variance(), argument_error);
}

TEST_CASE("Infinite values make the mean and the variance infinite") {
  auto const found = stats::moments_of(std::vector{1., -infinity, no_number, 2.});
  CHECK(found.count() == 3);
  CHECK(found.nan_count() == 1);
  CHECK(found.infinite_count() == 1);
  CHECK(found.mean() == -infinity);
  CHECK(found.min() == -infinity);
  CHECK(found.max() == 2);
  CHECK(found.variance() == infinity);
  CHECK_THROWS_AS(found.skewness(), argument_error);
  CHECK_THROWS_AS(stats::moments_of(std::vector{infinity, -infinity}).mean(), argument_error);
  CHECK(mean_difference(found, stats::moments_of(std::vector{1.})) == -infinity);
  CHECK_THROWS_AS(mean_difference(found, found), argument_error);
}

TEST_CASE("Powers that no double holds are infinite or refused, not NaN") {
  auto const found = stats::moments_of(std::vector{1e200, -1e200, 3e200});
  CHECK(close(found.mean(), 1e200));
  CHECK(found.variance() == infinity);
  CHECK_THROWS_AS(found.excess_kurtosis(), argument_error);
}

TEST_CASE("Moments of whole numbers and of lists are those of their values") {
  std::vector<std::int32_t> const numbers{3, 1, 4, 1, 5, 9, 2, 6};
  std::list<float> const list(numbers.begin(), numbers.end());
  std::vector<double> const doubles(numbers.begin(), numbers.end());
  CHECK(identical(stats::moments_of(numbers), stats::moments_of(doubles)));
  CHECK(identical(stats::moments_of(list), stats::moments_of(doubles)));
}

TEST_CASE("A t test of samples in which nothing varies tells equal from different") {
  std::vector<double> const twos(5, 2.);
  std::vector<double> const threes(4, 3.);
  for (auto const assumed : {stats::variances::equal, stats::variances::unequal}) {
    auto const same = stats::t_test(twos, twos, {.variances = assumed});
    CHECK(same.statistic == 0);
    CHECK(same.p_value == 1);
    CHECK(same.cohens_d == 0);
    auto const different = stats::t_test(twos, threes, {.variances = assumed});
    CHECK(different.statistic == -infinity);
    CHECK(different.p_value == 0);
    CHECK(different.cohens_d == -infinity);
    CHECK(different.hedges_g == -infinity);
    CHECK(different.degrees_of_freedom > 0);
    CHECK(stats::t_test(twos, threes, {.alternative = alternative::greater, .variances = assumed}).p_value == 1);
  }
}

TEST_CASE("A t test with too few or infinite values is refused") {
  std::vector<double> const none;
  std::vector<double> const one{1};
  std::vector<double> const two{1, 2};
  CHECK_THROWS_AS(stats::t_test(none, two), argument_error);
  CHECK_THROWS_AS(stats::t_test(one, two), argument_error);
  CHECK_THROWS_AS(stats::t_test(one, one, {.variances = stats::variances::equal}), argument_error);
  CHECK(stats::t_test(one, two, {.variances = stats::variances::equal}).degrees_of_freedom == 1);
  CHECK_THROWS_AS(stats::t_test(two, std::vector{1., infinity}), argument_error);
}

TEST_CASE("Values that are not numbers are left out, refused, or passed on by tests of means and variances") {
  std::vector<double> const x{1, no_number, 2, 4};
  std::vector<double> const without{1, 2, 4};
  std::vector<double> const y{3, 5, 8};
  CHECK(stats::t_test(x, y).p_value == stats::t_test(without, y).p_value);
  CHECK(stats::t_test(x, y).omitted == stats::sample_sizes{1, 0});
  CHECK(std::isnan(stats::t_test(x, y, {.nan = stats::nan_policy::propagate}).p_value));
  CHECK_THROWS_AS(stats::t_test(x, y, {.nan = stats::nan_policy::error}), argument_error);
  CHECK(stats::levene(y, x).p_value == stats::levene(y, without).p_value);
  CHECK(std::isnan(stats::levene(x, y, {.nan = stats::nan_policy::propagate}).log_p_value));
  CHECK_THROWS_AS(stats::levene(x, y, {.nan = stats::nan_policy::error}), argument_error);
}

TEST_CASE("A t test tells apart p-values that are too small for a double") {
  std::vector<double> x;
  std::vector<double> y;
  for (int i = 0; i < 2000; ++i) {
    x.push_back(i % 10);
    y.push_back(i % 10 + 100);
  }
  auto const found = stats::t_test(x, y);
  CHECK(found.p_value == 0);
  CHECK(found.log_p_value < -5000);
  CHECK(std::isfinite(found.log_p_value));
}

TEST_CASE("Tests of variances of samples that do not vary are defined") {
  std::vector<double> const twos(5, 2.);
  std::vector<double> const apart{1, 3, 1, 3};
  auto const same = stats::brown_forsythe(twos, twos);
  CHECK(same.statistic == 0);
  CHECK(same.p_value == 1);
  CHECK(same.ratio == 1);
  auto const different = stats::levene(apart, twos);
  CHECK(different.statistic == infinity);
  CHECK(different.p_value == 0);
  CHECK(different.ratio == infinity);
  CHECK_THROWS_AS(stats::levene(std::vector<double>{}, twos), argument_error);
  CHECK_THROWS_AS(stats::levene(std::vector{1.}, std::vector{2.}), argument_error);
  CHECK_THROWS_AS(stats::levene(twos, std::vector{1., infinity}), argument_error);
}

TEST_CASE("A permutation test gives the same result for every number of threads, and another for another seed") {
  auto const x = sample_x(30, 0);
  auto const y = sample_y(25, 2);
  auto const one = stats::permutation_test(x, y, mean_difference, {.seed = 7, .threads = 1});
  CHECK(one.method == stats::p_value_method::permutation);
  CHECK(one.permutations == 9999);
  CHECK(one.p_value > 0);
  for (unsigned const threads : {2U, 3U, 8U}) {
    auto const other = stats::permutation_test(x, y, mean_difference, {.seed = 7, .threads = threads});
    CHECK(other.as_extreme == one.as_extreme);
    CHECK(other.p_value == one.p_value);
  }
  CHECK(stats::permutation_test(x, y, mean_difference, {.seed = 8}).as_extreme != one.as_extreme);
}

TEST_CASE("Random permutations come near the exact p-value, which all permutations give") {
  auto const x = sample_x(7, 0);
  auto const y = sample_y(8, 1);
  stats::permutation_options options{.alternative = alternative::less};
  auto const exact = stats::permutation_test(x, y, mean_difference, options);
  CHECK(exact.method == stats::p_value_method::exact);
  CHECK(exact.permutations == 6435);
  options.method = stats::p_value_method::permutation;
  auto const random = stats::permutation_test(x, y, mean_difference, options);
  CHECK(std::abs(random.p_value - exact.p_value) < 0.02);
  auto const mirrored = stats::permutation_test(y, x, mean_difference, {.alternative = alternative::greater});
  CHECK(mirrored.p_value == exact.p_value);
}

TEST_CASE("Permutations of equal values are all as extreme") {
  std::vector<double> const same(6, 0.1);
  CHECK(stats::permutation_test(same, same, mean_difference).p_value == 1);
  CHECK(stats::permutation_test(same, same, mean_difference, {.method = stats::p_value_method::permutation}).p_value ==
        1);
}

TEST_CASE("Permutation tests that make no sense are refused") {
  std::vector<double> const x{1, 2};
  std::vector<double> const none;
  CHECK_THROWS_AS(stats::permutation_test(x, none, mean_difference), argument_error);
  CHECK_THROWS_AS(stats::permutation_test(x, x, mean_difference, {.method = stats::p_value_method::asymptotic}),
                  argument_error);
  CHECK_THROWS_AS(stats::permutation_test(x, x, [](auto, auto) { return no_number; }), argument_error);
  std::vector<double> const many(40, 1.);
  CHECK_THROWS_AS(stats::permutation_test(many, many, mean_difference, {.method = stats::p_value_method::exact}),
                  argument_error);
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(stats::permutation_test(many, many, mean_difference, {.stop = stop.get_token()}),
                  spillway::cancelled);
}

TEST_CASE("Combinations are all gone through in order") {
  namespace detail = stats::detail;
  CHECK(detail::combinations(5, 2) == 10);
  CHECK(detail::combinations(5, 6) == 0);
  CHECK(detail::combinations(67, 33) == 14226520737620288370U);
  CHECK(detail::combinations(100, 50) == std::numeric_limits<std::uint64_t>::max());
  auto* const memory = std::pmr::get_default_resource();
  auto places = detail::nth_combination(0, 7, 3, memory);
  for (std::uint64_t i = 0; i < 35; ++i) {
    CHECK(places == detail::nth_combination(i, 7, 3, memory));
    detail::next_combination(places, 7);
  }
}
