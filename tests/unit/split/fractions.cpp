#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/split/fractions.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

namespace split = spillway::split;
using spillway::argument_error;

constexpr auto highest = std::numeric_limits<std::uint64_t>::max();

}  // namespace

TEST_CASE("fractions cut the range of hashes at exact integers") {
  split::fractions const halves{{"a", 0.5}, {"b", 0.25}, {"c", 0.25}};
  CHECK(halves.of_hash(0) == 0);
  CHECK(halves.of_hash((std::uint64_t{1} << 63U) - 1) == 0);
  CHECK(halves.of_hash(std::uint64_t{1} << 63U) == 1);
  CHECK(halves.of_hash((std::uint64_t{3} << 62U) - 1) == 1);
  CHECK(halves.of_hash(std::uint64_t{3} << 62U) == 2);
  CHECK(halves.of_hash(highest) == 2);
}

TEST_CASE("the last class takes what rounding leaves") {
  split::fractions const thirds{{"a", 1.0 / 3}, {"b", 1.0 / 3}, {"c", 1.0 / 3}};
  CHECK(thirds.of_hash(highest) == 2);
  split::fractions const usual{{"train", 0.8}, {"eval", 0.1}, {"test", 0.1}};
  CHECK(usual.of_hash(0xCCCC'CCCC'CCCC'CFFFU) == 0);
  CHECK(usual.of_hash(0xCCCC'CCCC'CCCC'D000U) == 1);
  CHECK(usual.of_hash(highest) == 2);
}

TEST_CASE("a class with no fraction gets nothing and a class with all of it everything") {
  split::fractions const none{{"a", 0}, {"b", 1}, {"c", 0}};
  for (auto const hash : {std::uint64_t{0}, std::uint64_t{1}, highest / 2, highest / 2 + 1}) {
    CHECK(none.of_hash(hash) == 1);
  }
  split::fractions const only{{"all", 1}};
  CHECK(only.of_hash(0) == 0);
  CHECK(only.of_hash(highest) == 0);
}

TEST_CASE("the counts of so many are the fractions of them, rounded by lot") {
  split::fractions const usual{{"train", 0.8}, {"eval", 0.1}, {"test", 0.1}};
  constexpr auto nearest = highest / 2 + 1;
  CHECK(usual.up_to(0, 10, nearest) == 8);
  CHECK(usual.up_to(1, 10, nearest) == 9);
  CHECK(usual.up_to(2, 10, nearest) == 10);
  CHECK(usual.up_to(0, 1, nearest) == 1);
  CHECK(usual.up_to(0, 1, 0) == 0);
  CHECK(usual.up_to(0, 3, nearest) == 2);
  CHECK(usual.up_to(0, 3, highest) == 3);
  CHECK(usual.up_to(2, 3, 0) == 3);
  CHECK(usual.up_to(0, 0, highest) == 0);
  split::fractions const halves{{"a", 0.5}, {"b", 0.5}};
  CHECK(halves.up_to(0, 1'000'000'000'000'000'000U, 0) == 500'000'000'000'000'000U);
  CHECK(halves.up_to(0, highest, 0) == highest / 2);
  CHECK(halves.up_to(0, highest, nearest) == highest / 2 + 1);
}

TEST_CASE("fractions that make no sense are refused with what is wrong") {
  using parts = std::vector<split::fraction>;
  CHECK_THROWS_WITH(split::fractions{parts{}}, Catch::Contains("add up to 1"));
  CHECK_THROWS_WITH((split::fractions{{"a", 0.5}, {"b", 0.4}}), Catch::Contains("0.9"));
  CHECK_THROWS_WITH((split::fractions{{"a", -0.5}, {"b", 1.5}}), Catch::Contains("'a'"));
  CHECK_THROWS_WITH((split::fractions{{"a", 0.5}, {"a", 0.5}}), Catch::Contains("more than one"));
  CHECK_THROWS_AS((split::fractions{{"a", std::numeric_limits<double>::quiet_NaN()}}), argument_error);
}
