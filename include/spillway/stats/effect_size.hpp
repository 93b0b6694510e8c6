#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace spillway::stats {

/// By what measure two distributions differ, whatever the number of values.
enum class effect : std::uint8_t {
  wasserstein,         ///< Wasserstein distance in standard deviations of x
  stability_index,     ///< population stability index (PSI)
  kolmogorov_smirnov,  ///< largest distance of the distribution functions
  jensen_shannon,      ///< Jensen-Shannon distance of the categories' parts
  cramers_v,           ///< association of category and sample
  missing,             ///< Cohen's h of the parts that are missing
};

[[nodiscard]] constexpr std::string_view name_of(effect measure) noexcept {
  switch (measure) {
    case effect::wasserstein:
      return "wasserstein";
    case effect::stability_index:
      return "psi";
    case effect::kolmogorov_smirnov:
      return "kolmogorov_smirnov";
    case effect::jensen_shannon:
      return "jensen_shannon";
    case effect::cramers_v:
      return "cramers_v";
    case effect::missing:
      return "missing";
  }
  return "";
}

/// From where on an effect counts. By default as large data sets are watched: with millions of values every difference
/// is significant, and size alone tells which of them matter. Infinity: never.
struct effect_thresholds {
  /// What Evidently takes for numbers ("normed Wasserstein distance", 0.1).
  double wasserstein = 0.1;
  /// The rule of thumb of credit scoring: from 0.1 on some change, from 0.25 on a large one (Siddiqi 2006).
  double stability_index = 0.1;
  double kolmogorov_smirnov = std::numeric_limits<double>::infinity();
  /// What Evidently takes for categories.
  double jensen_shannon = 0.1;
  double cramers_v = std::numeric_limits<double>::infinity();
  /// A small effect (Cohen 1988), as from no missing values to 1 %, or from 5 % to 10.4 %.
  double missing = 0.2;

  [[nodiscard]] constexpr double& of(effect measure) noexcept {
    switch (measure) {
      case effect::wasserstein:
        return wasserstein;
      case effect::stability_index:
        return stability_index;
      case effect::kolmogorov_smirnov:
        return kolmogorov_smirnov;
      case effect::jensen_shannon:
        return jensen_shannon;
      case effect::cramers_v:
        return cramers_v;
      case effect::missing:
        break;
    }
    return missing;
  }
  [[nodiscard]] constexpr double of(effect measure) const noexcept { return effect_thresholds{*this}.of(measure); }
};

/// A measured effect beside the threshold for it.
struct effect_size {
  effect measure;
  double value;
  double threshold;

  /// How many times the threshold: from 1 on it counts. Never NaN.
  [[nodiscard]] constexpr double severity() const noexcept {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    if (threshold == infinity) return 0;
    if (value == 0) return 0;
    return threshold <= 0 ? infinity : value / threshold;
  }
};

}  // namespace spillway::stats
