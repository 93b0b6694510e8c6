#include "support/catch.hpp"
#include "support/reference_values.hpp"

#include <spillway/core/error.hpp>
#include <spillway/stats/contingency_table.hpp>
#include <spillway/stats/divergence.hpp>
#include <spillway/stats/fisher_exact.hpp>
#include <spillway/stats/homogeneity.hpp>
#include <spillway/stats/multiple_testing.hpp>
#include <spillway/stats/two_proportions.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

namespace stats = spillway::stats;
using spillway::argument_error;
using spillway::test::reference_value;
using stats::alternative;

constexpr auto infinity = std::numeric_limits<double>::infinity();

std::uint64_t count(double number) { return static_cast<std::uint64_t>(number); }

stats::contingency_table table_of(std::vector<double> const& numbers) {
  auto const rows = static_cast<std::size_t>(numbers.at(0));
  stats::contingency_table table{rows, (numbers.size() - 1) / rows};
  for (std::size_t i = 0; i + 1 < numbers.size(); ++i) {
    table(i / table.columns(), i % table.columns()) = count(numbers[i + 1]);
  }
  return table;
}

double quantity_of(stats::test_result const& result, std::string const& quantity) {
  if (quantity == "statistic") return result.statistic;
  if (quantity == "p") return result.p_value;
  REQUIRE(quantity == "log_p");
  return result.log_p_value;
}

double table_test(reference_value const& one) {
  auto const table = table_of(one.numbers());
  if (one.test == "cramers_v") return stats::chi_squared_test(table).cramers_v;
  stats::contingency_options options;
  if (one.test.ends_with("_yates")) options.correction = stats::continuity_correction::yates;
  auto const result = one.test[0] == 'g' ? stats::g_test(table, options) : stats::chi_squared_test(table, options);
  return quantity_of(result, one.quantity);
}

double fisher_test(reference_value const& one) {
  auto const at = one.numbers();
  auto const side = one.quantity.ends_with("less")      ? alternative::less
                    : one.quantity.ends_with("greater") ? alternative::greater
                                                        : alternative::two_sided;
  auto const result =
      stats::fisher_exact({count(at.at(0)), count(at.at(1)), count(at.at(2)), count(at.at(3))}, {.alternative = side});
  if (one.quantity == "odds_ratio") return result.odds_ratio;
  return one.quantity.starts_with("log_p") ? result.log_p_value : result.p_value;
}

double proportions_test(reference_value const& one) {
  auto const at = one.numbers();
  auto const result = stats::two_proportions({count(at.at(0)), count(at.at(1))}, {count(at.at(2)), count(at.at(3))});
  if (one.quantity == "lower") return result.difference_lower;
  if (one.quantity == "upper") return result.difference_upper;
  if (one.quantity == "cohens_h") return result.cohens_h;
  return quantity_of(result, one.quantity);
}

double divergence_of(reference_value const& one) {
  auto const at = one.numbers();
  auto const categories = static_cast<std::size_t>(at.at(0));
  stats::sample_sizes sizes;
  for (std::size_t i = 0; i < categories; ++i) {
    sizes.x += count(at.at(1 + i));
    sizes.y += count(at.at(1 + categories + i));
  }
  stats::divergence_accumulator all{sizes};
  for (std::size_t i = 0; i < categories; ++i) all.add(count(at[1 + i]), count(at[1 + categories + i]));
  auto const result = all.result();
  if (one.quantity == "stability") return result.population_stability_index;
  if (one.quantity == "jensen_shannon") return result.jensen_shannon_divergence;
  if (one.quantity == "distance") return result.jensen_shannon_distance;
  if (one.quantity == "total_variation") return result.total_variation;
  REQUIRE(one.quantity == "largest");
  return result.largest_difference;
}

double adjusted(reference_value const& one) {
  using enum stats::adjustment;
  auto const how = one.test == "bonferroni"           ? bonferroni
                   : one.test == "holm"               ? holm
                   : one.test == "benjamini_hochberg" ? benjamini_hochberg
                                                      : benjamini_yekutieli;
  return stats::adjusted_p_values(one.numbers(), how).at(std::stoul(one.quantity));
}

double value_of(reference_value const& one) {
  if (one.test.starts_with("chi_squared") || one.test[0] == 'g' || one.test == "cramers_v") return table_test(one);
  if (one.test == "fisher") return fisher_test(one);
  if (one.test == "two_proportions") return proportions_test(one);
  if (one.test == "divergence") return divergence_of(one);
  return adjusted(one);
}

bool close(double value, double expected, double tolerance = 1e-12) {
  return value == expected || std::abs(value - expected) <= tolerance * std::abs(expected);
}

}  // namespace

TEST_CASE("Tests of tables agree with exact fractions, SciPy and R") {
  for (auto const& one : spillway::test::reference_values("stats/tables")) {
    auto const found = value_of(one);
    CAPTURE(one.test, one.example, one.quantity, one.tool, found, one.value);
    // Others subtract what is rounded: only the exact values have all digits.
    CHECK(close(found, one.value, one.tool == "mpmath" ? 1e-12 : 1e-6));
  }
}

TEST_CASE("Rows and columns without counts are left out of a table") {
  auto const whole = stats::chi_squared_test({{10, 20}, {6, 9}});
  auto const padded =
      stats::chi_squared_test({{10, 0, 20}, {0, 0, 0}, {6, 0, 9}}, {.correction = stats::continuity_correction::none});
  CHECK(padded.statistic == whole.statistic);
  CHECK(padded.p_value == whole.p_value);
  CHECK(padded.degrees_of_freedom == 1);
  CHECK(padded.cells == 4);
  CHECK(padded.cramers_v == whole.cramers_v);
}

TEST_CASE("A table with nothing to compare has statistic 0 and p-value 1") {
  for (auto const& table :
       {stats::contingency_table(0, 0), stats::contingency_table(3, 2), stats::contingency_table{{5, 6, 7}},
        stats::contingency_table{{5}, {6}}, stats::contingency_table{{0, 3}, {0, 9}}}) {
    for (auto const& result : {stats::chi_squared_test(table), stats::g_test(table)}) {
      CHECK(result.statistic == 0);
      CHECK(result.p_value == 1);
      CHECK(result.log_p_value == 0);
      CHECK(result.degrees_of_freedom == 0);
      CHECK(result.cramers_v == 0);
    }
  }
}

TEST_CASE("Small expected counts are told") {
  auto const few = stats::chi_squared_test({{1, 2}, {3, 4}});
  CHECK(few.has_few_counts());
  CHECK(few.smallest_expected == Approx(1.2));
  CHECK(few.cells_expecting_below_five == 4);
  auto const many = stats::chi_squared_test({{100, 200}, {300, 400}});
  CHECK(!many.has_few_counts());
  CHECK(many.cells_expecting_below_five == 0);
  CHECK(many.sizes == stats::sample_sizes{300, 700});
}

TEST_CASE("A table that rows and columns determine has a Cramer's V of 1") {
  CHECK(stats::chi_squared_test({{30, 0, 0}, {0, 20, 0}, {0, 0, 50}}).cramers_v == Approx(1).epsilon(1e-15));
  CHECK(stats::chi_squared_test({{30, 30}, {20, 20}}).cramers_v == 0);
}

TEST_CASE("Tables that can't be are refused") {
  CHECK_THROWS_AS((stats::contingency_table{{1, 2}, {3}}), argument_error);
  CHECK_THROWS_AS(stats::contingency_table(std::size_t{1} << 40U, std::size_t{1} << 40U), argument_error);
  constexpr auto huge = std::uint64_t{1} << 62U;
  CHECK_THROWS_AS(stats::chi_squared_test({{huge, 1}, {1, 1}}), argument_error);
  CHECK_THROWS_AS(stats::homogeneity_accumulator({huge, 1}), argument_error);
  CHECK_THROWS_AS(stats::divergence_accumulator({huge, 1}), argument_error);
}

TEST_CASE("The p-value of a very large table is told by its logarithm") {
  auto const result = stats::chi_squared_test({{5'000'000, 0}, {0, 5'000'000}});
  CHECK(result.p_value == 0);
  CHECK(result.log_p_value == Approx(-5e6).epsilon(1e-4));
}

TEST_CASE("Columns of two samples that come as a stream give the table's results, however they are cut") {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> counts;
  stats::sample_sizes sizes;
  for (std::uint64_t i = 0; i < 300; ++i) {
    counts.emplace_back(i * 7919 % 101, i * 104729 % 97);
    sizes.x += counts.back().first;
    sizes.y += counts.back().second;
  }
  stats::contingency_table table{2, counts.size()};
  stats::homogeneity_accumulator forwards{sizes};
  stats::homogeneity_accumulator first{sizes};
  stats::homogeneity_accumulator second{sizes};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    auto const [x, y] = counts[i];
    table(0, i) = x;
    table(1, i) = y;
    forwards.add(x, y);
    (i % 3 == 0 ? first : second).add(x, y);
  }
  second.merge(first);
  auto const streamed = forwards.result();
  auto const merged = second.result();
  for (auto const& [one, other, whole] :
       {std::tuple{streamed.chi_squared, merged.chi_squared, stats::chi_squared_test(table)},
        std::tuple{streamed.g, merged.g, stats::g_test(table)}}) {
    CHECK(one.statistic == other.statistic);
    CHECK(one.p_value == other.p_value);
    CHECK(close(one.statistic, whole.statistic));
    CHECK(close(one.p_value, whole.p_value));
    CHECK(close(one.cramers_v, whole.cramers_v));
    CHECK(one.degrees_of_freedom == whole.degrees_of_freedom);
    CHECK(one.smallest_expected == whole.smallest_expected);
    CHECK(one.cells == whole.cells);
    CHECK(one.cells_expecting_below_five == whole.cells_expecting_below_five);
    CHECK(one.sizes == sizes);
  }
}

TEST_CASE("Categories given as many at once are as many given one by one") {
  constexpr stats::sample_sizes sizes{3 * 1001 + 5, 7 * 1001 + 2};
  stats::homogeneity_accumulator at_once{sizes};
  stats::homogeneity_accumulator one_by_one{sizes};
  stats::divergence_accumulator divergence_at_once{sizes};
  stats::divergence_accumulator divergence_one_by_one{sizes};
  at_once.add(3, 7, 1001);
  divergence_at_once.add(3, 7, 1001);
  for (int i = 0; i < 1001; ++i) {
    one_by_one.add(3, 7);
    divergence_one_by_one.add(3, 7);
  }
  at_once.add(5, 2);
  one_by_one.add(5, 2);
  divergence_at_once.add(5, 2);
  divergence_one_by_one.add(5, 2);
  CHECK(at_once.result().chi_squared.statistic == one_by_one.result().chi_squared.statistic);
  CHECK(at_once.result().g.statistic == one_by_one.result().g.statistic);
  auto const a = divergence_at_once.result();
  auto const b = divergence_one_by_one.result();
  CHECK(a.population_stability_index == b.population_stability_index);
  CHECK(a.jensen_shannon_divergence == b.jensen_shannon_divergence);
  CHECK(a.total_variation == b.total_variation);
  CHECK(a.categories == 1002);
}

TEST_CASE("An empty sample leaves nothing to compare categories with") {
  stats::homogeneity_accumulator all{{0, 9}};
  all.add(0, 4);
  all.add(0, 5);
  CHECK(all.result().chi_squared.p_value == 1);
  CHECK(all.result().g.statistic == 0);
  CHECK(stats::homogeneity_accumulator{{0, 0}}.result().chi_squared.p_value == 1);
  CHECK_THROWS_AS(stats::divergence_accumulator({0, 9}), argument_error);
}

TEST_CASE("Counts that do not sum to the sizes are refused") {
  stats::homogeneity_accumulator homogeneity{{5, 5}};
  stats::divergence_accumulator divergence{{5, 5}};
  homogeneity.add(5, 4);
  divergence.add(5, 4);
  CHECK_THROWS_AS(homogeneity.result(), argument_error);
  CHECK_THROWS_AS(divergence.result(), argument_error);
  CHECK_THROWS_AS(homogeneity.merge(stats::homogeneity_accumulator{{5, 6}}), argument_error);
  CHECK_THROWS_AS(divergence.merge(stats::divergence_accumulator{{5, 6}}), argument_error);
}

TEST_CASE("Equal distributions are at no distance, and distributions without a common category at the largest") {
  stats::divergence_accumulator equal{{30, 60}};
  equal.add(10, 20);
  equal.add(20, 40);
  CHECK(equal.result().population_stability_index == 0);
  CHECK(equal.result().jensen_shannon_divergence == 0);
  CHECK(equal.result().total_variation == 0);
  CHECK(equal.result().largest_difference == 0);
  stats::divergence_accumulator apart{{3, 2}};
  apart.add(0, 2);
  apart.add(3, 0);
  CHECK(apart.result().jensen_shannon_distance == 1);
  CHECK(apart.result().total_variation == 1);
  CHECK(apart.result().largest_difference == 1);
}

TEST_CASE("The stability index treats categories that a sample lacks as it was told") {
  auto const index = [](stats::divergence_options const& options) {
    stats::divergence_accumulator all{{10, 20}, options};
    all.add(6, 20);
    all.add(4, 0);
    return all.result().population_stability_index;
  };
  auto const common = 0.4 * std::log(1 / 0.6);
  CHECK(index({.zeros = stats::zero_policy::leave_out}) == Approx(common).epsilon(1e-14));
  CHECK(index({.zeros = stats::zero_policy::infinite}) == infinity);
  CHECK(index({.zero_share = 0.01}) == Approx(common + 0.39 * std::log(40)).epsilon(1e-14));
  CHECK_THROWS_AS(index({.zero_share = 0}), argument_error);
}

TEST_CASE("Fisher's exact test of a table with fixed counts has a p-value of 1") {
  for (auto const& table : {stats::two_by_two{}, stats::two_by_two{0, 0, 3, 4}, stats::two_by_two{5, 0, 9, 0}}) {
    auto const result = stats::fisher_exact(table);
    CHECK(result.p_value == 1);
    CHECK(result.odds_ratio == 1);
    CHECK(result.method == stats::p_value_method::exact);
  }
}

TEST_CASE("Odds ratios of tables with empty cells are 0 or infinite") {
  CHECK(stats::fisher_exact({0, 7, 5, 2}).odds_ratio == 0);
  CHECK(stats::fisher_exact({0, 7, 5, 2}).sample_odds_ratio == 0);
  CHECK(stats::fisher_exact({7, 0, 2, 5}).odds_ratio == infinity);
  CHECK(stats::fisher_exact({7, 0, 2, 5}).sample_odds_ratio == infinity);
}

TEST_CASE("Fisher's exact test takes counts in the millions, and refuses those it can't be exact for") {
  auto const result = stats::fisher_exact({2'500'000, 2'500'000, 2'490'000, 2'510'000});
  auto const z = stats::two_proportions({2'500'000, 5'000'000}, {2'490'000, 5'000'000});
  CHECK(result.log_p_value == Approx(z.log_p_value).epsilon(1e-2));
  CHECK(result.odds_ratio == Approx(result.sample_odds_ratio).epsilon(1e-6));
  CHECK_THROWS_AS(stats::fisher_exact({std::uint64_t{1} << 51U, 1, 1, 1}), argument_error);
}

TEST_CASE("Shares that are all or nothing on both sides do not differ") {
  for (std::uint64_t const successes : {0U, 1U}) {
    auto const result = stats::two_proportions({successes * 10, 10}, {successes * 20, 20});
    CHECK(result.statistic == 0);
    CHECK(result.p_value == 1);
    CHECK(result.cohens_h == 0);
    CHECK(result.difference_lower < 0);
    CHECK(result.difference_upper > 0);
  }
}

TEST_CASE("Proportions that can't be are refused") {
  CHECK_THROWS_AS(stats::two_proportions({0, 0}, {1, 2}), argument_error);
  CHECK_THROWS_AS(stats::two_proportions({1, 2}, {3, 2}), argument_error);
  CHECK_THROWS_AS(stats::two_proportions({1, 2}, {1, 2}, {.confidence = 1}), argument_error);
  CHECK_THROWS_AS(stats::two_proportions({1, 2}, {1, 2}, {.confidence = infinity}), argument_error);
}

TEST_CASE("The alternative of two proportions is about the share of x") {
  CHECK(stats::two_proportions({30, 50}, {20, 50}, {.alternative = alternative::greater}).p_value < 0.05);
  CHECK(stats::two_proportions({30, 50}, {20, 50}, {.alternative = alternative::less}).p_value > 0.95);
}

TEST_CASE("p-values are adjusted in the order they were given") {
  using enum stats::adjustment;
  std::vector<double> const p{0.04, 0.01, 0.03};
  CHECK(stats::adjusted_p_values(p, none) == std::pmr::vector<double>{0.04, 0.01, 0.03});
  CHECK(stats::adjusted_p_values(p, holm)[1] == Approx(0.03));
  CHECK(stats::adjusted_p_values(p, benjamini_hochberg)[2] == Approx(0.04));
  CHECK(stats::adjusted_p_values({}, holm).empty());
}

TEST_CASE("Values that are no probabilities are refused before they are adjusted") {
  for (double const bad : {-0.1, 1.5, std::nan("")}) {
    CHECK_THROWS_AS(stats::adjusted_p_values(std::vector{0.5, bad}, stats::adjustment::none), argument_error);
  }
  CHECK_THROWS_WITH(stats::adjusted_p_values(std::vector{0.5, 1.5}, stats::adjustment::holm),
                    Catch::Matchers::Contains("number 1"));
  CHECK_THROWS_AS(stats::adjusted_log_p_values(std::vector{0.5}, stats::adjustment::holm), argument_error);
}

TEST_CASE("Adjusted logarithms are the logarithms of adjusted p-values, and tell those apart that are 0") {
  using enum stats::adjustment;
  std::vector<double> const p{0.04, 0.01, 0.03, 0.9, 0.02};
  std::vector<double> logarithms;
  for (auto const one : p) logarithms.push_back(std::log(one));
  for (auto const how : {none, bonferroni, holm, benjamini_hochberg, benjamini_yekutieli}) {
    auto const plain = stats::adjusted_p_values(p, how);
    auto const in_logarithms = stats::adjusted_log_p_values(logarithms, how);
    for (std::size_t i = 0; i < p.size(); ++i) CHECK(std::exp(in_logarithms[i]) == Approx(plain[i]).epsilon(1e-14));
  }
  CHECK(stats::adjusted_log_p_values(std::vector{-5000., -4000.}, holm)[0] == Approx(-5000 + std::log(2)));
}
