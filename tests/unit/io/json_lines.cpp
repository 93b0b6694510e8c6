#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/json_lines.hpp>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
using namespace spillway::literals;

/// Gives out a string.
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
  std::string name_ = "text";
  std::size_t at_ = 0;
};

/// Never ends and never has a line end.
class endless_line : public io::byte_source {
 public:
  std::size_t read(std::span<char> buffer) override {
    std::ranges::fill(buffer, 'x');
    given_ += buffer.size();
    return buffer.size();
  }
  std::string const& name() const noexcept override { return name_; }
  spillway::progress position() const noexcept override { return {"read", given_, 0}; }

 private:
  std::string name_ = "endless";
  std::uint64_t given_ = 0;
};

io::json_lines_reader read(std::string text, io::json_lines_options options = {}) {
  return io::read_jsonl(std::make_unique<text_source>(std::move(text)), std::move(options));
}

std::vector<std::string> ids_of(io::json_lines_reader reader) {
  std::vector<std::string> ids;
  for (auto const& row : reader) ids.push_back(row.as<std::string>("Id"));
  return ids;
}

/// The message for `text` when it is read on by iteration; the same must come out of two threads.
std::string problem_of(std::string const& text) {
  std::string problems[2];
  try {
    for (auto reader = read(text); [[maybe_unused]] auto const& row : reader) {
    }
  } catch (spillway::parse_error const& problem) {
    problems[0] = problem.what();
  }
  try {
    read(text, {.chunk_size = 16}).for_each(2, [](io::json_row const&, unsigned) {});
  } catch (spillway::parse_error const& problem) {
    problems[1] = problem.what();
  }
  REQUIRE(problems[0] == problems[1]);
  return problems[0];
}

std::string const good = R"({"Id":"1"})";

}  // namespace

TEST_CASE("a line is an object, and values are read by name") {
  auto reader = read(R"({"Id":"1","PostId":"17","Score":-2.5,"Closed":true,"UserId":null})"
                     "\n"
                     R"({ "PostId" : "18" , "Id" : "2", "Tags":["a",{"b":"c"}], "Score":4 })");
  auto it = reader.begin();
  CHECK(it->as<int>("Id") == 1);
  CHECK(it->as<long>("PostId") == 17);
  CHECK(it->as<double>("Score") == -2.5);
  CHECK(it->as<bool>("Closed"));
  CHECK(it->find<int>("UserId") == std::nullopt);
  CHECK(it->find<int>("Nobody") == std::nullopt);
  CHECK(it->line() == 1);
  CHECK(it->offset() == 0);
  ++it;
  CHECK(it->as<int>("Id") == 2);
  CHECK(it->as<std::string_view>("PostId") == "18");
  CHECK(it->field("Tags")->raw() == R"(["a",{"b":"c"}])");
  CHECK(it->line() == 2);
  CHECK(it->offset() == 66);
  ++it;
  CHECK(it == reader.end());
  auto const result = reader.result();
  CHECK(result.records == 2);
  CHECK(result.lines == 2);
  CHECK(result.rejected == 0);
}

TEST_CASE("line ends of both kinds, blank lines, a byte order mark and an unended last line are fine") {
  CHECK(
      ids_of(read("\xEF\xBB\xBF{\"Id\":\"1\"}\r\n\r\n \t\n{\"Id\":\"2\"}\n\n\n  {\"Id\":\"3\"} \r\n{\"Id\":\"4\"}")) ==
      std::vector<std::string>{"1", "2", "3", "4"});
  CHECK(ids_of(read("")).empty());
  CHECK(ids_of(read("\n\n")).empty());
  CHECK(ids_of(read("  ")).empty());
  CHECK(ids_of(read("\xEF\xBB\xBF")).empty());
}

TEST_CASE("what is wrong with a line is said with line and column") {
  auto const [line, problem] = GENERATE(table<std::string, std::string>({
      {R"({"Id":"1")", "10: expected ',' or '}' after a field, found the end of the line"},
      {R"({"Id":"1"} {"Id":"2"})", R"(12: expected the end of the line after the object, found '{"Id":"2"}')"},
      {R"({"Id":"1"}x)", "11: expected the end of the line after the object, found 'x'"},
      {R"({"Id":"1"},)", "11: expected the end of the line after the object, found ','"},
      {R"([1,2])", "1: expected a JSON object, found '[1,2]'"},
      {R"("text")", R"(1: expected a JSON object, found '"text"')"},
      {R"(17)", "1: expected a JSON object, found '17'"},
      {R"({"Id":"1)", "7: string without its closing quote"},
      {R"({"Id":01})", "7: expected a value, found '01}'"},
      {R"({"Id":tru})", "7: expected a value, found 'tru}'"},
      {R"({"Id":1.})", "7: expected a value, found '1.}'"},
      {R"({"Id":})", "7: expected a value, found '}'"},
      {R"({"Id":1,})", "9: expected a field's name in quotes, found '}'"},
      {R"({Id:1})", "2: expected a field's name in quotes, found 'Id:1}'"},
      {R"({"Id" 1})", "7: expected ':' after a field's name, found '1}'"},
      {R"({"Id":[1,2})", "11: expected ',' or ']' after an element, found '}'"},
      {R"({"Id":[1,{"a":}]})", "15: expected a value, found '}]}'"},
      {R"({"Id":"a\qb"})", R"(9: expected an escape sequence, found '\qb"}')"},
      {R"({"Id":["a\qb"]})", R"(10: expected an escape sequence, found '\qb"]}')"},
      {R"({"I\qd":1})", R"(4: expected an escape sequence, found '\qd":1}')"},
      {R"({"Id":"\ud800"})", R"(8: expected an escape sequence, found '\ud800"}')"},
      {R"({"Id":"\udc00\ud800"})", R"(8: expected an escape sequence, found '\udc00\ud800"}')"},
      {"{\"Id\":\"a\tb\"}", R"(9: expected no control character in a string, found '\x09b"}')"},
      {"{\"Id\":\"a\xFF\"}", R"(9: expected UTF-8, found '\xff"}')"},
      {"{\"Id\":\"\xC3\"}", R"(8: expected UTF-8, found '\xc3"}')"},
      {std::string("{\"Id\":\0}", 8), R"(7: expected a value, found '\x00}')"},
      {std::string("{\"Id\":\"\0\"}", 10), R"(8: expected no control character in a string, found '\x00"}')"},
      {std::string("\0", 1), R"(1: expected a JSON object, found '\x00')"},
  }));
  CHECK(problem_of(good + '\n' + line + '\n' + good + '\n') == "text:2:" + problem);
  CHECK(problem_of(good + "\r\n\r\n" + line) == "text:3:" + problem);

  std::vector<std::string> rejected;
  auto reader = read(good + '\n' + line + "\r\n" + R"({"Id":"2"})",
                     {.on_error = io::error_policy::skip, .rejects = [&](io::reject const& one) {
                        CHECK(one.source == "text");
                        CHECK(one.position.line == 2);
                        CHECK(one.position.offset == 10 + one.position.column);
                        rejected.emplace_back(one.bytes);
                      }});
  CHECK(ids_of(std::move(reader)) == std::vector<std::string>{"1", "2"});
  CHECK(rejected == std::vector{line});
}

TEST_CASE("a document spread over lines is as many bad lines") {
  std::vector<std::uint64_t> lines;
  auto reader = read("{\n\"Id\":\n\"1\"\n}\n" + good,
                     {.on_error = io::error_policy::skip,
                      .rejects = [&](io::reject const& one) { lines.push_back(one.position.line); }});
  CHECK(ids_of(std::move(reader)) == std::vector<std::string>{"1"});
  CHECK(lines == std::vector<std::uint64_t>{1, 2, 3, 4});
}

TEST_CASE("nesting is accepted to 1024 levels and refused beyond") {
  auto const nested = [](std::size_t levels) {
    return R"({"Id":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + '}';
  };
  CHECK(problem_of(nested(1024)).empty());
  CHECK(problem_of(nested(1025)) == "text:1:1030: nested deeper than 1024 levels");
}

TEST_CASE("of equal names the first counts, and all are there") {
  auto reader = read(R"({"Id":"1","Id":"2","\u0049d":"3"})"
                     "\n"
                     R"({"a":0,"\u0049d":"3","Id":"2"})");
  auto it = reader.begin();
  CHECK(it->as<int>("Id") == 1);
  CHECK(it->size() == 3);
  CHECK((*it)[2].name() == "Id");
  CHECK((*++it).as<int>("Id") == 3);
}

TEST_CASE("escape sequences are resolved in names and values") {
  auto reader = read(R"({"\u0049\n\"":"\u00e4\ud83d\ude00\/\\\b\f\n\r\t"})");
  auto const& row = *reader.begin();
  CHECK(row.as<std::string>("I\n\"") == "\xC3\xA4\xF0\x9F\x98\x80/\\\b\f\n\r\t");
  CHECK(row.field("I\n\"")->raw() == R"("\u00e4\ud83d\ude00\/\\\b\f\n\r\t")");
}

TEST_CASE("a value that is not what was asked for names field and place") {
  auto reader = read("{\"Id\":\"x\",\"Tags\":[1],\"User\":null}");
  auto const& row = *reader.begin();
  using spillway::parse_error;
  CHECK_THROWS_WITH(row.as<int>("Id"), "text:1:7: expected an integer in field 'Id', found 'x'");
  CHECK_THROWS_WITH(row.as<int>("Tags"), "text:1:18: expected a value in field 'Tags', found '[1]'");
  CHECK_THROWS_WITH(row.as<int>("User"), "text:1:29: expected a value in field 'User', found 'null'");
  CHECK_THROWS_WITH(row.find<int>("Id"), "text:1:7: expected an integer in field 'Id', found 'x'");
  CHECK_THROWS_AS(row.as<int>("Nobody"), parse_error);
}

TEST_CASE("a value_error of the caller's step refuses the row with its place, anything else passes") {
  std::string text;
  for (int i = 1; i <= 1000; ++i) text += R"({"Id":")" + (i == 700 ? "x" : std::to_string(i)) + "\"}\n";
  auto const threads = GENERATE(1U, 2U, 3U);
  auto const step = [](io::json_row const& row, unsigned) { (void)row.as<int>("Id"); };
  CHECK_THROWS_WITH(read(text, {.chunk_size = 100}).for_each(threads, step),
                    "text:700:7: expected an integer in field 'Id', found 'x'");

  std::vector<std::string> rejected;
  auto const result = read(text, {.on_error = io::error_policy::skip,
                                  .rejects = [&](io::reject const& one) { rejected.emplace_back(one.bytes); },
                                  .chunk_size = 100})
                          .for_each(threads, step);
  CHECK(rejected == std::vector<std::string>{R"({"Id":"x"})"});
  CHECK(result.records == 999);
  CHECK(result.rejected == 1);
  CHECK(result.lines == 1000);
  CHECK(result.bytes == text.size());

  auto const thrower = [](io::json_row const& row, unsigned) {
    if (row.as<std::string_view>("Id") == "500") throw std::out_of_range{"mine"};
  };
  CHECK_THROWS_AS(read(text, {.on_error = io::error_policy::skip, .chunk_size = 100}).for_each(threads, thrower),
                  std::out_of_range);
}

TEST_CASE("batches are delivered in the order of the stream") {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += R"({"Id":)" + std::to_string(i) + "}\n";
  std::vector<int> ids;
  auto const result =
      read(text, {.chunk_size = 64})
          .for_each_batch(
              GENERATE(1U, 2U, 3U), [] { return std::vector<int>{}; },
              [](std::vector<int>& batch, io::json_row const& row) { batch.push_back(row.as<int>("Id")); },
              [&](std::vector<int>& batch) { ids.insert(ids.end(), batch.begin(), batch.end()); });
  REQUIRE(ids.size() == 3000);
  CHECK(std::ranges::is_sorted(ids));
  CHECK(result.records == 3000);
}

TEST_CASE("a document larger than a chunk makes the chunk grow") {
  auto const large = std::string(100'000, 'x');
  CHECK(ids_of(read(good + "\n{\"Id\":\"" + large + "\"}\n" + good, {.chunk_size = 64})) ==
        std::vector<std::string>{"1", large, "1"});
}

TEST_CASE("a line longer than the longest is an error with its line, without holding it") {
  CHECK_THROWS_WITH(ids_of(read(good + '\n' + good + std::string(1000, ' '), {.chunk_size = 16, .longest_record = 64})),
                    "text:2: record longer than 64 bytes");
  CHECK_THROWS_WITH(read(good + '\n' + good + std::string(1000, ' '), {.chunk_size = 16, .longest_record = 64})
                        .for_each(2, [](io::json_row const&, unsigned) {}),
                    "text:2: record longer than 64 bytes");
  spillway::memory_budget budget{4_MiB};
  auto reader = io::read_jsonl(std::make_unique<endless_line>(), {.longest_record = 1_MiB, .memory = &budget});
  CHECK_THROWS_WITH(reader.for_each(1, [](io::json_row const&, unsigned) {}),
                    "endless:1: record longer than 1048576 bytes");
}

TEST_CASE("everything that grows is counted against the budget") {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += R"({"Id":")" + std::to_string(i) + "\"}\n";
  spillway::memory_budget budget{64_MiB};
  auto reader = read(text, {.chunk_size = 64_KiB, .memory = &budget});
  reader.for_each(2, [](io::json_row const&, unsigned) {});
  CHECK(budget.peak() >= 64_KiB * 5);  // one thread may have done it all
  CHECK(budget.peak() <= 2 * 64_KiB * 5 + 64_KiB + 32_KiB);

  spillway::memory_budget small{100_KiB};
  CHECK_THROWS_AS(
      read(text, {.chunk_size = 64_KiB, .memory = &small}).for_each(1, [](io::json_row const&, unsigned) {}),
      spillway::budget_exceeded);
  CHECK(small.used() == 0);
}

TEST_CASE("a reader is read once") {
  auto reader = read(good);
  (void)reader.begin();
  CHECK_THROWS_AS(reader.begin(), spillway::argument_error);
  CHECK_THROWS_AS(reader.for_each(1, [](io::json_row const&, unsigned) {}), spillway::argument_error);
  CHECK_THROWS_AS(read(good).for_each(0, [](io::json_row const&, unsigned) {}), spillway::argument_error);
}

TEST_CASE("reading stops when asked to") {
  std::stop_source stop;
  auto reader = read(good + '\n' + good + '\n' + good + '\n', {.chunk_size = 11, .stop = stop.get_token()});
  auto it = reader.begin();
  stop.request_stop();
  CHECK_THROWS_AS(++it, spillway::cancelled);
}

TEST_CASE("names that are data do not make the reader grow without end") {
  spillway::memory_budget budget{32_MiB};
  std::string text;
  for (int i = 0; i < 50'000; ++i) {
    text += "{\"name" + std::to_string(i) + std::string(100, 'x') + "\":" + std::to_string(i) +
            ",\"Id\":" + std::to_string(i) + "}\n";
  }
  int sum = 0;
  auto reader = read(text, {.memory = &budget});
  for (auto const& row : reader) sum += row[0].as<int>() == row.as<int>("Id") ? 1 : 0;
  CHECK(sum == 50'000);
  CHECK(budget.peak() < 8_MiB);
}

static_assert(std::ranges::input_range<io::json_lines_reader>);
static_assert(std::is_nothrow_move_constructible_v<io::json_lines_reader>);
static_assert(!std::is_copy_constructible_v<io::json_lines_reader>);

TEST_CASE("a missing file is an io_error") {
  CHECK_THROWS_AS(io::read_jsonl(std::string{"no-such-folder/votes.jsonl"}), spillway::io_error);
}
