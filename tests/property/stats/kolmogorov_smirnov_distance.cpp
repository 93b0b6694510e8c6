#include "support/catch.hpp"

#include <spillway/stats/kolmogorov_smirnov_distance.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace stats = spillway::stats;

namespace {

struct oracle {
  std::int64_t greater = 0;
  std::int64_t less = 0;
  double location = 0;
};

template <class T>
oracle by_sorting(std::vector<T> x, std::vector<T> y) {
  std::ranges::sort(x);
  std::ranges::sort(y);
  oracle found;
  auto pooled = x;
  pooled.insert(pooled.end(), y.begin(), y.end());
  std::ranges::sort(pooled);
  for (auto const value : pooled) {
    auto const i = std::ranges::upper_bound(x, value) - x.begin();
    auto const j = std::ranges::upper_bound(y, value) - y.begin();
    auto const h = i * static_cast<std::int64_t>(y.size()) - j * static_cast<std::int64_t>(x.size());
    if (std::abs(h) > std::max(found.greater, found.less)) found.location = static_cast<double>(value);
    found.greater = std::max(found.greater, h);
    found.less = std::max(found.less, -h);
  }
  return found;
}

template <class T>
void check(std::vector<T> const& x, std::vector<T> const& y) {
  auto const expected = by_sorting(x, y);
  for (unsigned const threads : {1U, 3U}) {
    auto const result = stats::kolmogorov_smirnov_distance(x, y, {.threads = threads});
    auto const scale = static_cast<double>(x.size() * y.size());
    CHECK(result.greater == static_cast<double>(expected.greater) / scale);
    CHECK(result.less == static_cast<double>(expected.less) / scale);
    CHECK(static_cast<std::int64_t>(result.distance) == std::max(expected.greater, expected.less));
    CHECK(result.location == expected.location);
  }
}

}  // namespace

TEST_CASE("the distance without sorting is that of sorted samples") {
  std::mt19937_64 random{11};
  std::normal_distribution<double> normal;
  auto const make = [&](auto const& draw, std::size_t count) {
    std::vector<double> values(count);
    for (auto& one : values) one = draw();
    return values;
  };
  for (std::size_t const count : {1U, 2U, 7U, 1000U, 300'000U}) {
    auto const compare = [&](auto const& of_x, auto const& of_y) {
      check(make(of_x, count), make(of_y, count / 2 + 1));
    };
    INFO(count << " values");
    compare([&] { return normal(random); }, [&] { return normal(random) + 0.01; });
    compare([&] { return std::round(normal(random) * 2); }, [&] { return std::round(normal(random) * 2); });
    compare([&] { return random() % 3 == 0 ? normal(random) : 0.; },
            [&] { return random() % 3 == 0 ? normal(random) : -0.; });
    // A spike beside values that differ from it in the last bits, which no grid of the first pass tells apart.
    compare(
        [&] { return random() % 2 == 0 ? 1 + static_cast<double>(random() % 3) * 0x1p-52 : normal(random) * 1e6; },
        [&] { return random() % 2 == 0 ? 1 + static_cast<double>(random() % 2) * 0x1p-52 : normal(random) * 1e-6; });
    compare([&] { return std::exp(30 * normal(random)); }, [&] { return -std::exp(30 * normal(random)); });
  }
}

TEST_CASE("the distance without sorting of integers and of single precision is that of sorted samples") {
  std::mt19937_64 random{12};
  std::vector<std::int32_t> x(200'000);
  std::vector<std::int32_t> y(150'000);
  for (auto& one : x) one = static_cast<std::int32_t>(random() % 100'000) - 50'000;
  for (auto& one : y) one = static_cast<std::int32_t>(random() % 100'000) - 50'010;
  check(x, y);
  std::vector<float> a;
  std::vector<float> b;
  for (auto const one : x) a.push_back(std::sqrt(std::abs(static_cast<float>(one))));
  for (auto const one : y) b.push_back(std::sqrt(std::abs(static_cast<float>(one))));
  check(a, b);
}
