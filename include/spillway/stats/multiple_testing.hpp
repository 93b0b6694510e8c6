#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/harmonic.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace spillway::stats {

/// How p-values of many tests are raised so that few of them are small by chance alone.
enum class adjustment : std::uint8_t {
  none,
  bonferroni,           ///< the chance of any false alarm, whatever the tests have to do with each other
  holm,                 ///< the same chance, never larger than Bonferroni's p-values
  benjamini_hochberg,   ///< the expected share of false alarms among all alarms, of tests that are independent
  benjamini_yekutieli,  ///< that share whatever the tests have to do with each other
};

struct adjustment_options {
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
};

namespace detail {

/// p-values as themselves, cut off at 1.
struct plain_scale {
  static constexpr double certain = 1;
  static constexpr char const* problem = "a p-value is not between 0 and 1";
  [[nodiscard]] static bool valid(double p) noexcept { return p >= 0 && p <= 1; }
  [[nodiscard]] static double multiply(double p, double factor) noexcept { return std::min(certain, p * factor); }
};

/// p-values as their natural logarithms.
struct logarithmic_scale {
  static constexpr double certain = 0;
  static constexpr char const* problem = "the logarithm of a p-value is above 0";
  [[nodiscard]] static bool valid(double p) noexcept { return p <= 0; }
  [[nodiscard]] static double multiply(double p, double factor) noexcept {
    return std::min(certain, p + std::log(factor));
  }
};

template <class Scale>
[[nodiscard]] std::pmr::vector<std::size_t> ascending_order(std::span<double const> p_values,
                                                            std::pmr::memory_resource* memory) {
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    if (!Scale::valid(p_values[i])) {
      throw argument_error{std::string{Scale::problem} + ": number " + std::to_string(i) + " is " +
                           std::to_string(p_values[i])};
    }
  }
  std::pmr::vector<std::size_t> order(p_values.size(), memory);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return p_values[i]; });
  return order;
}

template <class Scale>
[[nodiscard]] std::pmr::vector<double> adjust(std::span<double const> p_values, adjustment how,
                                              std::pmr::memory_resource* memory) {
  auto const order = ascending_order<Scale>(p_values, memory);
  std::pmr::vector<double> adjusted(p_values.begin(), p_values.end(), memory);
  auto const tests = static_cast<double>(order.size());
  if (how == adjustment::none) return adjusted;
  if (how == adjustment::bonferroni) {
    for (auto& p : adjusted) p = Scale::multiply(p, tests);
  } else if (how == adjustment::holm) {
    auto largest = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < order.size(); ++i) {
      largest = std::max(largest, Scale::multiply(p_values[order[i]], tests - static_cast<double>(i)));
      adjusted[order[i]] = largest;
    }
  } else {
    auto const dependence = how == adjustment::benjamini_yekutieli ? harmonic_numbers{order.size()}.first : 1;
    auto smallest = Scale::certain;
    for (auto i = order.size(); i-- > 0;) {
      smallest =
          std::min(smallest, Scale::multiply(p_values[order[i]], dependence * tests / static_cast<double>(i + 1)));
      adjusted[order[i]] = smallest;
    }
  }
  return adjusted;
}

}  // namespace detail

/// The p-values adjusted for how many there are, in the order they were given: one test is significant at a level if
/// its adjusted p-value is at most that level.
///
/// Sources: S. Holm, Scandinavian Journal of Statistics 6 (1979); Y. Benjamini, Y. Hochberg, Journal of the Royal
/// Statistical Society B 57 (1995); Y. Benjamini, D. Yekutieli, Annals of Statistics 29 (2001). As R's `p.adjust`.
/// Complexity: O(n log n); 16 bytes for each.
/// \throws argument_error if one is not a number between 0 and 1.
[[nodiscard]] inline std::pmr::vector<double> adjusted_p_values(std::span<double const> p_values, adjustment how,
                                                                adjustment_options const& options = {}) {
  return detail::adjust<detail::plain_scale>(p_values, how, options.memory);
}

/// The same of natural logarithms of p-values, which tell apart those that are too small for a double.
/// \throws argument_error if one is above 0 or not a number.
[[nodiscard]] inline std::pmr::vector<double> adjusted_log_p_values(std::span<double const> log_p_values,
                                                                    adjustment how,
                                                                    adjustment_options const& options = {}) {
  return detail::adjust<detail::logarithmic_scale>(log_p_values, how, options.memory);
}

}  // namespace spillway::stats
