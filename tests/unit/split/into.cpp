#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/by_hash.hpp>
#include <spillway/split/into.hpp>

#include <functional>
#include <map>
#include <memory>
#include <ranges>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace split = spillway::split;

struct animal {
  std::string kind;
  int legs;
};

std::vector<animal> zoo() { return {{"cat", 4}, {"ant", 6}, {"dog", 4}, {"hen", 2}, {"bee", 6}}; }

/// What each class got.
struct collected {
  std::map<std::string, std::vector<std::string>> kinds;
  auto sinks() {
    return
        [this](std::string const& name) { return [to = &kinds[name]](animal const& one) { to->push_back(one.kind); }; };
  }
};

using groups = std::map<std::string, std::vector<std::string>>;

}  // namespace

TEST_CASE("each record goes to the sink of its class in the order of the input") {
  collected got;
  auto const done = split::into(zoo(), split::by{&animal::legs}, got.sinks());
  CHECK(got.kinds == groups{{"2", {"hen"}}, {"4", {"cat", "dog"}}, {"6", {"ant", "bee"}}});
  CHECK(done.records == 5);
  REQUIRE(done.outputs.size() == 3);
  CHECK(done.outputs[0].name == "2");
  CHECK(done.outputs[1].records == 2);
}

TEST_CASE("sinks of listed classes are made before the first record is read") {
  collected got;
  split::into(std::views::empty<animal>, split::by{&animal::legs, {"4", "8"}}, got.sinks());
  CHECK(got.kinds == groups{{"4", {}}, {"8", {}}});
}

TEST_CASE("records of unknown classes are refused, left out, put together or given a sink") {
  split::by const legs{&animal::legs, {"4", "8"}};
  collected got;
  CHECK_THROWS_WITH(split::into(zoo(), legs, got.sinks()), "expected one of the classes '4', '8', found '6'");

  collected skipped;
  CHECK(split::into(zoo(), legs, skipped.sinks(), {.unknown = split::unknown_class::skip}).unknown == 3);
  CHECK(skipped.kinds == groups{{"4", {"cat", "dog"}}, {"8", {}}});

  collected diverted;
  auto const done = split::into(zoo(), legs, diverted.sinks(), {.unknown = split::unknown_class::divert});
  CHECK(diverted.kinds == groups{{"4", {"cat", "dog"}}, {"8", {}}, {"unknown", {"ant", "hen", "bee"}}});
  CHECK(done.unknown == 3);
  CHECK(done.records == 5);

  collected made;
  split::into(zoo(), legs, made.sinks(), {.unknown = split::unknown_class::create});
  CHECK(made.kinds == groups{{"2", {"hen"}}, {"4", {"cat", "dog"}}, {"6", {"ant", "bee"}}, {"8", {}}});
}

TEST_CASE("a record that is called like the output of diverted ones is diverted and counted") {
  collected got;
  auto const done = split::into(zoo(), split::by{&animal::kind, {"cat"}}, got.sinks(),
                                {.unknown = split::unknown_class::divert, .diverted = "bee"});
  CHECK(got.kinds == groups{{"bee", {"ant", "dog", "hen", "bee"}}, {"cat", {"cat"}}});
  CHECK(done.unknown == 4);
}

TEST_CASE("records and sinks that can only be moved are moved") {
  std::vector<std::unique_ptr<int>> numbers;
  for (int i = 0; i != 4; ++i) numbers.push_back(std::make_unique<int>(i));
  std::map<std::string, std::vector<std::unique_ptr<int>>> got;
  auto const even = [](std::unique_ptr<int> const& number) { return *number % 2 == 0 ? 0 : 1; };
  split::into(numbers | std::views::transform([](auto& number) { return std::move(number); }),
              split::by_index{even, {"even", "odd"}}, [&](std::string const& name) {
                return [to = &got[name], token = std::make_unique<int>()](std::unique_ptr<int> number) {
                  to->push_back(std::move(number));
                };
              });
  REQUIRE(got["odd"].size() == 2);
  CHECK(*got["odd"][1] == 3);
}

TEST_CASE("a stop request ends the splitting") {
  std::stop_source stop;
  stop.request_stop();
  collected got;
  CHECK_THROWS_AS(split::into(zoo(), split::by{&animal::legs}, got.sinks(), {.stop = stop.get_token()}),
                  spillway::cancelled);
}
