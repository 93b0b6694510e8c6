#include <spillway/io/csv_reader.hpp>
#include <spillway/io/detail/csv_scan.hpp>
#include <spillway/io/memory_source.hpp>

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>

namespace {

namespace io = spillway::io;

/// Rows of about 30 bytes, of which `quoted` in a hundred have a quoted field with a delimiter in it.
std::string events(std::size_t rows, unsigned quoted) {
  std::mt19937 random{1};
  std::string text{"time,action\n"};
  for (std::size_t i = 0; i < rows; ++i) {
    auto const second = std::to_string(10 + random() % 50);
    text += "2016-07-26T02:45:" + second + ".000Z,";
    text += random() % 100 < quoted ? "\"Open, wide\"\n" : random() % 2 == 0 ? "Open\n" : "Close\n";
  }
  return text;
}

/// Twenty short numbers a row.
std::string wide(std::size_t rows) {
  std::mt19937 random{2};
  std::string text{"c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13,c14,c15,c16,c17,c18,c19,c20\n"};
  for (std::size_t i = 0; i < rows; ++i) {
    for (int field = 0; field < 20; ++field) text += std::to_string(random() % 10'000) + (field == 19 ? '\n' : ',');
  }
  return text;
}

constexpr std::size_t chunk = 256 * 1024;

void count(benchmark::State& state, std::size_t bytes, std::size_t rows = 0) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  if (rows != 0) state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(rows));
}

void scan(benchmark::State& state, std::string text) {
  text.resize(chunk);
  text.reserve(chunk + 64);
  io::detail::csv_index index{std::pmr::get_default_resource()};
  for (auto _ : state) {
    index.build(text, {});
    benchmark::DoNotOptimize(index.all_ends());
  }
  count(state, chunk);
}

void scan_unquoted(benchmark::State& state) { scan(state, events(12'000, 0)); }
void scan_mixed(benchmark::State& state) { scan(state, events(12'000, 10)); }
void scan_quoted(benchmark::State& state) { scan(state, events(12'000, 100)); }
void scan_wide(benchmark::State& state) { scan(state, wide(4'000)); }

void cut(benchmark::State& state, std::string text) {
  text.resize(chunk);
  io::detail::csv_cut const cut{{}};
  bool in_quotes = false;
  for (auto _ : state) benchmark::DoNotOptimize(cut(text, in_quotes));
  count(state, chunk);
}
void cut_unquoted(benchmark::State& state) { cut(state, events(12'000, 0)); }
void cut_quoted(benchmark::State& state) { cut(state, events(12'000, 100)); }

void iterate(benchmark::State& state) {
  constexpr std::size_t rows = 1'000'000;
  auto const text = events(rows, 0);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (auto const& row : io::read_csv(std::make_unique<io::memory_source>(text))) {
      sum += static_cast<unsigned char>(row[0][18]) + row[1].size();
    }
    benchmark::DoNotOptimize(sum);
  }
  count(state, text.size(), rows);
}

/// Touches both fields of every row, on as many threads as the argument says.
void for_each(benchmark::State& state) {
  constexpr std::size_t rows = 1'000'000;
  auto const text = events(rows, static_cast<unsigned>(state.range(1)));
  struct alignas(128) padded {
    std::uint64_t sum = 0;
  };
  for (auto _ : state) {
    std::array<padded, 8> sums{};
    io::read_csv(std::make_unique<io::memory_source>(text))
        .for_each(static_cast<unsigned>(state.range(0)), [&](io::csv_row const& row, unsigned worker) {
          sums[worker].sum += static_cast<unsigned char>(row[0][18]) + row[1].size();
        });
    benchmark::DoNotOptimize(sums);
  }
  count(state, text.size(), rows);
}

}  // namespace

BENCHMARK(scan_unquoted);
BENCHMARK(scan_mixed);
BENCHMARK(scan_quoted);
BENCHMARK(scan_wide);
BENCHMARK(cut_unquoted);
BENCHMARK(cut_quoted);
BENCHMARK(iterate)->UseRealTime();
BENCHMARK(for_each)->ArgNames({"threads", "quoted"})->Args({1, 0})->Args({2, 0})->Args({2, 100})->UseRealTime();
