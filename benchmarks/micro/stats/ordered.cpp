#include <spillway/core/exact_sum.hpp>
#include <spillway/stats/merge_pass.hpp>
#include <spillway/stats/ordered_tests.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

// Two samples of normal doubles, slightly apart.

namespace {

namespace stats = spillway::stats;

constexpr std::size_t size = 5'000'000;

std::vector<double> make_sample(std::uint64_t seed, double mean) {
  std::mt19937_64 random{seed};
  std::normal_distribution<double> normal{mean};
  std::vector<double> all(size);
  for (auto& one : all) one = normal(random);
  return all;
}

std::vector<double> sorted_copy(std::vector<double> all) {
  std::sort(all.begin(), all.end());
  return all;
}

struct two_samples {
  std::vector<double> x = make_sample(1, 0);
  std::vector<double> y = make_sample(2, 0.001);
  std::vector<double> sorted_x = sorted_copy(x);
  std::vector<double> sorted_y = sorted_copy(y);
};

two_samples const& samples() {
  static two_samples const both;
  return both;
}

void per_value(benchmark::State& state, std::size_t values) {
  state.counters["ns/value"] = benchmark::Counter(
      static_cast<double>(values) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

stats::test_options threads(benchmark::State const& state) {
  return {.threads = static_cast<unsigned>(state.range(0))};
}

void all_tests(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(stats::ordered_tests(samples().x, samples().y, threads(state)));
  per_value(state, 2 * size);
}

void all_tests_sorted(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        stats::ordered_tests(stats::sorted{samples().sorted_x}, stats::sorted{samples().sorted_y}, threads(state)));
  }
  per_value(state, 2 * size);
}

/// One pass on one thread.
template <class... Accumulators>
void pass(benchmark::State& state) {
  auto const& [x, y, sorted_x, sorted_y] = samples();
  for (auto _ : state) {
    std::tuple<Accumulators...> all{Accumulators{stats::sample_sizes{size, size}}...};
    std::apply([&](auto&... each) { stats::merge_pass(sorted_x, sorted_y, each...); }, all);
    benchmark::DoNotOptimize(all);
  }
  per_value(state, 2 * size);
}

/// For comparison: what merging alone takes.
struct group_counter {
  explicit group_counter(stats::sample_sizes /*sizes*/) {}
  void add(stats::tie_group const& group) { sum += group.x_before; }
  std::uint64_t sum = 0;
};

void exact_sum(benchmark::State& state) {
  for (auto _ : state) {
    spillway::exact_sum sum;
    for (auto const one : samples().x) sum.add(one);
    benchmark::DoNotOptimize(sum.value());
  }
  per_value(state, size);
}

void mann_whitney_exact(benchmark::State& state) {
  auto const count = state.range(0);
  std::vector<double> const x(samples().x.begin(), samples().x.begin() + count);
  std::vector<double> const y(samples().y.begin(), samples().y.begin() + count);
  for (auto _ : state) {
    benchmark::DoNotOptimize(stats::mann_whitney(x, y, {.method = stats::p_value_method::exact}));
  }
}

void cramer_von_mises_exact(benchmark::State& state) {
  auto const count = state.range(0);
  std::vector<double> const x(samples().x.begin(), samples().x.begin() + count);
  std::vector<double> const y(samples().y.begin(), samples().y.begin() + count - 1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(stats::cramer_von_mises(x, y, {.method = stats::p_value_method::exact}));
  }
}

void anderson_darling_limit(benchmark::State& state) {
  double x = 0.5;
  for (auto _ : state) {
    benchmark::DoNotOptimize(stats::detail::quadratic_form_tail<stats::detail::anderson_darling_limit>{x, 1}.upper());
    x = x < 50 ? x * 1.1 : 0.5;
  }
}

}  // namespace

BENCHMARK(all_tests)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(all_tests_sorted)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(pass<group_counter>)->Unit(benchmark::kMillisecond);
BENCHMARK(pass<stats::kolmogorov_smirnov_accumulator>)->Unit(benchmark::kMillisecond);
BENCHMARK(pass<stats::cramer_von_mises_accumulator>)->Unit(benchmark::kMillisecond);
BENCHMARK(pass<stats::anderson_darling_accumulator>)->Unit(benchmark::kMillisecond);
BENCHMARK(pass<stats::mann_whitney_accumulator>)->Unit(benchmark::kMillisecond);
BENCHMARK(pass<stats::brunner_munzel_accumulator>)->Unit(benchmark::kMillisecond);
BENCHMARK(pass<stats::wasserstein_accumulator>)->Unit(benchmark::kMillisecond);
BENCHMARK(pass<stats::energy_distance_accumulator>)->Unit(benchmark::kMillisecond);
BENCHMARK(exact_sum)->Unit(benchmark::kMillisecond);
BENCHMARK(mann_whitney_exact)->Arg(20)->Arg(50)->Arg(100)->Unit(benchmark::kMillisecond);
BENCHMARK(cramer_von_mises_exact)->Arg(10)->Arg(20)->Arg(30)->Unit(benchmark::kMillisecond);
BENCHMARK(anderson_darling_limit)->Unit(benchmark::kMicrosecond);
