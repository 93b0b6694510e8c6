#include <spillway/io/json_lines.hpp>
#include <spillway/io/memory_source.hpp>

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

// JSON lines from memory (so without reading a file), beside simdjson's own iterate_many() over the same bytes. Compare
// only within one run. simdjson checks only what it is asked for; ours checks every line to the last byte.

namespace {

namespace io = spillway::io;

/// Lines as in the published votes, about 92 bytes each.
std::string const& votes() {
  static std::string const text = [] {
    std::string lines;
    for (int i = 1; i <= 700'000; ++i) {
      auto const two = [](int n) { return std::string{n < 10 ? "0" : ""} + std::to_string(n); };
      lines += R"({"Id":")" + std::to_string(1'000'000 + i) + R"(","PostId":")" +
               std::to_string(i * 7919LL % 9'000'000) + R"(","VoteTypeId":")" + std::to_string(i % 15 + 1) +
               R"(","CreationDate":"2022-)" + two(i % 12 + 1) + '-' + two(i % 28 + 1) + "T00:00:00.000\"}\n";
    }
    return lines;
  }();
  return text;
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(votes().size()));
}

struct alignas(64) padded_sum {
  std::uint64_t value = 0;
};

template <class Step>
void read(benchmark::State& state, Step&& step) {
  auto const threads = static_cast<unsigned>(state.range(0));
  auto const chunk_size = static_cast<std::size_t>(state.range(1)) * 1024;
  for (auto _ : state) {
    std::array<padded_sum, 8> sums;
    auto reader = io::read_jsonl(std::make_unique<io::memory_source>(votes()), {.chunk_size = chunk_size});
    reader.for_each(threads, [&](io::json_row const& row, unsigned worker) { sums[worker].value += step(row); });
    benchmark::DoNotOptimize(sums);
  }
  count_bytes(state);
}

void one_field(benchmark::State& state) {
  read(state, [](io::json_row const& row) { return row.as<std::string_view>("CreationDate").size(); });
}
BENCHMARK(one_field)
    ->ArgNames({"threads", "KiB"})
    ->ArgsProduct({{1, 2}, {64, 128, 256, 512, 1024}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void all_fields(benchmark::State& state) {
  read(state, [](io::json_row const& row) {
    return row.as<std::uint64_t>("Id") + row.as<std::uint64_t>("PostId") + row.as<std::uint64_t>("VoteTypeId") +
           row.as<std::string_view>("CreationDate").size();
  });
}
BENCHMARK(all_fields)
    ->ArgNames({"threads", "KiB"})
    ->ArgsProduct({{1, 2}, {256}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

void one_field_iterating(benchmark::State& state) {
  for (auto _ : state) {
    std::uint64_t sum = 0;
    auto reader = io::read_jsonl(std::make_unique<io::memory_source>(votes()));
    for (auto const& row : reader) sum += row.as<std::string_view>("CreationDate").size();
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state);
}
BENCHMARK(one_field_iterating)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The price of a bad line that misleads about what follows: its chunk is done again, line by line.
void one_open_string_per_chunk(benchmark::State& state) {
  auto text = votes();
  for (std::size_t at = 0; at + 300 < text.size(); at += 256 * 1024) text[text.find("\"}", at)] = ' ';
  for (auto _ : state) {
    auto reader = io::read_jsonl(std::make_unique<io::memory_source>(text), {.on_error = io::error_policy::skip});
    std::uint64_t sum = 0;
    reader.for_each(1,
                    [&](io::json_row const& row, unsigned) { sum += row.as<std::string_view>("CreationDate").size(); });
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state);
}
BENCHMARK(one_open_string_per_chunk)->UseRealTime()->Unit(benchmark::kMillisecond);

/// The peer: no check of lines, no check of fields that are not read, no line numbers.
template <class Step>
void read_with_simdjson(benchmark::State& state, Step&& step) {
  simdjson::padded_string const text{votes()};
  for (auto _ : state) {
    simdjson::ondemand::parser parser;
    parser.threaded = state.range(0) == 2;
    std::uint64_t sum = 0;
    simdjson::ondemand::document_stream documents;
    if (parser.iterate_many(text, 1'000'000).get(documents) != simdjson::SUCCESS) std::abort();
    for (auto document : documents) sum += step(document);
    benchmark::DoNotOptimize(sum);
  }
  count_bytes(state);
}

std::uint64_t as_number(std::string_view text) { return spillway::parse_text<std::uint64_t>(text); }

void one_field_simdjson(benchmark::State& state) {
  read_with_simdjson(state, [](auto& document) {
    std::string_view date;
    if (document["CreationDate"].get(date) != simdjson::SUCCESS) std::abort();
    return date.size();
  });
}
BENCHMARK(one_field_simdjson)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

void all_fields_simdjson(benchmark::State& state) {
  read_with_simdjson(state, [](auto& document) {
    std::uint64_t sum = 0;
    for (auto const* const name : {"Id", "PostId", "VoteTypeId"}) {
      std::string_view text;
      if (document.find_field(name).get(text) != simdjson::SUCCESS) std::abort();
      sum += as_number(text);
    }
    std::string_view date;
    if (document.find_field("CreationDate").get(date) != simdjson::SUCCESS) std::abort();
    return sum + date.size();
  });
}
BENCHMARK(all_fields_simdjson)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
