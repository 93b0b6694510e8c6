// Blocks to scratch space and back, on the page cache, beside bare pwrite and pread of the same sizes.

#include <spillway/core/hash.hpp>
#include <spillway/io/scratch.hpp>

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

constexpr std::size_t total = std::size_t{256} << 20U;

void scratch(benchmark::State& state) {
  auto const size = static_cast<std::size_t>(state.range(0));
  std::string block(size, 'x');
  for (auto _ : state) {
    io::scratch_space space{{.folders = {"/tmp"}}};
    std::vector<io::scratch_block> blocks;
    for (std::size_t done = 0; done < total; done += size) blocks.push_back(space.append(block));
    for (auto const& one : blocks) {
      space.read(one, block);
      space.release(one);
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * total));
}
BENCHMARK(scratch)->Arg(64 << 10)->Arg(1 << 20)->UseRealTime()->Unit(benchmark::kMillisecond);

void bare_file(benchmark::State& state) {
  auto const size = static_cast<std::size_t>(state.range(0));
  std::string block(size, 'x');
  for (auto _ : state) {
    auto const file = io::detail::file::open("/tmp", O_TMPFILE | O_RDWR, 0600);
    for (std::size_t done = 0; done < total; done += size) file.write_at(block, done);
    for (std::size_t done = 0; done < total; done += size) file.read_at(block, done);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(2 * total));
}
BENCHMARK(bare_file)->Arg(64 << 10)->Arg(1 << 20)->UseRealTime()->Unit(benchmark::kMillisecond);

void checksum(benchmark::State& state) {
  std::string const block(std::size_t{1} << 20U, 'x');
  for (auto _ : state) benchmark::DoNotOptimize(spillway::hash64(block, 1));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(block.size()));
}
BENCHMARK(checksum);

}  // namespace
