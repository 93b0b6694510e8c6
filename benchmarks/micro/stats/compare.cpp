#include <spillway/core/memory_budget.hpp>
#include <spillway/stats/compare_categories.hpp>
#include <spillway/stats/compare_numeric.hpp>
#include <spillway/stats/counted_categories.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <vector>

// The check of a whole table from columns in memory: 8 of doubles, 2 of text, 5 million rows, a tenth of them on the
// second side.

namespace {

namespace stats = spillway::stats;

constexpr std::size_t x_rows = 4'500'000;
constexpr std::size_t y_rows = 500'000;

struct table {
  std::array<std::vector<double>, 8> numbers;
  std::array<std::vector<std::string_view>, 2> texts;
};

table make_table(std::size_t rows, std::uint64_t seed) {
  constexpr std::array<std::string_view, 5> words{"web", "mobile app", "shop", "telephone", "partner"};
  std::mt19937_64 random{seed};
  std::normal_distribution<double> normal;
  table made;
  for (std::size_t column = 0; column < made.numbers.size(); ++column) {
    auto& values = made.numbers[column];
    values.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) {
      auto const value = normal(random);
      values.push_back(column % 4 == 0   ? value
                       : column % 4 == 1 ? std::exp(value)
                       : column % 4 == 2 ? std::round(std::exp(3 + value) * 100) / 100
                                         : std::round(value * 10));
    }
  }
  for (auto& values : made.texts) {
    values.reserve(rows);
    for (std::size_t row = 0; row < rows; ++row) values.push_back(words[random() % words.size()]);
  }
  return made;
}

void whole_table(benchmark::State& state) {
  static auto const x = make_table(x_rows, 1);
  static auto const y = make_table(y_rows, 2);
  auto const threads = static_cast<unsigned>(state.range(0));
  std::size_t peak = 0;
  for (auto _ : state) {
    spillway::memory_budget budget{std::size_t{64} << 20U};
    for (std::size_t column = 0; column < x.numbers.size(); ++column) {
      benchmark::DoNotOptimize(stats::compare_numeric(std::span{x.numbers[column]}, std::span{y.numbers[column]},
                                                      {.test = {.threads = threads, .memory = &budget}}));
    }
    for (std::size_t column = 0; column < x.texts.size(); ++column) {
      stats::counted_categories<std::string_view, std::vector<std::string_view>, std::vector<std::string_view>> counted{
          x.texts[column], y.texts[column], {.threads = threads, .memory = &budget}};
      benchmark::DoNotOptimize(stats::compare_categories(counted, {}));
    }
    peak = budget.peak();
  }
  state.counters["MiB"] = static_cast<double>(peak) / (1 << 20);
}
BENCHMARK(whole_table)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
