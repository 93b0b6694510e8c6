#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>

#include <array>
#include <atomic>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

static_assert(std::ranges::input_range<io::csv_reader>);
static_assert(!std::ranges::forward_range<io::csv_reader>);
static_assert(std::same_as<std::ranges::range_reference_t<io::csv_reader>, io::csv_row const&>);
static_assert(std::movable<io::csv_reader> && !std::copyable<io::csv_reader>);

io::csv_reader read(std::string_view text, io::csv_options options = {}) {
  return io::read_csv(std::make_unique<io::memory_source>(text, "events.csv"), std::move(options));
}

using fields = std::vector<std::vector<std::string>>;

fields fields_of(io::csv_reader reader) {
  fields out;
  for (auto const& row : reader) {
    auto& into = out.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) into.emplace_back(row[i]);
  }
  return out;
}

fields fields_of(std::string_view text, io::csv_options options = {}) {
  options.header = io::csv_header::absent;
  return fields_of(read(text, std::move(options)));
}

template <class F>
std::string message_of(F&& f) {
  try {
    f();
  } catch (spillway::error const& e) {
    return e.what();
  }
  return "no error";
}

std::string problem_of(std::string_view text, io::csv_options const& options = {}) {
  return message_of([&] { fields_of(read(text, options)); });
}

/// Counts the bytes that it gives out and never ends a line.
class endless_line final : public io::byte_source {
 public:
  explicit endless_line(std::uint64_t& given) : given_{&given} {}
  std::size_t read(std::span<char> buffer) override {
    if (*given_ == 0) {
      std::string_view{"time,action\nt,"}.copy(buffer.data(), buffer.size());
      std::fill(buffer.begin() + 14, buffer.end(), 'x');
    } else {
      std::fill(buffer.begin(), buffer.end(), 'x');
    }
    *given_ += buffer.size();
    return buffer.size();
  }
  [[nodiscard]] std::string const& name() const noexcept override { return name_; }
  [[nodiscard]] spillway::progress position() const noexcept override { return {"read", *given_, 0}; }

 private:
  std::string name_ = "endless.csv";
  std::uint64_t* given_;
};

}  // namespace

TEST_CASE("a file is read by its path") {
  spillway::test::temporary_folder const folder;
  auto const path = folder / "events.csv";
  spillway::test::write_file(path, "time,action\nt1,Open\nt2,Close\n");
  auto reader = io::read_csv(path, {.required_columns = {"action"}});
  auto const action = reader.column("action");
  std::string seen;
  for (auto const& row : reader) seen += row[action];
  CHECK(seen == "OpenClose");
  CHECK(reader.result().records == 2);
  CHECK(reader.result().lines == 3);
}

TEST_CASE("quotes, doubled quotes, and delimiters and line ends inside quotes") {
  CHECK(fields_of("\"a\",\"b\"\"c\",\"\"\n\"x,y\",\"1\n2\r\n3\",\"\"\"\"\n") ==
        fields{{"a", "b\"c", ""}, {"x,y", "1\n2\r\n3", "\""}});
}

TEST_CASE("line ends are LF, CRLF or both, and a lone CR is data") {
  CHECK(fields_of("a,b\nc,d\r\n\"e\",\"f\"\r\ng\rh,i\r\r\n") ==
        fields{{"a", "b"}, {"c", "d"}, {"e", "f"}, {"g\rh", "i\r"}});
}

TEST_CASE("the last line may lack its end") {
  CHECK(fields_of("a,b\nc,d") == fields{{"a", "b"}, {"c", "d"}});
  CHECK(fields_of("a,b\nc,") == fields{{"a", "b"}, {"c", ""}});
  CHECK(fields_of("a,b\r\nc,\"d\"\r") == fields{{"a", "b"}, {"c", "d"}});
}

TEST_CASE("a byte order mark is no part of the first field") {
  auto reader = read("\xEF\xBB\xBFtime,action\nt,Open\n");
  CHECK(reader.column("time") == 0);
  CHECK(fields_of("\xEF\xBB\xBF\"a\",b\n") == fields{{"a", "b"}});
}

TEST_CASE("blank lines are no rows unless there is one column") {
  CHECK(fields_of("\n\r\na,b\n\n\r\nc,d\n\n") == fields{{"a", "b"}, {"c", "d"}});
  CHECK(fields_of("\na\n\n\r\nb\n") == fields{{"a"}, {""}, {""}, {"b"}});
}

TEST_CASE("other delimiters and quotes") {
  CHECK(fields_of("a\tb,c\n", {.delimiter = '\t'}) == fields{{"a", "b,c"}});
  CHECK(fields_of("'a;b';c\n", {.delimiter = ';', .quote = '\''}) == fields{{"a;b", "c"}});
  CHECK(fields_of("\"a|b\n", {.delimiter = '|', .quote = std::nullopt}) == fields{{"\"a", "b"}});
  CHECK(fields_of("\xA7"
                  "a\xA7|b\n",
                  {.delimiter = '|', .quote = '\xA7'}) == fields{{"a", "b"}});
}

TEST_CASE("NUL bytes and invalid UTF-8 pass through as data") {
  using namespace std::string_literals;
  CHECK(fields_of("a\0b,\xff\xfe\n\0,\"\0\"\n"s) == fields{{"a\0b"s, "\xff\xfe"}, {"\0"s, "\0"s}});
}

TEST_CASE("an input without the header that it should have is a clear error") {
  CHECK(problem_of("") == "events.csv:1:1: expected a header, found no row");
  CHECK(problem_of("\n\n", {.required_columns = {"time"}}) ==
        "events.csv:3:1: expected a header with 'time', found no row");
  CHECK(problem_of("\nTime,action\n", {.required_columns = {"time", "action"}}) ==
        "events.csv:2: no column 'time': expected a header with 'time', 'action', found 'Time', 'action'");
  CHECK(problem_of("time,time\n", {.required_columns = {"time"}}) ==
        "events.csv:1: more than one column 'time': expected a header with 'time', found 'time', 'time'");
  CHECK(problem_of("ti\"me,action\n") == "events.csv:1:3: quote inside an unquoted field");
  CHECK(problem_of("\"time,action\n") == "events.csv:1:1: quoted field without a closing quote");
}

TEST_CASE("a header alone is an input without rows") {
  CHECK(fields_of(read("time,action\n")).empty());
  CHECK(fields_of(read("time,action")).empty());
}

TEST_CASE("an empty input needs no header if none is expected") {
  auto reader = read("", {.header = io::csv_header::absent});
  CHECK(reader.header().empty());
  CHECK(fields_of(std::move(reader)).empty());
}

TEST_CASE("columns are found by name") {
  auto reader = read("a,\"b \"\"c\"\"\",a\n");
  CHECK(reader.column("b \"c\"") == 1);
  CHECK(message_of([&] { (void)reader.column("d"); }) == "no column 'd': 'events.csv' has 'a', 'b \"c\"', 'a'");
  CHECK(message_of([&] { (void)reader.column("a"); }) == "'events.csv' has more than one column 'a'");
  auto named = read("1,2\n", {.header = io::csv_header::absent, .column_names = {"x", "y"}});
  CHECK(named.column("y") == 1);
  auto nameless = read("1,2\n", {.header = io::csv_header::absent});
  CHECK(message_of([&] { (void)nameless.column("y"); }) == "no column 'y': 'events.csv' has no column names");
}

TEST_CASE("too few and too many fields are errors with file, line and column") {
  CHECK(problem_of("a,b\n1,2\n3,4,5\n") == "events.csv:3:5: expected 2 fields, found 3");
  CHECK(problem_of("a,b\n1\n") == "events.csv:2:2: expected 2 fields, found 1");
  CHECK(problem_of("a\n\"1\n2\",3\n") == "events.csv:3:4: expected 1 field, found 2");
}

TEST_CASE("ragged rows by policy") {
  CHECK(fields_of("a,b\n1\n", {.ragged = io::ragged_rows::pad}) == fields{{"a", "b"}, {"1", ""}});
  CHECK_THROWS_AS(fields_of("a,b\n1,2,3\n", {.ragged = io::ragged_rows::pad}), spillway::parse_error);
  CHECK(fields_of("a,b\n1\n1,2,3\n", {.ragged = io::ragged_rows::keep}) == fields{{"a", "b"}, {"1"}, {"1", "2", "3"}});
}

TEST_CASE("quotes where no quote may be are errors of their row") {
  CHECK(problem_of("a,b\n1,x\"y\"\n") == "events.csv:2:4: quote inside an unquoted field");
  CHECK(problem_of("a,b\n1,\"x\"y\n") ==
        "events.csv:2:6: expected the end of the field after its closing quote, found 'y'");
  CHECK(problem_of("a,b\n\n1,\"x\ny,z\n2,3\n") == "events.csv:3:3: quoted field without a closing quote");
}

TEST_CASE("skipped rows reach the sink in order, with place and bytes, whatever the number of threads") {
  std::string text{"a,b\n"};
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    text += "\"x\ny\",1\n";
    text += i % 7 == 0 ? "z\"z\",2\r\n" : i % 5 == 0 ? "too,many,fields\n" : i % 3 == 0 ? "t,bad\n" : "t,3\n";
    auto const line = std::to_string(2 + i * 3 + 2);
    if (i % 7 == 0) {
      expected += line + ":2 quote inside an unquoted field|z\"z\",2\n";
    } else if (i % 5 == 0) {
      expected += line + ":10 expected 2 fields, found 3|too,many,fields\n";
    } else if (i % 3 == 0) {
      expected += line + ":3 expected an integer, found 'bad'|t,bad\n";
    }
  }
  std::string rejects;
  auto const take = [&](io::reject const& r) {
    CHECK(r.source == "events.csv");
    rejects += std::to_string(r.position.line) + ':' + std::to_string(r.position.column) + ' ';
    rejects.append(r.problem).append("|").append(r.bytes).append("\n");
  };
  auto const threads = GENERATE(1U, 2U, 5U);
  auto const chunk_size = GENERATE(1U, 50U, 1000U, 1U << 20U);
  auto reader = read(text, {.on_error = io::error_policy::skip, .rejects = take, .chunk_size = chunk_size});
  std::atomic<int> sum = 0;
  auto const result = reader.for_each(threads, [&](io::csv_row const& row, unsigned) { sum += row.as<int>("b"); });
  CHECK(rejects == expected);
  CHECK(result.records + result.rejected == 1000);
  CHECK(result.lines == 1501);
  CHECK(result.bytes == text.size());
}

TEST_CASE("what a step refuses becomes a parse_error with its place, whatever the number of threads") {
  std::string text{"a,b\n"};
  for (int i = 0; i < 300; ++i) text += "\"1\n2\",3\n";
  text += "\"1\n\n2\",x\n7,y\n";
  auto const threads = GENERATE(1U, 2U, 5U);
  auto const chunk_size = GENERATE(1U, 50U, 1U << 20U);
  auto const message = [&](auto step) {
    auto reader = read(text, {.chunk_size = chunk_size});
    return message_of([&] { reader.for_each(threads, step); });
  };
  CHECK(message([](io::csv_row const& row, unsigned) { (void)row.as<int>(1); }) ==
        "events.csv:604:4: expected an integer, found 'x'");
  CHECK(message([](io::csv_row const& row, unsigned) {
          if (row[1] == "x") throw spillway::value_error{"no x", row[1]};
        }) == "events.csv:602: expected no x, found 'x'");
  CHECK(message([](io::csv_row const& row, unsigned) {
          if (row[1] == "x") throw spillway::parse_error{"field", {.line = 1, .column = 9}, "no x please"};
        }) == "events.csv:602: no x please");
}

TEST_CASE("while iterating, a value that can't be read is a parse_error with its place") {
  auto reader = read("a,b\n1,2\n\"\n\",x\n");
  CHECK(message_of([&] {
          for (auto const& row : reader) (void)row.as<int>("b");
        }) == "events.csv:4:3: expected an integer, found 'x'");
}

TEST_CASE("other exceptions of a step pass through unchanged") {
  auto reader = read("a\n1\n2\n", {.on_error = io::error_policy::skip});
  auto const run = [&] { reader.for_each(2, [](io::csv_row const&, unsigned) { throw std::out_of_range{"mine"}; }); };
  CHECK_THROWS_AS(run(), std::out_of_range);
}

TEST_CASE("batches come in the order of the input") {
  std::string text{"a\n"};
  for (int i = 0; i < 5000; ++i) text += std::to_string(i) + '\n';
  auto reader = read(text, {.chunk_size = 100});
  int next = 0;
  auto const result = reader.for_each_batch(
      GENERATE(1U, 2U, 4U), [] { return std::vector<int>{}; },
      [](std::vector<int>& batch, io::csv_row const& row) { batch.push_back(row.as<int>(0)); },
      [&](std::vector<int> const& batch) {
        for (int const i : batch) {
          if (i != next++) FAIL("out of order");
        }
      });
  CHECK(next == 5000);
  CHECK(result.records == 5000);
}

TEST_CASE("nothing of the failing chunk or behind it is delivered") {
  std::string text{"a\n"};
  for (int i = 0; i < 1000; ++i) text += i == 700 ? "bad\n" : "123\n";
  auto reader = read(text, {.chunk_size = 40});
  int delivered = 0;
  auto const run = [&] {
    reader.for_each_batch(
        GENERATE(1U, 3U), [] { return 0; },
        [](int& count, io::csv_row const& row) {
          (void)row.as<int>(0);
          ++count;
        },
        [&](int count) { delivered += count; });
  };
  REQUIRE_THROWS_AS(run(), spillway::parse_error);
  CHECK(delivered == 700);
}

TEST_CASE("a line that does not end is an error, not a growing buffer") {
  spillway::memory_budget budget{1U << 20U};
  std::uint64_t given = 0;
  io::csv_options const options{.chunk_size = 4096, .longest_record = 65536, .memory = &budget};
  auto const parallel = GENERATE(false, true);
  auto const message = message_of([&] {
    auto reader = io::read_csv(std::make_unique<endless_line>(given), options);
    if (parallel) {
      reader.for_each(2, [](io::csv_row const&, unsigned) {});
    } else {
      for ([[maybe_unused]] auto const& row : reader) FAIL("no row ends");
    }
  });
  CHECK(message == "endless.csv:2: row longer than 65536 bytes");
  CHECK(given < 1U << 20U);
  CHECK(budget.peak() < 1U << 18U);
}

TEST_CASE("a quote that is left open is named when the row gets too long") {
  auto const text = "a,b\n1,2\n\"" + std::string(5000, '\n');
  CHECK(problem_of(text, {.chunk_size = 64, .longest_record = 1024}) ==
        "events.csv:3: row longer than 1024 bytes, with a quoted field still open");
  CHECK(problem_of(text.substr(8), {.chunk_size = 64, .longest_record = 1024}) ==
        "events.csv:1: row longer than 1024 bytes, with a quoted field still open");
}

TEST_CASE("a CSV reader is read once") {
  auto reader = read("a\n1\n");
  CHECK(reader.for_each(1, [](io::csv_row const&, unsigned) {}).records == 1);
  CHECK_THROWS_AS(reader.begin(), spillway::argument_error);
}

TEST_CASE("options that make no sense are refused") {
  CHECK_THROWS_AS(read("a\n", {.delimiter = '"'}), spillway::argument_error);
  CHECK_THROWS_AS(read("a\n", {.delimiter = '\n'}), spillway::argument_error);
  CHECK_THROWS_AS(read("a\n", {.chunk_size = 0}), spillway::argument_error);
  CHECK_THROWS_AS(read("a\n", {.longest_record = std::size_t{1} << 32U}), spillway::argument_error);
  CHECK_THROWS_AS(read("a\n", {.column_names = {"a"}}), spillway::argument_error);
  auto reader = read("a\n1\n");
  CHECK_THROWS_AS(reader.for_each(0, [](io::csv_row const&, unsigned) {}), spillway::argument_error);
}

TEST_CASE("a stop request ends the reading, and progress is told") {
  std::string text{"a\n"};
  for (int i = 0; i < 5000; ++i) text += "123456789\n";
  std::stop_source stop;
  std::uint64_t told = 0;
  auto const on_progress = [&](spillway::progress const& p) {
    told = p.done;
    if (p.done > 20000) stop.request_stop();
  };
  auto reader = read(text, {.chunk_size = 1000, .on_progress = on_progress, .stop = stop.get_token()});
  auto const parallel = GENERATE(false, true);
  auto const run = [&] {
    if (parallel) {
      reader.for_each(2, [](io::csv_row const&, unsigned) {});
    } else {
      for ([[maybe_unused]] auto const& row : reader) continue;
    }
  };
  CHECK_THROWS_AS(run(), spillway::cancelled);
  CHECK(told > 20000);
  CHECK(told < 40000);
}

TEST_CASE("memory comes from the given resource and stays within the stated bound, rows of any length") {
  std::string text{"a,b\n"};
  for (std::size_t i = 0; i < 300; ++i)
    text += std::string(i * 7 % 4000, 'x') + ",\"" + std::string(i * 2, '"') + "\"\n";
  spillway::memory_budget budget{1U << 20U};
  auto reader = read(text, {.chunk_size = 1024, .longest_record = 8192, .memory = &budget});
  std::atomic<std::size_t> size = 0;
  reader.for_each(2, [&](io::csv_row const& row, unsigned) { size += row[1].size(); });
  CHECK(size == 300 * 299 / 2);
  CHECK(budget.peak() < 2 * 10 * 8192 + 65536);
}

TEST_CASE("a budget that is too small is an error, and nothing is leaked") {
  spillway::memory_budget budget{40000};
  CHECK_THROWS_AS(read("a\n1\n", {.chunk_size = 1U << 20U, .memory = &budget}).begin(), spillway::budget_exceeded);
  CHECK(budget.used() == 0);
}
