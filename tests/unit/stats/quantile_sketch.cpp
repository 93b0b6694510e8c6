#include "support/catch.hpp"

#include <spillway/stats/quantile_sketch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

namespace stats = spillway::stats;

namespace {

std::vector<double> normal_values(std::size_t count, std::uint64_t seed, double shift = 0) {
  std::mt19937_64 random{seed};
  std::normal_distribution<double> normal{shift};
  std::vector<double> values(count);
  for (auto& one : values) one = normal(random);
  return values;
}

/// The largest error of the sketch's distribution function.
double largest_error(stats::quantile_sketch const& sketch, std::vector<double> values) {
  std::ranges::sort(values);
  double largest = 0;
  for (std::size_t i = 0; i < values.size(); i += 97) {
    auto const share = static_cast<double>(i + 1) / static_cast<double>(values.size());
    largest = std::max(largest, std::abs(sketch.distribution(values[i]) - share));
  }
  return largest;
}

}  // namespace

TEST_CASE("a sketch of few values has them all") {
  stats::quantile_sketch sketch;
  sketch.add(std::vector<double>{5, 1, 4, 2, 3});
  CHECK(sketch.size() == 5);
  CHECK(sketch.error_of_ranks() == 0);
  CHECK(sketch.error_everywhere() == 0);
  CHECK(sketch.rank(3) == 3);
  CHECK(sketch.distribution(2.5) == 0.4);
  CHECK(sketch.quantile(0) == 1);
  CHECK(sketch.quantile(0.5) == 3);
  CHECK(sketch.quantile(1) == 5);
}

TEST_CASE("a sketch of many values is small, and its ranks are near") {
  auto const values = normal_values(400'000, 1);
  stats::quantile_sketch sketch;
  sketch.add(values);
  CHECK(sketch.held() < 3 * stats::quantile_sketch::usual_capacity);
  CHECK(sketch.error_of_ranks(0.99) < 0.02);
  CHECK(largest_error(sketch, values) < sketch.error_everywhere(0.99));
  CHECK(sketch.least() == std::ranges::min(values));
  CHECK(sketch.greatest() == std::ranges::max(values));
  std::uint64_t weight = 0;
  for (auto const& one : sketch.weighted_values()) weight += one.weight;
  CHECK(weight == sketch.size());
}

TEST_CASE("the error of a rank is within its bound about as often as it says") {
  auto const values = normal_values(20'000, 2);
  auto const true_rank = std::ranges::count_if(values, [](double one) { return one <= 0.3; });
  int within = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    stats::quantile_sketch sketch{50, seed};
    sketch.add(values);
    auto const error = std::abs(static_cast<double>(sketch.rank(0.3)) - static_cast<double>(true_rank));
    within += error / static_cast<double>(values.size()) <= sketch.error_of_ranks(0.9) ? 1 : 0;
  }
  CHECK(within >= 180);
}

TEST_CASE("sketches of parts merge to a sketch of all") {
  std::vector<double> all;
  stats::quantile_sketch merged{200, 100};
  for (std::uint64_t part = 0; part < 7; ++part) {
    auto const values = normal_values(10'000 * part + 3, part, static_cast<double>(part));
    stats::quantile_sketch sketch{200, part};
    sketch.add(values);
    merged.merge(sketch);
    all.insert(all.end(), values.begin(), values.end());
  }
  CHECK(merged.size() == all.size());
  CHECK(merged.held() < 1200);
  CHECK(largest_error(merged, all) < merged.error_everywhere(0.99));
  CHECK_THROWS_AS(merged.merge(stats::quantile_sketch{100}), spillway::argument_error);
}

TEST_CASE("equal streams and seeds give equal sketches") {
  auto const values = normal_values(50'000, 3);
  stats::quantile_sketch a{100, 5};
  stats::quantile_sketch b{100, 5};
  a.add(values);
  b.add(values);
  for (double share = 0; share < 1; share += 0.01) CHECK(a.quantile(share) == b.quantile(share));
}

TEST_CASE("infinities are values in a sketch, NaN is not") {
  stats::quantile_sketch sketch;
  auto const infinity = std::numeric_limits<double>::infinity();
  sketch.add(std::vector<double>{infinity, 0, -infinity, std::nan("")});
  CHECK(sketch.size() == 3);
  CHECK(sketch.not_numbers() == 1);
  CHECK(sketch.quantile(0) == -infinity);
  CHECK(sketch.quantile(1) == infinity);
}

TEST_CASE("a sketch refuses what makes no sense") {
  stats::quantile_sketch sketch;
  CHECK_THROWS_AS(sketch.quantile(0.5), spillway::argument_error);
  CHECK_THROWS_AS(sketch.distribution(1), spillway::argument_error);
  CHECK_THROWS_AS(sketch.error_of_ranks(), spillway::argument_error);
  sketch.add(1);
  CHECK_THROWS_AS(sketch.quantile(1.5), spillway::argument_error);
  CHECK_THROWS_AS(sketch.error_of_ranks(1), spillway::argument_error);
  CHECK_THROWS_AS(stats::quantile_sketch{7}, spillway::argument_error);
}

TEST_CASE("bounds of sketches contain the Kolmogorov–Smirnov statistic") {
  auto const x = normal_values(200'000, 8);
  auto const y = normal_values(100'000, 9, 0.5);
  stats::quantile_sketch x_sketch{2000, 1};
  stats::quantile_sketch y_sketch{2000, 2};
  x_sketch.add(x);
  y_sketch.add(y);
  auto const bounds = stats::kolmogorov_smirnov_bounds(x_sketch, y_sketch);
  CHECK(bounds.contains(std::erf(0.25 / std::sqrt(2.))));  // 2·Φ(¼) − 1
  CHECK(bounds.upper - bounds.lower < 0.05);
}
