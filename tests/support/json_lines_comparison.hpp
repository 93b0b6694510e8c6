#pragma once

#include "support/json_lines_oracle.hpp"

#include <spillway/io/json_lines.hpp>
#include <spillway/io/memory_source.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::test {

/// The row as the oracle tells it. The line is not known to steps that run concurrently.
inline json_lines_reading::row told(io::json_row const& row) {
  json_lines_reading::row out{row.line().value_or(0), row.offset(), std::string{row.verbatim()}, {}};
  for (auto const& field : row) {
    auto const is_string = field.kind() == io::json_kind::string;
    out.fields.push_back({std::string{field.name()}, is_string ? std::string{field.text()} : "", is_string});
  }
  return out;
}

/// Whether every name looks up the first field that has it.
inline bool looks_up_first(io::json_row const& row) {
  for (std::size_t slot = row.size(); slot-- > 0;) {
    auto const name = row[slot].name();
    std::size_t first = 0;
    while (row[first].name() != name) ++first;
    if (row.field(name)->raw().data() != row[first].raw().data()) return false;
  }
  return !row.contains("a name that no row has");
}

/// Reads `text` by iterating and on `threads` threads; what differs from the oracle, or nothing.
inline std::optional<std::string> compare_json_lines(std::string_view text, std::size_t chunk_size, unsigned threads) {
  auto expected = read_json_lines(text);

  std::vector<json_lines_reading::bad_line> bad;
  bool good_places = true;
  auto const options = [&] {
    return io::json_lines_options{.on_error = io::error_policy::skip,
                                  .rejects =
                                      [&](io::reject const& one) {
                                        bad.push_back({one.position.line, std::string{one.bytes}});
                                        auto const begin = one.position.offset + 1 - one.position.column;
                                        good_places = good_places && one.position.column != 0 &&
                                                      text.substr(begin).starts_with(one.bytes) &&
                                                      one.position.column <= one.bytes.size() + 1 &&
                                                      one.problem != "not a JSON object";
                                      },
                                  .chunk_size = chunk_size};
  };
  auto const open = [&] { return io::read_jsonl(std::make_unique<io::memory_source>(text), options()); };

  std::vector<json_lines_reading::row> rows;
  std::vector<io::json_row> copies;
  bool good_look_ups = true;
  auto reader = open();
  for (auto const& row : reader) {
    rows.push_back(told(row));
    good_look_ups = good_look_ups && looks_up_first(row);
    copies.push_back(row);
  }
  if (rows != expected.rows) return "rows differ";
  if (bad != expected.bad) return "rejects differ";
  if (!good_places) return "a reject's place or problem is wrong";
  if (!good_look_ups) return "a look-up is wrong";
  if (reader.result().lines != expected.lines) return "lines differ";
  for (std::size_t i = 0; i < copies.size(); ++i) {
    if (told(copies[i]) != expected.rows[i] || !looks_up_first(copies[i])) return "a copy differs";
  }

  bad.clear();
  rows.clear();
  auto const result = open().for_each_batch(
      threads, [] { return std::vector<json_lines_reading::row>{}; },
      [](auto& batch, io::json_row const& row) { batch.push_back(told(row)); },
      [&](auto& batch) { rows.insert(rows.end(), batch.begin(), batch.end()); });
  for (auto& row : expected.rows) row.line = 0;
  if (rows != expected.rows) return "rows of several threads differ";
  if (bad != expected.bad) return "rejects of several threads differ";
  if (result.lines != expected.lines || result.rejected != bad.size() || result.records != rows.size()) {
    return "counts of several threads differ";
  }
  return std::nullopt;
}

}  // namespace spillway::test
