#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/io/binary_records.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/io/output.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <ranges>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace io = spillway::io;
using spillway::test::temporary_folder;

struct reading_of_a_meter {
  std::uint64_t time;
  std::uint32_t meter;
  std::uint32_t value;
  friend bool operator==(reading_of_a_meter const&, reading_of_a_meter const&) = default;
};
using meter = reading_of_a_meter;

static_assert(std::ranges::input_range<io::binary_reader<meter>>);
static_assert(io::binary_record<std::array<char, 100>>);
static_assert(!io::binary_record<std::string>);
static_assert(!io::binary_record<std::string_view>);
static_assert(!io::binary_record<char const*>);

std::vector<meter> meters(std::uint32_t count) {
  std::vector<meter> all;
  for (std::uint32_t i = 0; i != count; ++i) all.push_back({.time = i * 1'000'003ULL, .meter = i % 7, .value = ~i});
  return all;
}

std::string bytes_of(std::vector<meter> const& records) {
  std::string bytes;
  io::binary_writer write{bytes};
  for (auto const& record : records) write(record);
  return bytes;
}

io::byte_source_ptr source_of(std::string_view bytes) { return std::make_unique<io::memory_source>(bytes, "meters"); }

std::vector<meter> read_all(io::binary_reader<meter>& reader) {
  std::vector<meter> all;
  for (auto const& record : reader) all.push_back(record);
  return all;
}

}  // namespace

TEST_CASE("records come back as they were written, compressed or not, in chunks of any size") {
  temporary_folder const folder;
  auto const path = folder / GENERATE("meters", "meters.gz", "meters.zst");
  auto const count = GENERATE(0U, 1U, 2U, 5000U);
  auto const written = meters(count);
  io::output_file out{path};
  io::binary_writer write{out};
  for (auto const& record : written) write(record);
  CHECK(write.records() == count);
  out.commit();

  auto reader = io::read_binary<meter>(path, {.chunk_size = GENERATE(1U, 100U, 1U << 16U)});
  CHECK(read_all(reader) == written);
  CHECK(reader.result().records == count);
  CHECK(reader.result().bytes == count * sizeof(meter));
}

TEST_CASE("batches of records are delivered in order whatever the number of threads") {
  auto const written = meters(20'000);
  auto const bytes = bytes_of(written);
  auto const threads = GENERATE(1U, 2U, 5U);
  auto reader = io::read_binary<meter>(source_of(bytes), {.chunk_size = 1000});
  std::vector<meter> read;
  auto const result = reader.for_each_batch(
      threads, [] { return std::vector<meter>{}; },
      [](std::vector<meter>& batch, meter const& record) { batch.push_back(record); },
      [&](std::vector<meter>& batch) { read.insert(read.end(), batch.begin(), batch.end()); });
  CHECK(read == written);
  CHECK(result.records == written.size());
}

TEST_CASE("a cut-off last record is an error with its place, after all whole records") {
  auto const written = meters(10);
  auto bytes = bytes_of(written);
  bytes.resize(bytes.size() - GENERATE(1U, 15U));
  auto const chunk_size = GENERATE(1U, 48U, 4096U);
  auto const place = "meters, byte 144: the last record is cut off: expected 16 bytes, found ";

  std::vector<meter> read;
  auto reader = io::read_binary<meter>(source_of(bytes), {.chunk_size = chunk_size});
  SECTION("one by one") {
    CHECK_THROWS_WITH(
        [&] {
          for (auto const& record : reader) read.push_back(record);
        }(),
        Catch::Matchers::StartsWith(place));
  }
  SECTION("on two threads") {
    CHECK_THROWS_WITH(reader.for_each_batch(
                          2U, [] { return std::vector<meter>{}; },
                          [](std::vector<meter>& batch, meter const& record) { batch.push_back(record); },
                          [&](std::vector<meter>& batch) { read.insert(read.end(), batch.begin(), batch.end()); }),
                      Catch::Matchers::StartsWith(place));
  }
  CHECK(read == std::vector<meter>(written.begin(), written.end() - 1));
}

TEST_CASE("an input shorter than one record is an error") {
  auto reader = io::read_binary<meter>(source_of("abc"));
  CHECK_THROWS_AS(reader.begin(), spillway::corrupt_data);
}

TEST_CASE("a binary reader is read only once, on at least one thread") {
  auto const bytes = bytes_of(meters(3));
  auto reader = io::read_binary<meter>(source_of(bytes));
  CHECK_THROWS_AS(reader.for_each_batch(
                      0U, [] { return 0; }, [](int&, meter const&) {}, [](int&) {}),
                  spillway::argument_error);
  CHECK(read_all(reader).size() == 3);
  CHECK_THROWS_AS(reader.begin(), spillway::argument_error);
  CHECK_THROWS_AS(io::read_binary<meter>(source_of(bytes), {.chunk_size = 0}), spillway::argument_error);
}

TEST_CASE("reading records reports progress and stops when asked to") {
  auto const bytes = bytes_of(meters(1000));
  std::stop_source stop;
  std::uint64_t reports = 0;
  io::binary_options const options{.chunk_size = 1600,
                                   .on_progress =
                                       [&](spillway::progress const& now) {
                                         CHECK(now.total == bytes.size());
                                         if (++reports == 3) stop.request_stop();
                                       },
                                   .stop = stop.get_token()};
  auto reader = io::read_binary<meter>(source_of(bytes), options);
  CHECK_THROWS_AS(read_all(reader), spillway::cancelled);
  CHECK(reports == 3);
}

TEST_CASE("records of any alignment up to that of chunks can be read") {
  struct alignas(64) wide {
    std::array<char, 64> text;
  };
  std::string bytes(640, 'x');
  auto reader = io::read_binary<wide>(source_of(bytes), {.chunk_size = 65});
  for (auto const& record : reader) CHECK(reinterpret_cast<std::uintptr_t>(&record) % 64 == 0);
  CHECK(reader.result().records == 10);
}

TEST_CASE("only plain files can be read again") {
  temporary_folder const folder;
  spillway::test::write_file(folder / "plain", bytes_of(meters(2)));
  {
    io::output_file out{folder / "packed.gz"};
    out.append(bytes_of(meters(2)));
    out.commit();
  }
  auto const plain = io::read_binary<meter>(folder / "plain").reread();
  REQUIRE(plain);
  CHECK(plain->path == folder / "plain");
  CHECK(plain->state.size == 32);
  CHECK_FALSE(io::read_binary<meter>(folder / "packed.gz").reread());
  CHECK_FALSE(io::read_binary<meter>(source_of("")).reread());
}
