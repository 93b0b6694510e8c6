#include "support/catch.hpp"

#include <spillway/calendar/session.hpp>
#include <spillway/core/memory_budget.hpp>

#include <chrono>
#include <limits>
#include <string>

namespace {

namespace calendar = spillway::calendar;
using calendar::instant;
using calendar::session;
using calendar::session_set;
using namespace spillway::literals;
using namespace std::chrono_literals;

}  // namespace

TEST_CASE("an event just the gap after the last one begins a new session") {
  session_set<> sessions{session{10s}};
  sessions.add(instant{0s});
  sessions.add(instant{10s});
  CHECK(sessions.size() == 2);
  sessions.add(instant{1us});
  CHECK(sessions.size() == 1);
  auto const& [first, held] = *sessions.begin();
  CHECK(sessions.span(first, held) == calendar::window{instant{0s}, instant{20s}});
}

TEST_CASE("one late event joins two sessions with their counts by key") {
  calendar::pmr::session_set<std::pmr::string> sessions{session{10s}};
  sessions.add(instant{0s}, "a");
  sessions.add(instant{15s}, "b", 3);
  sessions.add(instant{8s}, "a");
  REQUIRE(sessions.size() == 1);
  CHECK(sessions.begin()->second.count == 5);
  CHECK(sessions.begin()->second.by_key.at("a") == 2);
  CHECK(sessions.begin()->second.by_key.at("b") == 3);
}

TEST_CASE("memory follows the sessions, not the events") {
  spillway::memory_budget budget{4_KiB};
  calendar::pmr::session_set<> sessions{session{10s}, &budget};
  for (int i = 0; i < 100'000; ++i) sessions.add(instant{std::chrono::seconds{i % 50'000}});
  CHECK(sessions.size() == 1);
  CHECK(sessions.total() == 100'000);
  CHECK(budget.used() < 512);
}

TEST_CASE("sessions at both ends of the range don't wrap around") {
  session_set<> sessions{session{std::chrono::microseconds::max()}};
  sessions.add(instant::max());
  sessions.add(instant::min());
  CHECK(sessions.size() == 2);
  auto const last = std::next(sessions.begin());
  CHECK(sessions.span(last->first, last->second).end == instant::max());
}

TEST_CASE("session sets are copied and assigned between allocators") {
  spillway::memory_budget budget{64_KiB};
  spillway::memory_budget other{64_KiB};
  calendar::pmr::session_set<int> sessions{session{10s}, &budget};
  for (int i = 0; i < 20; ++i) sessions.add(instant{std::chrono::seconds{7 * i + i * i}}, i % 3);
  calendar::pmr::session_set<int> assigned{session{1s}, &other};
  assigned = sessions;
  assigned.merge(sessions);
  assigned.merge(assigned);
  CHECK(assigned.size() == sessions.size());
  CHECK(assigned.total() == 80);
  assigned = std::move(sessions);
  CHECK(assigned.total() == 20);
  CHECK_THROWS_AS(assigned.merge(calendar::pmr::session_set<int>{session{1s}}), spillway::argument_error);
  CHECK_THROWS_AS(session{0s}, spillway::argument_error);
}

TEST_CASE("a session set that is refused memory is as it was") {
  spillway::memory_budget budget{1_KiB};
  calendar::pmr::session_set<int> sessions{session{1s}, &budget};
  std::uint64_t kept = 0;
  try {
    for (;; ++kept) sessions.add(instant{std::chrono::hours{static_cast<std::int64_t>(kept)}}, 1);
  } catch (spillway::budget_exceeded const&) {
  }
  CHECK(kept > 2);
  CHECK(sessions.total() == kept);
  CHECK(sessions.size() == kept);
}
