#include "support/catch.hpp"

#include <spillway/calendar/format.hpp>

#include <chrono>

namespace {

namespace calendar = spillway::calendar;
using calendar::fraction_digits;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("an instant is written with the fewest digits that lose nothing") {
  auto const time = calendar::parse_instant("2016-07-26T02:45:07Z");
  CHECK(calendar::format_instant(time) == "2016-07-26T02:45:07Z");
  CHECK(calendar::format_instant(time + 120ms) == "2016-07-26T02:45:07.120Z");
  CHECK(calendar::format_instant(time + 1us) == "2016-07-26T02:45:07.000001Z");
  CHECK(calendar::format_instant(time + 1ns) == "2016-07-26T02:45:07.000000001Z");
  CHECK(calendar::format_instant(calendar::instant{-1us}) == "1969-12-31T23:59:59.999999Z");
  CHECK(calendar::format_instant(std::chrono::sys_days{time.time_since_epoch() / 24h * std::chrono::days{1}}) ==
        "2016-07-26T00:00:00Z");
}

TEST_CASE("the format can be asked for") {
  auto const time = calendar::parse_instant("2016-07-26T02:45:07.987654Z");
  CHECK(calendar::format_instant(time, {.fraction = fraction_digits::none}) == "2016-07-26T02:45:07Z");
  CHECK(calendar::format_instant(time, {.fraction = fraction_digits::three}) == "2016-07-26T02:45:07.987Z");
  CHECK(calendar::format_instant(time, {.fraction = fraction_digits::nine}) == "2016-07-26T02:45:07.987654000Z");
  CHECK(calendar::format_instant(time, {.fraction = fraction_digits::six,
                                        .separator = calendar::date_time_separator::blank,
                                        .mark = calendar::utc_mark::none}) == "2016-07-26 02:45:07.987654");
  CHECK(calendar::format_date(std::chrono::sys_days{std::chrono::year{33} / 1 / 2}) == "0033-01-02");
}

TEST_CASE("years without a text of four digits are refused, not cut") {
  auto const last = calendar::parse_instant("9999-12-31T23:59:59.999999Z");
  CHECK(calendar::format_instant(last) == "9999-12-31T23:59:59.999999Z");
  CHECK_THROWS_AS(calendar::format_instant(last + 1us), spillway::argument_error);
  CHECK_THROWS_AS(calendar::format_instant(calendar::parse_instant("0001-01-01") - 1us), spillway::argument_error);
  CHECK_THROWS_AS(calendar::format_instant(calendar::instant::max()), spillway::argument_error);
  CHECK_THROWS_AS(calendar::format_instant(calendar::instant::min()), spillway::argument_error);
}
