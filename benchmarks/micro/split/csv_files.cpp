#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/by_hash.hpp>
#include <spillway/split/csv_files.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>

namespace {

namespace io = spillway::io;
namespace split = spillway::split;

/// Rows of about 120 bytes in three classes, 80, 10 and 10 %.
std::string const& rows() {
  static auto const text = [] {
    std::mt19937_64 random{1};
    std::string all{"id,split,a,b,c,d,e,f\n"};
    for (int i = 0; i != 400'000; ++i) {
      auto const part = random() % 10;
      all += std::to_string(i) + (part < 8 ? ",train" : part == 8 ? ",eval" : ",test");
      for (int field = 0; field != 6; ++field) all += ',' + std::to_string(random() % 1'000'000'000'000'000);
      all += '\n';
    }
    return all;
  }();
  return text;
}

template <class Classifier>
void split_rows(benchmark::State& state, Classifier const& classifier) {
  auto folder = (std::filesystem::temp_directory_path() / "split_XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no folder");
  for (auto _ : state) {
    auto const done =
        split::csv_files(io::read_csv(std::make_unique<io::memory_source>(rows())), classifier, folder,
                         {.threads = static_cast<unsigned>(state.range(0)), .durability = io::durability::cached});
    if (done.records != 400'000) state.SkipWithError("rows are missing");
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(rows().size()) * state.iterations());
  std::filesystem::remove_all(folder);
}

/// To files in the system's cache.
void split_by_column(benchmark::State& state) { split_rows(state, split::by{io::column{"split"}}); }
void split_by_hash(benchmark::State& state) {
  split_rows(state, split::by_hash{io::column{"id"}, {{"train", 0.8}, {"eval", 0.1}, {"test", 0.1}}});
}

}  // namespace

BENCHMARK(split_by_column)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(split_by_hash)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);
