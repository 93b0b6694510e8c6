#pragma once

#include "pipeline/check_data/finding.hpp"

#include <spillway/stats/distribution_outline.hpp>

#include <string>
#include <vector>

namespace pipeline {

/// What parts of both samples are in each of some bins of equal width.
struct histogram_shares {
  double low = 0;
  double width = 1;
  std::vector<double> train = {};
  std::vector<double> eval = {};
};

/// Of the range in which all but the outermost of both are; whole numbers of a small range have a bin each.
[[nodiscard]] histogram_shares histogram_of(spillway::stats::distribution_outline const& of, feature_kind kind);

/// Both distribution functions at a value.
struct distribution_point {
  double value;
  double train;
  double eval;
};

/// Enough points in the range to draw them.
[[nodiscard]] std::vector<distribution_point> points_of(spillway::stats::distribution_outline const& of, double low,
                                                        double high);

/// What part of both samples is of a category.
struct category_bar {
  std::string name;
  double train;
  double eval;
};

/// The largest categories, and all others together.
[[nodiscard]] std::vector<category_bar> bars_of(spillway::stats::category_comparison const& of);

}  // namespace pipeline
