#include <spillway/core/memory_budget.hpp>
#include <spillway/stats/category_tests.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

namespace stats = spillway::stats;
using namespace spillway::literals;

constexpr std::size_t values = 5'000'000;

/// Most of them come once or twice: `made_of` possible ones, drawn at random.
std::vector<std::string> make_texts(std::uint64_t seed, std::uint64_t made_of) {
  std::mt19937_64 random{seed};
  std::vector<std::string> texts(values);
  for (auto& text : texts) text = "customer-" + std::to_string(random() % made_of);
  return texts;
}

void report(benchmark::State& state) {
  state.counters["ns/value"] =
      benchmark::Counter(2e-9 * values, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

/// Arguments: possible categories, threads, MiB of memory.
void compare_texts(benchmark::State& state) {
  auto const x = make_texts(1, static_cast<std::uint64_t>(state.range(0)));
  auto const y = make_texts(2, static_cast<std::uint64_t>(state.range(0)));
  std::size_t peak = 0;
  for (auto _ : state) {
    spillway::memory_budget budget{static_cast<std::size_t>(state.range(2)) * 1_MiB};
    auto const found =
        stats::category_tests(x, y, {.threads = static_cast<unsigned>(state.range(1)), .memory = &budget});
    benchmark::DoNotOptimize(found.homogeneity.chi_squared.statistic);
    state.counters["categories"] = static_cast<double>(found.divergence.categories);
    peak = budget.peak();
  }
  state.counters["peak MiB"] = static_cast<double>(peak) / 1_MiB;
  report(state);
}
BENCHMARK(compare_texts)
    ->Args({5'300'000, 1, 256})
    ->Args({5'300'000, 2, 256})
    ->Args({5'300'000, 2, 64})
    ->Args({1000, 1, 256})
    ->Args({1000, 2, 256})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

/// The usual hand-made way, counting alone.
void count_unordered_map(benchmark::State& state) {
  auto const x = make_texts(1, static_cast<std::uint64_t>(state.range(0)));
  auto const y = make_texts(2, static_cast<std::uint64_t>(state.range(0)));
  for (auto _ : state) {
    std::unordered_map<std::string, stats::sample_sizes> counts;
    for (auto const& text : x) ++counts[text].x;
    for (auto const& text : y) ++counts[text].y;
    benchmark::DoNotOptimize(counts.size());
  }
  report(state);
}
BENCHMARK(count_unordered_map)->Arg(5'300'000)->Arg(1000)->Unit(benchmark::kMillisecond)->UseRealTime();

void compare_numbers(benchmark::State& state) {
  std::mt19937_64 random{3};
  std::vector<std::int32_t> x(values);
  std::vector<std::int32_t> y(values);
  for (auto& value : x) value = static_cast<std::int32_t>(random() % 50);
  for (auto& value : y) value = static_cast<std::int32_t>(random() % 50);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        stats::category_tests(x, y, {.threads = static_cast<unsigned>(state.range(0))}).divergence.categories);
  }
  report(state);
}
BENCHMARK(compare_numbers)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
