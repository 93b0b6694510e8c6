#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillway::test {

/// What a plain reading, one line at a time with simdjson's other interface, finds.
struct json_lines_reading {
  struct field {
    std::string name;
    /// What a string says; empty for anything else.
    std::string text;
    bool is_string = false;
    friend bool operator==(field const&, field const&) = default;
  };
  struct row {
    std::uint64_t line = 0;
    std::uint64_t offset = 0;
    std::string bytes;
    std::vector<field> fields;
    friend bool operator==(row const&, row const&) = default;
  };
  struct bad_line {
    std::uint64_t line = 0;
    std::string bytes;
    friend bool operator==(bad_line const&, bad_line const&) = default;
  };
  std::vector<row> rows;
  std::vector<bad_line> bad;
  std::uint64_t lines = 0;
};

/// Whether text has an escaped low half of a surrogate pair that no high half precedes, which old versions of simdjson
/// turn into bytes that are not UTF-8.
inline bool has_lone_low_surrogate(std::string_view text) {
  auto const is_half = [&](std::size_t at, char from, char to) {
    if (text.substr(at, 2) != "\\u" || at + 6 > text.size()) return false;
    auto const lower = [&](std::size_t i) { return static_cast<char>(text[at + i] | 0x20); };
    return lower(2) == 'd' && lower(3) >= from && lower(3) <= to;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') continue;
    auto const is_high = is_half(at, '8', '9') || is_half(at, 'a', 'b');
    if (is_high) {
      at += 11;
    } else if (is_half(at, 'c', 'f')) {
      return true;
    } else {
      ++at;
    }
  }
  return false;
}

/// The line with at most two digits of each digit sequence outside strings: simdjson refuses numbers that neither 64
/// bits nor a double can hold, which are JSON none the less.
inline std::string with_small_numbers(std::string_view line) {
  std::string out;
  bool in_string = false;
  std::size_t digits = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    auto const c = line[at];
    digits = !in_string && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits <= 2) out += c;
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\' && at + 1 < line.size()) out += line[++at];
  }
  return out;
}

inline std::optional<std::vector<json_lines_reading::field>> parse_json_object(std::string_view line) {
  simdjson::dom::parser parser;
  if (parser.allocate(line.size() + 64, 1025) != simdjson::SUCCESS) return std::nullopt;
  simdjson::dom::object object;
  simdjson::padded_string const padded{with_small_numbers(line)};
  if (has_lone_low_surrogate(line)) return std::nullopt;
  if (parser.parse(padded).get(object) != simdjson::SUCCESS) return std::nullopt;
  std::vector<json_lines_reading::field> fields;
  for (auto const& [name, value] : object) {
    std::string_view text;
    auto const is_string = value.get(text) == simdjson::SUCCESS;
    fields.push_back({std::string{name}, std::string{is_string ? text : std::string_view{}}, is_string});
  }
  return fields;
}

inline json_lines_reading read_json_lines(std::string_view text) {
  json_lines_reading reading;
  std::uint64_t offset = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (offset < text.size()) {
    auto const rest = text.substr(offset);
    auto const newline = rest.find('\n');
    auto line = rest.substr(0, newline);
    auto const next = newline == std::string_view::npos ? text.size() : offset + newline + 1;
    ++reading.lines;
    if (newline != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      if (auto fields = parse_json_object(line)) {
        reading.rows.push_back({reading.lines, offset, std::string{line}, std::move(*fields)});
      } else {
        reading.bad.push_back({reading.lines, std::string{line}});
      }
    }
    offset = next;
  }
  return reading;
}

}  // namespace spillway::test
