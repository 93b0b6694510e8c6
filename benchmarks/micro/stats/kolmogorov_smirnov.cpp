#include <spillway/stats/detail/kolmogorov_smirnov_exact.hpp>
#include <spillway/stats/distribution_summary.hpp>
#include <spillway/stats/kolmogorov_smirnov_distance.hpp>
#include <spillway/stats/quantile_sketch.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace stats = spillway::stats;

namespace {

std::vector<double> normal_values(std::uint64_t seed, std::size_t count = 5'000'000) {
  std::mt19937_64 random{seed};
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (auto& one : values) one = normal(random);
  return values;
}

void per_value(benchmark::State& state, std::size_t values) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values));
}

/// 2 × 5 million doubles; the argument is the number of threads.
void distance(benchmark::State& state) {
  auto const x = normal_values(1);
  auto const y = normal_values(2);
  for (auto _ : state) {
    auto result = stats::kolmogorov_smirnov_distance(x, y, {.threads = static_cast<unsigned>(state.range(0))});
    benchmark::DoNotOptimize(result);
  }
  per_value(state, x.size() + y.size());
}
BENCHMARK(distance)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

/// What it is compared with: both samples copied and sorted, and one pass.
void distance_by_sorting(benchmark::State& state) {
  auto const x = normal_values(1);
  auto const y = normal_values(2);
  for (auto _ : state) {
    auto a = x;
    auto b = y;
    std::ranges::sort(a);
    std::ranges::sort(b);
    std::int64_t largest = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
      auto const value = std::min(a[i], b[j]);
      while (i < a.size() && a[i] == value) ++i;
      while (j < b.size() && b[j] == value) ++j;
      largest = std::max(largest,
                         std::abs(static_cast<std::int64_t>(i * b.size()) - static_cast<std::int64_t>(j * a.size())));
    }
    benchmark::DoNotOptimize(largest);
  }
  per_value(state, x.size() + y.size());
}
BENCHMARK(distance_by_sorting)->UseRealTime()->Unit(benchmark::kMillisecond);

/// Sizes of the samples, and how many values are tied at most: 1 means none.
void exact_p(benchmark::State& state) {
  auto const n = static_cast<std::uint64_t>(state.range(0));
  auto const m = static_cast<std::uint64_t>(state.range(1));
  std::vector<std::uint64_t> ends;
  for (std::uint64_t end = 0, size = 0; state.range(2) > 1 && end < n + m;) {
    size = size % static_cast<std::uint64_t>(state.range(2)) + 1;
    end = std::min(n + m, end + size);
    ends.push_back(end);
  }
  auto const distance = 1.36 * std::sqrt(static_cast<double>(n * m) * static_cast<double>(n + m));  // p is about 0.05
  for (auto _ : state) {
    auto p = stats::detail::kolmogorov_smirnov_p(
        {static_cast<std::uint64_t>(distance), {n, m}, stats::alternative::two_sided, ends});
    benchmark::DoNotOptimize(p);
  }
}
BENCHMARK(exact_p)
    ->Args({10'000, 10'000, 1})
    ->Args({10'000, 10'000, 3})
    ->Args({10'000, 9'999, 1})
    ->Args({1'000'000, 999'999, 1})
    ->Unit(benchmark::kMillisecond);

void summary(benchmark::State& state) {
  auto const x = normal_values(1);
  stats::value_grid const grid{std::vector<double>(x.begin(), x.begin() + 16'384)};
  for (auto _ : state) {
    stats::distribution_summary seen{grid};
    seen.add(x);
    benchmark::DoNotOptimize(seen);
  }
  per_value(state, x.size());
}
BENCHMARK(summary)->Unit(benchmark::kMillisecond);

void sketch(benchmark::State& state) {
  auto const x = normal_values(1);
  for (auto _ : state) {
    stats::quantile_sketch seen;
    seen.add(x);
    benchmark::DoNotOptimize(seen);
  }
  per_value(state, x.size());
}
BENCHMARK(sketch)->Unit(benchmark::kMillisecond);

}  // namespace
