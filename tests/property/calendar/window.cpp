#include "support/catch.hpp"

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/slide.hpp>
#include <spillway/calendar/window.hpp>

#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <vector>

namespace {

namespace calendar = spillway::calendar;
using calendar::instant;
using std::chrono::microseconds;

/// Of any magnitude, negative too.
std::int64_t any_size(std::mt19937_64& random) { return static_cast<std::int64_t>(random()) >> (random() % 64); }

}  // namespace

TEST_CASE("a window holds its instant, for lengths and origins of any size") {
  std::mt19937_64 random{3};
  for (int i = 0; i < 300'000; ++i) {
    auto const length = microseconds{1 + (static_cast<std::int64_t>(random() >> 2U) >> (random() % 62))};
    auto const origin = instant{microseconds{any_size(random)}};
    auto const time = instant{microseconds{any_size(random) / 2}};
    if (length > microseconds{std::int64_t{1} << 60U}) continue;
    calendar::tumbling const windows{length, origin};
    auto const of = windows.window_of(time);
    auto const off = (static_cast<calendar::detail::int128>(of.start.time_since_epoch().count()) -
                      origin.time_since_epoch().count()) %
                     length.count();
    bool const right = of.start <= time && time < of.end && of.end - of.start == length && off == 0 &&
                       windows.index_of(of) == windows.index_of(time) &&
                       windows.bucket_at(windows.index_of(time)) == of;
    if (!right) FAIL("wrong for " << time.time_since_epoch().count() << " in windows of " << length.count());
  }
}

TEST_CASE("sliding windows joined from panes count as windows counted one by one") {
  std::mt19937_64 random{4};
  for (int round = 0; round < 500; ++round) {
    auto const length = microseconds{1 + random() % 40};
    auto const slide = microseconds{1 + random() % 40};
    calendar::sliding const windows{length, slide, instant{microseconds{any_size(random) >> 40U}}};
    calendar::counter<calendar::tumbling> panes{windows.panes()};
    std::map<instant, std::uint64_t> expected;
    auto const events = random() % 60;
    for (std::uint64_t i = 0; i < events; ++i) {
      auto const time = instant{microseconds{static_cast<std::int64_t>(random() % 600) - 300}};
      panes.add(time);
      auto const late = calendar::tumbling{slide, windows.origin()}.window_of(time).start;
      for (auto start = late; start > time - length; start -= slide) ++expected[start];
    }
    std::map<instant, std::uint64_t> found;
    instant previous = instant::min();
    calendar::slide_over(panes, windows, [&](calendar::window of, std::uint64_t count) {
      REQUIRE(of.start > previous);
      REQUIRE(of.end - of.start == length);
      previous = of.start;
      found[of.start] = count;
    });
    REQUIRE(found == expected);
  }
}

TEST_CASE("sliding over panes of other windows is refused") {
  using namespace std::chrono_literals;
  calendar::counter<calendar::tumbling> const panes{calendar::tumbling{10min}};
  auto const nothing = [](calendar::window, std::uint64_t) {};
  CHECK_THROWS_AS(calendar::slide_over(panes, calendar::sliding{15min, 10min}, nothing), spillway::argument_error);
}
