#include "support/catch.hpp"

#include <spillway/core/error.hpp>

#include <string>
#include <type_traits>

namespace {

std::string quoted(std::string_view text) { return spillway::value_error::quoted(text); }

static_assert(std::is_base_of_v<spillway::error, spillway::argument_error> &&
              std::is_base_of_v<spillway::error, spillway::io_error> &&
              std::is_base_of_v<spillway::error, spillway::corrupt_data> &&
              std::is_base_of_v<spillway::error, spillway::value_error> &&
              std::is_base_of_v<spillway::error, spillway::parse_error> &&
              std::is_base_of_v<spillway::error, spillway::budget_exceeded> &&
              std::is_base_of_v<spillway::error, spillway::cancelled>);

TEST_CASE("an input/output error says what was tried, on what, and why not") {
  spillway::io_error const failure{"open", "missing.csv", std::make_error_code(std::errc::no_such_file_or_directory)};
  CHECK(failure.what() == std::string{"open 'missing.csv': No such file or directory"});
  CHECK(failure.operation() == "open");
  CHECK(failure.path() == "missing.csv");
  CHECK(failure.code() == std::errc::no_such_file_or_directory);
}

TEST_CASE("damaged data is named with its byte") {
  spillway::corrupt_data const damage{"runs.bin", 4096, "the checksum differs"};
  CHECK(damage.what() == std::string{"runs.bin, byte 4096: the checksum differs"});
  CHECK(damage.offset() == 4096);
}

TEST_CASE("a value error quotes what was found") {
  spillway::value_error const wrong{"an integer", "12x"};
  CHECK(wrong.what() == std::string{"expected an integer, found '12x'"});
  CHECK(wrong.expected() == "an integer");
  CHECK(wrong.found() == "'12x'");
}

TEST_CASE("quoted text is one short line of printable characters") {
  CHECK(quoted("") == "''");
  CHECK(quoted("a\nb") == "'a\\x0ab'");
  CHECK(quoted(std::string_view{"\0\x7f\xff~", 4}) == "'\\x00\\x7f\\xff~'");
  CHECK(quoted(std::string(60, 'x')) == "'" + std::string(60, 'x') + "'");
  CHECK(quoted(std::string(61, 'x')) == "'" + std::string(60, 'x') + "'…");
}

TEST_CASE("a parse error begins with its place, as compilers write it") {
  spillway::parse_error const wrong{
      "events.csv", {.line = 17, .column = 3, .offset = 200}, "expected 2 fields, found 3"};
  CHECK(wrong.what() == std::string{"events.csv:17:3: expected 2 fields, found 3"});
  CHECK(wrong.source() == "events.csv");
  CHECK(wrong.position() == spillway::text_position{17, 3, 200});
  CHECK(wrong.problem() == "expected 2 fields, found 3");
}

TEST_CASE("a parse error of a whole line has no column") {
  spillway::parse_error const wrong{"votes.jsonl", {.line = 2}, "not an object"};
  CHECK(wrong.what() == std::string{"votes.jsonl:2: not an object"});
}

TEST_CASE("cancellation is an error of its own") { CHECK(spillway::cancelled{}.what() == std::string{"cancelled"}); }

}  // namespace
