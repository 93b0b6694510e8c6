#pragma once

#include <spillway/calendar/detail/civil.hpp>
#include <spillway/calendar/detail/wide.hpp>
#include <spillway/calendar/format.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/core/error.hpp>

#include <chrono>
#include <compare>
#include <cstdint>
#include <ostream>

namespace spillway::calendar {

namespace detail {

/// Days since 1970 of an instant.
constexpr std::int32_t day_of(instant time) noexcept {
  // A day has 2^13 * 10546875 µs; shifting first rounds down, also before 1970, and lets 1970 be moved up to year 0.
  constexpr std::int64_t unit = 10'546'875;
  constexpr std::int64_t eras = 800;  // of 400 years, so that all is positive
  auto const units = static_cast<std::uint64_t>((time.time_since_epoch().count() >> 13U) + eras * 146097 * unit);
  return static_cast<std::int32_t>(units / static_cast<std::uint64_t>(unit)) - static_cast<std::int32_t>(eras * 146097);
}

struct year_week {
  std::int32_t year;
  std::uint32_t week;
};

/// Days since 1970 of 1 January.
constexpr std::int32_t new_year(std::int32_t year) noexcept {
  constexpr std::int32_t eras = 800;
  auto const y = static_cast<std::uint32_t>(year - 1 + eras * 400);
  return static_cast<std::int32_t>(365 * y + y / 4 - y / 100 + y / 400) - eras * 146097 + first_day;
}

/// Weeks of a calendar year: week 1 begins with the year's first `first` (0 for Sunday), the days before are week 0.
template <std::uint32_t first>
struct weeks_of_calendar_year {
  static constexpr year_week week_of(std::int32_t day) noexcept {
    auto const date = ordinal_from_days(day);
    auto const days_since_first = (weekday_from_days(day) + 7 - first) % 7;
    return {date.year, (date.day_of_year + 7 - days_since_first) / 7};
  }
  /// Of the days that the week has in its year.
  static constexpr std::int32_t first_day(year_week week) noexcept {
    auto const start = new_year(week.year);
    if (week.week == 0) return start;
    auto const to_first = (first + 7 - weekday_from_days(start)) % 7;
    return start + static_cast<std::int32_t>(to_first + 7 * (week.week - 1));
  }
};

/// Whole weeks that begin on `first` (0 for Sunday) and belong to the year that has most of their days.
template <std::uint32_t first>
struct whole_weeks {
  static constexpr year_week week_of(std::int32_t day) noexcept {
    auto const days_since_first = static_cast<std::int32_t>((weekday_from_days(day) + 7 - first) % 7);
    auto const middle = ordinal_from_days(day - days_since_first + 3);
    return {middle.year, middle.day_of_year / 7 + 1};
  }
  static constexpr std::int32_t first_day(year_week week) noexcept {
    auto const fourth = new_year(week.year) + 3;  // is in week 1
    auto const days_since_first = (weekday_from_days(fourth) + 7 - first) % 7;
    return fourth - static_cast<std::int32_t>(days_since_first) + 7 * (static_cast<std::int32_t>(week.week) - 1);
  }
};

struct monday_rule : weeks_of_calendar_year<1> {
  static constexpr bool letter = false;
};
struct sunday_rule : weeks_of_calendar_year<0> {
  static constexpr bool letter = false;
};
struct iso_rule : whole_weeks<1> {
  static constexpr bool letter = true;
};
struct mmwr_rule : whole_weeks<0> {
  static constexpr bool letter = false;
};

}  // namespace detail

/// A week of a year under one rule. Weeks of the same rule are ordered in time; weeks of different rules don't compare.
///
/// A week that its year doesn't have can't be made: as a constant it does not compile, `checked` throws.
/// Complexity: everything is constant, without loops and tables of years. Years: all that an `instant` can name.
template <class Rule>
class basic_week {
 public:
  /// The week that 1970-01-01 is in.
  constexpr basic_week() noexcept : basic_week{Rule::week_of(0)} {}

  /// A constant; see `checked` for values that are known only when the program runs.
  consteval basic_week(int year, int week) : basic_week{checked(year, week)} {}
  basic_week(double, double) = delete;

  /// \throws argument_error if the year has no such week.
  [[nodiscard]] static constexpr basic_week checked(int year, int week) {
    if (year < -290'000 || year > 294'000 || week < 0 || week > 53) throw argument_error{"no such week"};
    detail::year_week const wanted{year, static_cast<std::uint32_t>(week)};
    auto const found = Rule::week_of(Rule::first_day(wanted));
    if (found.year != wanted.year || found.week != wanted.week) throw argument_error{"the year has no such week"};
    return basic_week{wanted};
  }

  [[nodiscard]] static constexpr basic_week week_of(std::chrono::sys_days day) noexcept {
    return basic_week{Rule::week_of(static_cast<std::int32_t>(day.time_since_epoch().count()))};
  }
  [[nodiscard]] static constexpr basic_week week_of(instant time) noexcept {
    return basic_week{Rule::week_of(detail::day_of(time))};
  }

  [[nodiscard]] constexpr int year() const noexcept { return ordinal_ >> 6U; }
  [[nodiscard]] constexpr int week() const noexcept { return ordinal_ & 63; }
  /// The first of the days for which `week_of` gives this week; the first and last week of a calendar year can be
  /// short.
  [[nodiscard]] constexpr std::chrono::sys_days first_day() const noexcept {
    return std::chrono::sys_days{std::chrono::days{Rule::first_day({year(), static_cast<std::uint32_t>(week())})}};
  }

  friend constexpr auto operator<=>(basic_week const&, basic_week const&) = default;
  friend std::ostream& operator<<(std::ostream& out, basic_week week) { return out << format_week(week).view(); }

  /// What makes the type a bucket rule for counters: neighbouring weeks have near indices, in the order of time.
  using bucket_type = basic_week;
  [[nodiscard]] static constexpr std::int64_t index_of(instant time) noexcept { return week_of(time).ordinal_; }
  [[nodiscard]] static constexpr std::int64_t index_of(std::chrono::sys_days day) noexcept {
    return week_of(day).ordinal_;
  }
  [[nodiscard]] static constexpr std::int64_t index_of(basic_week week) noexcept { return week.ordinal_; }
  /// \pre `index` came from `index_of`.
  [[nodiscard]] static constexpr basic_week bucket_at(std::int64_t index) noexcept {
    basic_week week;
    week.ordinal_ = static_cast<std::int32_t>(index);
    return week;
  }

  /// `2016-W07` for ISO weeks, `2016-07` for the others.
  /// \throws argument_error if the year is not one of 1 to 9999.
  [[nodiscard]] friend constexpr short_text<8> format_week(basic_week week) {
    if (week.year() < 1 || week.year() > 9999) throw argument_error{"only the years 1 to 9999 have a text"};
    short_text<8> text;
    auto const year = static_cast<std::uint32_t>(week.year());
    auto* out = detail::write_pair(detail::write_pair(text.data(), year / 100), year % 100);
    *out++ = '-';
    if constexpr (Rule::letter) *out++ = 'W';
    text.end_at(detail::write_pair(out, static_cast<std::uint32_t>(week.week())));
    return text;
  }

 private:
  constexpr explicit basic_week(detail::year_week week) noexcept
      : ordinal_{week.year * 64 + static_cast<std::int32_t>(week.week)} {}

  std::int32_t ordinal_;
};

/// strftime's `%W` with the calendar year `%Y`: week 1 begins on the year's first Monday, the days before are week 0.
using monday_week = basic_week<detail::monday_rule>;
/// strftime's `%U` with the calendar year `%Y`: week 1 begins on the year's first Sunday, the days before are week 0.
using sunday_week = basic_week<detail::sunday_rule>;
/// ISO 8601, strftime's `%G-%V`: weeks begin on Monday; week 1 is the first with at least four days in the year.
using iso_week = basic_week<detail::iso_rule>;
/// The weeks of the Morbidity and Mortality Weekly Report (US CDC): begin on Sunday; week 1 is the first with at least
/// four days in the year.
using mmwr_week = basic_week<detail::mmwr_rule>;

}  // namespace spillway::calendar
