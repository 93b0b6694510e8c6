#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/sort/codec.hpp>
#include <spillway/sort/csv_codec.hpp>
#include <spillway/sort/detail/record_codec.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;

/// Records packed one after another.
struct packed_records {
  std::string bytes;
  std::vector<std::size_t> bounds{0};
  [[nodiscard]] std::size_t size() const { return bounds.size() - 1; }
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    return std::string_view{bytes}.substr(bounds[i], bounds[i + 1] - bounds[i]);
  }
};

template <class Codec, class T>
void pack(packed_records& packed, Codec const& codec, T const& record) {
  auto const at = packed.bytes.size();
  packed.bytes.resize(at + codec.size(record));
  codec.write(record, packed.bytes.data() + at);
  packed.bounds.push_back(packed.bytes.size());
}

constexpr std::size_t records = 4096;

/// 14 fields, 125 bytes on average, of which `quoted` in a hundred rows have a quoted field.
std::string transactions(unsigned quoted) {
  std::mt19937 random{1};
  std::string text{"a,b,c,d,e,f,g,h,i,j,k,l,m,n\n"};
  for (std::size_t row = 0; row < records; ++row) {
    for (int field = 0; field < 13; ++field) {
      text += std::to_string(random()).substr(0, 4 + random() % 6) + (field % 3 == 0 ? ".25," : ",");
    }
    text += random() % 100 < quoted ? "\"a, b and c\"\n" : "a; b and c\n";
  }
  return text;
}

void pack_csv_row(benchmark::State& state) {
  auto const text = transactions(static_cast<unsigned>(state.range(0)));
  auto reader = io::read_csv(std::make_unique<io::memory_source>(text));
  sort::csv_row_codec const codec{reader};
  std::vector<io::csv_row> rows;
  for (auto const& row : reader) rows.push_back(row);
  std::vector<char> out(1024);
  for (auto _ : state) {
    for (auto const& row : rows) {
      benchmark::DoNotOptimize(codec.size(row));
      codec.write(row, out.data());
      benchmark::ClobberMemory();
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
}
BENCHMARK(pack_csv_row)->Arg(0)->ArgName("quoted");

void read_csv_row(benchmark::State& state) {
  auto const text = transactions(static_cast<unsigned>(state.range(0)));
  auto reader = io::read_csv(std::make_unique<io::memory_source>(text));
  sort::csv_row_codec const codec{reader};
  packed_records packed;
  for (auto const& row : reader) pack(packed, codec, row);
  sort::csv_row_codec::slot slot;
  for (auto _ : state) {
    for (std::size_t i = 0; i < packed.size(); ++i) benchmark::DoNotOptimize(codec.read(packed[i], slot)[13].data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
  state.counters["bytes"] = static_cast<double>(packed.bytes.size()) / records;
}
BENCHMARK(read_csv_row)->Arg(0)->Arg(10)->Arg(100)->ArgName("quoted");

using sale = std::tuple<std::string, std::int64_t, double, std::string>;

void read_tuple(benchmark::State& state) {
  std::mt19937 random{1};
  sort::detail::record_codec<sale> const codec;
  packed_records packed;
  for (std::size_t i = 0; i < records; ++i) {
    auto const name = std::string(random() % 40, 'n');
    pack(packed, codec, sale{name, random(), 0.5, "some text that is not short"});
  }
  sort::detail::record_codec<sale>::slot slot;
  for (auto _ : state) {
    for (std::size_t i = 0; i < packed.size(); ++i) benchmark::DoNotOptimize(codec.read(packed[i], slot));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
}
BENCHMARK(read_tuple);

}  // namespace
