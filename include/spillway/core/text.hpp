#pragma once

#include <spillway/core/error.hpp>

#include <bit>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

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

namespace detail {

/// More than 16 digits can say.
inline constexpr auto no_digits = ~std::uint64_t{0};

inline constexpr std::uint64_t eight_zeros = 0x3030'3030'3030'3030U;

/// The value of 8 decimal digits, the first in the lowest byte; `no_digits` if one is none. Added up two, four and
/// eight at a time.
constexpr std::uint64_t eight_digits(std::uint64_t word) noexcept {
  word ^= eight_zeros;
  constexpr std::uint64_t to_high_bit = 0x7676'7676'7676'7676U;  // from 10 on
  if ((((word + to_high_bit) | word) & 0x8080'8080'8080'8080U) != 0) return no_digits;
  word = word * 10 + (word >> 8U);
  constexpr std::uint64_t pair = 0x0000'00FF'0000'00FFU;
  return (((word & pair) * 0x000F'4240'0000'0064U) + (((word >> 16U) & pair) * 0x0000'2710'0000'0001U)) >> 32U;
}

/// At most 8 bytes, as if there were zeros before them; no digits if there are none.
[[gnu::always_inline]] inline std::uint64_t digits_word(std::string_view text) noexcept {
  auto const size = text.size();
  auto const part = [&]<class Word>(Word word, std::size_t at) {
    std::memcpy(&word, text.data() + at, sizeof word);
    return std::uint64_t{word} << (8 * at);
  };
  std::uint64_t word = 0;
  if (size >= 4) {  // the parts overlap where both say the same
    word = part(std::uint32_t{0}, 0) | part(std::uint32_t{0}, size - 4);
  } else if (size >= 2) {
    word = part(std::uint16_t{0}, 0) | part(std::uint16_t{0}, size - 2);
  } else if (size == 1) {
    word = part(std::uint8_t{0}, 0);
  } else {
    return 0;
  }
  return (word << (64 - 8 * size)) | ((eight_zeros >> 8U) >> (8 * (size - 1)));
}

[[gnu::noinline]] inline std::uint64_t sixteen_digits(std::string_view text) noexcept {
  if (text.size() > 16) return no_digits;
  auto const high = eight_digits(digits_word(text.substr(0, text.size() - 8)));
  auto const low = eight_digits(digits_word(text.substr(text.size() - 8)));
  return high == no_digits || low == no_digits ? no_digits : high * 100'000'000U + low;
}

/// The value of up to 16 decimal digits; `no_digits` for any other text.
[[gnu::always_inline]] inline std::uint64_t short_digits(std::string_view text) noexcept {
  if constexpr (std::endian::native != std::endian::little) return no_digits;
  return text.size() <= 8 ? eight_digits(digits_word(text)) : sixteen_digits(text);
}

}  // namespace detail

/// Decimal integers with an optional minus sign, in the range of `T`; no plus sign, no blanks.
template <class T>
  requires std::integral<T> && (!std::same_as<T, bool>) && (!std::same_as<T, char>)
struct text_parser<T> {
  static T parse(std::string_view text) {
    auto const value = detail::short_digits(text);
    if (value != detail::no_digits && std::in_range<T>(value)) [[likely]]
      return static_cast<T>(value);
    return parse_any(text);
  }

 private:
  [[gnu::noinline]] static T parse_any(std::string_view text) {
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
