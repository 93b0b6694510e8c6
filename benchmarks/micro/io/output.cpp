// Many small records to a file on the page cache: output_file beside fwrite and std::ofstream with the same records.
// The others truncate the file that is there; output_file replaces it, for which ext4 starts to write to the device.

#include <spillway/io/output.hpp>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

namespace {

namespace io = spillway::io;

constexpr std::string_view record = "2016-07-26T02:45:07.000Z,Open\n";
constexpr std::int64_t records = 4'000'000;
constexpr char const* path = "/tmp/spillway_benchmark_output";

void report(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * records * static_cast<std::int64_t>(record.size()));
  ::unlink(path);
}

void append(benchmark::State& state) {
  for (auto _ : state) {
    io::output_file out{path, {.durability = io::durability::cached}};
    for (std::int64_t i = 0; i < records; ++i) out.append(record);
    out.commit();
  }
  report(state);
}
BENCHMARK(append)->UseRealTime()->Unit(benchmark::kMillisecond);

void c_fwrite(benchmark::State& state) {
  for (auto _ : state) {
    auto* const out = std::fopen(path, "wb");
    for (std::int64_t i = 0; i < records; ++i)
      benchmark::DoNotOptimize(std::fwrite(record.data(), 1, record.size(), out));
    std::fclose(out);
  }
  report(state);
}
BENCHMARK(c_fwrite)->UseRealTime()->Unit(benchmark::kMillisecond);

void standard_ofstream(benchmark::State& state) {
  for (auto _ : state) {
    std::ofstream out{path, std::ios::binary};
    for (std::int64_t i = 0; i < records; ++i) out.write(record.data(), static_cast<std::streamsize>(record.size()));
  }
  report(state);
}
BENCHMARK(standard_ofstream)->UseRealTime()->Unit(benchmark::kMillisecond);

void append_to_nowhere(benchmark::State& state) {
  for (auto _ : state) {
    io::output_file out{"/dev/null"};
    for (std::int64_t i = 0; i < records; ++i) out.append(record);
    out.commit();
  }
  report(state);
}
BENCHMARK(append_to_nowhere)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
