#include "support/catch.hpp"

#include <spillway/stats/value_grid.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <span>
#include <vector>

namespace stats = spillway::stats;

namespace {

constexpr auto infinity = std::numeric_limits<double>::infinity();

std::vector<double> normal_values(std::size_t count) {
  std::minstd_rand random{5};
  std::normal_distribution<double> normal;
  std::vector<double> values(count);
  for (auto& one : values) one = normal(random);
  return values;
}

}  // namespace

TEST_CASE("a value grid keeps the order of numbers") {
  stats::value_grid const grid{normal_values(16'384)};
  std::vector<double> values{-infinity, std::numeric_limits<double>::lowest(), -1, -0., 0, 5e-324, 1, 1e300, infinity};
  for (auto const value : normal_values(20'000)) values.push_back(value * value * value);
  std::ranges::sort(values);
  std::uint32_t last = 0;
  for (auto const value : values) {
    auto const bucket = grid.bucket(value);
    REQUIRE(bucket >= last);
    REQUIRE(bucket < grid.size());
    last = bucket;
  }
  CHECK(grid.bucket(-infinity) == 0);
  CHECK(grid.bucket(infinity) == grid.size() - 1);
  CHECK(grid.bucket(-0.) == grid.bucket(0.));
}

TEST_CASE("a bucket goes from its first value to its last, and the next begins after it") {
  auto const check = [](stats::value_grid const& grid) {
    CHECK(grid.first_value(0) == -infinity);
    CHECK(grid.last_value(static_cast<std::uint32_t>(grid.size() - 1)) == infinity);
    for (std::uint32_t bucket = 1; bucket < grid.size(); ++bucket) {
      REQUIRE(grid.bucket(grid.first_value(bucket)) == bucket);
      REQUIRE(grid.bucket(grid.last_value(bucket - 1)) == bucket - 1);
      REQUIRE(std::nextafter(grid.last_value(bucket - 1), infinity) == grid.first_value(bucket));
    }
  };
  check(stats::value_grid{normal_values(16'384)});
  check(stats::value_grid::between(-3, 4));
  check(stats::value_grid::between(1, std::nextafter(1, 2)));
}

TEST_CASE("buckets hold about equally many values of data like the sample") {
  auto const values = normal_values(400'000);
  stats::value_grid const grid{std::span{values}.first(16'384)};
  CHECK(grid.size() > stats::value_grid::most_buckets / 3);
  CHECK(grid.size() <= stats::value_grid::most_buckets);
  std::vector<std::uint32_t> counts(grid.size() + 1);
  grid.count(std::span<double const>{values}, std::span{counts});
  // The ends of the sample, one value in 4096 on each side, are not resolved.
  CHECK(*std::ranges::max_element(counts) < values.size() / 2000);
}

TEST_CASE("counting leaves out what is not a number and counts it last") {
  stats::value_grid const grid{std::vector<double>{1, 2, 3}};
  std::vector<double> const values{1, std::nan(""), 2, -std::nan(""), infinity};
  std::vector<std::uint64_t> counts(grid.size() + 1);
  grid.count(std::span<double const>{values}, std::span{counts});
  CHECK(counts.back() == 2);
  std::uint64_t sum = 0;
  for (auto const count : counts) sum += count;
  CHECK(sum == 5);
}

TEST_CASE("a grid of an empty sample, or of one value, has a bucket") {
  CHECK(stats::value_grid{std::span<double const>{}}.size() == 1);
  CHECK(stats::value_grid{std::vector<double>{std::nan("")}}.size() == 1);
  stats::value_grid const grid{std::vector<double>{7}};
  CHECK(grid.bucket(-1) == 0);
  CHECK(grid.bucket(8) == grid.size() - 1);
}
