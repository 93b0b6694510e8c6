#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/json_text.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spillway::io::detail {

/// Objects and arrays within each other, the outermost counted.
inline constexpr std::size_t deepest_json = 1024;

constexpr bool is_json_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_decimal_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The four hexadecimal digits at the front of `text`.
constexpr std::optional<std::uint32_t> four_hex_digits(std::string_view text) noexcept {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (char const c : text.substr(0, 4)) {
    auto const lower = static_cast<char>(c | 0x20);
    if (is_decimal_digit(c)) {
      value = value * 16 + static_cast<std::uint32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

/// What an escape sequence stands for.
struct json_escape {
  std::size_t size = 0;  ///< of the sequence, backslash included; 0 if it is malformed
  std::uint32_t code_point = 0;
};

/// Reads the escape sequence that `text` begins with. Half a surrogate pair is malformed: UTF-8 can't say it.
constexpr json_escape read_json_escape(std::string_view text) noexcept {
  constexpr std::string_view letters = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  if (text.size() < 2) return {};
  if (auto const simple = letters.find(text[1]); simple != std::string_view::npos) {
    return {2, static_cast<unsigned char>(meanings[simple])};
  }
  if (text[1] != 'u') return {};
  auto const high = four_hex_digits(text.substr(2));
  if (!high || (*high >= 0xDC00 && *high <= 0xDFFF)) return {};
  if (*high < 0xD800 || *high > 0xDFFF) return {6, *high};
  if (text.substr(6, 2) != "\\u") return {};
  auto const low = four_hex_digits(text.substr(8));
  if (!low || *low < 0xDC00 || *low > 0xDFFF) return {};
  return {12, 0x10000U + ((*high - 0xD800U) << 10U) + (*low - 0xDC00U)};
}

/// Bytes of the number that `text` begins with, as RFC 8259 spells numbers; 0 if there is none.
constexpr std::size_t json_number(std::string_view text) noexcept {
  std::size_t at = 0;
  auto const is_digit = [&] { return at < text.size() && is_decimal_digit(text[at]); };
  auto const digits = [&] {
    auto const from = at;
    while (is_digit()) ++at;
    return at != from;
  };
  if (text.starts_with('-')) ++at;
  if (at < text.size() && text[at] == '0') {
    ++at;
  } else if (!digits()) {
    return 0;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (!digits()) return 0;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!digits()) return 0;
  }
  return at;
}

/// What is wrong with a line, and where in it.
struct json_fault {
  std::size_t offset = 0;
  std::string problem;
};

/// A strict, plain reader that finds the first fault of a line. The fast path only knows that there is one.
class json_fault_finder {
 public:
  explicit json_fault_finder(std::string_view line) : line_{line} {}

  std::optional<json_fault> find() {
    skip_blanks();
    if (peek() != '{') {
      fail("a JSON object");
    } else if (value()) {
      skip_blanks();
      if (at_ == line_.size()) return std::nullopt;
      fail("the end of the line after the object");
    }
    return fault_;
  }

 private:
  bool value() {
    skip_blanks();
    auto const rest = line_.substr(at_);
    switch (peek()) {
      case '{':
        return nested(&json_fault_finder::object);
      case '[':
        return nested(&json_fault_finder::array);
      case '"':
        return string();
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        break;
    }
    auto const size = json_number(rest);
    if (size == 0) return fail("a value");
    return scalar_end(size);
  }

  bool literal(std::string_view word) {
    if (!line_.substr(at_).starts_with(word)) return fail("a value");
    return scalar_end(word.size());
  }

  /// A word or number must not run on: `01`, `truest`.
  bool scalar_end(std::size_t size) {
    auto const next = line_.substr(at_ + size, 1);
    constexpr std::string_view ends = " \t\r\n,]}:{[";
    if (!next.empty() && ends.find(next[0]) == std::string_view::npos) return fail("a value");
    at_ += size;
    return true;
  }

  bool nested(bool (json_fault_finder::*container)()) {
    if (++depth_ > deepest_json) {
      return fail_as("nested deeper than " + std::to_string(deepest_json) + " levels");
    }
    ++at_;
    if (!(this->*container)()) return false;
    --depth_;
    return true;
  }

  bool object() {
    skip_blanks();
    if (take('}')) return true;
    for (;;) {
      skip_blanks();
      if (peek() != '"') return fail("a field's name in quotes");
      if (!string()) return false;
      skip_blanks();
      if (!take(':')) return fail("':' after a field's name");
      if (!value()) return false;
      skip_blanks();
      if (take('}')) return true;
      if (!take(',')) return fail("',' or '}' after a field");
    }
  }

  bool array() {
    skip_blanks();
    if (take(']')) return true;
    for (;;) {
      if (!value()) return false;
      skip_blanks();
      if (take(']')) return true;
      if (!take(',')) return fail("',' or ']' after an element");
    }
  }

  bool string() {
    auto const open = at_++;
    while (at_ < line_.size()) {
      auto const c = line_[at_];
      if (take('"')) return true;
      if (static_cast<unsigned char>(c) < 0x20) return fail("no control character in a string");
      auto const rest = line_.substr(at_);
      auto const size = c == '\\' ? read_json_escape(rest).size : utf8_length(rest);
      if (size == 0) return fail(c == '\\' ? "an escape sequence" : "UTF-8");
      at_ += size;
    }
    at_ = open;
    return fail_as("string without its closing quote");
  }

  [[nodiscard]] char peek() const noexcept { return at_ < line_.size() ? line_[at_] : '\0'; }

  bool take(char c) noexcept {
    if (at_ == line_.size() || line_[at_] != c) return false;
    ++at_;
    return true;
  }

  void skip_blanks() noexcept {
    while (at_ < line_.size() && is_json_blank(line_[at_])) ++at_;
  }

  bool fail(std::string_view expected) {
    constexpr std::size_t enough = 20;
    auto const found = line_.substr(at_, enough);
    return fail_as("expected " + std::string{expected} + ", found " +
                   (found.empty() ? "the end of the line" : value_error::quoted(found)));
  }

  bool fail_as(std::string problem) {
    fault_ = json_fault{at_, std::move(problem)};
    return false;
  }

  std::string_view line_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::optional<json_fault> fault_;
};

/// The first fault of a line that should be one JSON object; nothing if it is one.
inline std::optional<json_fault> find_json_fault(std::string_view line) { return json_fault_finder{line}.find(); }

}  // namespace spillway::io::detail
