#include "support/catch.hpp"

#include <spillway/split/by.hpp>
#include <spillway/split/sorted_into.hpp>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace split = spillway::split;

using pairs = std::vector<std::pair<int, std::string>>;

pairs some() { return {{3, "c"}, {1, "x"}, {3, "a"}, {2, "m"}, {1, "b"}, {3, "b"}, {1, "b"}}; }

struct collected {
  std::map<std::string, std::vector<std::string>> texts;
  std::vector<std::string> order;
  auto sinks() {
    return [this](std::string const& name) {
      return [this, name](std::pair<int, std::string> const& one) {
        texts[name].push_back(one.second);
        order.push_back(name);
      };
    };
  }
};

auto const text = [](std::pair<int, std::string> const& one) { return one.second; };
auto const number = [](std::pair<int, std::string> const& one) { return one.first; };
using groups = std::map<std::string, std::vector<std::string>>;

}  // namespace

TEST_CASE("each sink gets the records of its class in order, one sink after the other") {
  collected got;
  auto const done =
      split::sorted_into(some(), split::by{number, {"1", "2", "3"}}, got.sinks(), std::ranges::less{}, text);
  CHECK(got.texts == groups{{"1", {"b", "b", "x"}}, {"2", {"m"}}, {"3", {"a", "b", "c"}}});
  CHECK(got.order == std::vector<std::string>{"1", "1", "1", "2", "3", "3", "3"});
  CHECK(done.records == 7);
  CHECK(done.sorting.records == 7);
  REQUIRE(done.outputs.size() == 3);
  CHECK(done.outputs[0].records == 3);
}

TEST_CASE("any order of keys can be asked for") {
  collected falling;
  split::sorted_into(some(), split::by{number}, falling.sinks(), std::ranges::greater{}, text);
  CHECK(falling.texts == groups{{"1", {"x", "b", "b"}}, {"2", {"m"}}, {"3", {"c", "b", "a"}}});
  collected own;
  auto const last_first = [](std::string const& a, std::string const& b) { return b < a; };
  split::sorted_into(some(), split::by{number}, own.sinks(), last_first, text);
  CHECK(own.texts == falling.texts);
}

TEST_CASE("records of unknown classes are skipped and counted in a sorted split too") {
  collected got;
  auto const done = split::sorted_into(some(), split::by{number, {"3"}}, got.sinks(), std::ranges::less{}, text,
                                       {.unknown = split::unknown_class::skip});
  CHECK(got.texts == groups{{"3", {"a", "b", "c"}}});
  CHECK(done.unknown == 4);
  CHECK(done.records == 3);
}
