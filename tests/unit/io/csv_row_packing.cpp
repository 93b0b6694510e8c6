#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_row_packing.hpp>
#include <spillway/io/memory_source.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace io = spillway::io;
using spillway::argument_error;
using spillway::value_error;

io::csv_reader reader_of(std::string_view text, io::csv_options options = {}) {
  return io::read_csv(std::make_unique<io::memory_source>(text), std::move(options));
}

/// With not a byte more than it has, so that a sanitizer sees what reads past it.
struct packed_row {
  packed_row(io::csv_row_packing const& packing, io::csv_row const& row)
      : size{packing.size(row)}, bytes{std::make_unique<char[]>(size)} {
    packing.write(row, bytes.get());
  }
  [[nodiscard]] std::string_view view() const { return {bytes.get(), size}; }
  std::size_t size;
  std::unique_ptr<char[]> bytes;
};

bool is_same(io::csv_row const& a, io::csv_row const& b) {
  bool same = a.size() == b.size() && a.verbatim() == b.verbatim();
  for (std::size_t i = 0; same && i < a.size(); ++i) {
    same = a[i] == b[i] && a.verbatim(i) == b.verbatim(i) && a.quoted(i) == b.quoted(i);
  }
  return same;
}

/// How many rows came back as they were, by one buffer.
std::size_t count_same(io::csv_reader& reader) {
  io::csv_row_packing const packing{reader};
  io::csv_row_packing::buffer buffer;
  std::size_t rows = 0;
  for (auto const& row : reader) {
    packed_row const packed{packing, row};
    auto const& again = packing.read(packed.view(), buffer);
    if (!is_same(row, again)) FAIL("row " << rows << " differs: " << value_error::quoted(row.verbatim()));
    ++rows;
  }
  return rows;
}

}  // namespace

TEST_CASE("packed rows come back whatever is in them") {
  auto reader = reader_of(
      "a,b,c\n"
      "1,2,3\n"
      ",,\n"
      "\"x\",\"\",\"a,b\nc\"\n"
      "\"\"\"\",\"q\"\"q\",\"\"\"a\"\"\"\n"
      "crlf,ends,it\r\n"
      "a,carriage,return\r\r\n"
      "two,carriage,returns\r\r\r\n"
      "quoted,then,\"crlf\"\r\n"
      "a\rb,\rc,d\n");
  CHECK(count_same(reader) == 9);
}

TEST_CASE("a row of one column may be empty") {
  auto reader = reader_of("a\n\n\r\n\r\r\n\"\"\nx\n");
  CHECK(count_same(reader) == 5);
}

TEST_CASE("dialects and ragged rows are packed too") {
  auto semicolons = reader_of("a;b\n'x;''y';1\n\"z\";2\n", {.delimiter = ';', .quote = '\''});
  CHECK(count_same(semicolons) == 2);
  auto unquoted = reader_of("a\tb\n\"x\t1\n\"\"y\"\t\"\n", {.delimiter = '\t', .quote = std::nullopt});
  CHECK(count_same(unquoted) == 2);
  auto kept = reader_of("a,b\n1\n1,2\n1,2,3\n", {.ragged = io::ragged_rows::keep});
  CHECK(count_same(kept) == 3);
  auto padded = reader_of("a,b,c\n1\n1,2\n1,2,3\n", {.ragged = io::ragged_rows::pad});
  CHECK(count_same(padded) == 3);
  auto headless = reader_of("1,2\n3,4\n", {.header = io::csv_header::absent});
  CHECK(count_same(headless) == 2);
}

TEST_CASE("rows of every length around blocks of 64 bytes come back") {
  std::mt19937 random{3};
  std::string text{"a,b,c,d\n"};
  std::size_t rows = 0;
  for (std::size_t size = 0; size < 260; ++size) {
    for (int variant = 0; variant < 4; ++variant, ++rows) {
      std::string fields[4];
      for (std::size_t i = 0; i < size; ++i) fields[random() % 4] += variant == 0 ? 'x' : "xy\r\",\n"[random() % 6];
      for (auto& field : fields) {
        std::string quoted{"\""};
        for (char const c : field) quoted += c == '"' ? std::string{"\"\""} : std::string{c};
        field = field.find_first_of("\",\n") != std::string::npos || variant == 3 ? quoted + '"' : field;
      }
      text += fields[0] + ',' + fields[1] + ',' + fields[2] + ',' + fields[3] + (variant == 2 ? "\r\n" : "\n");
    }
  }
  auto reader = reader_of(text);
  CHECK(count_same(reader) == rows);
}

TEST_CASE("a row of thousands of fields comes back") {
  std::string const line(5000, ',');
  auto const text = line + "\n" + line + "\n";
  auto reader = reader_of(text, {.header = io::csv_header::absent});
  CHECK(count_same(reader) == 2);
}

TEST_CASE("a copy of an unpacked row outlives bytes, buffer, packing and reader") {
  std::optional<io::csv_row> copy;
  {
    auto reader = reader_of("a,b\n1,\"x\"\"y\"\n");
    io::csv_row_packing const packing{reader};
    io::csv_row_packing::buffer buffer;
    packed_row const packed{packing, *reader.begin()};
    copy = packing.read(packed.view(), buffer);
  }
  CHECK((*copy)["b"] == "x\"y");
  CHECK(copy->as<int>("a") == 1);
  CHECK(copy->line() == std::nullopt);
}

TEST_CASE("a buffer that is moved keeps its row") {
  auto reader = reader_of("a,b\n1,\"x\"\"y\"\n");
  io::csv_row_packing const packing{reader};
  packed_row const packed{packing, *reader.begin()};
  std::vector<io::csv_row_packing::buffer> buffers(1);
  CHECK(packing.read(packed.view(), buffers[0])[1] == "x\"y");
  buffers.resize(10);
  CHECK(packing.read(packed.view(), buffers[0])[1] == "x\"y");
  CHECK(packing.read(packed.view(), buffers[9])[0] == "1");
}

TEST_CASE("a value of an unpacked row that is refused has no place") {
  auto reader = reader_of("a,b\n1,x\n");
  io::csv_row_packing const packing{reader};
  io::csv_row_packing::buffer buffer;
  packed_row const packed{packing, *reader.begin()};
  CHECK_THROWS_AS(packing.read(packed.view(), buffer).as<int>("b"), value_error);
}

TEST_CASE("rows are packed if they have the columns and the dialect of the packing") {
  auto reader = reader_of("a,b\n1,2\n");
  io::csv_row_packing const packing{reader};
  auto const refuses = [&](std::string_view text, io::csv_options options = {}) {
    auto other = reader_of(text, std::move(options));
    auto const row = *other.begin();
    try {
      static_cast<void>(packing.size(row));
      return false;
    } catch (argument_error const&) {
      return true;
    }
  };
  CHECK_FALSE(refuses("a,b\n3,4\n"));
  CHECK(refuses("b,a\n3,4\n"));
  CHECK(refuses("a,b,c\n3,4,5\n"));
  CHECK(refuses("a;b\n3;4\n", {.delimiter = ';'}));
  CHECK(refuses("a,b\n3,4\n", {.quote = '\''}));
  CHECK(refuses("a,b\n3,4\n", {.ragged = io::ragged_rows::pad}));
  CHECK_THROWS_AS(packing.size(io::csv_row{}), argument_error);
}

TEST_CASE("bytes that are not one row are refused") {
  auto reader = reader_of("a,b\n1,2\n");
  io::csv_row_packing const packing{reader};
  io::csv_row_packing::buffer buffer;
  for (std::string_view const bytes : {"", "1", "1,2,3", "1,2\n", "1\n,2", "1,\"", "1,\"2", "1,2\"", "1,\"2\"x",
                                       "\"\"\",2", "\"1\"\r,2", "\"1\" ,2"}) {
    INFO(bytes);
    CHECK_THROWS_AS(packing.read(bytes, buffer), value_error);
  }
  CHECK(packing.read("1,2", buffer)[1] == "2");
}

TEST_CASE("damaged bytes are refused or read as something, and nothing behind them is read") {
  std::string const line =
      "one,\"two, \"\"2\"\"\",three,\"4\n4\"," + std::string(100, 'x') + ",\"" + std::string(70, 'y') + "\"";
  auto reader = reader_of("a,b,c,d,e,f\n" + line + "\n", {.ragged = io::ragged_rows::keep});
  io::csv_row_packing const packing{reader};
  io::csv_row_packing::buffer buffer;
  std::mt19937 random{1};
  int refused = 0;
  std::size_t bytes_seen = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto const size = random() % 4 == 0 ? random() % (line.size() + 1) : line.size();
    auto const exact = std::make_unique<char[]>(size);
    line.copy(exact.get(), size);
    for (auto flips = random() % 4; flips != 0 && size != 0; --flips) exact[random() % size] = ",\"\n\rx"[random() % 5];
    try {
      auto const& row = packing.read({exact.get(), size}, buffer);
      for (std::size_t field = 0; field < row.size(); ++field) bytes_seen += row[field].size();
      auto const copy = row;
      if (!is_same(copy, row)) FAIL("a copy differs");
    } catch (value_error const&) {
      ++refused;
    }
  }
  CHECK(refused > 1000);
  CHECK(refused < 19'000);
  CHECK(bytes_seen > 0);
}

TEST_CASE("a buffer takes its memory from where it is told") {
  auto reader = reader_of("a,b\n1,\"x\"\n");
  io::csv_row_packing const packing{reader};
  spillway::memory_budget budget{10'000};
  io::csv_row_packing::buffer buffer{&budget};
  packed_row const packed{packing, *reader.begin()};
  CHECK(packing.read(packed.view(), buffer)[1] == "x");
  CHECK(budget.used() > 0);
}
