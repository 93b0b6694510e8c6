#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/json_lines.hpp>
#include <spillway/io/json_row.hpp>

#include <iterator>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
using namespace spillway::literals;

class text_source : public io::byte_source {
 public:
  explicit text_source(std::string text) : text_{std::move(text)} {}
  std::size_t read(std::span<char> buffer) override {
    auto const got = text_.copy(buffer.data(), buffer.size(), at_);
    at_ += got;
    return got;
  }
  std::string const& name() const noexcept override { return name_; }
  spillway::progress position() const noexcept override { return {"read", at_, text_.size()}; }

 private:
  std::string text_;
  std::string name_ = "a name that is too long for the small string optimisation";
  std::size_t at_ = 0;
};

std::string const lines =
    R"({"Id":"1","text":"a\tb","number":-1.5e3,"yes":true,"nothing":null,"list":[1,2],"nested":{"Id":2}})"
    "\n"
    R"({"I\u0064":"two"})"
    "\n"
    R"({})"
    "\n";

io::json_lines_reader read() { return io::read_jsonl(std::make_unique<text_source>(lines), {.chunk_size = 1}); }

std::vector<io::json_row> copies() {
  std::vector<io::json_row> rows;
  auto reader = read();
  for (auto const& row : reader) rows.push_back(row);
  return rows;
}

void check_first(io::json_row const& row) {
  CHECK(row.size() == 7);
  CHECK(row.as<int>("Id") == 1);
  CHECK(row.as<std::string>("text") == "a\tb");
  CHECK(row.as<std::string_view>("text") == "a\tb");
  CHECK(row.field("text")->raw() == R"("a\tb")");
  CHECK(row.as<double>("number") == -1500);
  CHECK(row.as<std::string>("number") == "-1.5e3");
  CHECK(row.as<bool>("yes"));
  CHECK(row.contains("nothing"));
  CHECK(!row.find<int>("nothing"));
  CHECK(!row.find<int>("nobody"));
  CHECK(row.line() == 1);
  CHECK(row.offset() == 0);
  CHECK(row.verbatim() == lines.substr(0, lines.find('\n')));
  std::string names;
  std::vector<io::json_kind> kinds;
  for (auto const& field : row) {
    names += std::string{field.name()} + ' ';
    kinds.push_back(field.kind());
    CHECK(row.verbatim().substr(field.column() - 1).starts_with(field.raw()));
  }
  CHECK(names == "Id text number yes nothing list nested ");
  using enum io::json_kind;
  CHECK(kinds == std::vector{string, string, number, boolean, null, array, object});
  CHECK_THROWS_WITH(row.as<int>("text"),
                    "a name that is too long for the small string optimisation:1:18: "
                    "expected an integer in field 'text', found 'a\\x09b'");
}

}  // namespace

TEST_CASE("a row and its copy answer every question alike") {
  auto reader = read();
  check_first(*reader.begin());
  auto const rows = copies();
  REQUIRE(rows.size() == 3);
  check_first(rows[0]);
  CHECK(rows[1].as<std::string>("Id") == "two");
  CHECK(rows[1].line() == 2);
  CHECK(rows[2].empty());
  CHECK(rows[2].begin() == rows[2].end());
  CHECK(rows[2].verbatim() == "{}");
}

TEST_CASE("copies of copies and moved copies still own their bytes") {
  auto rows = copies();
  auto copy = rows[0];
  rows[0] = rows[1];
  check_first(copy);
  auto moved = std::move(copy);
  check_first(moved);
  rows[2] = std::move(moved);
  check_first(rows[2]);
  CHECK(rows[0].as<std::string>("Id") == "two");
  auto const& itself = rows[2];
  rows[2] = itself;
  check_first(rows[2]);
}

TEST_CASE("a row that refers to the reader can be assigned to a copy again and again") {
  auto reader = read();
  auto it = reader.begin();
  io::json_row last = *it;
  for (; it != reader.end(); ++it) last = *it;
  CHECK(last.verbatim() == "{}");
  CHECK(last.line() == 3);
}

TEST_CASE("a copy allocates from the resource it is given") {
  spillway::memory_budget budget{1_MiB};
  spillway::memory_budget other_budget{1_MiB};
  auto reader = read();
  auto const it = reader.begin();
  io::json_row const copy{*it, &budget};
  auto const used = budget.used();
  CHECK(used >= copy.verbatim().size());
  check_first(copy);

  std::pmr::vector<io::json_row> rows{&other_budget};
  rows.push_back(copy);
  rows.push_back(*it);
  CHECK(other_budget.used() > 2 * copy.verbatim().size());
  CHECK(budget.used() == used);

  io::json_row moved{std::move(rows[0]), &budget};
  check_first(moved);
  CHECK(budget.used() > used);

  spillway::memory_budget tiny{16};
  CHECK_THROWS_AS((io::json_row{copy, &tiny}), spillway::budget_exceeded);
  CHECK(tiny.used() == 0);
}
