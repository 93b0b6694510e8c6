#include "support/catch.hpp"

#include <spillway/calendar/format.hpp>
#include <spillway/calendar/parse.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>

namespace {

namespace calendar = spillway::calendar;
using namespace std::chrono_literals;
using std::chrono::sys_days;

calendar::instant at(int year, unsigned month, unsigned day, std::chrono::microseconds time = {}) {
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}} + time;
}

std::string problem_of(std::string_view text) {
  try {
    static_cast<void>(calendar::parse_instant(text));
  } catch (spillway::value_error const& e) {
    return e.expected();
  }
  return "";
}

}  // namespace

static_assert(calendar::parse_instant("1970-01-01T00:00:00Z") == calendar::instant{});
static_assert(calendar::parse_date("1970-01-02") == sys_days{std::chrono::days{1}});

TEST_CASE("timestamps in all forms of ISO 8601's extended format name the same instant") {
  auto const time = at(2016, 7, 26, 2h + 45min + 7s);
  CHECK(calendar::parse_instant("2016-07-26T02:45:07Z") == time);
  CHECK(calendar::parse_instant("2016-07-26T02:45:07") == time);
  CHECK(calendar::parse_instant("2016-07-26 02:45:07z") == time);
  CHECK(calendar::parse_instant("2016-07-26t02:45:07.000") == time);
  CHECK(calendar::parse_instant("2016-07-26T04:45:07+02:00") == time);
  CHECK(calendar::parse_instant("2016-07-26T04:45:07.0+0200") == time);
  CHECK(calendar::parse_instant("2016-07-25T21:45:07,000-05") == time);
  CHECK(calendar::parse_instant("2016-07-26T08:15:07.000000+05:30") == time);
  CHECK(calendar::parse_instant("2016-07-26T02:45:07.000000000+00:00") == time);
  CHECK(calendar::parse_instant("2016-07-26T02:45:07-00:00") == time);
  CHECK(calendar::parse_instant("2016-07-26T02:45Z") == at(2016, 7, 26, 2h + 45min));
  CHECK(calendar::parse_instant("2016-07-26T02:45+02") == at(2016, 7, 26, 45min));
  CHECK(calendar::parse_instant("2016-07-26") == at(2016, 7, 26));
}

TEST_CASE("a fraction has one to nine digits, and those beyond the resolution are cut off") {
  auto const second = at(2016, 7, 26, 7s);
  CHECK(calendar::parse_instant("2016-07-26T00:00:07.1Z") == second + 100ms);
  CHECK(calendar::parse_instant("2016-07-26T00:00:07.123Z") == second + 123ms);
  CHECK(calendar::parse_instant("2016-07-26T00:00:07.123456Z") == second + 123456us);
  CHECK(calendar::parse_instant("2016-07-26T00:00:07.1234569Z") == second + 123456us);
  CHECK(calendar::parse_instant("2016-07-26T00:00:07.999999999") == second + 999999us);
  CHECK(calendar::parse_instant("1969-12-31T23:59:59.9999999Z") == calendar::instant{-1us});
  CHECK(calendar::parse_instant<std::chrono::nanoseconds>("2016-07-26T00:00:07.123456789Z") == second + 123456789ns);
  CHECK(calendar::parse_instant<std::chrono::nanoseconds>("2016-07-26T00:00:07.12345678Z") == second + 123456780ns);
  CHECK(calendar::parse_instant<std::chrono::milliseconds>("2016-07-26T00:00:07.9999Z") == second + 999ms);
  CHECK(calendar::parse_instant<std::chrono::seconds>("1969-12-31T23:59:59.5Z").time_since_epoch() == -1s);
  CHECK(calendar::parse_instant<std::chrono::minutes>("1969-12-31T23:59:59.5Z").time_since_epoch() == -1min);
  CHECK_FALSE(calendar::try_parse_instant("2016-07-26T00:00:07.1234567890Z"));
  CHECK_FALSE(calendar::try_parse_instant("2016-07-26T00:00:07.Z"));
  CHECK_FALSE(calendar::try_parse_instant("2016-07-26T00:00:07."));
}

TEST_CASE("what is wrong with a timestamp is said") {
  CHECK(problem_of("2015-02-29T00:00:00") == "a day that the month has");
  CHECK(problem_of("1900-02-29T00:00:00") == "a day that the month has");
  CHECK(problem_of("2016-04-31") == "a day that the month has");
  CHECK(problem_of("2016-04-00T00:00:00Z") == "a day that the month has");
  CHECK(problem_of("2016-13-01T00:00:00Z") == "a month from 01 to 12");
  CHECK(problem_of("2016-00-01T00:00:00Z") == "a month from 01 to 12");
  CHECK(problem_of("0000-01-01T00:00:00Z") == "a year from 0001 to 9999");
  CHECK(problem_of("2016-07-26T25:00:00Z") == "an hour from 00 to 23, or 24:00");
  CHECK(problem_of("2016-07-26T24:00:00.001Z") == "an hour from 00 to 23, or 24:00");
  CHECK(problem_of("2016-07-26T00:60:00Z") == "a minute from 00 to 59");
  CHECK(problem_of("2016-07-26T00:00:61Z") == "a second from 00 to 59, or a leap second at the end of a month");
  CHECK(problem_of("2016-07-26T00:00:60Z") == "a second from 00 to 59, or a leap second at the end of a month");
  CHECK(problem_of("2016-07-26T00:00:00+24:00") == "an offset from UTC below 24 hours");
  CHECK(problem_of("2016-07-26T00:00:00+02:60") == "an offset from UTC below 24 hours");
  CHECK(problem_of("0001-01-01T00:00:00+00:01") == "a timestamp in the years 0001 to 9999");
  CHECK(problem_of("9999-12-31T24:00:00") == "a timestamp in the years 0001 to 9999");
  for (auto const* text : {"",
                           " ",
                           "2016",
                           "2016-7-26",
                           "20160726T024507Z",
                           "2016-07-26T",
                           "2016-07-26T02",
                           "2016-07-26T02:45:07ZZ",
                           "2016-07-26T02:45:07 Z",
                           " 2016-07-26T02:45:07",
                           "2016/07/26T02:45:07",
                           "2016-07-26T02:45:07+2",
                           "2016-07-26T02:45:07+02:0",
                           "2016-07-26T02:45:07+02:00Z",
                           "2016-07-26T02:45:07.+02:00",
                           "2016-07-26T02:45:0a",
                           "+016-07-26T02:45:07",
                           "2016-07-26T02:45:-7",
                           "2016-07-26T02:45:07.12-",
                           "2016-07-26T02:45:07-",
                           "2016-07-26T02:45:07.1234567890123"}) {
    CAPTURE(text);
    CHECK(problem_of(text) == "a timestamp such as 2016-07-26T02:45:07.123Z");
  }
}

TEST_CASE("24:00 is the midnight that ends the day") {
  CHECK(calendar::parse_instant("2016-12-31T24:00:00Z") == at(2017, 1, 1));
  CHECK(calendar::parse_instant("2016-02-28T24:00") == at(2016, 2, 29));
  CHECK(calendar::parse_instant("2016-02-28T24:00:00.000+01:00") == at(2016, 2, 28, 23h));
}

TEST_CASE("a leap second counts as the second after it") {
  CHECK(calendar::parse_instant("2016-12-31T23:59:60Z") == at(2017, 1, 1));
  CHECK(calendar::parse_instant("2016-12-31T23:59:60.500Z") == at(2017, 1, 1, 500ms));
  CHECK(calendar::parse_instant("2017-01-01T05:29:60+05:30") == at(2017, 1, 1));
  CHECK_FALSE(calendar::try_parse_instant("2016-12-30T23:59:60Z"));
  CHECK_FALSE(calendar::try_parse_instant("2016-12-31T23:59:60+01:00"));
  CHECK_FALSE(calendar::try_parse_instant("1969-12-30T23:59:60Z"));
  CHECK(calendar::parse_instant("1969-12-31T23:59:60Z") == calendar::instant{});
}

TEST_CASE("the first and the last instant are read, and a narrower range is checked") {
  CHECK(calendar::parse_instant("0001-01-01T00:00:00Z") == at(1, 1, 1));
  CHECK(calendar::parse_instant("9999-12-31T23:59:59.999999Z") == at(9999, 12, 31, 24h - 1us));
  using nano = std::chrono::nanoseconds;
  CHECK(calendar::parse_instant<nano>("2262-04-11T23:47:16.854775807Z").time_since_epoch() == nano::max());
  CHECK_FALSE(calendar::try_parse_instant<nano>("2262-04-11T23:47:16.854775808Z"));
  CHECK(calendar::parse_instant<nano>("1677-09-21T00:12:43.145224192Z").time_since_epoch() == nano::min());
  CHECK_FALSE(calendar::try_parse_instant<nano>("1677-09-21T00:12:43.145224191Z"));
  CHECK_THROWS_AS(calendar::parse_instant<nano>("9999-12-31T00:00:00Z"), spillway::value_error);
}

TEST_CASE("nothing outside the text is read, where a page ends or begins") {
  auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  auto* const area = static_cast<char*>(::mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  REQUIRE(area != MAP_FAILED);
  REQUIRE(::mprotect(area + page, page, PROT_READ | PROT_WRITE) == 0);
  std::string_view const whole = "2016-07-26T02:45:07.123456789+05:30";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    for (auto const suffix : {std::string_view{}, std::string_view{"Z"}, std::string_view{"-05:30"}}) {
      auto const text = std::string{whole.substr(0, size)}.append(suffix);
      auto* const at_end = area + 2 * page - text.size();
      text.copy(at_end, text.size());
      auto const ending = calendar::detail::scan_instant({at_end, text.size()});
      text.copy(area + page, text.size());
      auto const beginning = calendar::detail::scan_instant({area + page, text.size()});
      REQUIRE(ending == calendar::detail::scan_instant_bytewise(text));
      REQUIRE(ending == calendar::detail::scan_instant_by<calendar::detail::by_words>({at_end, text.size()}));
      REQUIRE(beginning == ending);
    }
  }
  ::munmap(area, 3 * page);
}

TEST_CASE("dates are read alone") {
  CHECK(calendar::parse_date("2016-02-29") == sys_days{std::chrono::year{2016} / 2 / 29});
  CHECK_THROWS_AS(calendar::parse_date("2015-02-29"), spillway::value_error);
  CHECK_THROWS_AS(calendar::parse_date("2016-02-29T00:00"), spillway::value_error);
  CHECK_THROWS_AS(calendar::parse_date("2016-02"), spillway::value_error);
}

TEST_CASE("epoch counts are read exactly in every unit") {
  using calendar::epoch_unit;
  auto const time = at(2016, 7, 26, 2h + 45min + 7s);
  CHECK(calendar::parse_epoch("1469501107", epoch_unit::seconds) == time);
  CHECK(calendar::parse_epoch("1469501107123", epoch_unit::milliseconds) == time + 123ms);
  CHECK(calendar::parse_epoch("1469501107123456", epoch_unit::microseconds) == time + 123456us);
  CHECK(calendar::parse_epoch("1469501107123456789", epoch_unit::nanoseconds) == time + 123456us);
  CHECK(calendar::parse_epoch<std::chrono::nanoseconds>("1469501107.123456789", epoch_unit::seconds) ==
        time + 123456789ns);
  CHECK(calendar::parse_epoch("1469501107.5", epoch_unit::milliseconds) == calendar::instant{1469501107500us});
  CHECK(calendar::parse_epoch("-1", epoch_unit::nanoseconds) == calendar::instant{-1us});
  CHECK(calendar::parse_epoch("-0.5", epoch_unit::seconds) == calendar::instant{-500ms});
  CHECK(calendar::parse_epoch("-0.0000005", epoch_unit::seconds) == calendar::instant{-1us});
  for (auto const* text : {"", "-", ".5", "1.", "+1", "1e9", " 1", "1469501107.1234567890", "--1", "0x1"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(calendar::parse_epoch(text, epoch_unit::seconds), spillway::value_error);
  }
  for (auto const* text : {"253402300800", "-62135596801", "99999999999999999999", "-99999999999999999999.999999999"}) {
    CHECK_THROWS_AS(calendar::parse_epoch(text, epoch_unit::seconds), spillway::value_error);
  }
}

TEST_CASE("a row's field is read as an instant or a date") {
  CHECK(spillway::parse_text<calendar::instant>("2016-07-26T00:00:01Z") == at(2016, 7, 26, 1s));
  CHECK(spillway::parse_text<sys_days>("2016-07-26") == sys_days{std::chrono::year{2016} / 7 / 26});
  CHECK_THROWS_AS(spillway::parse_text<calendar::instant>("yesterday"), spillway::value_error);
}
