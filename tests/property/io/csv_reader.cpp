#include "support/catch.hpp"
#include "support/csv_oracle.hpp"

#include <spillway/io/csv_reader.hpp>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
using csv_oracle::reading;

void take_rejects(io::csv_options& options, reading& into) {
  options.rejects = [&into](io::reject const& refused) {
    into.rejects.push_back({refused.position, std::string{refused.bytes}});
  };
}

reading read_in_sequence(std::string const& text, io::csv_options options) {
  reading out;
  take_rejects(options, out);
  auto reader = io::read_csv(csv_oracle::source_of(text), options);
  out.header.assign(reader.header().begin(), reader.header().end());
  for (auto const& row : reader) out.rows.push_back(csv_oracle::take_down(row));
  out.lines = reader.result().lines;
  REQUIRE(reader.result().records == out.rows.size());
  REQUIRE(reader.result().rejected == out.rejects.size());
  REQUIRE(reader.result().bytes == text.size());
  return out;
}

reading read_in_batches(std::string const& text, io::csv_options options, unsigned threads) {
  using batch = std::vector<csv_oracle::row>;
  reading out;
  take_rejects(options, out);
  auto reader = io::read_csv(csv_oracle::source_of(text), options);
  out.header.assign(reader.header().begin(), reader.header().end());
  auto const result = reader.for_each_batch(
      threads, [] { return batch{}; },
      [](batch& into, io::csv_row const& row) { into.push_back(csv_oracle::take_down(row)); },
      [&](batch const& rows) { out.rows.insert(out.rows.end(), rows.begin(), rows.end()); });
  out.lines = result.lines;
  REQUIRE(result.records == out.rows.size());
  REQUIRE(result.rejected == out.rejects.size());
  REQUIRE(result.bytes == text.size());
  return out;
}

/// What is wrong first, if reading stops at it.
template <class Read>
std::optional<spillway::text_position> failure_of(Read&& read) {
  try {
    read();
  } catch (spillway::parse_error const& e) {
    return e.position();
  }
  return std::nullopt;
}

void check_all_ways(std::string const& text, io::csv_options options) {
  CAPTURE(text, options.chunk_size);
  auto const expected = csv_oracle::state_machine{text, options}.read();
  bool const header = options.header == io::csv_header::present;
  bool const has_rows = !expected.rows.empty() || !expected.rejects.empty() || !expected.header.empty();
  options.on_error = io::error_policy::skip;
  if (header && expected.header.empty()) {
    auto const failure = failure_of([&] { (void)io::read_csv(csv_oracle::source_of(text), options); });
    REQUIRE(failure);
    if (has_rows) REQUIRE(*failure == expected.rejects.front().position);
    return;
  }

  REQUIRE(read_in_sequence(text, options) == expected);
  auto without_lines = expected;
  for (auto& row : without_lines.rows) row.line = 0;
  for (unsigned threads = 1; threads <= 3; ++threads) {
    REQUIRE(read_in_batches(text, options, threads) == without_lines);
  }

  options.on_error = io::error_policy::fail;
  std::optional<spillway::text_position> first;
  if (!expected.rejects.empty()) first = expected.rejects.front().position;
  REQUIRE(failure_of([&] { read_in_sequence(text, options); }) == first);
  REQUIRE(failure_of([&] { read_in_batches(text, options, 2); }) == first);
}

io::csv_options any_options(std::mt19937& random) {
  auto const pick = [&](unsigned below) { return random() % below; };
  io::csv_options options;
  options.header = pick(2) == 0 ? io::csv_header::present : io::csv_header::absent;
  options.ragged = std::array{io::ragged_rows::error, io::ragged_rows::pad, io::ragged_rows::keep}[pick(3)];
  options.chunk_size = pick(4) == 0 ? 1 + pick(300) : 1 + pick(12);
  if (pick(8) == 0) options.quote = std::nullopt;
  return options;
}

}  // namespace

TEST_CASE("random bytes read as the state machine says, whatever the chunk size and the number of threads") {
  std::mt19937 random{20160726};
  constexpr std::string_view alphabet{"aab,,\"\"\n\n\r\0\xff", 12};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    if (random() % 16 == 0) text = "\xEF\xBB\xBF";
    auto const size = random() % (round % 10 == 0 ? 400 : 40);
    while (text.size() < size) text += alphabet[random() % alphabet.size()];
    check_all_ways(text, any_options(random));
  }
}

TEST_CASE("mostly well-formed CSV reads as the state machine says") {
  std::mt19937 random{10};
  for (int round = 0; round < 1000; ++round) {
    auto const columns = 1 + random() % 4;
    std::string text;
    for (auto rows = random() % 30; rows != 0; --rows) {
      for (std::size_t i = 0; i < columns; ++i) {
        if (i != 0) text += ',';
        std::string const field(random() % 20, 'x');
        text += random() % 4 == 0 ? '"' + field + "\"\"" + (random() % 2 == 0 ? ",\n" : "\r\n") + '"' : field;
      }
      text += random() % 4 == 0 ? "\r\n" : "\n";
    }
    if (!text.empty() && random() % 3 == 0) text[random() % text.size()] = "\",\n\rx"[random() % 5];
    if (!text.empty() && random() % 3 == 0) text.pop_back();
    check_all_ways(text, any_options(random));
  }
}

TEST_CASE("copied rows survive the reader") {
  std::mt19937 random{11};
  for (int round = 0; round < 200; ++round) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "ab,,\"\"\"\"\n\r"[random() % 9];
    io::csv_options options{.header = io::csv_header::absent,
                            .ragged = io::ragged_rows::pad,
                            .on_error = io::error_policy::skip,
                            .chunk_size = 1 + random() % 64};
    auto const expected = csv_oracle::state_machine{text, options}.read();
    std::vector<io::csv_row> copies;
    {
      auto reader = io::read_csv(csv_oracle::source_of(text), options);
      for (auto const& row : reader) copies.push_back(row);
    }
    std::vector<csv_oracle::row> found;
    for (auto const& copy : copies) found.push_back(csv_oracle::take_down(io::csv_row{copy}));
    REQUIRE(found == expected.rows);
  }
}
