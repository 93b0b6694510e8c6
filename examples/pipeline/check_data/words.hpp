#pragma once

#include "pipeline/check_data/finding.hpp"

#include <string>
#include <string_view>

namespace pipeline {

/// `0.0123`, `1,234,568`, `-inf`: four digits, more for large numbers.
[[nodiscard]] std::string number_text(double value);

/// A value of a feature: a number, or a date or time.
[[nodiscard]] std::string value_text(double value, feature_kind kind);

/// `12.3 %`; never `0.0 %` or `100.0 %` for what is not exactly that.
[[nodiscard]] std::string share_text(double share);
[[nodiscard]] std::string share_text(std::uint64_t part, std::uint64_t whole);

/// `0.032`, `4e-1234` where no double is small enough.
[[nodiscard]] std::string p_value_text(double log_p_value);

/// `wasserstein 0.213 / 0.1`: an effect and its threshold, if it has one.
[[nodiscard]] std::string effect_text(spillway::stats::effect_size const& of);

/// What became of a feature, as far as it is significant: `mean 53.1 → 63.7 (+0.20 standard deviations)`, `missing 5.0
/// % → 9.8 %`.
[[nodiscard]] std::string what_moved(finding const& of);

/// What should be known before the figures are believed: infinities, rare categories, columns that look like
/// identifiers. Empty if nothing.
[[nodiscard]] std::string remarks(finding const& of);

/// The type of a feature, or both if they differ.
[[nodiscard]] std::string type_text(finding const& of);

}  // namespace pipeline
