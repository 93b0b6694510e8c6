#include "support/catch.hpp"

#include <spillway/calendar/week.hpp>

#include <chrono>
#include <cstdlib>
#include <ctime>

namespace {

namespace calendar = spillway::calendar;
using std::chrono::days;
using std::chrono::sys_days;

struct c_weeks {
  long monday;
  long sunday;
  long iso_year;
  long iso_week;
};

/// What the C library's strftime says.
c_weeks weeks_by_strftime(sys_days day) {
  std::time_t const time = day.time_since_epoch().count() * std::time_t{86400};
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[40];
  static_cast<void>(std::strftime(text, sizeof text, "%W %U %G %V", &parts));
  char* at = text;
  c_weeks weeks{};
  for (auto* field : {&weeks.monday, &weeks.sunday, &weeks.iso_year, &weeks.iso_week})
    *field = std::strtol(at, &at, 10);
  return weeks;
}

/// A year's MMWR week 1 by its definition: of the weeks from Sunday to Saturday, the first with four days in the year.
sys_days first_mmwr_day(int year) {
  sys_days const new_year = std::chrono::year{year} / 1 / 1;
  auto sunday = new_year - (std::chrono::weekday{new_year} - std::chrono::Sunday);
  if (sunday + days{7} - new_year < days{4}) sunday += days{7};
  return sunday;
}

}  // namespace

TEST_CASE("weeks of every day of the years 1 to 9999 are those of strftime and of MMWR's definition") {
  for (int year = 1; year <= 9999; ++year) {
    auto const mmwr_this = first_mmwr_day(year);
    auto const mmwr_next = first_mmwr_day(year + 1);
    auto const mmwr_previous = first_mmwr_day(year - 1);
    sys_days const end = std::chrono::year{year + 1} / 1 / 1;
    for (sys_days day = std::chrono::year{year} / 1 / 1; day < end; day += days{1}) {
      auto const expected = weeks_by_strftime(day);
      auto const monday = calendar::monday_week::week_of(day);
      auto const sunday = calendar::sunday_week::week_of(day);
      auto const iso = calendar::iso_week::week_of(day);
      auto const mmwr = calendar::mmwr_week::week_of(day);
      auto const mmwr_year = day < mmwr_this ? year - 1 : day < mmwr_next ? year : year + 1;
      auto const mmwr_first = day < mmwr_this ? mmwr_previous : day < mmwr_next ? mmwr_this : mmwr_next;
      bool const right = monday.year() == year && monday.week() == expected.monday && sunday.year() == year &&
                         sunday.week() == expected.sunday && iso.year() == expected.iso_year &&
                         iso.week() == expected.iso_week && mmwr.year() == mmwr_year &&
                         mmwr.week() == (day - mmwr_first).count() / 7 + 1;
      if (!right) FAIL("wrong for " << calendar::format_date(day));
    }
  }
}

TEMPLATE_TEST_CASE("weeks are numbered in the order of time and begin on their first day", "", calendar::monday_week,
                   calendar::sunday_week, calendar::iso_week, calendar::mmwr_week) {
  auto previous = TestType::week_of(sys_days{std::chrono::year{0} / 12 / 1});
  for (sys_days day = std::chrono::year{1} / 1 / 1; day < std::chrono::year{10000} / 1 / 1; day += days{1}) {
    auto const week = TestType::week_of(day);
    auto const start = week.first_day();
    bool const right = week >= previous && start <= day && day - start < days{7} && TestType::week_of(start) == week &&
                       TestType::week_of(start - days{1}) < week &&
                       TestType::checked(week.year(), week.week()) == week &&
                       TestType::bucket_at(TestType::index_of(day)) == week;
    if (!right) FAIL("wrong for " << calendar::format_date(day));
    previous = week;
  }
}
