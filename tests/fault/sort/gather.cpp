#include "support/catch.hpp"
#include "support/faulty_files.hpp"
#include "support/files.hpp"

#include <spillway/io/binary_records.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/random_access_file.hpp>
#include <spillway/sort/detail/gather.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
using spillway::test::file_faults;
using spillway::test::injected_file_faults;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;

constexpr std::size_t rows = 20'000;
/// Long enough for several slices.
std::string const text(200, 't');

std::string table() {
  std::string out = "id,text\n";
  for (std::size_t id = rows; id != 0; --id) out += std::to_string(id) + "," + text + '\n';
  return out;
}

std::int64_t id_of(io::csv_row const& row) { return row.as<std::int64_t>(std::size_t{0}); }

/// Sorts, and does something to the input in the middle of a phase.
template <class Disturb>
std::string sort_disturbed(std::string const& path, sort::input_access access, std::string const& phase,
                           Disturb const& disturb) {
  bool done = false;
  sort::external_options const options{
      .budget = 4U << 20U, .threads = 1, .access = access, .on_progress = [&](spillway::progress const& now) {
        if (done || now.phase != phase || now.done == now.total) return;
        done = true;
        disturb();
      }};
  auto reader = io::read_csv(path, {.chunk_size = 4096});
  std::string out;
  io::csv_writer write{out};
  auto const result = sort::detail::sort_by_position(reader, write, std::ranges::less{}, id_of, options);
  CHECK(result);
  CHECK(done);
  return out;
}

}  // namespace

TEST_CASE("an input that is truncated between or during the passes is an error") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  write_file(path, table());
  auto const access = GENERATE(sort::input_access::mapped, sort::input_access::unmapped);
  auto const phase = GENERATE(std::string{"read keys"}, std::string{"gather"});
  auto const truncate = [&] { std::filesystem::resize_file(path, table().size() - 100); };
  CHECK_THROWS_AS(sort_disturbed(path, access, phase, truncate), io::file_changed);
}

TEST_CASE("an input that is written to between or during the passes is an error") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  write_file(path, table());
  auto const access = GENERATE(sort::input_access::mapped, sort::input_access::unmapped);
  auto const phase = GENERATE(std::string{"read keys"}, std::string{"gather"});
  auto const rewrite = [&] {
    write_file(path, table());
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::seconds{2});
  };
  CHECK_THROWS_WITH(sort_disturbed(path, access, phase, rewrite),
                    Catch::Matchers::Contains(path + "' changed while it was in use"));
}

TEST_CASE("a file put in the input's place, or taken away, is not read: the reader has the right one") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  write_file(path, table());
  auto reader = io::read_csv(path);
  SECTION("another one") {
    write_file(folder / "other.csv", table());
    std::filesystem::rename(folder / "other.csv", path);
  }
  SECTION("none") { std::filesystem::remove(path); }
  std::string out;
  io::csv_writer write{out};
  CHECK_FALSE(sort::detail::sort_by_position(reader, write, std::ranges::less{}, id_of,
                                             {.access = sort::input_access::mapped}));
  CHECK(out.empty());
  CHECK(reader.for_each(1, [](io::csv_row const&, unsigned) {}).records == rows);
}

TEST_CASE("rows that no longer end where they did are an error even if the system tells of no change") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  write_file(path, table());
  auto const written = std::filesystem::last_write_time(path);
  auto const access = GENERATE(sort::input_access::mapped, sort::input_access::unmapped);
  auto const rewrite = [&] {
    write_file(path, std::string(table().size(), '1'));
    std::filesystem::last_write_time(path, written);
  };
  CHECK_THROWS_AS(sort_disturbed(path, access, "gather", rewrite), io::file_changed);
}

TEST_CASE("every failing read of the input is an error that names it") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  write_file(path, table());
  std::uint64_t failed = 0;
  for (std::uint64_t call = 1;; ++call) {
    injected_file_faults const faults{{.at_call = call, .only = "pread"}};
    std::string out;
    io::csv_writer write{out};
    try {
      auto reader = io::read_csv(path);
      sort::detail::sort_by_position(reader, write, std::ranges::less{}, id_of,
                                     {.budget = 4U << 20U, .threads = 1, .access = sort::input_access::unmapped});
    } catch (spillway::io_error const& e) {
      CHECK(e.path() == path);
      ++failed;
    }
    if (!faults.happened()) break;
    if (call > 40) call += 50;
  }
  CHECK(failed > 20);
}

TEST_CASE("reads that are interrupted or come in pieces change nothing") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  write_file(path, table());
  std::string out;
  {
    injected_file_faults const faults{{.longest_transfer = 50, .interrupt_every = 3}};
    auto reader = io::read_csv(path);
    io::csv_writer write{out};
    CHECK(sort::detail::sort_by_position(reader, write, std::ranges::less{}, id_of,
                                         {.budget = 4U << 20U, .access = sort::input_access::unmapped}));
  }
  std::string expected;
  for (std::size_t id = 1; id <= rows; ++id) expected += std::to_string(id) + "," + text + '\n';
  CHECK(out == expected);
}
