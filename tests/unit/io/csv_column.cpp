#include "support/catch.hpp"

#include <spillway/core/concepts.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

static_assert(spillway::projection_of<io::column, io::csv_row>);
static_assert(spillway::projection_of<io::column_as<int>, io::csv_row>);
static_assert(spillway::projection_of<io::columns, io::csv_row>);

std::vector<io::csv_row> rows_of(std::string_view text) {
  auto reader = io::read_csv(std::make_unique<io::memory_source>(text));
  std::vector<io::csv_row> rows;
  for (auto const& row : reader) rows.push_back(row);
  return rows;
}

}  // namespace

TEST_CASE("a column projects a row to its text, also when inputs have their columns in another order") {
  io::column const account{"account"};
  CHECK(account(rows_of("account,x\nA,1\n")[0]) == "A");
  CHECK(account(rows_of("x,account\n1,B\n")[0]) == "B");
  CHECK(account(rows_of("account,x\nC,1\n")[0]) == "C");
  CHECK_THROWS_AS(account(rows_of("x,y\n1,2\n")[0]), spillway::argument_error);
  CHECK_THROWS_AS(account(rows_of("account,account\n1,2\n")[0]), spillway::argument_error);
}

TEST_CASE("a column can be read as a number, or as none where it is empty") {
  auto const rows = rows_of("name,amount\nA,2.5\nB,\nC,x\n");
  io::column_as<double> const amount{"amount"};
  CHECK(amount(rows[0]) == 2.5);
  CHECK(io::column_as<std::optional<double>>{"amount"}(rows[1]) == std::nullopt);
  CHECK_THROWS_WITH(amount(rows[1]), Catch::Contains(":3:3: expected a number, found ''"));
  CHECK_THROWS_AS(amount(rows[2]), spillway::parse_error);
  CHECK_THROWS_AS(io::column_as<double>{"price"}(rows[0]), spillway::argument_error);
}

TEST_CASE("keys of several columns compare as the lists of their fields") {
  using namespace std::string_literals;
  std::mt19937 random{5};
  std::vector<std::vector<std::string>> lists;
  std::string text{"a,b,c\n"};
  for (int i = 0; i < 300; ++i) {
    auto& list = lists.emplace_back();
    for (int field = 0; field < 3; ++field) {
      auto& value = list.emplace_back();
      for (auto size = random() % 4; size != 0; --size) value += "\0\1\xff"s[random() % 3];
      text += value + (field == 2 ? "\n" : ",");
    }
  }
  auto const rows = rows_of(text);
  REQUIRE(rows.size() == lists.size());
  io::columns const key{"a", "b", "c"};
  auto const sign = [](auto ordering) { return ordering < 0 ? -1 : ordering > 0 ? 1 : 0; };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < rows.size(); ++j) {
      if (sign(key(rows[i]).compare(key(rows[j]))) != sign(lists[i] <=> lists[j])) FAIL("in another order");
    }
  }
}
