#include "support/catch.hpp"

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/parse.hpp>
#include <spillway/calendar/zone.hpp>

#include <chrono>
#include <random>
#include <string_view>

namespace {

namespace calendar = spillway::calendar;
using calendar::instant;
using calendar::zoned_tumbling;
using namespace std::chrono_literals;

instant at(std::string_view text) { return calendar::parse_instant(text); }
calendar::window between(std::string_view start, std::string_view end) { return {at(start), at(end)}; }

}  // namespace

TEST_CASE("days run from local midnight to local midnight, 23 and 25 hours included") {
  zoned_tumbling const days{24h, "Europe/Berlin"};
  CHECK(days.window_of(at("2023-07-01T12:00+02:00")) == between("2023-07-01T00:00+02:00", "2023-07-02T00:00+02:00"));
  CHECK(days.window_of(at("2023-03-26T12:00+02:00")) == between("2023-03-26T00:00+01:00", "2023-03-27T00:00+02:00"));
  CHECK(days.window_of(at("2023-10-29T02:30+01:00")) == between("2023-10-29T00:00+02:00", "2023-10-30T00:00+01:00"));
}

TEST_CASE("a day whose midnight the clock skips begins at the jump") {
  zoned_tumbling const days{24h, "America/Sao_Paulo"};
  CHECK(days.window_of(at("2017-10-15T12:00-02:00")) == between("2017-10-15T01:00-02:00", "2017-10-16T00:00-02:00"));
  CHECK(days.window_of(at("2017-10-14T23:59-03:00")) == between("2017-10-14T00:00-03:00", "2017-10-15T01:00-02:00"));
}

TEST_CASE("a day whose midnight happens twice begins at the first") {
  zoned_tumbling const days{24h, "America/Havana"};
  CHECK(days.window_of(at("2023-11-05T00:30-05:00")) == between("2023-11-05T00:00-04:00", "2023-11-06T00:00-05:00"));
}

TEST_CASE("short windows keep their length where the clock goes back") {
  zoned_tumbling const minutes{10min, "Europe/Berlin"};
  CHECK(minutes.window_of(at("2023-10-29T02:55+02:00")) == between("2023-10-29T02:50+02:00", "2023-10-29T02:00+01:00"));
  CHECK(minutes.window_of(at("2023-10-29T02:05+01:00")) == between("2023-10-29T02:00+01:00", "2023-10-29T02:10+01:00"));
  zoned_tumbling const hours{1h, "Europe/Berlin"};
  CHECK(hours.window_of(at("2023-10-29T02:05+01:00")) == between("2023-10-29T02:00+01:00", "2023-10-29T03:00+01:00"));
  zoned_tumbling const howe{1h, "Australia/Lord_Howe"};  // goes back by half an hour, from 02:00 to 01:30
  CHECK(howe.window_of(at("2023-04-02T01:45+10:30")) == between("2023-04-02T01:00+11:00", "2023-04-02T02:00+10:30"));
}

TEST_CASE("zones a quarter of an hour off are aligned by their own clock") {
  zoned_tumbling const hours{1h, "Asia/Kathmandu"};
  CHECK(hours.window_of(at("2023-01-01T10:20+05:45")) == between("2023-01-01T10:00+05:45", "2023-01-01T11:00+05:45"));
}

TEST_CASE("windows hold their instants and lie end to end, in every zone and through every jump") {
  std::mt19937_64 random{9};
  for (auto const* zone :
       {"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Monrovia", "Pacific/Apia",
        "Asia/Kathmandu", "Africa/Casablanca", "America/Sao_Paulo", "Etc/UTC"}) {
    for (auto const length : {std::chrono::seconds{90}, 600s, 2400s, 3600s, 5400s, 21600s, 86400s, 7 * 86400s}) {
      zoned_tumbling const windows{length, zone};
      auto const earliest = at("1850-01-01").time_since_epoch().count();
      for (int i = 0; i < 100; ++i) {
        auto const time = instant{
            std::chrono::microseconds{earliest + static_cast<std::int64_t>(random() % 12'000'000'000'000'000U)}};
        auto const of = windows.window_of(time);
        bool const right = of.start <= time && time < of.end && windows.window_of(of.start) == of &&
                           windows.window_of(of.end - 1us) == of && windows.window_of(of.end).start == of.end;
        if (!right) FAIL(zone << ' ' << length.count() << ' ' << time.time_since_epoch().count());
      }
      auto time = at("2010-12-29");  // through Samoa's missing day, and a year of jumps
      for (int i = 0; i < 300; ++i) {
        auto const of = windows.window_of(time);
        if (of.start > time || windows.window_of(of.end).start != of.end) FAIL(zone << ' ' << length.count());
        time = of.end;
      }
    }
  }
}

TEST_CASE("events are counted by local windows, and unknown zones are refused") {
  calendar::counter<zoned_tumbling> counts{zoned_tumbling{24h, "Europe/Berlin"}};
  counts.add(at("2023-06-30T22:30Z"));
  counts.add(at("2023-07-01T21:30Z"));
  counts.add(at("2023-07-01T22:30Z"));
  CHECK(counts.size() == 2);
  CHECK((*counts.begin()).count == 2);
  CHECK_THROWS_AS(zoned_tumbling(24h, "Europe/Atlantis"), spillway::argument_error);
  CHECK_THROWS_AS(counts.add(instant::max()), spillway::value_error);
}
