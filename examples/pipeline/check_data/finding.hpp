#pragma once

#include "pipeline/check_data/feature.hpp"

#include <spillway/stats/compare_categories.hpp>
#include <spillway/stats/compare_numeric.hpp>
#include <spillway/stats/effect_size.hpp>
#include <spillway/stats/kolmogorov_smirnov_bounds.hpp>
#include <spillway/stats/multiple_testing.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pipeline {

/// What keeps two columns from being compared.
enum class obstacle {
  none,
  missing_in_train,  ///< only eval has the column
  missing_in_eval,
  types_differ,
};

/// What is thought of a feature in the end.
enum class verdict {
  similar,
  differs,
  differs_strongly,  ///< by at least 2.5 times a threshold, as 0.25 is to 0.1 for the stability index
  not_comparable,
};

[[nodiscard]] std::string_view name_of(verdict of) noexcept;

/// A question asked of a feature: whether its values, or its missing ones, are as they were. Its p-value is adjusted
/// for all questions asked of all features.
struct question {
  double p_value = 1;
  double log_p_value = 0;
  double adjusted_p_value = 1;
  double adjusted_log_p_value = 0;
  bool is_significant = false;
  std::vector<spillway::stats::effect_size> effects = {};

  /// Of the effect that is the most above its threshold.
  [[nodiscard]] spillway::stats::effect_size const& largest() const;
};

/// All that was found out about a feature.
struct finding {
  feature about;
  feature_kind kind = feature_kind::category;
  pipeline::obstacle obstacle = obstacle::none;
  std::variant<std::monostate, spillway::stats::numeric_comparison, spillway::stats::category_comparison> comparison =
      {};
  /// Between what the Kolmogorov-Smirnov test must be if it is known only to within buckets.
  std::optional<spillway::stats::kolmogorov_smirnov_bounds_result> bounds = {};
  /// Nothing if there are no values on a side to compare.
  std::optional<question> values = {};
  std::optional<question> missing = {};
  pipeline::verdict verdict = verdict::similar;

  /// Of the two questions the one that matters more, if any could be asked.
  [[nodiscard]] question const* main_question() const noexcept;

  /// What matters first: infinite if the columns can't be compared, else the largest effect's number of thresholds, of
  /// what is significant.
  double severity = 0;

  [[nodiscard]] bool is_flagged() const noexcept { return verdict != verdict::similar; }
};

/// Adjusts the p-values over all findings, passes the verdicts, and puts the most severe ones first.
void judge(std::vector<finding>& findings, spillway::stats::adjustment how, double significance);

}  // namespace pipeline
