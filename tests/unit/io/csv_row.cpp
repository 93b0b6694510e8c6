#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace {

namespace io = spillway::io;

static_assert(std::copyable<io::csv_row>);
static_assert(std::is_nothrow_move_constructible_v<io::csv_row>);
static_assert(std::uses_allocator_v<io::csv_row, std::pmr::polymorphic_allocator<std::byte>>);

io::csv_reader read(std::string_view text, io::csv_options options = {}) {
  return io::read_csv(std::make_unique<io::memory_source>(text, "rows.csv"), std::move(options));
}

constexpr std::string_view sample = "a,b,c\n1,\"x \"\"y\"\" z\",\"q\"\r\n,\"\",\"2\n3\"\n";

}  // namespace

TEST_CASE("a row knows its fields, its bytes and its place") {
  auto reader = read(sample);
  auto it = reader.begin();
  CHECK((*it)["b"] == "x \"y\" z");
  CHECK((*it)["b"].data() == (*it)[1].data());
  CHECK((*it)[2] == "q");
  CHECK(it->verbatim() == "1,\"x \"\"y\"\" z\",\"q\"");
  CHECK(it->verbatim(1) == "\"x \"\"y\"\" z\"");
  CHECK(it->line() == 2U);
  CHECK(it->offset() == 6);
  ++it;
  CHECK_FALSE(it->quoted(0));
  CHECK(it->quoted(1));
  CHECK((*it)[0] == (*it)[1]);
  CHECK((*it)[2] == "2\n3");
  CHECK(it->line() == 3U);
  ++it;
  CHECK(it == reader.end());
}

TEST_CASE("several unescaped fields of a row are valid at once") {
  std::string text{"a,b,c\n"};
  for (int i = 0; i < 100; ++i)
    text += "\"\"\"" + std::string(static_cast<std::size_t>(i), 'x') + "\",\"y\"\"\",\"\"\"\"\n";
  auto reader = read(text, {.chunk_size = 64});
  std::size_t length = 1;
  for (auto const& row : reader) {
    auto const a = row[0];
    auto const b = row[1];
    auto const c = row[2];
    REQUIRE(a == '"' + std::string(length - 1, 'x'));
    REQUIRE(b == "y\"");
    REQUIRE(c == "\"");
    ++length;
  }
}

TEST_CASE("a copy owns its bytes and outlives the reader") {
  std::vector<io::csv_row> rows;
  {
    std::string const text{sample};
    auto reader = read(text);
    for (auto const& row : reader) rows.push_back(row);
  }
  REQUIRE(rows.size() == 2);
  CHECK(rows[0]["b"] == "x \"y\" z");
  CHECK(rows[0].verbatim() == "1,\"x \"\"y\"\" z\",\"q\"");
  CHECK(rows[0].offset() == 6);
  CHECK(rows[1].line() == 3U);
  CHECK(rows[1].header()[2] == "c");
  auto const copy = rows[0];
  rows.clear();
  CHECK(copy[1] == "x \"y\" z");
}

TEST_CASE("a CR that belongs to a copied row's last field stays") {
  auto reader = read("a\nx\r\r\n");
  io::csv_row const copy = *reader.begin();
  io::csv_row const again = copy;
  CHECK(copy[0] == "x\r");
  CHECK(again[0] == "x\r");
}

TEST_CASE("copies allocate from the resource they are given, moves not at all") {
  spillway::memory_budget budget{1U << 16U};
  auto reader = read(sample);
  auto it = reader.begin();
  {
    io::csv_row copy{*it, &budget};
    auto const used = budget.used();
    CHECK(used > 0);
    io::csv_row moved{std::move(copy)};
    CHECK(budget.used() == used);
    CHECK(moved["c"] == "q");
    io::csv_row elsewhere{std::move(moved), std::pmr::get_default_resource()};
    CHECK(elsewhere["c"] == "q");
    io::csv_row assigned{&budget};
    assigned = elsewhere;
    CHECK(assigned["b"] == "x \"y\" z");
    CHECK(assigned.get_allocator().resource() == &budget);
    assigned = *it;
    CHECK(assigned["a"] == "1");
    std::pmr::vector<io::csv_row> all{&budget};
    all.push_back(*it);
    CHECK(all.front().get_allocator().resource() == &budget);
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("an empty row has nothing") {
  io::csv_row const row;
  CHECK(row.size() == 0);
  CHECK(row.verbatim().empty());
  CHECK(row.header().empty());
  CHECK_FALSE(row.line());
  CHECK_THROWS_AS(row[0], spillway::value_error);
  CHECK_THROWS_AS(row["a"], spillway::argument_error);
  CHECK_THROWS_AS(row.as<int>(0), spillway::value_error);
  io::csv_row const copy = row;
  CHECK(copy.size() == 0);
}

TEST_CASE("values are read by text_parser, and a copy still knows the place of a bad one") {
  auto reader = read("a,b\n-5,\n\"1\n\",x\n");
  auto it = reader.begin();
  CHECK(it->as<int>("a") == -5);
  CHECK(it->as<std::optional<double>>(1) == std::nullopt);
  CHECK_THROWS_WITH(it->as<int>(2), "rows.csv:2:4: expected a field 3, found '-5,'");
  ++it;
  io::csv_row const copy = *it;
  CHECK_THROWS_WITH(copy.as<int>("b"), "rows.csv:4:3: expected an integer, found 'x'");
  CHECK_THROWS_WITH(it->as<int>("b"), "rows.csv:4:3: expected an integer, found 'x'");
}
