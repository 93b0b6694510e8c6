#pragma once

#include <spillway/calendar/detail/civil.hpp>

#include <cstdint>
#include <string_view>

namespace spillway::calendar::detail {

enum class fault : std::uint8_t { none, form, year, month, day, hour, minute, second, offset, range };

/// Seconds since 1970 and the nine digits after them, or what is wrong with the text.
struct scanned {
  fault problem = fault::none;
  std::int64_t seconds = 0;
  std::uint32_t hundred_millionths = 0;
  std::uint32_t ninth_digit = 0;
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
  return {fault::none, seconds, nanoseconds / 10, nanoseconds % 10};
}

/// A date-time of at least 19 bytes without offset: `YYYY-MM-DD?HH:MM:SS[.f…]`, f one to nine digits. Text that is
/// wrong, or right in a rare way (leap seconds, 24:00), is left to the path by bytes.
struct plain_time {
  std::uint64_t rejected;  ///< not 0 if the text is for the path by bytes
  std::int64_t seconds;
  std::uint32_t hundred_millionths;
  std::uint32_t ninth_digit;
};

}  // namespace spillway::calendar::detail
