#include "pipeline/check_data/shares.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace pipeline {

namespace stats = spillway::stats;
using stats::tie_group;

namespace {

constexpr std::size_t most_bins = 40;
constexpr std::size_t most_bars = 12;

/// The distribution function of one sample, linear between the values at which it is known.
class distribution_function {
 public:
  using count = std::uint64_t tie_group::*;

  distribution_function(stats::distribution_outline const& of, std::uint64_t size, count before, count here)
      : groups_{of.groups()}, size_{static_cast<double>(size)}, before_{before}, here_{here} {}

  [[nodiscard]] double below(tie_group const& group) const { return static_cast<double>(group.*before_) / size_; }
  [[nodiscard]] double up_to(tie_group const& group) const {
    return static_cast<double>(group.*before_ + group.*here_) / size_;
  }

  /// What part of the sample is less than the value.
  [[nodiscard]] double below(double value) const {
    auto const next = std::ranges::lower_bound(groups_, value, {}, &tie_group::value);
    if (next == groups_.end()) return 1;
    if (next == groups_.begin() || next->value == value) return below(*next);
    auto const& last = *(next - 1);
    auto const part = (value - last.value) / (next->value - last.value);
    auto const from = up_to(last);
    return std::isfinite(part) ? from + part * (below(*next) - from) : from;
  }

 private:
  std::pmr::vector<tie_group> const& groups_;
  double size_;
  count before_;
  count here_;
};

distribution_function train_function(stats::distribution_outline const& of) {
  return {of, of.sizes().x, &tie_group::x_before, &tie_group::x_count};
}
distribution_function eval_function(stats::distribution_outline const& of) {
  return {of, of.sizes().y, &tie_group::y_before, &tie_group::y_count};
}

struct range {
  double low;
  double high;
};

/// Where all finite values are if outliers don't stretch it, else all but half a percent of each sample at each end.
range range_to_show(stats::distribution_outline const& of) {
  constexpr double worth_showing_all = 1.5;
  auto const cut = of.parts() / 200;
  range const inner{std::min(of.x_quantile(cut), of.y_quantile(cut)),
                    std::max(of.x_quantile(of.parts() - cut), of.y_quantile(of.parts() - cut))};
  range const all{of.groups().front().value, of.groups().back().value};
  auto const fits = all.high - all.low <= worth_showing_all * (inner.high - inner.low);
  auto shown = fits ? all : inner;
  if (!std::isfinite(shown.low) || !std::isfinite(shown.high)) {
    shown = {0, 0};
    for (bool first = true; auto const& each : of.groups()) {
      if (!std::isfinite(each.value)) continue;
      if (first) shown.low = each.value;
      shown.high = each.value;
      first = false;
    }
  }
  return shown;
}

bool is_whole(feature_kind kind) { return kind == feature_kind::whole || kind == feature_kind::day; }

}  // namespace

histogram_shares histogram_of(stats::distribution_outline const& of, feature_kind kind) {
  auto const [low, high] = range_to_show(of);
  histogram_shares bins{.low = low};
  std::size_t count = most_bins;
  if (is_whole(kind)) {
    // A whole number of numbers in each bin, with the edges between them.
    bins.low = low - 0.5;
    bins.width = std::max(1.0, std::ceil((high - low + 1) / static_cast<double>(most_bins)));
    count = static_cast<std::size_t>(std::ceil((high - low + 1) / bins.width));
  } else if (high > low) {
    bins.width = (high - low) / static_cast<double>(count);
  } else {
    count = 1;
    bins.width = low == 0 ? 1 : std::abs(low) / 10;
    bins.low = low - bins.width / 2;
  }
  auto const shares = [&](distribution_function const& function) {
    std::vector<double> parts;
    for (std::size_t i = 0; i < count; ++i) {
      auto const begin = bins.low + bins.width * static_cast<double>(i);
      // The last bin has its upper edge in it.
      auto end = begin + bins.width;
      if (i + 1 == count) end = std::nextafter(std::max(end, high), std::numeric_limits<double>::infinity());
      parts.push_back(function.below(end) - function.below(begin));
    }
    return parts;
  };
  bins.train = shares(train_function(of));
  bins.eval = shares(eval_function(of));
  return bins;
}

std::vector<distribution_point> points_of(stats::distribution_outline const& of, double low, double high) {
  constexpr double visible = 0.003;
  auto const train = train_function(of);
  auto const eval = eval_function(of);
  std::vector<distribution_point> points{{low, train.below(low), eval.below(low)}};
  for (auto const& each : of.groups()) {
    if (each.value < low || each.value > high) continue;
    distribution_point const before{each.value, train.below(each), eval.below(each)};
    distribution_point const after{each.value, train.up_to(each), eval.up_to(each)};
    auto const& last = points.back();
    auto const is_jump = after.train - before.train >= visible || after.eval - before.eval >= visible;
    if (!is_jump && after.train - last.train < visible && after.eval - last.eval < visible) continue;
    if (is_jump) points.push_back(before);
    points.push_back(after);
  }
  points.push_back(
      {high, std::max(points.back().train, train.below(high)), std::max(points.back().eval, eval.below(high))});
  return points;
}

std::vector<category_bar> bars_of(stats::category_comparison const& of) {
  auto const share = [](std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  std::vector<category_bar> bars;
  stats::sample_sizes others = of.sizes;
  for (auto const& each : of.largest) {
    if (bars.size() == most_bars) break;
    bars.push_back({std::string{each.category}, share(each.counts.x, of.sizes.x), share(each.counts.y, of.sizes.y)});
    others.x -= each.counts.x;
    others.y -= each.counts.y;
  }
  auto const left = of.all.categories - bars.size();
  if (left != 0) {
    bars.push_back({fmt::format("{} others", left), share(others.x, of.sizes.x), share(others.y, of.sizes.y)});
  }
  return bars;
}

}  // namespace pipeline
