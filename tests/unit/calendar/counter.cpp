#include "support/catch.hpp"

#include <spillway/calendar.hpp>
#include <spillway/core/memory_budget.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace calendar = spillway::calendar;
using calendar::counter;
using calendar::instant;
using calendar::monday_week;
using calendar::tumbling;
using namespace spillway::literals;
using namespace std::chrono_literals;

}  // namespace

static_assert(std::ranges::forward_range<counter<monday_week>>);

TEST_CASE("votes per week, and the weeks that stand out") {
  counter<monday_week> weeks;
  std::vector<std::pair<char const*, int>> const sample{
      {"2022-01-02T00:00:00.000", 1}, {"2022-01-03T10:00:00.000", 3}, {"2022-01-12T00:00:00.000", 3},
      {"2022-01-17T00:00:00.000", 2}, {"2022-01-30T00:00:00.000", 2}, {"2022-01-31T00:00:00.000", 1},
      {"2022-02-07T00:00:00.000", 1}, {"2022-02-20T00:00:00.000", 2}, {"2022-02-27T00:00:00.000", 1}};
  for (auto const& [text, votes] : sample) {
    for (int i = 0; i < votes; ++i) weeks.add(calendar::parse_instant(text));
  }
  std::vector<std::string> rows;
  for (auto const& [week, votes] : calendar::deviating(weeks, {.by_more_than = 0.2})) {
    rows.push_back(format_week(week).str() + ' ' + std::to_string(votes));
  }
  CHECK(rows == std::vector<std::string>{"2022-00 1", "2022-01 3", "2022-02 3", "2022-05 1", "2022-06 1", "2022-08 1"});
}

TEST_CASE("buckets come in the order of time, whatever the order of the events") {
  counter<tumbling> counts{tumbling{10min}};
  for (auto const* text :
       {"9999-12-31T23:55", "2016-07-26T02:45:07Z", "0001-01-01", "2016-07-26T02:40", "1969-12-31T23:59:59"}) {
    counts.add(calendar::parse_instant(text));
  }
  std::vector<std::string> starts;
  for (auto const& [bucket, count] : counts) starts.push_back(calendar::format_instant(bucket.start).str());
  CHECK(starts == std::vector<std::string>{"0001-01-01T00:00:00Z", "1969-12-31T23:50:00Z", "2016-07-26T02:40:00Z",
                                           "9999-12-31T23:50:00Z"});
  CHECK(counts.size() == 4);
  CHECK(counts.total() == 5);
  CHECK(counts.count(tumbling{10min}.window_of(calendar::parse_instant("2016-07-26T02:42"))) == 2);
  CHECK(counts.count_at(0) == 0);
}

TEST_CASE("events thousands of years apart cost a page each, not the time between them") {
  spillway::memory_budget budget{64_KiB};
  calendar::pmr::counter<tumbling> counts{tumbling{1s}, &budget};
  counts.add(calendar::parse_instant("9999-12-31T23:59:59"));
  counts.add(instant{});
  counts.add(calendar::parse_instant("0001-01-01"));
  CHECK(counts.size() == 3);
  CHECK(budget.used() < 4_KiB);
}

TEST_CASE("a counter stays within its budget and keeps its counts when refused more") {
  spillway::memory_budget budget{16_KiB};
  calendar::pmr::counter<tumbling> counts{tumbling{1s}, &budget};
  std::uint64_t kept = 0;
  try {
    for (;; ++kept) counts.add(instant{std::chrono::hours{static_cast<std::int64_t>(kept)}});
  } catch (spillway::budget_exceeded const&) {
  }
  CHECK(kept > 4);
  CHECK(counts.total() == kept);
  CHECK(counts.size() == kept);
  counts.add(instant{});
  CHECK(counts.total() == kept + 1);
}

TEST_CASE("counts that would reach 2^64 are refused and change nothing") {
  counter<tumbling> counts{tumbling{1s}};
  counts.add(instant{}, std::numeric_limits<std::uint64_t>::max());
  CHECK_THROWS_AS(counts.add(instant{5s}), spillway::value_error);
  CHECK_THROWS_AS(counts.merge(counter{counts}), spillway::value_error);
  CHECK(counts.size() == 1);
}

TEST_CASE("counters with different windows can't be merged") {
  counter<tumbling> ten{tumbling{10min}};
  counter<tumbling> const five{tumbling{5min}};
  CHECK_THROWS_AS(ten.merge(five), spillway::argument_error);
  counter<tumbling, int> keyed{tumbling{10min}};
  CHECK_THROWS_AS(keyed.merge(counter<tumbling, int>{tumbling{5min}}), spillway::argument_error);
}

TEST_CASE("a counter by key is one counter a key, in the order of the keys") {
  counter<tumbling, std::string> actions{tumbling{10min}};
  auto& opened = actions["Open"];
  opened.add(instant{});
  actions.add(instant{1min}, std::string_view{"Close"});
  actions.add(instant{11min}, "Open", 4);
  CHECK(opened.total() == 5);
  CHECK(actions.total() == 6);
  CHECK(actions.count({instant{}, instant{10min}}, "Open") == 1);
  CHECK(actions.count({instant{}, instant{10min}}, "Shut") == 0);
  CHECK(actions.totals().count_at(0) == 2);
  std::vector<std::string> keys;
  for (auto const& [key, counts] : actions) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"Close", "Open"});
}

TEST_CASE("counters are copied, moved and assigned, also between allocators") {
  enum class action { open, close };
  spillway::memory_budget budget{64_KiB};
  spillway::memory_budget other{64_KiB};
  using keyed = calendar::pmr::counter<tumbling, action>;
  keyed counts{tumbling{1min}, &budget};
  for (int i = 0; i < 500; ++i) counts.add(instant{std::chrono::seconds{i}}, i % 3 == 0 ? action::open : action::close);
  keyed copy{counts, &other};
  CHECK(copy == counts);
  copy.add(instant{}, action::open);
  CHECK_FALSE(copy == counts);
  keyed moved{std::move(copy)};
  copy = counts;
  copy.add(instant{}, action::open);
  CHECK(copy == moved);
  keyed elsewhere{tumbling{1h}, &budget};
  elsewhere = std::move(moved);
  elsewhere.add(instant{}, action::close);
  CHECK(elsewhere.total() == 502);
  CHECK(elsewhere.rule() == tumbling{1min});
  elsewhere.merge(elsewhere);
  CHECK(elsewhere.total() == 1004);
  elsewhere.clear();
  CHECK(elsewhere.empty());
}
