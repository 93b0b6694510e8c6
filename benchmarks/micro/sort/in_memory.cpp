#include <spillway/sort/detail/sort_entries.hpp>
#include <spillway/sort/in_memory.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

namespace sort = spillway::sort;

/// Sorts a fresh copy each time, and times the sorting alone.
template <class T, class Sort>
void measure(benchmark::State& state, std::vector<T> const& all, Sort const& sort_all) {
  for (auto _ : state) {
    state.PauseTiming();
    auto copy = all;
    state.ResumeTiming();
    sort_all(copy);
    benchmark::DoNotOptimize(copy.data());
    state.PauseTiming();
    std::vector<T>{}.swap(copy);
    state.ResumeTiming();
  }
  state.counters["ns/record"] =
      benchmark::Counter(static_cast<double>(all.size()) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

unsigned threads(benchmark::State const& state) { return static_cast<unsigned>(state.range(0)); }

// 50 million random 64-bit numbers.

std::vector<std::uint64_t> make_numbers() {
  std::mt19937_64 random{1};
  std::vector<std::uint64_t> all(50'000'000);
  for (auto& one : all) one = random();
  return all;
}

void numbers_std_sort(benchmark::State& state) {
  measure(state, make_numbers(), [](auto& all) { std::sort(all.begin(), all.end()); });
}
void numbers_in_memory(benchmark::State& state) {
  measure(state, make_numbers(), [&](auto& all) { sort::in_memory(all, {}, {}, {.threads = threads(state)}); });
}

// 50 million random doubles.

std::vector<double> make_doubles() {
  std::mt19937_64 random{1};
  std::normal_distribution<double> normal;
  std::vector<double> all(50'000'000);
  for (auto& one : all) one = normal(random);
  return all;
}

void doubles_std_sort(benchmark::State& state) {
  measure(state, make_doubles(), [](auto& all) { std::sort(all.begin(), all.end()); });
}
void doubles_in_memory(benchmark::State& state) {
  measure(state, make_doubles(), [&](auto& all) { sort::in_memory(all, {}, {}, {.threads = threads(state)}); });
}

// 10 million records of 100 bytes by a key of 10, stably.

struct record {
  std::array<unsigned char, 10> key;
  std::array<unsigned char, 90> filling;
};

std::vector<record> make_records() {
  std::mt19937_64 random{1};
  std::vector<record> all(10'000'000);
  for (auto& one : all) {
    for (auto& byte : one.key) byte = static_cast<unsigned char>(random());
  }
  return all;
}

void records_std_stable_sort(benchmark::State& state) {
  measure(state, make_records(), [](auto& all) {
    std::stable_sort(all.begin(), all.end(), [](record const& a, record const& b) {
      return std::memcmp(a.key.data(), b.key.data(), a.key.size()) < 0;
    });
  });
}
void records_in_memory(benchmark::State& state) {
  measure(state, make_records(),
          [&](auto& all) { sort::in_memory(all, {}, &record::key, {.threads = threads(state)}); });
}

// 20 million texts of 10 to 20 letters, and 5 million that begin alike.

std::vector<std::string> make_texts() {
  std::mt19937_64 random{1};
  std::vector<std::string> all(20'000'000);
  for (auto& one : all) {
    one.resize(10 + random() % 11);
    for (auto& letter : one) letter = static_cast<char>('a' + random() % 26);
  }
  return all;
}

std::vector<std::string> make_texts_that_begin_alike() {
  std::mt19937_64 random{1};
  std::vector<std::string> all(5'000'000);
  for (auto& one : all) one = "user_account_" + std::to_string(random() % 100'000'000);
  return all;
}

void texts_std_sort(benchmark::State& state) {
  measure(state, make_texts(), [](auto& all) { std::sort(all.begin(), all.end()); });
}
void texts_in_memory(benchmark::State& state) {
  measure(state, make_texts(), [&](auto& all) { sort::in_memory(all, {}, {}, {.threads = threads(state)}); });
}
void alike_texts_std_sort(benchmark::State& state) {
  measure(state, make_texts_that_begin_alike(), [](auto& all) { std::sort(all.begin(), all.end()); });
}
void alike_texts_in_memory(benchmark::State& state) {
  measure(state, make_texts_that_begin_alike(),
          [&](auto& all) { sort::in_memory(all, {}, {}, {.threads = threads(state)}); });
}

// 10 million index entries, which is what an external sort orders.

std::vector<sort::detail::entry> make_entries() {
  std::mt19937_64 random{1};
  std::vector<sort::detail::entry> all(10'000'000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = {random(), i};
  return all;
}

void entries_std_sort(benchmark::State& state) {
  measure(state, make_entries(), [](auto& all) { std::sort(all.begin(), all.end(), sort::detail::by_prefix::before); });
}
void entries_sort_entries(benchmark::State& state) {
  measure(state, make_entries(),
          [&](auto& all) { sort::detail::sort_entries(std::span{all}, sort::detail::no_tie{}, threads(state)); });
}

BENCHMARK(entries_std_sort)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(entries_sort_entries)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(numbers_std_sort)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(numbers_in_memory)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(doubles_std_sort)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(doubles_in_memory)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(records_std_stable_sort)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(records_in_memory)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(texts_std_sort)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(texts_in_memory)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(alike_texts_std_sort)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(alike_texts_in_memory)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
