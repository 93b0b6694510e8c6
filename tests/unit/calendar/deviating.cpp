#include "support/catch.hpp"

#include <spillway/calendar/deviating.hpp>

#include <chrono>
#include <limits>

namespace {

namespace calendar = spillway::calendar;
using calendar::instant;
using calendar::ratio;
using namespace std::chrono_literals;

calendar::counter<calendar::tumbling> of(std::initializer_list<std::uint64_t> counts) {
  calendar::counter<calendar::tumbling> made{calendar::tumbling{1s}};
  instant at{};
  for (auto const count : counts) made.add(std::exchange(at, at + 1s), count);
  return made;
}

}  // namespace

static_assert(ratio::parse("0.2") == ratio{1, 5});

TEST_CASE("a ratio is exact, from two numbers, from a double and from text") {
  CHECK(ratio{0.2} == ratio{1, 5});
  CHECK(ratio{0.1} == ratio{10, 100});
  CHECK(ratio{2.0} == ratio{2, 1});
  CHECK(ratio{0.0} == ratio{0, 7});
  CHECK(ratio::parse("0.20") == ratio{1, 5});
  CHECK(ratio::parse(".5") == ratio{1, 2});
  CHECK(ratio::parse("0.000000000000000001").denominator() == 1'000'000'000'000'000'000U);
  CHECK_THROWS_AS((ratio{1, 0}), spillway::argument_error);
  CHECK_THROWS_AS(ratio{-0.2}, spillway::argument_error);
  CHECK_THROWS_AS(ratio{std::numeric_limits<double>::quiet_NaN()}, spillway::argument_error);
  CHECK_THROWS_AS(ratio{1e300}, spillway::argument_error);
  for (auto const* text : {"", ".", "1.", "-1", "1e3", "0,2", "1.2.3", " 1", "0.0000000000000000001"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(ratio::parse(text), spillway::argument_error);
  }
}

TEST_CASE("a bucket that deviates by exactly the threshold does not deviate by more") {
  CHECK(calendar::deviating(of({8, 12}), {.by_more_than = 0.2}).empty());  // in doubles 1.2 - 1 > 0.2 - 2 ulp
  CHECK(calendar::deviating(of({8, 12}), {.by_more_than = ratio{1999, 10000}}).size() == 2);
  CHECK(calendar::deviating(of({5, 5, 5}), {.by_more_than = 0.0}).empty());
  CHECK(calendar::deviating(of({5}), {}).empty());
  CHECK(calendar::deviating(of({}), {}).empty());
}

TEST_CASE("the largest counts do not overflow") {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  CHECK(calendar::deviating(of({most - 1, 1}), {.by_more_than = ratio{most - 3, most}}).size() == 2);
  CHECK(calendar::deviating(of({most - 1, 1}), {.by_more_than = ratio{most - 2, most}}).empty());
  CHECK(calendar::deviating(of({most - 1, 1}), {.by_more_than = ratio{most, 1}}).empty());
}
