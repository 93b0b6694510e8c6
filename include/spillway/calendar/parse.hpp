#pragma once

#include <spillway/calendar/detail/scan.hpp>
#include <spillway/calendar/detail/scan_fast.hpp>
#include <spillway/calendar/detail/wide.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/text.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <concepts>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>

namespace spillway::calendar {

/// A duration that a timestamp can be read into: 64 bits, of whole seconds or of a decimal part of a second down to
/// nanoseconds.
template <class Duration>
concept timestamp_duration =
    std::integral<typename Duration::rep> && sizeof(typename Duration::rep) == 8 &&
    std::signed_integral<typename Duration::rep> &&
    (Duration::period::den == 1 || (Duration::period::num == 1 && 1'000'000'000 % Duration::period::den == 0));

namespace detail {

/// Puts the time since 1970 into `count`; false if the range of `Duration` does not have it.
template <timestamp_duration Duration>
[[gnu::always_inline]] constexpr bool count_of(std::int64_t seconds, std::uint32_t hundred_millionths,
                                               std::uint32_t ninth_digit, std::int64_t& count) noexcept {
  if constexpr (Duration::period::den == 1) {
    count = floor_divide(seconds, Duration::period::num);
    return true;
  } else {
    constexpr std::int64_t per_second = Duration::period::den;
    constexpr auto unit = static_cast<std::uint32_t>(100'000'000 / std::min<std::int64_t>(per_second, 100'000'000));
    auto const part = per_second > 100'000'000 ? hundred_millionths * 10 + ninth_digit : hundred_millionths / unit;
    if constexpr (std::numeric_limits<std::int64_t>::max() / per_second < last_second) {
      auto const exact = int128{seconds} * per_second + part;
      count = static_cast<std::int64_t>(exact);
      return exact == count;
    } else {
      count = seconds * per_second + part;
      return true;
    }
  }
}

template <timestamp_duration Duration>
constexpr std::optional<std::chrono::sys_time<Duration>> instant_from(scanned const& text) noexcept {
  std::int64_t count = 0;
  if (text.problem != fault::none ||
      !count_of<Duration>(text.seconds, text.hundred_millionths, text.ninth_digit, count)) {
    return std::nullopt;
  }
  return std::chrono::sys_time<Duration>{Duration{count}};
}

/// The straight path alone, which stays in registers; false leaves the text to the others.
template <timestamp_duration Duration>
[[gnu::always_inline]] constexpr bool parse_straight(std::string_view text, std::int64_t& count) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) {
      auto const plain = scan_straight<fastest_path>(text);
      return plain.rejected == 0 &&
             count_of<Duration>(plain.seconds, plain.hundred_millionths, plain.ninth_digit, count);
    }
  }
  return false;
}

template <timestamp_duration Duration>
[[gnu::noinline]] constexpr std::optional<std::chrono::sys_time<Duration>> try_parse_rare(
    std::string_view text) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) return instant_from<Duration>(scan_rare<fastest_path>(text));
  }
  return instant_from<Duration>(scan_instant_bytewise(text));
}

constexpr std::string_view expected(fault problem) noexcept {
  switch (problem) {
    case fault::year:
      return "a year from 0001 to 9999";
    case fault::month:
      return "a month from 01 to 12";
    case fault::day:
      return "a day that the month has";
    case fault::hour:
      return "an hour from 00 to 23, or 24:00";
    case fault::minute:
      return "a minute from 00 to 59";
    case fault::second:
      return "a second from 00 to 59, or a leap second at the end of a month";
    case fault::offset:
      return "an offset from UTC below 24 hours";
    case fault::range:
      return "a timestamp in the years 0001 to 9999";
    case fault::none:
      return "a timestamp in the range of its resolution";
    case fault::form:
      break;
  }
  return "a timestamp such as 2016-07-26T02:45:07.123Z";
}

}  // namespace detail

namespace detail {

template <timestamp_duration Duration>
[[gnu::noinline]] constexpr std::chrono::sys_time<Duration> parse_rare(std::string_view text) {
  auto const parsed = try_parse_rare<Duration>(text);
  if (!parsed) throw value_error{expected(scan_instant_bytewise(text).problem), text};
  return *parsed;
}

}  // namespace detail

/// The instant that `text` names, or nothing where `parse_instant` throws.
template <timestamp_duration Duration = instant::duration>
[[nodiscard]] constexpr std::optional<std::chrono::sys_time<Duration>> try_parse_instant(
    std::string_view text) noexcept {
  std::int64_t count = 0;
  if (detail::parse_straight<Duration>(text, count)) [[likely]]
    return std::chrono::sys_time<Duration>{Duration{count}};
  return detail::try_parse_rare<Duration>(text);
}

/// Reads a timestamp in the extended format of ISO 8601: `YYYY-MM-DD`, then optionally `T` or a blank and `hh:mm`,
/// seconds, a decimal fraction of 1 to 9 digits, and an offset `Z`, `±hh:mm`, `±hhmm` or `±hh`. No offset means UTC, no
/// time midnight. `t` and `z` count as `T` and `Z`, a decimal comma as a point (RFC 3339, ISO 8601).
///
/// All of it is checked, month lengths and leap years included. Digits beyond the resolution are cut off, never
/// rounded. `24:00` is the midnight that ends the day. A leap second `23:59:60` (in UTC, at the end of a month) counts
/// as Unix time counts it, as the second after it; any other second 60 is an error. The result lies in the years 1 to
/// 9999.
///
/// Complexity: constant, and without a branch on the text's length for 19 to 28 bytes. Never reads outside the text.
/// \throws value_error saying which part is wrong, or that the instant is out of the range of `Duration`.
template <timestamp_duration Duration = instant::duration>
[[nodiscard]] constexpr std::chrono::sys_time<Duration> parse_instant(std::string_view text) {
  std::int64_t count = 0;
  if (detail::parse_straight<Duration>(text, count)) [[likely]]
    return std::chrono::sys_time<Duration>{Duration{count}};
  return detail::parse_rare<Duration>(text);
}

/// Reads a date `YYYY-MM-DD` of the years 1 to 9999.
/// \throws value_error saying which part is wrong.
[[nodiscard]] constexpr std::chrono::sys_days parse_date(std::string_view text) {
  detail::text_cursor cursor{text};
  std::int32_t days = 0;
  auto problem = detail::scan_date(cursor, days);
  if (problem == detail::fault::form || !cursor.at_end()) throw value_error{"a date such as 2016-07-26", text};
  if (problem != detail::fault::none) throw value_error{detail::expected(problem), text};
  return std::chrono::sys_days{std::chrono::days{days}};
}

/// What a count since 1970-01-01T00:00:00Z counts.
enum class epoch_unit : std::uint8_t { seconds, milliseconds, microseconds, nanoseconds };

/// Reads a count since the epoch: an integer, with an optional minus sign and an optional decimal fraction of 1 to 9
/// digits. What is finer than the resolution goes to the earlier instant. Exact: no floating point is involved. \throws
/// value_error if the text is something else or the instant is outside the years 1 to 9999 or the range of `Duration`.
template <timestamp_duration Duration = instant::duration>
[[nodiscard]] constexpr std::chrono::sys_time<Duration> parse_epoch(std::string_view text, epoch_unit unit) {
  auto const wrong = [&] { return value_error{"a count since 1970-01-01 such as 1469501107", text}; };
  auto rest = text;
  auto const negative = rest.starts_with('-');
  if (negative) rest.remove_prefix(1);
  auto const point = rest.find('.');
  auto const whole = rest.substr(0, point);
  if (whole.empty() || whole.size() > 20) throw wrong();
  detail::int128 sum = 0;
  for (char const c : whole) {
    if (!detail::is_digit(c)) throw wrong();
    sum = sum * 10 + (c - '0');
  }
  std::uint32_t billionths = 0;
  if (point != std::string_view::npos) {
    detail::text_cursor cursor{rest.substr(point + 1)};
    if (!cursor.fraction(billionths) || !cursor.at_end()) throw wrong();
  }
  constexpr detail::int128 billion = 1'000'000'000;
  // In billionths of a nanosecond's multiples, so that a fraction of every unit is exact.
  detail::int128 scale = 1;
  for (auto i = static_cast<int>(unit); i < static_cast<int>(epoch_unit::nanoseconds); ++i) scale *= 1000;
  auto exact = (sum * billion + billionths) * scale;
  if (negative) exact = -exact;
  auto const floor_divide = [](detail::int128 dividend, detail::int128 divisor) {
    auto const quotient = dividend / divisor;
    return quotient - static_cast<detail::int128>(dividend % divisor < 0);
  };
  auto const nanoseconds = floor_divide(exact, billion);
  auto const seconds = floor_divide(nanoseconds, billion);
  std::optional<std::chrono::sys_time<Duration>> parsed;
  if (seconds >= detail::first_second && seconds <= detail::last_second) {
    auto const part = static_cast<std::uint32_t>(nanoseconds - seconds * billion);
    parsed =
        detail::instant_from<Duration>({detail::fault::none, static_cast<std::int64_t>(seconds), part / 10, part % 10});
  }
  if (!parsed) throw value_error{"a count since 1970-01-01 that is in range", text};
  return *parsed;
}

}  // namespace spillway::calendar

namespace spillway {

/// Timestamps, as `calendar::parse_instant` reads them.
template <calendar::timestamp_duration Duration>
struct text_parser<std::chrono::sys_time<Duration>> {
  static std::chrono::sys_time<Duration> parse(std::string_view text) {
    return calendar::parse_instant<Duration>(text);
  }
};

/// Dates, as `calendar::parse_date` reads them.
template <>
struct text_parser<std::chrono::sys_days> {
  static std::chrono::sys_days parse(std::string_view text) { return calendar::parse_date(text); }
};

}  // namespace spillway
