#include "support/catch.hpp"
#include "support/faulty_memory.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/stats/category_counts.hpp>
#include <spillway/stats/category_tests.hpp>
#include <spillway/stats/contingency_table.hpp>
#include <spillway/stats/multiple_testing.hpp>
#include <spillway/stats/permutation_test.hpp>
#include <spillway/stats/variances.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace stats = spillway::stats;
using namespace spillway::literals;
using spillway::test::bombing_resource;

std::vector<std::string> make_texts(std::size_t size, std::size_t kinds) {
  std::vector<std::string> texts(size);
  for (std::size_t i = 0; i < size; ++i) texts[i] = "category " + std::to_string(i * 7919 % kinds);
  return texts;
}

/// Calls `work` with memory that fails at the first, second, … allocation, until it does not.
template <class Work>
void at_each_allocation(Work const& work) {
  bool failed = true;
  for (std::uint64_t at = 1; failed; ++at) {
    bombing_resource memory{at};
    try {
      work(&memory);
    } catch (std::bad_alloc const&) {
      CHECK(memory.failed());
    }
    failed = memory.failed();
    CHECK(memory.used() == 0);
  }
}

}  // namespace

TEST_CASE("What was counted before memory failed is still right") {
  auto const texts = make_texts(600, 300);
  at_each_allocation([&](std::pmr::memory_resource* memory) {
    stats::category_counts<> counts{memory};
    std::size_t added = 0;
    try {
      for (; added < texts.size(); ++added) counts.add_x(texts[added]);
    } catch (std::bad_alloc const&) {
    }
    CHECK(counts.sizes().x == added);
    std::uint64_t sum = 0;
    counts.for_each([&](std::string_view, stats::sample_sizes one) { sum += one.x; });
    CHECK(sum == added);
    for (; added < texts.size(); ++added) counts.add_x(texts[added]);
    CHECK(counts.size() == 300);
  });
}

TEST_CASE("Tests of categories survive an allocation that fails by counting again") {
  auto const x = make_texts(3000, 700);
  auto const y = make_texts(2500, 900);
  auto const expected = stats::category_tests(x, y).homogeneity.chi_squared.statistic;
  for (unsigned const threads : {1U, 2U}) {
    for (std::uint64_t at = 2; at < 1000; at += 37) {
      bombing_resource memory{at};
      CHECK(stats::category_tests(x, y, {.threads = threads, .memory = &memory}).homogeneity.chi_squared.statistic ==
            expected);
      CHECK(memory.used() == 0);
    }
  }
}

TEST_CASE("Tables and adjustments give back what they took when memory fails") {
  std::vector<double> const p{0.1, 0.2, 0.3};
  at_each_allocation([&](std::pmr::memory_resource* memory) {
    stats::contingency_table table{2, 3, memory};
    table(0, 0) = table(1, 2) = 5;
    auto const result = stats::g_test(table, {.memory = memory});
    auto const adjusted = stats::adjusted_p_values(p, stats::adjustment::holm, {.memory = memory});
    CHECK(result.degrees_of_freedom == 1);
    CHECK(adjusted.size() == 3);
  });
}

TEST_CASE("Tests that copy their samples give back what they took when memory fails") {
  std::vector<double> const x{1, 4, 2, 8, 5, 7};
  std::vector<double> const y{3, 1, 4, 1, 5};
  auto const first = [](auto const& a, auto const&) { return a[0]; };
  for (unsigned const threads : {1U, 3U}) {
    at_each_allocation([&](std::pmr::memory_resource* memory) {
      auto const result = stats::permutation_test(x, y, first, {.threads = threads, .memory = memory});
      auto const random = stats::permutation_test(
          x, y, first, {.method = stats::p_value_method::permutation, .threads = threads, .memory = memory});
      CHECK(result.permutations == 462);
      CHECK(random.permutations == 9999);
    });
  }
  at_each_allocation([&](std::pmr::memory_resource* memory) {
    auto const result = stats::brown_forsythe(x, y, {.memory = memory});
    CHECK(result.sizes == stats::sample_sizes{6, 5});
  });
}

TEST_CASE("Any number of categories is counted within a budget") {
  auto const x = make_texts(200'000, 100'003);
  auto const y = make_texts(200'000, 150'001);
  auto const expected = stats::category_tests(x, y);
  for (auto const limit : {8_MiB, 2_MiB, 600_KiB}) {
    spillway::memory_budget budget{limit};
    auto const found = stats::category_tests(x, y, {.memory = &budget});
    CHECK(found.homogeneity.chi_squared.statistic == expected.homogeneity.chi_squared.statistic);
    CHECK(found.divergence.jensen_shannon_divergence == expected.divergence.jensen_shannon_divergence);
    CHECK(found.divergence.categories == 150'001);
    CHECK(budget.peak() <= limit);
    CHECK(budget.used() == 0);
  }
}
