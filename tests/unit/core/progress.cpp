#include "support/catch.hpp"

#include <spillway/core/progress.hpp>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using spillway::progress;
using spillway::throttle;

TEST_CASE("nobody is told through an empty callback") { CHECK_FALSE(throttle({})); }

TEST_CASE("the first report of each phase and the completed ones are passed on, others when it is time") {
  std::vector<std::uint64_t> seen;
  auto const report = throttle([&](progress const& now) { seen.push_back(now.done); }, std::chrono::hours{1});
  report({.phase = "read", .done = 1, .total = 10});
  report({.phase = "read", .done = 2, .total = 10});
  report({.phase = "read", .done = 10, .total = 10});
  report({.phase = "merge", .done = 3});
  report({.phase = "merge", .done = 4});
  CHECK(seen == std::vector<std::uint64_t>{1, 10, 3});
}

TEST_CASE("with no interval all reports are passed on") {
  int seen = 0;
  auto const report = throttle([&](progress const&) { ++seen; }, {});
  for (std::uint64_t i = 0; i < 5; ++i) report({.phase = "read", .done = i});
  CHECK(seen == 5);
}

TEST_CASE("the phase's name need not outlive the report") {
  int seen = 0;
  auto const report = throttle([&](progress const&) { ++seen; }, std::chrono::hours{1});
  for (int i = 0; i < 3; ++i) {
    auto const name = std::string(100, static_cast<char>('a' + i));
    report({.phase = name});
  }
  CHECK(seen == 3);
}

TEST_CASE("what the callback throws passes through") {
  auto const report = throttle([](progress const&) { throw std::runtime_error{"stop"}; });
  CHECK_THROWS_AS(report({.phase = "read"}), std::runtime_error);
}

}  // namespace
