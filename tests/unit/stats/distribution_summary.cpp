#include "support/catch.hpp"

#include <spillway/stats/kolmogorov_smirnov_bounds.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace stats = spillway::stats;

namespace {

stats::distribution_summary summary_of(stats::value_grid const& grid, std::vector<double> const& values) {
  stats::distribution_summary summary{grid};
  summary.add(values);
  return summary;
}

std::vector<double> some_values(int count, double scale) {
  std::vector<double> values;
  for (int i = 0; i < count; ++i) values.push_back(std::sin(i * 1.234) * scale);
  return values;
}

}  // namespace

TEST_CASE("a summary tells what it has seen") {
  stats::distribution_summary summary{stats::value_grid{some_values(100, 1)}};
  CHECK(summary.size() == 0);
  CHECK_FALSE(summary.least());
  summary.add(2);
  summary.add(-3);
  summary.add(std::nan(""));
  summary.add_nulls(5);
  CHECK(summary.size() == 2);
  CHECK(summary.nulls() == 5);
  CHECK(summary.not_numbers() == 1);
  CHECK(summary.least() == -3.);
  CHECK(summary.greatest() == 2.);
}

TEST_CASE("summaries merge to that of all values, whatever the cut") {
  auto const values = some_values(5000, 3);
  stats::value_grid const grid{values};
  auto const whole = summary_of(grid, values);
  auto merged = summary_of(grid, {values.begin() + 1234, values.end()});
  merged.merge(summary_of(grid, {values.begin(), values.begin() + 1234}));
  CHECK(merged == whole);
  CHECK_THROWS_AS(merged.merge(summary_of(stats::value_grid{some_values(50, 1)}, {})), spillway::argument_error);
}

TEST_CASE("a summary is read back from its bytes") {
  auto summary = summary_of(stats::value_grid{some_values(1000, 3)}, some_values(5000, 4));
  summary.add(std::numeric_limits<double>::infinity());
  summary.add_nulls(1'000'000);
  CHECK(stats::distribution_summary::from_bytes(summary.to_bytes()) == summary);
  stats::distribution_summary const empty{stats::value_grid{std::vector<double>{}}};
  CHECK(stats::distribution_summary::from_bytes(empty.to_bytes()) == empty);
}

TEST_CASE("damaged bytes of a summary are refused") {
  auto const bytes = summary_of(stats::value_grid{some_values(20, 3), 0}, some_values(50, 4)).to_bytes();
  auto const read = [](auto const& damaged) { return stats::distribution_summary::from_bytes(damaged); };
  for (std::size_t i = 0; i < bytes.size(); i += 7) {
    auto changed = bytes;
    changed[i] ^= std::byte{1};
    CHECK_THROWS_AS(read(changed), spillway::error);
    CHECK_THROWS_AS(read(std::span{bytes}.first(i)), spillway::corrupt_data);
  }
  auto longer = bytes;
  longer.push_back(std::byte{0});
  CHECK_THROWS_AS(read(longer), spillway::corrupt_data);
  auto later = bytes;
  later[8] = std::byte{2};
  CHECK_THROWS_AS(read(later), spillway::argument_error);
}

TEST_CASE("bounds of summaries with one value a bucket are exact") {
  std::vector<double> const x{1, 2, 3, 4};
  std::vector<double> const y{2.5, 3.5, 4.5, 5.5, 6.5};
  auto const grid = stats::value_grid::between(0, 8);
  auto const bounds = stats::kolmogorov_smirnov_bounds(summary_of(grid, x), summary_of(grid, y));
  CHECK(bounds.statistic.lower == 0.6);
  CHECK(bounds.statistic.upper == 0.6);
  CHECK(bounds.method == stats::p_value_method::exact);
  CHECK(bounds.p_value.lower == bounds.p_value.upper);
}

TEST_CASE("summaries that can't be compared are refused") {
  auto const grid = stats::value_grid::between(0, 8);
  auto const some = summary_of(grid, {1, 2});
  CHECK_THROWS_AS(stats::kolmogorov_smirnov_bounds(some, summary_of(grid, {})), spillway::argument_error);
  CHECK_THROWS_AS(stats::kolmogorov_smirnov_bounds(summary_of(grid, {std::nan("")}), some), spillway::argument_error);
  CHECK_THROWS_AS(stats::kolmogorov_smirnov_bounds(some, summary_of(stats::value_grid::between(0, 7), {1})),
                  spillway::argument_error);
  CHECK_THROWS_AS(
      stats::kolmogorov_smirnov_bounds(some, summary_of(grid, {1, std::nan("")}), {.nan = stats::nan_policy::error}),
      spillway::argument_error);
}
