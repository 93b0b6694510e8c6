#include "support/catch.hpp"

#include <spillway/calendar/parse.hpp>
#include <spillway/calendar/window.hpp>

#include <chrono>

namespace {

namespace calendar = spillway::calendar;
using calendar::instant;
using calendar::tumbling;
using namespace std::chrono_literals;

}  // namespace

static_assert(tumbling{10min}.window_of(instant{}).end == instant{10min});

TEST_CASE("windows are half-open and aligned to the epoch, also before 1970") {
  tumbling const windows{10min};
  auto const time = calendar::parse_instant("2016-07-26T02:45:07Z");
  CHECK(windows.window_of(time).start == calendar::parse_instant("2016-07-26T02:40Z"));
  CHECK(windows.window_of(time).end == calendar::parse_instant("2016-07-26T02:50Z"));
  CHECK(windows.index_of(instant{}) == 0);
  CHECK(windows.index_of(instant{10min}) == 1);
  CHECK(windows.index_of(instant{10min - 1us}) == 0);
  CHECK(windows.index_of(instant{-1us}) == -1);
  CHECK(windows.index_of(instant{-10min}) == -1);
  CHECK(windows.index_of(instant{-10min - 1us}) == -2);
}

TEST_CASE("an origin moves the windows by its part of a length") {
  tumbling const weeks{std::chrono::days{7}, calendar::parse_instant("2024-01-01")};
  CHECK(weeks.window_of(calendar::parse_instant("1969-12-30T12:00")).start == calendar::parse_instant("1969-12-29"));
  CHECK(weeks == tumbling{std::chrono::days{7}, calendar::parse_instant("1950-01-02")});
  CHECK_FALSE(weeks == tumbling{std::chrono::days{7}});
}

TEST_CASE("an instant whose window would pass the end of the range is refused") {
  for (auto const length : {1us, 2us, 3us, std::chrono::microseconds{10min}, std::chrono::microseconds::max() / 2}) {
    for (auto const origin : {instant{}, instant{1us}, instant::min(), instant::max()}) {
      tumbling const windows{length, origin};
      int kept = 0;
      for (auto const time : {instant::min(), instant::min() + length, instant::max() - length, instant::max()}) {
        try {
          auto const of = windows.window_of(time);
          bool const holds = of.start <= time && time < of.end && of.end - of.start == length;
          REQUIRE(holds);
          ++kept;
        } catch (spillway::value_error const&) {
        }
      }
      CHECK(kept >= 1);
      CHECK_THROWS_AS(windows.index_of(instant::max()), spillway::value_error);
    }
  }
  CHECK_THROWS_AS(tumbling{10min}.index_of(instant::min()), spillway::value_error);
}

TEST_CASE("lengths that make no windows are refused") {
  CHECK_THROWS_AS(tumbling{0us}, spillway::argument_error);
  CHECK_THROWS_AS(tumbling{-1us}, spillway::argument_error);
  CHECK_THROWS_AS(tumbling{std::chrono::microseconds::max()}, spillway::argument_error);
  CHECK_THROWS_AS((calendar::sliding{0us, 1us}), spillway::argument_error);
  CHECK_THROWS_AS((calendar::sliding{1us, 0us}), spillway::argument_error);
}

TEST_CASE("sliding windows consist of panes of the greatest common length") {
  CHECK(calendar::sliding{15min, 10min}.panes().length() == 5min);
  CHECK(calendar::sliding{15min, 10min, instant{2min}}.panes() == tumbling{5min, instant{2min}});
}
