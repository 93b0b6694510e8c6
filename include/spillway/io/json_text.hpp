#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace spillway::io {

namespace detail {

/// The length of the well-formed UTF-8 character that `text` begins with; 0 if it begins with none (Unicode 15, table
/// 3-7).
constexpr std::size_t utf8_length(std::string_view text) noexcept {
  auto const byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  auto const within = [&](std::size_t at, unsigned low, unsigned high) { return byte(at) >= low && byte(at) <= high; };
  auto const first = byte(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xc2 && first <= 0xdf) return within(1, 0x80, 0xbf) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    auto const low = first == 0xe0 ? 0xa0U : 0x80U;
    auto const high = first == 0xed ? 0x9fU : 0xbfU;
    return within(1, low, high) && within(2, 0x80, 0xbf) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    auto const low = first == 0xf0 ? 0x90U : 0x80U;
    auto const high = first == 0xf4 ? 0x8fU : 0xbfU;
    return within(1, low, high) && within(2, 0x80, 0xbf) && within(3, 0x80, 0xbf) ? 4 : 0;
  }
  return 0;
}

}  // namespace detail

/// Appends `text` as a JSON string with its quotes (RFC 8259). The result is valid whatever `text` holds: a byte that
/// is not part of a well-formed UTF-8 character becomes U+FFFD.
inline void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    auto const length = detail::utf8_length(text);
    auto const c = text.front();
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else if (length > 1) {
      out += text.substr(0, length);
    } else if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < ' ') {
      out += {'\\',
              'u',
              '0',
              '0',
              digits[static_cast<unsigned char>(c) >> 4U],
              digits[static_cast<unsigned char>(c) & 15U]};
    } else {
      out += c;
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
}

}  // namespace spillway::io
