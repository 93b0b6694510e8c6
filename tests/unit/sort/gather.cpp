#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/io/binary_records.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/io/output.hpp>
#include <spillway/sort/detail/gather.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
using spillway::test::temporary_folder;
using spillway::test::write_file;

std::int64_t id_of(io::csv_row const& row) { return row.as<std::int64_t>("id"); }

/// Ids downwards.
std::string table(std::size_t rows, std::string const& text = "x") {
  std::string out = "id,text\n";
  for (auto id = rows; id != 0; --id) out += std::to_string(id) + ',' + text + '\n';
  return out;
}
std::string sorted_table(std::size_t rows, std::string const& text = "x") {
  std::string out;
  for (std::size_t id = 1; id <= rows; ++id) out += std::to_string(id) + ',' + text + '\n';
  return out;
}

/// What it takes, and what it gave.
struct sorted_text {
  std::optional<sort::external_result> result;
  std::string text;
};

template <class Key = std::int64_t (*)(io::csv_row const&), class Less = std::ranges::less>
sorted_text sort_rows(io::csv_reader& reader, sort::external_options const& options, Key key = id_of, Less less = {}) {
  sorted_text out;
  io::csv_writer write{out.text};
  out.result = sort::detail::sort_by_position(reader, write, less, key, options);
  return out;
}

std::size_t rows_in(io::csv_reader& reader) {
  std::size_t count = 0;
  for ([[maybe_unused]] auto const& row : reader) ++count;
  return count;
}

constexpr auto mapped = sort::input_access::mapped;

}  // namespace

TEST_CASE("sorting by position tells what it did") {
  temporary_folder const folder;
  write_file(folder / "in.csv", table(5000));
  auto const access = GENERATE(sort::input_access::mapped, sort::input_access::unmapped);
  auto reader = io::read_csv(folder / "in.csv");
  auto const sorted = sort_rows(reader, {.budget = 8U << 20U, .limit = 100, .access = access});
  REQUIRE(sorted.result);
  CHECK(sorted.text == sorted_table(100));
  CHECK(sorted.result->records == 5000);
  CHECK(sorted.result->delivered == 100);
  CHECK(sorted.result->method == sort::sort_method::by_position);
  CHECK(sorted.result->bytes == sorted_table(5000).size() - 5000);
  CHECK(sorted.result->bytes_spilled == 0);
  CHECK(sorted.result->peak_memory >= 5000 * 16);
  CHECK(sorted.result->peak_memory <= 8U << 20U);
  CHECK(sorted.result->bytes_mapped == (access == mapped ? table(5000).size() : 0));
}

TEST_CASE("inputs that can't be read again go another way, and nothing is consumed") {
  temporary_folder const folder;
  auto const text = table(100);
  std::optional<io::csv_reader> reader;
  SECTION("memory") { reader = io::read_csv(std::make_unique<io::memory_source>(text)); }
  SECTION("compressed") {
    io::output_file out{folder / "in.csv.gz"};
    out.append(text);
    out.commit();
    reader = io::read_csv(folder / "in.csv.gz");
  }
  auto const sorted = sort_rows(*reader, {.access = mapped});
  CHECK_FALSE(sorted.result);
  CHECK(sorted.text.empty());
  CHECK(rows_in(*reader) == 100);
}

TEST_CASE("inputs whose keys don't fit the budget, or that shall go through runs, are left alone") {
  temporary_folder const folder;
  write_file(folder / "in.csv", table(200'000));
  auto reader = io::read_csv(folder / "in.csv");
  SECTION("budget") {
    spillway::memory_budget budget{3U << 20U};
    CHECK_FALSE(sort_rows(reader, {.memory = &budget, .access = mapped}).result);
    CHECK(budget.used() == 0);
  }
  SECTION("runs") { CHECK_FALSE(sort_rows(reader, {.access = sort::input_access::runs}).result); }
  SECTION("keys that must be read again for every comparison") {
    auto const backwards = [](std::int64_t a, std::int64_t b) { return b < a; };
    CHECK_FALSE(sort_rows(reader, {}, id_of, backwards).result);
  }
  CHECK(rows_in(reader) == 200'000);
}

TEST_CASE("an input that has more records than it looks like is read from the start again") {
  temporary_folder const folder;
  // Line ends only where nobody looks.
  auto const filler = std::string(200'000, 'x');
  std::string text = "id,text\n";
  std::size_t rows = 0;
  std::size_t rejected = 0;
  auto const add = [&](std::string const& row) { text += std::to_string(++rows) + ',' + row + '\n'; };
  for (int i = 0; i != 16; ++i) {
    add(filler);
    for (int j = 0; j != 20'000; ++j) add("");
    if (i % 8 == 0) {
      text += "refused\n";
      ++rejected;
    }
    add(filler);
  }
  write_file(folder / "in.csv", text);
  std::vector<std::string> rejects;
  auto reader = io::read_csv(
      folder / "in.csv",
      {.on_error = io::error_policy::skip, .rejects = [&](io::reject const& row) { rejects.emplace_back(row.bytes); }});
  auto const sorted = sort_rows(reader, {.budget = 3U << 20U, .access = mapped});
  CHECK_FALSE(sorted.result);
  CHECK(sorted.text.empty());
  CHECK(rows_in(reader) == rows);
  CHECK(rejects == std::vector<std::string>(rejected, "refused"));
}

TEST_CASE("any comparison can be used if the way is chosen, and a broken one harms nothing") {
  temporary_folder const folder;
  write_file(folder / "in.csv", table(3000));
  auto reader = io::read_csv(folder / "in.csv");
  SECTION("an order") {
    auto const later = [](std::int64_t a, std::int64_t b) { return a < b; };
    CHECK(sort_rows(reader, {.access = mapped}, id_of, later).text == sorted_table(3000));
  }
  SECTION("none") {
    auto const always = [](std::int64_t, std::int64_t) { return true; };
    CHECK(sort_rows(reader, {.access = mapped}, id_of, always).text.size() == sorted_table(3000).size());
  }
}

TEST_CASE("rows that are too long for a position's length field are found all the same") {
  temporary_folder const folder;
  auto const filler = std::string((1U << 24U) + 5, 'z');
  write_file(folder / "in.csv", "id,text\n3,\"" + filler + "\"\n2,short\n1," + filler + "\n");
  auto const access = GENERATE(sort::input_access::mapped, sort::input_access::unmapped);
  auto reader = io::read_csv(folder / "in.csv", {.longest_record = 1U << 26U});
  auto const sorted = sort_rows(reader, {.access = access});
  REQUIRE(sorted.result);
  CHECK(sorted.text == "1," + filler + "\n2,short\n3,\"" + filler + "\"\n");
}

TEST_CASE("rows that a reader refuses are not sorted") {
  temporary_folder const folder;
  write_file(folder / "in.csv", "id,text\n3,c\nx,d\n2\n1,a\n");
  SECTION("skipped") {
    auto reader = io::read_csv(folder / "in.csv", {.on_error = io::error_policy::skip});
    auto const sorted = sort_rows(reader, {.access = mapped});
    CHECK(sorted.text == "1,a\n3,c\n");
    CHECK(sorted.result->records == 2);
    CHECK(reader.result().rejected == 2);
  }
  SECTION("an error with its place") {
    auto reader = io::read_csv(folder / "in.csv");
    CHECK_THROWS_WITH(sort_rows(reader, {.access = mapped}), Catch::Matchers::Contains("in.csv:3:1: "));
  }
}

TEST_CASE("what the projection, the comparison and the sink throw passes through") {
  temporary_folder const folder;
  write_file(folder / "in.csv", table(3000));
  auto reader = io::read_csv(folder / "in.csv");
  sort::external_options const options{.access = mapped};
  auto const fail = []() -> bool { throw std::runtime_error{"mine"}; };
  SECTION("projection") {
    auto const key = [&](io::csv_row const& row) { return id_of(row) != 7 || fail(); };
    CHECK_THROWS_WITH(sort_rows(reader, options, key), "mine");
  }
  SECTION("comparison") {
    auto const less = [&](std::int64_t a, std::int64_t) { return a != 7 || fail(); };
    CHECK_THROWS_WITH(sort_rows(reader, options, id_of, less), "mine");
  }
  SECTION("sink, after everything before it") {
    std::int64_t last = 0;
    auto sink = [&](io::csv_row const& row) { (last = id_of(row)) != 2500 || fail(); };
    CHECK_THROWS_WITH(sort::detail::sort_by_position(reader, sink, std::ranges::less{}, id_of, options), "mine");
    CHECK(last == 2500);
  }
}

TEST_CASE("sorting by position reports progress of both phases and stops when asked to") {
  temporary_folder const folder;
  write_file(folder / "in.csv", table(100'000));
  auto const stop_in = GENERATE(std::string{}, std::string{"read keys"}, std::string{"gather"});
  std::stop_source stop;
  std::vector<std::string> phases;
  spillway::progress last;
  sort::external_options const options{.budget = 8U << 20U,
                                       .access = mapped,
                                       .on_progress =
                                           [&](spillway::progress const& now) {
                                             if (phases.empty() || phases.back() != now.phase) {
                                               phases.emplace_back(now.phase);
                                               last = {};
                                             }
                                             CHECK(now.done >= last.done);
                                             CHECK(now.done <= now.total);
                                             last = now;
                                             if (now.phase == stop_in) stop.request_stop();
                                           },
                                       .stop = stop.get_token()};
  auto reader = io::read_csv(folder / "in.csv");
  if (stop_in.empty()) {
    CHECK(sort_rows(reader, options).result);
    CHECK(phases == std::vector<std::string>{"read keys", "gather"});
    CHECK(last.done == last.total);
  } else {
    CHECK_THROWS_AS(sort_rows(reader, options), spillway::cancelled);
    REQUIRE_FALSE(phases.empty());
    CHECK(phases.back() == stop_in);
  }
}

TEST_CASE("binary records with a cut-off last one go the usual way, which tells of it") {
  temporary_folder const folder;
  write_file(folder / "in", "abcdefghijk");
  auto reader = io::read_binary<std::uint64_t>(folder / "in");
  std::string text;
  io::binary_writer write{text};
  CHECK_FALSE(sort::detail::sort_by_position(reader, write, std::ranges::less{}, std::identity{}, {.access = mapped}));
}

TEST_CASE("no threads are an error") {
  temporary_folder const folder;
  write_file(folder / "in.csv", table(3));
  auto reader = io::read_csv(folder / "in.csv");
  CHECK_THROWS_AS(sort_rows(reader, {.threads = 0}), spillway::argument_error);
}
