#pragma once

#include <spillway/calendar/detail/civil.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace spillway::calendar::detail {

enum class fault : std::uint8_t { none, form, year, month, day, hour, minute, second, offset, range };

/// Seconds since 1970 and nanoseconds after them, or what is wrong with the text.
struct scanned {
  fault problem = fault::none;
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;
  friend constexpr bool operator==(scanned const&, scanned const&) = default;
};

inline constexpr std::int64_t seconds_in_day = 86400;
inline constexpr std::int64_t first_second = first_day * seconds_in_day;
inline constexpr std::int64_t last_second = (last_day + 1) * seconds_in_day - 1;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_sign(char c) noexcept { return c == '+' || c == '-'; }

/// Reads a text from the front, piece by piece.
class text_cursor {
 public:
  constexpr explicit text_cursor(std::string_view text) noexcept : text_{text} {}

  [[nodiscard]] constexpr bool at_end() const noexcept { return text_.empty(); }
  [[nodiscard]] constexpr char front() const noexcept { return text_.empty() ? '\0' : text_.front(); }

  constexpr bool skip(char c) noexcept {
    if (front() != c || at_end()) return false;
    text_.remove_prefix(1);
    return true;
  }

  /// Takes exactly `count` digits, or nothing and returns false.
  constexpr bool digits(std::size_t count, std::uint32_t& value) noexcept {
    if (text_.size() < count) return false;
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(text_[i])) return false;
      sum = sum * 10 + static_cast<std::uint32_t>(text_[i] - '0');
    }
    value = sum;
    text_.remove_prefix(count);
    return true;
  }

  /// Takes 1 to 9 digits after a decimal sign, scaled to nanoseconds.
  constexpr bool fraction(std::uint32_t& nanoseconds) noexcept {
    std::uint32_t sum = 0;
    std::size_t count = 0;
    for (; !at_end() && is_digit(front()); ++count, text_.remove_prefix(1)) {
      if (count == 9) return false;
      sum = sum * 10 + static_cast<std::uint32_t>(front() - '0');
    }
    if (count == 0) return false;
    for (; count < 9; ++count) sum *= 10;
    nanoseconds = sum;
    return true;
  }

 private:
  std::string_view text_;
};

/// The date at the front of the text.
constexpr fault scan_date(text_cursor& text, std::int32_t& days) noexcept {
  std::uint32_t year = 0;
  std::uint32_t month = 0;
  std::uint32_t day = 0;
  if (!text.digits(4, year) || !text.skip('-') || !text.digits(2, month) || !text.skip('-') || !text.digits(2, day)) {
    return fault::form;
  }
  if (year == 0) return fault::year;
  if (month < 1 || month > 12) return fault::month;
  auto const length = days_in_month[month] + static_cast<std::uint32_t>(month == 2 && is_leap(year));
  if (day < 1 || day > length) return fault::day;
  days = days_from_civil(year, month, day);
  return fault::none;
}

/// The offset from UTC at the front of the text, in seconds.
constexpr fault scan_offset(text_cursor& text, std::int64_t& offset) noexcept {
  if (text.at_end() || text.skip('Z') || text.skip('z')) return fault::none;
  auto const sign = text.front();
  std::uint32_t hours = 0;
  std::uint32_t minutes = 0;
  if (!(text.skip('+') || text.skip('-')) || !text.digits(2, hours)) return fault::form;
  if (text.skip(':')) {
    if (!text.digits(2, minutes)) return fault::form;
  } else if (!text.at_end() && !text.digits(2, minutes)) {
    return fault::form;
  }
  if (hours > 23 || minutes > 59) return fault::offset;
  offset = static_cast<std::int64_t>(hours * 60 + minutes) * 60 * (sign == '-' ? -1 : 1);
  return fault::none;
}

constexpr bool is_midnight_after_month_end(std::int64_t seconds) noexcept {
  auto const days = seconds >= 0 ? seconds / seconds_in_day : (seconds + 1) / seconds_in_day - 1;
  return days * seconds_in_day == seconds && civil_from_days(static_cast<std::int32_t>(days)).day == 1;
}

/// The whole text, byte by byte: what every faster path must agree with.
constexpr scanned scan_instant_bytewise(std::string_view whole) noexcept {
  text_cursor text{whole};
  std::int32_t days = 0;
  if (auto const problem = scan_date(text, days); problem != fault::none) return {problem};
  std::uint32_t hour = 0;
  std::uint32_t minute = 0;
  std::uint32_t second = 0;
  std::uint32_t nanoseconds = 0;
  std::int64_t offset = 0;
  if (!text.at_end()) {
    if (!(text.skip('T') || text.skip(' ') || text.skip('t'))) return {fault::form};
    if (!text.digits(2, hour) || !text.skip(':') || !text.digits(2, minute)) return {fault::form};
    if (text.skip(':')) {
      if (!text.digits(2, second)) return {fault::form};
      if ((text.skip('.') || text.skip(',')) && !text.fraction(nanoseconds)) return {fault::form};
    }
    if (auto const problem = scan_offset(text, offset); problem != fault::none) return {problem};
    if (!text.at_end()) return {fault::form};
  }
  if (hour > 24 || (hour == 24 && (minute != 0 || second != 0 || nanoseconds != 0))) return {fault::hour};
  if (minute > 59) return {fault::minute};
  if (second > 60) return {fault::second};
  auto const seconds = days * seconds_in_day + static_cast<std::int64_t>(hour * 3600 + minute * 60 + second) - offset;
  if (second == 60 && !is_midnight_after_month_end(seconds)) return {fault::second};
  if (seconds < first_second || seconds > last_second) return {fault::range};
  return {fault::none, seconds, nanoseconds};
}

/// Eight bytes of text at once, the first in the lowest byte.
inline std::uint64_t load_bytes(char const* text) noexcept {
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

consteval std::uint64_t word_of(std::array<std::uint8_t, 8> bytes) { return std::bit_cast<std::uint64_t>(bytes); }

/// Not 0 if a byte of the word is over its limit; `headroom` holds 127 minus the limit for each byte.
constexpr std::uint64_t over_limits(std::uint64_t word, std::uint64_t headroom) noexcept {
  return ((word + headroom) | word) & 0x8080808080808080U;
}

/// In bytes 0, 2, 4, 6 (or 0, 3, 6): ten times the digit there plus the next digit.
constexpr std::uint64_t join_pairs(std::uint64_t digits) noexcept { return digits * 10 + (digits >> 8U); }

/// The number that eight digits make, the highest in the lowest byte.
constexpr std::uint32_t join_eight(std::uint64_t digits) noexcept {
  constexpr std::uint64_t mask = 0x000000ff000000ffU;
  auto const pairs = join_pairs(digits);
  auto const sum = (pairs & mask) * (100 + (std::uint64_t{1000000} << 32U)) +
                   ((pairs >> 16U) & mask) * (1 + (std::uint64_t{10000} << 32U));
  return static_cast<std::uint32_t>(sum >> 32U);
}

/// A date-time of at least 19 bytes without offset: `YYYY-MM-DD?HH:MM:SS[.f…]`, f one to nine digits. Text that is
/// wrong, or right in a rare way (leap seconds, 24:00), is left to the path by bytes.
struct plain_time {
  std::uint64_t rejected;  ///< not 0 if the text is for the path by bytes
  std::int64_t seconds;
  std::uint32_t hundred_millionths;
  std::uint32_t ninth_digit;
};

[[gnu::always_inline]] inline std::uint64_t date_by_words(char const* text, std::int64_t& days) noexcept {
  constexpr auto form = word_of({'0', '0', '-', '0', '0', '-', '0', '0'});
  constexpr auto headroom = word_of({118, 118, 127, 126, 118, 127, 124, 118});
  std::uint16_t first;
  std::memcpy(&first, text, sizeof first);
  auto const top = static_cast<std::uint32_t>(first) ^ 0x3030U;
  auto const word = load_bytes(text + 2) ^ form;
  auto const pairs = join_pairs(word);
  auto const century = (top * 10 + (top >> 8U)) & 0xffU;
  auto const year = century * 100 + static_cast<std::uint32_t>(pairs & 0xffU);
  auto const month = static_cast<std::uint32_t>(pairs >> 24U) & 31U;
  auto const day = static_cast<std::uint32_t>(pairs >> 48U) & 0xffU;
  days = days_from_civil(year, month, day);
  auto rejected = over_limits(word, headroom) | (((top + 0x7676U) | top) & 0x8080U);
  if (day - 1 >= days_in_month[month]) [[unlikely]]
    rejected |= static_cast<std::uint64_t>(!(month == 2 && day == 29 && is_leap(year)));
  return rejected | static_cast<std::uint64_t>(year == 0);
}

[[gnu::always_inline]] inline plain_time scan_plain(char const* text, std::size_t size) noexcept {
  constexpr auto form = word_of({'0', '0', ':', '0', '0', ':', '0', '0'});
  constexpr auto headroom = word_of({125, 118, 127, 122, 118, 127, 122, 118});
  plain_time result{};
  if (size == 29) [[unlikely]] {
    result.ninth_digit = static_cast<std::uint32_t>(static_cast<unsigned char>(text[28])) - '0';
    result.rejected = static_cast<std::uint64_t>(result.ninth_digit > 9);
    size = 28;
  }
  std::int64_t days = 0;
  result.rejected |= date_by_words(text, days);
  auto const separator = text[10];
  result.rejected |= static_cast<std::uint64_t>((separator != 'T') & (separator != ' ') & (separator != 't'));

  auto const word = load_bytes(text + 11) ^ form;
  auto const pairs = join_pairs(word);
  auto const hour = static_cast<std::uint32_t>(pairs) & 0xffU;
  auto const minute = static_cast<std::uint32_t>(pairs >> 24U) & 0xffU;
  auto const second = static_cast<std::uint32_t>(pairs >> 48U) & 0xffU;
  result.rejected |= over_limits(word, headroom) | static_cast<std::uint64_t>(hour > 23);
  result.seconds = days * seconds_in_day + static_cast<std::int64_t>(hour * 3600 + minute * 60 + second);

  // The last eight bytes end with the fraction; shifting out what is before it leaves its digits with zeros after them.
  auto const has_fraction = static_cast<std::size_t>(size > 19);
  auto const mark = text[18 + has_fraction];
  auto const fraction = ((load_bytes(text + size - 8) ^ 0x3030303030303030U) >> ((28 - size) * 8 % 64)) &
                        (std::uint64_t{0} - has_fraction);
  result.rejected |= over_limits(fraction, 0x7676767676767676U) |
                     (has_fraction & static_cast<std::uint64_t>((mark != '.') & (mark != ','))) |
                     static_cast<std::uint64_t>((size == 20) | (size > 28));
  result.hundred_millionths = join_eight(fraction);
  return result;
}

inline scanned scan_with_offset(char const* text, std::size_t size) noexcept {
  auto const length = is_sign(text[size - 6]) ? 6U : is_sign(text[size - 5]) ? 5U : 3U;
  text_cursor cursor{{text + size - length, length}};
  std::int64_t offset = 0;
  if (size - length < 19 || scan_offset(cursor, offset) != fault::none || !cursor.at_end()) {
    return scan_instant_bytewise({text, size});
  }
  auto const plain = scan_plain(text, size - length);
  auto const seconds = plain.seconds - offset;
  if (plain.rejected != 0 || seconds < first_second || seconds > last_second) {
    return scan_instant_bytewise({text, size});
  }
  return {fault::none, seconds, plain.hundred_millionths * 10 + plain.ninth_digit};
}

[[gnu::always_inline]] inline scanned scan_by_words(char const* text, std::size_t size) noexcept {
  if (size < 19) [[unlikely]]
    return scan_instant_bytewise({text, size});
  auto const last = text[size - 1];
  if (is_sign(text[size - 6]) | is_sign(text[size - 5]) | is_sign(text[size - 3])) [[unlikely]] {
    return scan_with_offset(text, size);
  }
  auto const body = size - static_cast<std::size_t>((last == 'Z') | (last == 'z'));
  if (body < 19) [[unlikely]]
    return scan_instant_bytewise({text, size});
  auto const plain = scan_plain(text, body);
  if (plain.rejected != 0) [[unlikely]]
    return scan_instant_bytewise({text, size});
  return {fault::none, plain.seconds, plain.hundred_millionths * 10 + plain.ninth_digit};
}

constexpr scanned scan_instant(std::string_view text) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) return scan_by_words(text.data(), text.size());
  }
  return scan_instant_bytewise(text);
}

}  // namespace spillway::calendar::detail
