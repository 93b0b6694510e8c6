#include "support/catch.hpp"

#include <spillway/stats/kolmogorov_smirnov_bounds.hpp>
#include <spillway/stats/kolmogorov_smirnov_distance.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace stats = spillway::stats;

namespace {

std::vector<std::uint64_t> tie_ends(std::vector<double> x, std::vector<double> const& y) {
  x.insert(x.end(), y.begin(), y.end());
  std::ranges::sort(x);
  std::vector<std::uint64_t> ends;
  for (std::size_t i = 1; i <= x.size(); ++i) {
    if (i == x.size() || x[i] != x[i - 1]) ends.push_back(i);
  }
  return ends;
}

}  // namespace

TEST_CASE("bounds of summaries contain the statistic and its exact p-value") {
  std::mt19937_64 random{3};
  std::normal_distribution<double> normal;
  for (int round = 0; round < 300; ++round) {
    auto const coarseness = static_cast<double>(1 + random() % 20);
    auto const make = [&](double shift) {
      std::vector<double> values(1 + random() % 300);
      for (auto& one : values) {
        one = normal(random) + shift;
        if (round % 3 == 0) one = std::round(one * coarseness) / coarseness;
      }
      return values;
    };
    auto const x = make(0);
    auto const y = make(static_cast<double>(round % 7) / 7);
    stats::value_grid const grid{std::span{x}.first(std::min<std::size_t>(x.size(), 1 + random() % 50)), 2048};
    stats::distribution_summary x_summary{grid};
    stats::distribution_summary y_summary{grid};
    x_summary.add(x);
    y_summary.add(y);
    auto const distance = stats::kolmogorov_smirnov_distance(x, y);
    auto const bounds =
        stats::kolmogorov_smirnov_bounds(x_summary, y_summary, {.method = stats::p_value_method::exact});
    auto const ends = tie_ends(x, y);
    auto const p = stats::detail::kolmogorov_smirnov_p({distance.distance, distance.sizes, {}, ends});
    INFO("round " << round);
    REQUIRE(bounds.statistic.contains(distance.statistic));
    // But for rounding.
    REQUIRE(bounds.p_value.lower <= p.value * (1 + 1e-13));
    REQUIRE(bounds.p_value.upper >= p.value * (1 - 1e-13));
    for (auto const claimed : {stats::alternative::greater, stats::alternative::less}) {
      auto const one_sided = stats::kolmogorov_smirnov_bounds(
          x_summary, y_summary, {.alternative = claimed, .method = stats::p_value_method::asymptotic});
      REQUIRE(one_sided.statistic.contains(claimed == stats::alternative::greater ? distance.greater : distance.less));
      REQUIRE(one_sided.p_value.lower <= one_sided.p_value.upper);
    }
  }
}
