#pragma once

#include "pipeline/check_data/finding.hpp"

#include <spillway/stats/effect_size.hpp>
#include <spillway/stats/two_proportions.hpp>

#include <cmath>
#include <utility>

namespace pipeline {

/// Puts what was compared into a finding, as questions: of its values, if there are any on both sides, and of its
/// missing ones, if there are any.
template <class Comparison>
void conclude(finding& found, Comparison compared, spillway::stats::test_result const& test,
              spillway::stats::effect_thresholds const& thresholds) {
  namespace stats = spillway::stats;
  if (compared.has_values()) {
    auto const effects = stats::effects_of(compared, thresholds);
    found.values = {
        .p_value = test.p_value, .log_p_value = test.log_p_value, .effects = {effects.begin(), effects.end()}};
  }
  auto const& [missing_x, missing_y] = compared.missing;
  auto const rows = stats::sample_sizes{missing_x + compared.sizes.x, missing_y + compared.sizes.y};
  if (missing_x + missing_y != 0 && rows.x != 0 && rows.y != 0) {
    auto const missing = stats::two_proportions({missing_x, rows.x}, {missing_y, rows.y});
    found.missing = {.p_value = missing.p_value,
                     .log_p_value = missing.log_p_value,
                     .effects = {{stats::effect::missing, std::abs(missing.cohens_h), thresholds.missing}}};
  }
  found.comparison = std::move(compared);
}

}  // namespace pipeline
