#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/stats/kolmogorov_smirnov_distance.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace stats = spillway::stats;
using namespace spillway::literals;

namespace {

constexpr auto infinity = std::numeric_limits<double>::infinity();
constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();

using values = std::vector<double>;

}  // namespace

TEST_CASE("the Kolmogorov–Smirnov distance has a size, a sign and a place") {
  auto const result = stats::kolmogorov_smirnov_distance(values{1, 2, 3, 4}, values{2.5, 3.5, 4.5, 5.5, 6.5});
  CHECK(result.statistic == 0.6);
  CHECK(result.greater == 0.6);
  CHECK(result.less == 0);
  CHECK(result.distance == 12);
  CHECK(result.location == 4);
  CHECK(result.sign == 1);
  auto const reverse = stats::kolmogorov_smirnov_distance(values{2.5, 3.5, 4.5, 5.5, 6.5}, values{1, 2, 3, 4});
  CHECK(reverse.less == 0.6);
  CHECK(reverse.location == 4);
  CHECK(reverse.sign == -1);
}

TEST_CASE("where both sides are as far, the least value is told") {
  auto const result = stats::kolmogorov_smirnov_distance(values{1, 4}, values{2, 3});
  CHECK(result.greater == 0.5);
  CHECK(result.less == 0.5);
  CHECK(result.location == 1);
  CHECK(result.sign == 1);
}

TEST_CASE("equal distributions have distance 0") {
  CHECK(stats::kolmogorov_smirnov_distance(values{1, 1, 2}, values{2, 1, 1}).statistic == 0);
  CHECK(stats::kolmogorov_smirnov_distance(values{5, 5, 5}, values{5}).statistic == 0);
}

TEST_CASE("zeros are equal whatever their sign, and infinities are values") {
  CHECK(stats::kolmogorov_smirnov_distance(values{-0., 1}, values{0., 1}).statistic == 0);
  auto const result = stats::kolmogorov_smirnov_distance(values{-infinity, infinity}, values{infinity, infinity});
  CHECK(result.statistic == 0.5);
  CHECK(result.location == -infinity);
}

TEST_CASE("values that are not numbers are left out, told or refused, as the policy is") {
  values const x{1, not_a_number, 2};
  values const y{2, 3, -not_a_number, not_a_number};
  auto const omitted = stats::kolmogorov_smirnov_distance(x, y);
  CHECK(omitted.statistic == 0.5);
  CHECK(omitted.sizes == stats::sample_sizes{2, 2});
  CHECK(omitted.omitted == stats::sample_sizes{1, 2});
  CHECK(std::isnan(stats::kolmogorov_smirnov_distance(x, y, {.nan = stats::nan_policy::propagate}).statistic));
  CHECK_THROWS_AS(stats::kolmogorov_smirnov_distance(x, y, {.nan = stats::nan_policy::error}),
                  spillway::argument_error);
}

TEST_CASE("a sample without values has no distance") {
  CHECK_THROWS_AS(stats::kolmogorov_smirnov_distance(values{}, values{1}), spillway::argument_error);
  CHECK_THROWS_AS(stats::kolmogorov_smirnov_distance(values{1}, values{not_a_number}), spillway::argument_error);
}

TEST_CASE("integers that the same double stands for are told apart") {
  std::int64_t const big = std::int64_t{1} << 62U;
  std::vector<std::int64_t> x;
  std::vector<std::int64_t> y;
  for (std::int64_t i = 0; i < 300'000; ++i) {
    x.push_back(big + i % 8);
    y.push_back(big + i % 8 + 4);
  }
  auto const result = stats::kolmogorov_smirnov_distance(x, y);
  CHECK(result.statistic == 0.5);
  CHECK(result.sizes == stats::sample_sizes{300'000, 300'000});
}

TEST_CASE("the distance of samples that come in blocks is the same") {
  values x;
  values y;
  for (int i = 0; i < 50'000; ++i) {
    x.push_back(std::sin(i));
    y.push_back(std::sin(i * 1.1) * 1.01);
  }
  auto const blocks_of = [](values const& all) {
    return [&all](auto const& sink) {
      for (std::size_t i = 0; i < all.size(); i += 777) {
        sink(std::span{all}.subspan(i, std::min<std::size_t>(777, all.size() - i)));
      }
    };
  };
  auto const whole = stats::kolmogorov_smirnov_distance(x, y);
  for (unsigned const threads : {1U, 2U}) {
    auto const of_blocks =
        stats::kolmogorov_smirnov_distance_of_blocks<double>(blocks_of(x), blocks_of(y), {.threads = threads});
    CHECK(of_blocks.distance == whole.distance);
    CHECK(of_blocks.location == whole.location);
  }
}

TEST_CASE("the distance of six hundred thousand values takes eight megabytes at most") {
  values x;
  values y;
  for (int i = 0; i < 300'000; ++i) {
    x.push_back(std::sin(i) * std::exp(std::sin(i * .7)));
    y.push_back(std::sin(i * 1.1) * std::exp(std::sin(i * .77)));
  }
  spillway::memory_budget budget{8_MiB};
  auto const result = stats::kolmogorov_smirnov_distance(x, y, {.memory = &budget});
  CHECK(result.statistic < 0.01);
  CHECK(stats::kolmogorov_smirnov_distance(x, x, {.memory = &budget}).statistic == 0);
}

TEST_CASE("a stop that was asked for stops the search") {
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(stats::kolmogorov_smirnov_distance(values{1}, values{2}, {.stop = stop.get_token()}),
                  spillway::cancelled);
}
