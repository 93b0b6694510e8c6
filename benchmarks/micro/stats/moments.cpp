#include <spillway/stats/moments.hpp>
#include <spillway/stats/t_test.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <random>
#include <span>
#include <vector>

namespace {

namespace stats = spillway::stats;

constexpr std::size_t values = 1'000'000;

std::vector<double> make_values(unsigned seed) {
  std::mt19937_64 random{seed};
  std::normal_distribution<double> normal{100, 15};
  std::vector<double> all(values);
  for (auto& value : all) value = normal(random);
  return all;
}

void report(benchmark::State& state, double read) {
  state.counters["ns/value"] =
      benchmark::Counter(read * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void moments_of_span(benchmark::State& state) {
  auto const all = make_values(1);
  for (auto _ : state) benchmark::DoNotOptimize(stats::moments_of(all).variance());
  report(state, values);
}
BENCHMARK(moments_of_span);

void moments_one_by_one(benchmark::State& state) {
  auto const all = make_values(1);
  for (auto _ : state) {
    stats::moments_accumulator accumulator;
    for (auto const value : all) accumulator.add(value);
    benchmark::DoNotOptimize(accumulator.result().variance());
  }
  report(state, values);
}
BENCHMARK(moments_one_by_one);

/// What is written by hand, exact enough only near 0: sums of four powers, one value after another.
void sums_of_powers(benchmark::State& state) {
  auto const all = make_values(1);
  for (auto _ : state) {
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    double s4 = 0;
    for (auto const value : all) {
      s1 += value;
      s2 += value * value;
      s3 += value * value * value;
      s4 += value * value * value * value;
    }
    benchmark::DoNotOptimize(s1 + s2 + s3 + s4);
  }
  report(state, values);
}
BENCHMARK(sums_of_powers);

void welch_t_test(benchmark::State& state) {
  auto const x = make_values(1);
  auto const y = make_values(2);
  for (auto _ : state) benchmark::DoNotOptimize(stats::t_test(x, y).p_value);
  report(state, 2 * values);
}
BENCHMARK(welch_t_test);

}  // namespace
