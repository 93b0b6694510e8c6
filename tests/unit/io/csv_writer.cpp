#include "support/catch.hpp"

#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/memory_source.hpp>

#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

std::string rewritten(std::string_view text, io::csv_options options, io::csv_format format) {
  options.header = io::csv_header::absent;
  auto reader = io::read_csv(std::make_unique<io::memory_source>(text), options);
  std::string out;
  io::csv_writer write{out, format};
  for (auto const& row : reader) write(row);
  return out;
}

}  // namespace

TEST_CASE("fields are quoted only where they must be") {
  std::string out;
  io::csv_writer write{out};
  write({"plain", "with space", "1.5", ""});
  write({"a,b", "say \"hi\"", "two\nlines", "cr\r"});
  write(std::vector<std::string>{"x"});
  CHECK(out == "plain,with space,1.5,\n\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"cr\r\"\nx\n");
  CHECK(write.rows() == 3);
}

TEST_CASE("a row of one empty field is not a blank line") {
  std::string out;
  io::csv_writer write{out};
  write({""});
  write({"", ""});
  CHECK(out == "\"\"\n,\n");
}

TEST_CASE("what looks like a byte order mark is quoted at the start") {
  std::string out;
  io::csv_writer write{out};
  write({"\xEF\xBB\xBF"});
  write({"\xEF\xBB\xBF"});
  CHECK(out == "\"\xEF\xBB\xBF\"\n\xEF\xBB\xBF\n");
}

TEST_CASE("other delimiters, quotes and line ends") {
  std::string out;
  io::csv_writer write{out, {.delimiter = ';', .quote = '\'', .line_end = io::line_end::crlf}};
  write({"a,b", "c;d", "it's", "\""});
  CHECK(out == "a,b;'c;d';'it''s';\"\r\n");
  CHECK_THROWS_AS((io::csv_writer{out, {.delimiter = '"'}}), spillway::argument_error);
  CHECK_THROWS_AS((io::csv_writer{out, {.quote = '\r'}}), spillway::argument_error);
}

TEST_CASE("fields one by one") {
  std::string out;
  io::csv_writer write{out};
  write.field("a");
  write.field("b");
  write.end_row();
  write.end_row();
  write.field("");
  write.end_row();
  CHECK(out == "a,b\n\"\"\n");
}

TEST_CASE("rows that were read are written byte for byte") {
  CHECK(rewritten("\"a\",b\r\n\"c \"\"\",\n", {}, {}) == "\"a\",b\n\"c \"\"\",\n");
}

TEST_CASE("rows that were read in another dialect are written anew") {
  CHECK(rewritten("'a;b';c,d\n", {.delimiter = ';', .quote = '\''}, {}) == "a;b,\"c,d\"\n");
  CHECK(rewritten("\"a,b\n", {.quote = std::nullopt}, {}) == "\"\"\"a\",b\n");
}

TEST_CASE("a CR at the end of a row's data is not taken for half a line end") {
  CHECK(rewritten("a,b\r\r\n", {}, {}) == "a,\"b\r\"\n");
}

TEST_CASE("rows that are written already are appended as they are and counted") {
  std::string out;
  io::csv_writer write{out};
  write({"a", "b"});
  write.append_rows("1,2\n3,\"4\"\n", 2);
  write({"5", "6"});
  CHECK(out == "a,b\n1,2\n3,\"4\"\n5,6\n");
  CHECK(write.rows() == 4);
  write.field("7");
  CHECK_THROWS_AS(write.append_rows("1,2\n", 1), spillway::argument_error);
}
