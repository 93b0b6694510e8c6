#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/stats/detail/ordered_slabs.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <tuple>
#include <vector>

namespace stats = spillway::stats;

namespace {

/// Checks that groups follow each other without a gap, and remembers what they add up to, in a way that depends on
/// their order.
struct recorder {
  recorder(stats::sample_sizes, stats::test_options const&) {}

  void add(stats::tie_group const& group) {
    if (!any) first = group;
    if (any && (group.value < last.value || group.x_before != last.x_before + last.x_count ||
                group.y_before != last.y_before + last.y_count)) {
      gap = true;
    }
    any = true;
    last = group;
    ++groups;
    x += group.x_count * group.x_count * (group.y_before + 1);
    y += group.y_count * group.y_count * (group.x_before + 1);
    values += group.value * static_cast<double>(group.x_count + 3 * group.y_count);
  }

  void append(recorder const& later) {
    if (!later.any) return;
    if (!any) {
      *this = later;
      return;
    }
    gap = gap || later.gap || later.first.value < last.value || later.first.x_before != last.x_before + last.x_count ||
          later.first.y_before != last.y_before + last.y_count;
    last = later.last;
    groups += later.groups;
    x += later.x;
    y += later.y;
    values += later.values;
  }

  // Different integers may be the same double.
  bool any = false;
  bool gap = false;
  stats::tie_group first;
  stats::tie_group last;
  std::uint64_t groups = 0;
  std::uint64_t x = 0;
  std::uint64_t y = 0;
  double values = 0;
};

template <class T>
void check(std::vector<T> x, std::vector<T> y, std::vector<unsigned> const& thread_counts = {1, 3}) {
  spillway::memory_budget budget{std::size_t{34} << 20U};
  std::vector<recorder> found;
  for (auto const threads : thread_counts) {
    stats::test_options const options{.threads = threads, .memory = &budget};
    stats::detail::ordered_slabs<T> slabs{x, y, options};
    REQUIRE(slabs.sizes() == stats::sample_sizes{x.size(), y.size()});
    found.push_back(slabs.pass([&] { return recorder{slabs.sizes(), options}; }));
  }
  std::ranges::sort(x);
  std::ranges::sort(y);
  recorder expected{{}, {}};
  stats::merge_pass(x, y, expected);
  for (auto const& one : found) {
    CHECK_FALSE(one.gap);
    CHECK(one.groups == expected.groups);
    CHECK(one.x == expected.x);
    CHECK(one.y == expected.y);
    CHECK(one.values == Approx(expected.values).epsilon(1e-9));
    CHECK(one.last.x_before + one.last.x_count == x.size());
    CHECK(one.last.y_before + one.last.y_count == y.size());
  }
}

}  // namespace

TEST_CASE("unsorted samples pass in order, in little memory") {
  std::mt19937_64 random{17};
  std::normal_distribution<double> normal;
  auto const compare = [&](std::size_t count, auto const& of_x, auto const& of_y) {
    std::vector<double> x(count);
    std::vector<double> y(count / 3 + 1);
    for (auto& one : x) one = of_x();
    for (auto& one : y) one = of_y();
    INFO(count << " values");
    check(x, y);
  };
  for (std::size_t const count : {1U, 50U, 70'000U}) {
    compare(
        count, [&] { return normal(random); }, [&] { return normal(random) + 1; });
    compare(
        count, [&] { return std::round(normal(random) * 2); }, [&] { return std::round(normal(random) * 2); });
    compare(
        count, [&] { return random() % 3 == 0 ? normal(random) : 0.; },
        [&] { return random() % 3 == 0 ? normal(random) : -0.; });
    compare(
        count, [&] { return 1 + static_cast<double>(random() % 3) * 0x1p-52; }, [&] { return normal(random); });
  }
}

TEST_CASE("more values than a slab holds pass in order, however they are crowded") {
  std::mt19937_64 random{18};
  auto const many = std::size_t{2'700'000};
  std::vector<double> x(many);
  std::vector<double> y(many / 20);
  for (auto& one : x) one = std::sqrt(static_cast<double>(random() >> 12U));
  for (auto& one : y) one = std::sqrt(static_cast<double>(random() >> 12U));
  check(x, y, {2});
  // Three values that the first grid doesn't tell apart are more than a slab holds.
  for (auto& one : x)
    one = random() % 100 == 0 ? static_cast<double>(random() >> 12U) : 1 + static_cast<double>(random() % 3) * 0x1p-52;
  check(x, y, {2});
  std::vector<std::int64_t> big(many);
  for (auto& one : big) one = (std::int64_t{1} << 62U) + static_cast<std::int64_t>(random() % 5);
  check(big, {1, 2, 3}, {2});
}
