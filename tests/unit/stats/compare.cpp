#include "support/catch.hpp"

#include <spillway/stats/compare_categories.hpp>
#include <spillway/stats/compare_numeric.hpp>
#include <spillway/stats/counted_categories.hpp>

#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace {

namespace stats = spillway::stats;
using doubles = std::vector<double>;
constexpr auto infinity = std::numeric_limits<double>::infinity();

/// In place and as they are; both say the same.
stats::numeric_comparison compare(doubles x, doubles y, unsigned threads = 1) {
  auto const as_they_are =
      stats::compare_numeric(std::span<double const>{x}, std::span<double const>{y}, {.test = {.threads = threads}});
  auto const found = stats::compare_numeric_in_place(std::span{x}, std::span{y}, {.test = {.threads = threads}});
  CHECK(as_they_are.sizes == found.sizes);
  CHECK(as_they_are.missing == found.missing);
  CHECK(as_they_are.kolmogorov_smirnov.statistic == found.kolmogorov_smirnov.statistic);
  CHECK(as_they_are.anderson_darling.a_squared == found.anderson_darling.a_squared);
  CHECK(as_they_are.wasserstein == found.wasserstein);
  CHECK(as_they_are.bins.population_stability_index == found.bins.population_stability_index);
  return found;
}

doubles random_values(std::size_t count, unsigned seed, unsigned different) {
  std::mt19937_64 random{seed};
  doubles values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(static_cast<double>(random() % different) / 8);
  return values;
}

TEST_CASE("An outline has the exact quantiles of both samples, in parts too") {
  for (auto const different : {1U, 3U, 50U, 1'000'000U}) {
    auto x = random_values(1013, 1, different);
    auto y = random_values(377, 2, different);
    std::ranges::sort(x);
    std::ranges::sort(y);
    constexpr std::uint32_t parts = 20;
    stats::sample_sizes const sizes{x.size(), y.size()};
    std::vector<stats::distribution_outline_accumulator> pieces(3,
                                                                stats::distribution_outline_accumulator{sizes, parts});
    struct collector {
      std::vector<stats::tie_group> groups;
      void add(stats::tie_group const& group) { groups.push_back(group); }
    } all;
    stats::merge_pass(x, y, all);
    for (std::size_t i = 0; i < all.groups.size(); ++i) pieces[3 * i / all.groups.size()].add(all.groups[i]);
    auto& whole = pieces[0];
    whole.append(pieces[1]);
    whole.append(pieces[2]);
    auto const outline = whole.result();
    CHECK(outline.groups().size() <= 2 * (parts + 1));
    for (std::uint32_t k = 0; k <= parts; ++k) {
      CAPTURE(different, k);
      auto const place = [&](doubles const& of) {
        auto const above = (k * of.size() + parts - 1) / parts;
        return of[above == 0 ? 0 : above - 1];
      };
      CHECK(outline.x_quantile(k) == place(x));
      CHECK(outline.y_quantile(k) == place(y));
    }
  }
}

TEST_CASE("Bins end with quantiles of x, ties are not torn apart") {
  stats::quantile_bins_accumulator bins{{8, 4}, 4};
  struct value {
    double value;
    std::uint64_t x;
    std::uint64_t y;
  };
  stats::tie_group group;
  for (auto const& [value, x, y] :
       {value{0, 0, 1}, value{1, 2, 0}, value{2, 3, 1}, value{3, 1, 1}, value{4, 2, 0}, value{9, 0, 1}}) {
    group = {value, group.x_before + group.x_count, group.y_before + group.y_count, x, y};
    bins.add(group);
  }
  using sizes = stats::sample_sizes;
  CHECK(std::vector<sizes>(bins.counts().begin(), bins.counts().end()) ==
        std::vector<sizes>{{2, 1}, {3, 1}, {1, 1}, {2, 1}});
  CHECK_THROWS_AS((stats::quantile_bins_accumulator{{1, 1}, 0}), spillway::argument_error);
}

TEST_CASE("Comparisons are the same for all numbers of threads, and whether samples are sorted here or come in order") {
  auto x = random_values(400'000, 3, 300'000);
  auto y = random_values(300'000, 4, 310'000);
  auto const one = compare(x, y, 1);
  auto const four = compare(x, y, 4);
  std::ranges::sort(x);
  std::ranges::sort(y);
  auto const ordered =
      stats::compare_numeric(stats::sorted{x}, stats::sorted{y}, one.x, one.y, {.test = {.threads = 1}});
  for (auto const* const other : {&four, &ordered}) {
    CHECK(other->kolmogorov_smirnov.log_p_value == one.kolmogorov_smirnov.log_p_value);
    CHECK(other->cramer_von_mises.statistic == one.cramer_von_mises.statistic);
    CHECK(other->anderson_darling.statistic == one.anderson_darling.statistic);
    CHECK(other->wasserstein == one.wasserstein);
    CHECK(other->bins.population_stability_index == one.bins.population_stability_index);
    CHECK(other->outline.x_quantile(200) == one.outline.x_quantile(200));
  }
}

TEST_CASE("Empty samples, constant ones and infinities have comparisons") {
  auto const empty = compare({}, {1, 2});
  CHECK_FALSE(empty.has_values());
  CHECK(empty.kolmogorov_smirnov.p_value == 1);
  CHECK(empty.y.mean == 1.5);
  for (auto const& each : stats::effects_of(empty, {})) CHECK(each.severity() == 0);

  auto const constant = compare({7, 7, 7}, {7, 7});
  CHECK(constant.normalised_wasserstein == 0);
  CHECK(constant.kolmogorov_smirnov.p_value == 1);
  CHECK(constant.bins.population_stability_index == 0);

  auto const moved = compare({7, 7, 7}, {8, 8});
  CHECK(moved.wasserstein == 1);
  CHECK(moved.normalised_wasserstein == infinity);
  CHECK(stats::effects_of(moved, {})[0].severity() == infinity);

  auto const infinite = compare({-infinity, 1, 2, infinity}, {infinity, 1, 3, -infinity, -infinity});
  CHECK(infinite.x.infinite == 2);
  CHECK(infinite.y.negative_infinite == 2);
  CHECK(infinite.wasserstein == 0.5);
  CHECK(infinite.x.mean == 1.5);
  CHECK(infinite.kolmogorov_smirnov.sizes == stats::sample_sizes{4, 5});

  auto const only = compare({infinity, infinity}, {1, 2});
  CHECK(only.wasserstein == 0);
  CHECK(only.kolmogorov_smirnov.statistic == 1);
}

TEST_CASE("Thresholds tell from where on an effect counts") {
  stats::effect_thresholds thresholds{.wasserstein = 0.5, .stability_index = infinity, .kolmogorov_smirnov = 0};
  CHECK(thresholds.of(stats::effect::wasserstein) == 0.5);
  thresholds.of(stats::effect::missing) = 3;
  CHECK(thresholds.missing == 3);
  auto const severity = [](double value, double threshold) {
    return stats::effect_size{stats::effect::wasserstein, value, threshold}.severity();
  };
  CHECK(severity(1, 0.5) == 2);
  CHECK(severity(1, 0) == infinity);
  CHECK(severity(0, 0) == 0);
  CHECK(severity(infinity, infinity) == 0);
}

stats::category_comparison compare_texts(std::vector<std::string> const& x, std::vector<std::string> const& y,
                                         stats::category_comparison_options const& options = {}) {
  std::vector<std::string_view> const of_x(x.begin(), x.end());
  std::vector<std::string_view> const of_y(y.begin(), y.end());
  stats::counted_categories<std::string_view, decltype(of_x), decltype(of_y)> counted{of_x, of_y};
  return stats::compare_categories(counted, options);
}

TEST_CASE("Rare categories are compared as one, and the largest are listed") {
  std::vector<std::string> x(600, "a");
  std::vector<std::string> y(300, "a");
  x.insert(x.end(), 300, "b");
  y.insert(y.end(), 100, "b");
  y.insert(y.end(), 50, "c");
  for (int i = 0; i < 100; ++i) x.push_back("x" + std::to_string(i));
  for (int i = 0; i < 50; ++i) y.push_back("y" + std::to_string(i));
  auto const found = compare_texts(x, y, {.missing = {3, 4}, .listed = 3});
  CHECK(found.sizes == stats::sample_sizes{1000, 500});
  CHECK(found.missing == stats::sample_sizes{3, 4});
  CHECK(found.distinct == stats::sample_sizes{102, 53});
  CHECK(found.only_x.categories == 100);
  CHECK(found.only_y.values.y == 100);
  CHECK(found.rare.categories == 150);
  CHECK(found.rare.values == stats::sample_sizes{100, 50});
  CHECK(found.homogeneity.chi_squared.degrees_of_freedom == 3);
  CHECK(found.divergence.total_variation == Approx(0.1));
  REQUIRE(found.largest.size() == 3);
  CHECK(found.largest[0].category == "a");
  CHECK(found.largest[1].category == "b");
  CHECK(found.largest[2].counts == stats::sample_sizes{0, 50});
}

TEST_CASE("Categories of an empty sample, and no categories at all, have comparisons") {
  auto const empty = compare_texts({}, {"a", "b"});
  CHECK_FALSE(empty.has_values());
  CHECK(empty.only_y.categories == 2);
  CHECK(empty.homogeneity.chi_squared.p_value == 1);
  CHECK(empty.divergence.jensen_shannon_distance == 0);
  CHECK(compare_texts({}, {}).all.categories == 0);
  auto const identifiers = compare_texts({"a", "b", "c"}, {"d", "e"});
  CHECK(identifiers.homogeneity.chi_squared.p_value == 1);
  CHECK(identifiers.divergence.jensen_shannon_distance == 0);
}

}  // namespace
