#pragma once

#include <spillway/core/error.hpp>

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace spillway {

/// How a value of type `T` is read from text: specialise it with `static T parse(std::string_view)`, which takes the
/// whole text or throws `value_error`. Readers use it for `row.as<T>(column)`.
template <class T>
struct text_parser;

/// A type that can be read from text.
template <class T>
concept text_parsable = requires(std::string_view text) {
  { text_parser<T>::parse(text) } -> std::same_as<T>;
};

/// Reads all of `text` as a `T`, without locale and without trimming.
/// \throws value_error with what was expected and what was found.
template <text_parsable T>
[[nodiscard]] T parse_text(std::string_view text) {
  return text_parser<T>::parse(text);
}

/// Decimal integers with an optional minus sign, in the range of `T`; no plus sign, no blanks.
template <class T>
  requires std::integral<T> && (!std::same_as<T, bool>) && (!std::same_as<T, char>)
struct text_parser<T> {
  static T parse(std::string_view text) {
    T value{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) throw value_error{"an integer in range", text};
    if (error != std::errc{} || end != text.data() + text.size()) throw value_error{"an integer", text};
    return value;
  }
};

/// Correctly rounded decimal or scientific notation, `inf`, `infinity` and `nan` in any case.
template <std::floating_point T>
struct text_parser<T> {
  static T parse(std::string_view text) {
    T value{};
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) throw value_error{"a number in range", text};
    if (error != std::errc{} || end != text.data() + text.size()) throw value_error{"a number", text};
    return value;
  }
};

/// `true` and `false` in lower, upper or title case; `1` and `0`.
template <>
struct text_parser<bool> {
  static bool parse(std::string_view text) {
    if (text == "true" || text == "1" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "0" || text == "False" || text == "FALSE") return false;
    throw value_error{"true or false", text};
  }
};

template <>
struct text_parser<std::string_view> {
  static std::string_view parse(std::string_view text) { return text; }
};

template <>
struct text_parser<std::string> {
  static std::string parse(std::string_view text) { return std::string{text}; }
};

/// Empty text is no value.
template <text_parsable T>
struct text_parser<std::optional<T>> {
  static std::optional<T> parse(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return text_parser<T>::parse(text);
  }
};

}  // namespace spillway
