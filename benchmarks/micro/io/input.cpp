// Reading a file that is in the page cache, front to back: plain read(), open_input with and without a second thread,
// a mapping, and chunks cut at the last newline. The compressed files are made by this program's own output.

#include <spillway/io/chunks.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/output.hpp>

#include <benchmark/benchmark.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

constexpr std::size_t plain_size = std::size_t{1} << 30U;

std::string line(std::uint64_t number) {
  auto const mixed = number * 0x9E3779B97F4A7C15U;
  return "2016-07-26T02:45:" + std::to_string(number % 60) + ".000Z," + std::to_string(mixed >> 40U) +
         (mixed % 3 == 0 ? ",Open\n" : ",Close\n");
}

/// Made at the first use and removed at the end of the program.
class sample {
 public:
  static sample const& get() {
    static sample const made;
    return made;
  }
  sample(sample const&) = delete;
  sample& operator=(sample const&) = delete;
  ~sample() {
    for (auto const* extension : {"", ".gz", ".zst"}) ::unlink((path_ + extension).c_str());
    ::rmdir(folder_.c_str());
  }

  [[nodiscard]] std::string path(char const* extension) const { return path_ + extension; }
  [[nodiscard]] std::size_t packed_size() const noexcept { return packed_size_; }

 private:
  sample() {
    if (::mkdtemp(folder_.data()) == nullptr) std::abort();
    path_ = folder_ + "/sample.csv";
    std::string block;
    for (std::uint64_t i = 0; block.size() < 64U << 20U; ++i) block += line(i);
    packed_size_ = block.size();
    io::output_file plain{path_, {.durability = io::durability::cached}};
    while (plain.bytes() < plain_size) plain.append(block);
    plain.commit();
    for (auto const* extension : {".gz", ".zst"}) {
      io::output_file packed{path_ + extension, {.level = 1, .durability = io::durability::cached}};
      packed.append(block);
      packed.commit();
    }
  }

  std::string folder_ = "/tmp/spillway_benchmark_XXXXXX";
  std::string path_;
  std::size_t packed_size_ = 0;
};

void report(benchmark::State& state, std::uint64_t bytes) { state.SetBytesProcessed(static_cast<std::int64_t>(bytes)); }

void system_read(benchmark::State& state) {
  std::vector<char> buffer(static_cast<std::size_t>(state.range(0)));
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    auto const file = io::detail::file::open(sample::get().path(""), O_RDONLY);
    for (;;) {
      auto const got = ::read(file.descriptor(), buffer.data(), buffer.size());
      if (got <= 0) break;
      bytes += static_cast<std::uint64_t>(got);
    }
  }
  report(state, bytes);
}
BENCHMARK(system_read)->Arg(128 << 10)->Arg(512 << 10)->Arg(4 << 20)->UseRealTime()->Unit(benchmark::kMillisecond);

std::uint64_t drain(io::byte_source& source, std::vector<char>& buffer) {
  std::uint64_t bytes = 0;
  for (auto got = buffer.size(); got == buffer.size();) {
    got = source.read(buffer);
    bytes += got;
  }
  return bytes;
}

void input(benchmark::State& state, char const* extension, io::read_ahead ahead) {
  std::vector<char> buffer(512 << 10U);
  std::uint64_t bytes = 0;
  for (auto _ : state) bytes += drain(*io::open_input(sample::get().path(extension), {.read_ahead = ahead}), buffer);
  report(state, bytes);
}
BENCHMARK_CAPTURE(input, plain, "", io::read_ahead::never)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(input, plain_ahead, "", io::read_ahead::always)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(input, gzip, ".gz", io::read_ahead::never)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(input, gzip_ahead, ".gz", io::read_ahead::always)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(input, zstd, ".zst", io::read_ahead::never)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(input, zstd_ahead, ".zst", io::read_ahead::always)->UseRealTime()->Unit(benchmark::kMillisecond);

/// What a parser does at the very least: look at every byte.
std::uint64_t newlines(std::string_view bytes) {
  return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n'));
}

void count_lines_of_input(benchmark::State& state, io::read_ahead ahead) {
  std::vector<char> buffer(512 << 10U);
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    auto const source = io::open_input(sample::get().path(""), {.read_ahead = ahead});
    for (auto got = buffer.size(); got == buffer.size();) {
      got = source->read(buffer);
      benchmark::DoNotOptimize(newlines({buffer.data(), got}));
      bytes += got;
    }
  }
  report(state, bytes);
}
BENCHMARK_CAPTURE(count_lines_of_input, plain, io::read_ahead::never)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(count_lines_of_input, ahead, io::read_ahead::always)->UseRealTime()->Unit(benchmark::kMillisecond);

void count_lines_of_mapping(benchmark::State& state) {
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    auto const file = io::detail::file::open(sample::get().path(""), O_RDONLY);
    auto const size = static_cast<std::size_t>(file.status().st_size);
    auto* const start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
    ::madvise(start, size, MADV_SEQUENTIAL);
    for (std::size_t at = 0; at < size; at += 512 << 10U) {
      benchmark::DoNotOptimize(
          newlines({static_cast<char const*>(start) + at, std::min<std::size_t>(512 << 10U, size - at)}));
    }
    ::munmap(start, size);
    bytes += size;
  }
  report(state, bytes);
}
BENCHMARK(count_lines_of_mapping)->UseRealTime()->Unit(benchmark::kMillisecond);

void chunks(benchmark::State& state) {
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    auto const source = io::open_input(sample::get().path(""));
    io::chunk_options const options{.chunk_size = static_cast<std::size_t>(state.range(0))};

    io::chunk_reader reader{*source, io::line_cut{}, options};
    io::chunk piece{options.memory};
    while (reader.next(piece)) bytes += piece.bytes().size();
  }
  report(state, bytes);
}
BENCHMARK(chunks)->Arg(128 << 10)->Arg(512 << 10)->Arg(2 << 20)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
