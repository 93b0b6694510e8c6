#include "support/catch.hpp"

#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/memory_source.hpp>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

using rows = std::vector<std::vector<std::string>>;

rows read(std::string_view text, io::csv_format format, std::size_t chunk_size) {
  rows out;
  auto reader = io::read_csv(std::make_unique<io::memory_source>(text), {.delimiter = format.delimiter,
                                                                         .quote = format.quote,
                                                                         .header = io::csv_header::absent,
                                                                         .ragged = io::ragged_rows::keep,
                                                                         .chunk_size = chunk_size});
  for (auto const& row : reader) {
    auto& into = out.emplace_back();
    for (std::size_t i = 0; i < row.size(); ++i) into.emplace_back(row[i]);
  }
  return out;
}

}  // namespace

TEST_CASE("what the writer wrote reads back as it was") {
  std::mt19937 random{12};
  constexpr std::string_view alphabet{"ab ,;'\"\n\r\0\xEF\xBB\xBF", 13};
  constexpr std::array formats{io::csv_format{}, io::csv_format{.line_end = io::line_end::crlf},
                               io::csv_format{.delimiter = ';', .quote = '\''}};
  for (int round = 0; round < 1000; ++round) {
    auto const format = formats[random() % formats.size()];
    rows all;
    std::string text;
    io::csv_writer write{text, format};
    for (auto count = random() % 20; count != 0; --count) {
      auto& row = all.emplace_back();
      for (auto fields = 1 + random() % 4; fields != 0; --fields) {
        auto& field = row.emplace_back();
        for (auto size = random() % 6; size != 0; --size) field += alphabet[random() % alphabet.size()];
      }
      write(row);
    }
    CAPTURE(text);
    REQUIRE(read(text, format, 1 + random() % 100) == all);

    // And once more by way of the rows, which stand as they stood.
    std::string again;
    io::csv_writer copy{again, format};
    auto reader = io::read_csv(std::make_unique<io::memory_source>(text), {.delimiter = format.delimiter,
                                                                           .quote = format.quote,
                                                                           .header = io::csv_header::absent,
                                                                           .ragged = io::ragged_rows::keep});
    for (auto const& row : reader) copy(row);
    REQUIRE(again == text);
  }
}
