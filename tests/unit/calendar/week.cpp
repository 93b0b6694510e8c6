#include "support/catch.hpp"

#include <spillway/calendar/week.hpp>

#include <chrono>
#include <type_traits>

namespace {

namespace calendar = spillway::calendar;
using calendar::iso_week;
using calendar::mmwr_week;
using calendar::monday_week;
using calendar::sunday_week;
using std::chrono::sys_days;

constexpr sys_days day(int year, unsigned month, unsigned of_month) {
  return std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{of_month};
}

}  // namespace

static_assert(monday_week::week_of(day(2022, 1, 2)) == monday_week{2022, 0});
static_assert(sizeof(iso_week) == 4 && std::is_trivially_copyable_v<iso_week>);

TEST_CASE("the four rules differ around New Year as published") {
  CHECK(monday_week::week_of(day(2022, 1, 2)) == monday_week{2022, 0});
  CHECK(sunday_week::week_of(day(2022, 1, 2)) == sunday_week{2022, 1});
  CHECK(iso_week::week_of(day(2022, 1, 2)) == iso_week{2021, 52});
  CHECK(mmwr_week::week_of(day(2022, 1, 2)) == mmwr_week{2022, 1});

  CHECK(monday_week::week_of(day(2024, 12, 31)) == monday_week{2024, 53});
  CHECK(sunday_week::week_of(day(2024, 12, 31)) == sunday_week{2024, 52});
  CHECK(iso_week::week_of(day(2024, 12, 31)) == iso_week{2025, 1});
  CHECK(mmwr_week::week_of(day(2024, 12, 31)) == mmwr_week{2025, 1});

  CHECK(monday_week::week_of(day(2027, 1, 1)) == monday_week{2027, 0});
  CHECK(sunday_week::week_of(day(2027, 1, 1)) == sunday_week{2027, 0});
  CHECK(iso_week::week_of(day(2027, 1, 1)) == iso_week{2026, 53});
  CHECK(mmwr_week::week_of(day(2027, 1, 1)) == mmwr_week{2026, 52});
}

TEST_CASE("an instant is in the week of its day, also before 1970 and a microsecond before midnight") {
  using namespace std::chrono_literals;
  CHECK(iso_week::week_of(calendar::instant{day(1970, 1, 5)}) == iso_week{1970, 2});
  CHECK(iso_week::week_of(calendar::instant{day(1970, 1, 5)} - 1us) == iso_week{1970, 1});
  CHECK(iso_week::week_of(calendar::instant{day(1969, 12, 29)} - 1us) == iso_week{1969, 52});
  CHECK(monday_week::week_of(calendar::instant::max()).year() == 294247);
  CHECK(monday_week::week_of(calendar::instant::min()).year() == -290308);
}

TEST_CASE("a week that its year does not have is refused when the program runs") {
  CHECK(iso_week::checked(2020, 53).year() == 2020);
  CHECK_THROWS_AS(iso_week::checked(2021, 53), spillway::argument_error);
  CHECK_THROWS_AS(iso_week::checked(2021, 0), spillway::argument_error);
  CHECK(monday_week::checked(2022, 0).week() == 0);
  CHECK_THROWS_AS(monday_week::checked(2018, 0), spillway::argument_error);  // began on a Monday
  CHECK_THROWS_AS(monday_week::checked(2022, -1), spillway::argument_error);
  CHECK_THROWS_AS(monday_week::checked(2022, 54), spillway::argument_error);
}

TEST_CASE("weeks are ordered in time, written, and know their first day") {
  CHECK(iso_week{2021, 52} < iso_week{2022, 1});
  CHECK(format_week(iso_week{2021, 7}) == "2021-W07");
  CHECK(format_week(monday_week{2022, 0}) == "2022-00");
  CHECK(iso_week{2022, 1}.first_day() == day(2022, 1, 3));
  CHECK(monday_week{2022, 0}.first_day() == day(2022, 1, 1));
  CHECK(monday_week{2022, 1}.first_day() == day(2022, 1, 3));
  CHECK(mmwr_week{2025, 1}.first_day() == day(2024, 12, 29));
  CHECK(monday_week{} == monday_week{1970, 0});
}
