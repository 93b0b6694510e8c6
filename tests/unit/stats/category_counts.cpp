#include "support/catch.hpp"
#include "support/faulty_memory.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/stats/category_counts.hpp>
#include <spillway/stats/category_tests.hpp>
#include <spillway/stats/counted_categories.hpp>

#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <map>
#include <random>
#include <ranges>
#include <span>
#include <sstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace stats = spillway::stats;
using namespace spillway::literals;
using counts_by_text = std::map<std::string, std::pair<std::uint64_t, std::uint64_t>>;
using visited = std::vector<std::pair<std::string, stats::sample_sizes>>;

/// Texts of all lengths, some with zeros in them, of which a few come often.
std::vector<std::string> make_texts(std::uint64_t seed, std::size_t size, std::uint64_t kinds) {
  std::mt19937_64 random{seed};
  std::vector<std::string> texts(size);
  for (auto& text : texts) {
    auto const kind = random() % 3 == 0 ? random() % 5 : random() % kinds;
    text = std::to_string(kind) + std::string(kind % 37, kind % 2 == 0 ? '\0' : 'x');
  }
  return texts;
}

counts_by_text oracle(std::vector<std::string> const& x, std::vector<std::string> const& y) {
  counts_by_text counts;
  for (auto const& text : x) ++counts[text].first;
  for (auto const& text : y) ++counts[text].second;
  return counts;
}

template <class Counted>
visited visit_all(Counted&& counted) {
  visited all;
  counted.for_each([&](std::string_view text, stats::sample_sizes counts) { all.emplace_back(text, counts); });
  return all;
}

void check_same(visited const& found, counts_by_text const& expected) {
  REQUIRE(found.size() == expected.size());
  for (auto const& [text, counts] : found) {
    auto const one = expected.find(text);
    REQUIRE(one != expected.end());
    CHECK(counts == stats::sample_sizes{one->second.first, one->second.second});
  }
}

using texts = std::vector<std::string>;
using counted_texts = stats::counted_categories<std::string_view, texts, texts>;

}  // namespace

TEST_CASE("Categories are counted as a map counts them") {
  auto const x = make_texts(1, 5000, 900);
  auto const y = make_texts(2, 3000, 1100);
  stats::category_counts<> counts;
  counts.add_all_x(x);
  for (auto const& text : y) counts.add_y(text);
  check_same(visit_all(counts), oracle(x, y));
  CHECK(counts.sizes() == stats::sample_sizes{5000, 3000});
  CHECK(counts.size() == oracle(x, y).size());
}

TEST_CASE("Nothing counted is no category, and an empty text is one") {
  stats::category_counts<> counts;
  CHECK(counts.empty());
  CHECK(visit_all(counts).empty());
  counts.add_x("a", 0);
  CHECK(counts.empty());
  counts.add_x("");
  CHECK(visit_all(counts) == visited{{"", {1, 0}}});
}

TEST_CASE("Counts beyond 32 bits are kept") {
  constexpr auto large = std::uint64_t{0xffff'ffff};
  stats::category_counts<> counts;
  counts.add_x("a", large);
  counts.add_x("a", 1);
  counts.add_y("a", large * large);
  counts.add_x("b", 3);
  counts.add_x("a", large);
  for (auto const& [text, found] : visit_all(counts)) {
    if (text == "a") CHECK(found == stats::sample_sizes{2 * large + 1, large * large});
    if (text == "b") CHECK(found == stats::sample_sizes{3, 0});
  }
  CHECK(counts.sizes() == stats::sample_sizes{2 * large + 4, large * large});
}

TEST_CASE("Whole numbers, truth values and enumerators are categories") {
  enum class colour : std::int16_t { red = -1, green = 300 };
  stats::category_counts<std::int64_t> numbers;
  numbers.add_all_x(std::vector<std::int64_t>{-1, 5, -1, std::int64_t{1} << 60U});
  std::map<std::int64_t, std::uint64_t> found;
  numbers.for_each([&](std::int64_t number, stats::sample_sizes counts) { found[number] = counts.x; });
  CHECK(found == std::map<std::int64_t, std::uint64_t>{{-1, 2}, {5, 1}, {std::int64_t{1} << 60U, 1}});
  stats::category_counts<colour> colours;
  colours.add_y(colour::green, 7);
  colours.for_each([&](colour one, stats::sample_sizes counts) {
    CHECK(one == colour::green);
    CHECK(counts.y == 7);
  });
  std::vector<bool> const x{true, false, true};
  std::vector<bool> const y{false, false, false};
  CHECK(stats::category_tests(x, y).divergence.categories == 2);
}

TEST_CASE("Values of a stream that are valid for one step only are counted") {
  std::istringstream words{"to be or not to be"};
  stats::category_counts<> counts;
  counts.add_all_x(std::views::istream<std::string>(words));
  check_same(visit_all(counts), oracle({"to", "be", "or", "not", "to", "be"}, {}));
}

TEST_CASE("Counts of parts of the data merge") {
  auto const x = make_texts(3, 1000, 300);
  auto const y = make_texts(4, 1000, 300);
  stats::category_counts<> first;
  stats::category_counts<> second;
  first.add_all_x(x);
  second.add_all_y(y);
  first.merge(second);
  check_same(visit_all(first), oracle(x, y));
  CHECK(first.sizes() == stats::sample_sizes{1000, 1000});
}

TEST_CASE("Categories come in the same order whatever the threads and the memory") {
  for (std::uint64_t const kinds : {50U, 40'000U}) {
    auto const x = make_texts(5, 60'000, kinds);
    auto const y = make_texts(6, 45'000, kinds);
    stats::category_counts<> one_by_one;
    for (auto const& text : x) one_by_one.add_x(text);
    for (auto const& text : y) one_by_one.add_y(text);
    auto const expected = visit_all(one_by_one);
    check_same(expected, oracle(x, y));
    for (unsigned const threads : {1U, 2U, 3U}) {
      for (std::size_t const limit : {1_GiB, 1_MiB, 300_KiB}) {
        spillway::memory_budget budget{limit};
        counted_texts counted{x, y, {.threads = threads, .memory = &budget}};
        CHECK(counted.sizes() == stats::sample_sizes{60'000, 45'000});
        CHECK(visit_all(counted) == expected);
        CHECK(visit_all(counted) == expected);
      }
    }
  }
}

TEST_CASE("Samples can be functions that pass blocks, and lists") {
  auto const x = make_texts(7, 10'000, 5000);
  auto const y = make_texts(8, 10'000, 5000);
  auto const in_blocks = [](texts const& all) {
    return [&all](auto const& sink) {
      for (std::size_t i = 0; i < all.size(); i += 1000) sink(std::span{all}.subspan(i, 1000));
    };
  };
  auto const expected = stats::category_tests(x, y);
  spillway::memory_budget budget{200_KiB};
  for (auto* const memory : {std::pmr::get_default_resource(), static_cast<std::pmr::memory_resource*>(&budget)}) {
    auto const found = stats::category_tests(in_blocks(x), in_blocks(y), {.memory = memory});
    CHECK(found.homogeneity.chi_squared.statistic == expected.homogeneity.chi_squared.statistic);
    CHECK(found.homogeneity.g.log_p_value == expected.homogeneity.g.log_p_value);
    CHECK(found.divergence.jensen_shannon_divergence == expected.divergence.jensen_shannon_divergence);
    CHECK(found.divergence.population_stability_index == expected.divergence.population_stability_index);
  }
  std::forward_list<std::string> const list_x(x.begin(), x.end());
  std::forward_list<std::string> const list_y(y.begin(), y.end());
  CHECK(stats::category_tests(list_x, list_y).divergence.total_variation == expected.divergence.total_variation);
}

TEST_CASE("Tests of categories are those of their table") {
  auto const x = make_texts(9, 4000, 60);
  auto const y = make_texts(10, 5000, 70);
  auto const expected = oracle(x, y);
  stats::contingency_table table{2, expected.size()};
  stats::divergence_accumulator divergence{{4000, 5000}};
  std::size_t column = 0;
  for (auto const& [text, counts] : expected) {
    table(0, column) = counts.first;
    table(1, column++) = counts.second;
    divergence.add(counts.first, counts.second);
  }
  auto const found = stats::category_tests(x, y);
  CHECK(found.homogeneity.chi_squared.statistic == Approx(stats::chi_squared_test(table).statistic).epsilon(1e-13));
  CHECK(found.homogeneity.g.statistic == Approx(stats::g_test(table).statistic).epsilon(1e-13));
  CHECK(found.divergence.jensen_shannon_divergence == divergence.result().jensen_shannon_divergence);
  CHECK(found.divergence.population_stability_index == divergence.result().population_stability_index);
}

TEST_CASE("An empty sample of categories is refused") {
  CHECK_THROWS_AS(stats::category_tests(texts{}, texts{"a"}), spillway::argument_error);
}

TEST_CASE("Counting categories stops when asked to") {
  std::stop_source stop;
  stop.request_stop();
  auto const x = make_texts(11, 1000, 10);
  CHECK_THROWS_AS(stats::category_tests(x, x, {.stop = stop.get_token()}), spillway::cancelled);
}

TEST_CASE("A budget too small for a part of the categories is told, not exceeded") {
  auto const x = make_texts(12, 1000, 10);
  spillway::memory_budget budget{10_KiB};
  CHECK_THROWS_AS(stats::category_tests(x, x, {.memory = &budget}), spillway::budget_exceeded);
  CHECK(budget.used() == 0);
}
