#include "support/catch.hpp"

#include <spillway/calendar.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <vector>

namespace {

namespace calendar = spillway::calendar;
using calendar::counter;
using calendar::instant;
using calendar::tumbling;
using std::chrono::microseconds;

instant clustered(std::mt19937_64& random) {
  auto const magnitude = 20 + random() % 30;
  return instant{microseconds{static_cast<std::int64_t>(random() >> (64 - magnitude)) * (random() % 2 == 0 ? 1 : -1)}};
}

}  // namespace

TEST_CASE("a counter holds what a map of buckets holds, however the events are spread over merged counters") {
  std::mt19937_64 random{5};
  for (int round = 0; round < 60; ++round) {
    tumbling const rule{microseconds{1 + random() % 5'000'000}};
    std::vector<counter<tumbling, int>> shards(1 + random() % 4, counter<tumbling, int>{rule});
    counter<tumbling, int> whole{rule};
    std::map<std::pair<int, instant>, std::uint64_t> expected;
    for (int i = 0; i < 2000; ++i) {
      auto const time = clustered(random);
      auto const key = static_cast<int>(random() % 100) - 20;
      whole.add(time, key);
      shards[random() % shards.size()].add(time, key);
      ++expected[{key, rule.window_of(time).start}];
    }
    counter<tumbling, int> merged{rule};
    std::shuffle(shards.begin(), shards.end(), random);
    for (auto const& shard : shards) merged.merge(shard);
    REQUIRE(merged == whole);
    auto next = expected.begin();
    for (auto const& [key, counts] : merged) {
      for (auto const& [bucket, count] : counts) {
        bool const right = next != expected.end() && next->first.first == key && next->first.second == bucket.start &&
                           next->second == count;
        if (!right) FAIL("counter and map differ");
        ++next;
      }
    }
    REQUIRE(next == expected.end());
  }
}

TEST_CASE("sessions are the runs of events less than the gap apart, in any order and over any shards") {
  std::mt19937_64 random{6};
  for (int round = 0; round < 400; ++round) {
    auto const gap = microseconds{1 + random() % 50};
    std::vector<calendar::session_set<int>> shards(1 + random() % 4,
                                                   calendar::session_set<int>{calendar::session{gap}});
    std::multiset<std::pair<instant, int>> events;
    auto const count = random() % 80;
    for (std::uint64_t i = 0; i < count; ++i) {
      auto const time = instant{microseconds{static_cast<std::int64_t>(random() % 2000) - 1000}};
      auto const key = static_cast<int>(random() % 3);
      events.emplace(time, key);
      shards[random() % shards.size()].add(time, key);
    }
    calendar::session_set<int> merged{calendar::session{gap}};
    for (auto const& shard : shards) merged.merge(shard);

    struct expected_session {
      instant first;
      instant last;
      std::uint64_t count = 0;
      std::map<int, std::uint64_t> by_key;
    };
    std::vector<expected_session> expected;
    for (auto const& [time, key] : events) {
      if (expected.empty() || time - expected.back().last >= gap) expected.push_back({time, time, 0, {}});
      expected.back().last = time;
      ++expected.back().count;
      ++expected.back().by_key[key];
    }
    REQUIRE(merged.size() == expected.size());
    REQUIRE(merged.total() == events.size());
    auto next = expected.begin();
    for (auto const& [first, held] : merged) {
      REQUIRE(first == next->first);
      REQUIRE(held.last == next->last);
      REQUIRE(held.count == next->count);
      REQUIRE(std::equal(held.by_key.begin(), held.by_key.end(), next->by_key.begin(), next->by_key.end()));
      ++next;
    }
  }
}

TEST_CASE("deviating buckets are those of the rule in exact arithmetic") {
  std::mt19937_64 random{7};
  for (int round = 0; round < 2000; ++round) {
    counter<tumbling> counts{tumbling{microseconds{1}}};
    auto const buckets = 1 + random() % 12;
    std::int64_t total = 0;
    std::vector<std::int64_t> values;
    for (std::uint64_t i = 0; i < buckets; ++i) {
      values.push_back(static_cast<std::int64_t>(1 + random() % 12));
      total += values.back();
      counts.add(instant{microseconds{static_cast<std::int64_t>(i)}}, static_cast<std::uint64_t>(values.back()));
    }
    auto const numerator = static_cast<std::int64_t>(random() % 10);
    auto const denominator = static_cast<std::int64_t>(1 + random() % 10);
    std::vector<std::int64_t> expected;
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto const distance = std::abs(values[i] * static_cast<std::int64_t>(buckets) - total);
      if (distance * denominator > total * numerator) expected.push_back(static_cast<std::int64_t>(i));
    }
    std::vector<std::int64_t> found;
    auto const limit = calendar::ratio{static_cast<std::uint64_t>(numerator), static_cast<std::uint64_t>(denominator)};
    for (auto const& [bucket, count] : calendar::deviating(counts, {.by_more_than = limit})) {
      found.push_back(bucket.start.time_since_epoch().count());
    }
    REQUIRE(found == expected);
  }
}

TEST_CASE("the top k and their tie report are those of a stable sort") {
  std::mt19937_64 random{8};
  for (int round = 0; round < 5000; ++round) {
    std::vector<std::pair<int, int>> items;
    auto const size = random() % 20;
    for (std::uint64_t i = 0; i < size; ++i) items.emplace_back(static_cast<int>(random() % 6), static_cast<int>(i));
    auto const limit = static_cast<std::size_t>(random() % 8);
    auto const top = calendar::top_k(items, limit, &std::pair<int, int>::first);
    auto sorted = items;
    std::ranges::stable_sort(sorted, std::ranges::greater{}, &std::pair<int, int>::first);
    auto const kept = std::min(limit, sorted.size());
    REQUIRE(std::equal(top.items.begin(), top.items.end(), sorted.begin(),
                       sorted.begin() + static_cast<std::ptrdiff_t>(kept)));
    REQUIRE(top.last.has_value() == (kept != 0));
    if (kept == 0) continue;
    auto const last = sorted[kept - 1].first;
    auto const sharing = std::ranges::count(sorted, last, &std::pair<int, int>::first);
    auto const inside = std::ranges::count(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(kept), last,
                                           &std::pair<int, int>::first);
    REQUIRE(*top.last == last);
    REQUIRE(top.sharing_last == static_cast<std::size_t>(sharing));
    REQUIRE(top.left_out == static_cast<std::size_t>(sharing - inside));
    REQUIRE(top.cuts_a_tie() == (sharing > inside));
  }
}
