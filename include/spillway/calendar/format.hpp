#pragma once

#include <spillway/calendar/detail/civil.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/calendar/parse.hpp>
#include <spillway/core/error.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>

namespace spillway::calendar {

/// How many digits a second's fraction gets. `shortest` is 0, 3, 6 or 9, the fewest that lose nothing; the others cut
/// off what they can't show.
enum class fraction_digits : std::uint8_t { none = 0, three = 3, six = 6, nine = 9, shortest = 255 };
enum class date_time_separator : char { letter = 'T', blank = ' ' };
enum class utc_mark : std::uint8_t { letter, none };

struct instant_format {
  fraction_digits fraction = fraction_digits::shortest;
  date_time_separator separator = date_time_separator::letter;
  utc_mark mark = utc_mark::letter;
};

/// The most characters a formatted instant has: `2016-07-26T02:45:07.123456789Z`.
inline constexpr std::size_t longest_instant = 30;

/// A short text that needs no allocation.
template <std::size_t Capacity>
class short_text {
 public:
  constexpr short_text() = default;
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {bytes_.data(), size_}; }
  constexpr operator std::string_view() const noexcept { return view(); }
  [[nodiscard]] std::string str() const { return std::string{view()}; }
  friend constexpr bool operator==(short_text const& a, std::string_view b) noexcept { return a.view() == b; }
  friend std::ostream& operator<<(std::ostream& out, short_text const& text) { return out << text.view(); }

  constexpr char* data() noexcept { return bytes_.data(); }
  /// \pre `end` is in the bytes from `data()` on.
  constexpr void end_at(char const* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.data()); }

 private:
  std::array<char, Capacity> bytes_{};
  std::size_t size_ = 0;
};

namespace detail {

inline constexpr auto digit_pairs = [] {
  std::array<char, 200> pairs{};
  for (std::size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}();

/// \pre value < 100
constexpr char* write_pair(char* out, std::uint32_t value) noexcept {
  out[0] = digit_pairs[2 * std::size_t{value}];
  out[1] = digit_pairs[2 * std::size_t{value} + 1];
  return out + 2;
}

constexpr char* write_three(char* out, std::uint32_t value) noexcept {
  *out = static_cast<char>('0' + value / 100);
  return write_pair(out + 1, value % 100);
}

constexpr char* write_date(char* out, std::int64_t days) {
  if (days < first_day || days > last_day) throw argument_error{"only the years 1 to 9999 have a text"};
  auto const date = civil_from_days(static_cast<std::int32_t>(days));
  auto const year = static_cast<std::uint32_t>(date.year);
  out = write_pair(write_pair(out, year / 100), year % 100);
  *out++ = '-';
  out = write_pair(out, date.month);
  *out++ = '-';
  return write_pair(out, date.day);
}

constexpr char* write_time(char* out, std::uint32_t second_of_day) noexcept {
  out = write_pair(out, second_of_day / 3600);
  *out++ = ':';
  out = write_pair(out, second_of_day / 60 % 60);
  *out++ = ':';
  return write_pair(out, second_of_day % 60);
}

constexpr char* write_fraction(char* out, std::uint32_t nanoseconds, fraction_digits digits) noexcept {
  if (digits == fraction_digits::shortest) {
    if (nanoseconds == 0) return out;
    digits = nanoseconds % 1'000'000 == 0 ? fraction_digits::three
             : nanoseconds % 1000 == 0    ? fraction_digits::six
                                          : fraction_digits::nine;
  }
  if (digits == fraction_digits::none) return out;
  *out++ = '.';
  out = write_three(out, nanoseconds / 1'000'000);
  if (digits == fraction_digits::three) return out;
  out = write_three(out, nanoseconds / 1000 % 1000);
  if (digits == fraction_digits::six) return out;
  return write_three(out, nanoseconds % 1000);
}

}  // namespace detail

/// Writes `time` in UTC at `out`, where `longest_instant` bytes must be free, and returns the end of it. No
/// terminating zero. With `shortest` digits, `parse_instant` of the text gives `time` again.
/// \throws argument_error if `time` is outside the years 1 to 9999.
template <timestamp_duration Duration>
constexpr char* write_instant(char* out, std::chrono::sys_time<Duration> time, instant_format format = {}) {
  constexpr std::int64_t per_second = Duration::period::den;
  constexpr std::int64_t seconds_each = Duration::period::num;
  auto const count = time.time_since_epoch().count();
  if constexpr (seconds_each != 1) {  // before the product can overflow; write_date refuses the rest
    if (count < detail::first_second || count > detail::last_second) {
      throw argument_error{"only the years 1 to 9999 have a text"};
    }
  }
  auto const seconds = detail::floor_divide(count, per_second) * seconds_each;
  auto const days = detail::floor_divide(seconds, detail::seconds_in_day);
  out = detail::write_date(out, days);
  *out++ = static_cast<char>(format.separator);
  out = detail::write_time(out, static_cast<std::uint32_t>(seconds - days * detail::seconds_in_day));
  auto const part = count % per_second;
  auto const nanoseconds = (part < 0 ? part + per_second : part) * (1'000'000'000 / per_second);
  out = detail::write_fraction(out, static_cast<std::uint32_t>(nanoseconds), format.fraction);
  if (format.mark == utc_mark::letter) *out++ = 'Z';
  return out;
}

/// `time` in UTC, such as `2016-07-26T02:45:07.123Z`; as `write_instant`.
template <timestamp_duration Duration>
[[nodiscard]] constexpr short_text<longest_instant> format_instant(std::chrono::sys_time<Duration> time,
                                                                   instant_format format = {}) {
  short_text<longest_instant> text;
  text.end_at(write_instant(text.data(), time, format));
  return text;
}

/// `2016-07-26`.
/// \throws argument_error if `day` is outside the years 1 to 9999.
[[nodiscard]] constexpr short_text<10> format_date(std::chrono::sys_days day) {
  short_text<10> text;
  text.end_at(detail::write_date(text.data(), day.time_since_epoch().count()));
  return text;
}

}  // namespace spillway::calendar
