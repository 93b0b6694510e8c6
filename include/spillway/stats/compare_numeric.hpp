#pragma once

#include <spillway/sort/in_memory.hpp>
#include <spillway/stats/anderson_darling.hpp>
#include <spillway/stats/cramer_von_mises.hpp>
#include <spillway/stats/detail/ordered_slabs.hpp>
#include <spillway/stats/detail/pass_in_parts.hpp>
#include <spillway/stats/distribution_outline.hpp>
#include <spillway/stats/divergence.hpp>
#include <spillway/stats/effect_size.hpp>
#include <spillway/stats/kolmogorov_smirnov.hpp>
#include <spillway/stats/merge_pass.hpp>
#include <spillway/stats/moments.hpp>
#include <spillway/stats/quantile_bins.hpp>
#include <spillway/stats/sorted.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/wasserstein.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <ranges>
#include <span>
#include <type_traits>

namespace spillway::stats {

struct numeric_comparison_options {
  /// Values that are missing, as the samples don't have them.
  sample_sizes missing = {};
  /// Of the stability index: bins between quantiles of x.
  std::size_t bins = 10;
  divergence_options divergence = {};
  /// Of the outline.
  std::uint32_t parts = 400;
  /// Of the tests; `nan` is not looked at: values that are not numbers must not be there.
  test_options test = {};
};

/// What must be known of a sample before its values come in order.
struct sample_description {
  std::uint64_t count = 0;
  std::uint64_t infinite = 0;
  std::uint64_t negative_infinite = 0;
  /// Of the finite values.
  double mean = 0;
  double standard_deviation = 0;
};

/// How two samples of numbers differ.
struct numeric_comparison {
  sample_sizes sizes = {};
  sample_sizes missing = {};
  sample_description x = {};
  sample_description y = {};
  kolmogorov_smirnov_result kolmogorov_smirnov = {};
  cramer_von_mises_result cramer_von_mises = {};
  anderson_darling_result anderson_darling = {};
  /// Of the finite values: an infinite one alone would make it infinite.
  double wasserstein = 0;
  /// In standard deviations of x; infinite if x is constant and y is not the same.
  double normalised_wasserstein = 0;
  /// Between the quantiles of x.
  divergence_result bins = {};
  distribution_outline outline{{}, 1, {}};

  /// Nothing can be compared if a sample is empty: then p is 1 and all effects are 0.
  [[nodiscard]] bool has_values() const noexcept { return sizes.x != 0 && sizes.y != 0; }
};

/// Describes a sample that comes block by block, one pass.
class sample_describer {
 public:
  template <class T>
  void add(std::span<T const> values) {
    if constexpr (std::is_floating_point_v<T>) {
      for (auto const value : values) add(value);
    } else {
      finite_.add(values);
    }
  }

  [[nodiscard]] sample_description result() const {
    auto const found = finite_.result();
    return {.count = found.count() + infinite_,
            .infinite = infinite_,
            .negative_infinite = negative_infinite_,
            .mean = found.count() == 0 ? 0 : found.mean(),
            .standard_deviation = found.count() < 2 ? 0 : found.standard_deviation()};
  }

 private:
  template <class T>
  void add(T value) {
    if (std::isinf(value)) [[unlikely]] {
      ++infinite_;
      negative_infinite_ += value < 0 ? 1U : 0U;
    } else {
      finite_.add(value);
    }
  }

  moments_accumulator finite_;
  std::uint64_t infinite_ = 0;
  std::uint64_t negative_infinite_ = 0;
};

/// Everything that is told of two samples in order, from one pass over their tie groups.
class numeric_comparison_accumulator {
 public:
  /// \pre Neither sample is empty.
  numeric_comparison_accumulator(sample_description const& x, sample_description const& y,
                                 numeric_comparison_options const& options)
      : x_{x},
        y_{y},
        options_{options},
        kolmogorov_smirnov_{sizes(), options.test},
        cramer_von_mises_{sizes(), options.test},
        anderson_darling_{sizes(), options.test},
        wasserstein_{
            {std::max<std::uint64_t>(x.count - x.infinite, 1), std::max<std::uint64_t>(y.count - y.infinite, 1)}},
        bins_{sizes(), options.bins, options.test.memory},
        outline_{sizes(), options.parts, options.test.memory} {}

  void add(tie_group const& group) {
    kolmogorov_smirnov_.add(group);
    cramer_von_mises_.add(group);
    anderson_darling_.add(group);
    bins_.add(group);
    outline_.add(group);
    if (std::isfinite(group.value)) add_finite(group);
  }

  /// Takes in what comes after it in the order.
  void append(numeric_comparison_accumulator const& later) {
    kolmogorov_smirnov_.append(later.kolmogorov_smirnov_);
    cramer_von_mises_.append(later.cramer_von_mises_);
    anderson_darling_.append(later.anderson_darling_);
    wasserstein_.append(later.wasserstein_);
    bins_.append(later.bins_);
    outline_.append(later.outline_);
  }

  [[nodiscard]] numeric_comparison result() const {
    numeric_comparison found{.sizes = sizes(), .missing = options_.missing, .x = x_, .y = y_};
    found.kolmogorov_smirnov = kolmogorov_smirnov_.result(options_.test);
    found.cramer_von_mises = cramer_von_mises_.result(options_.test);
    found.anderson_darling = anderson_darling_.result(options_.test);
    found.wasserstein = has_finite() ? wasserstein_.result(options_.test).distance : 0;
    found.normalised_wasserstein = in_deviations(found.wasserstein);
    divergence_accumulator bins{sizes(), options_.divergence};
    for (auto const& [in_x, in_y] : bins_.counts()) bins.add(in_x, in_y);
    found.bins = bins.result();
    found.outline = outline_.result();
    return found;
  }

 private:
  [[nodiscard]] sample_sizes sizes() const noexcept { return {x_.count, y_.count}; }
  [[nodiscard]] bool has_finite() const noexcept { return x_.count != x_.infinite && y_.count != y_.infinite; }

  void add_finite(tie_group group) {
    if (!has_finite()) return;
    group.x_before -= x_.negative_infinite;
    group.y_before -= y_.negative_infinite;
    wasserstein_.add(group);
  }

  [[nodiscard]] double in_deviations(double distance) const noexcept {
    if (distance == 0) return 0;
    return x_.standard_deviation == 0 ? std::numeric_limits<double>::infinity() : distance / x_.standard_deviation;
  }

  sample_description x_;
  sample_description y_;
  numeric_comparison_options options_;
  kolmogorov_smirnov_accumulator kolmogorov_smirnov_;
  cramer_von_mises_accumulator cramer_von_mises_;
  anderson_darling_accumulator anderson_darling_;
  wasserstein_accumulator wasserstein_;
  quantile_bins_accumulator bins_;
  distribution_outline_accumulator outline_;
};

/// Compares two samples that come in ascending order, each perhaps only once, such as from an `sort::external_sorter`.
/// They must be described first.
///
/// Complexity: linear, one pass. Memory: the outline.
/// \throws argument_error if values do not ascend or are NaN, with their place.
template <std::ranges::input_range X, std::ranges::input_range Y>
[[nodiscard]] numeric_comparison compare_numeric(sorted<X> x, sorted<Y> y, sample_description const& of_x,
                                                 sample_description const& of_y,
                                                 numeric_comparison_options const& options = {}) {
  if (of_x.count == 0 || of_y.count == 0) {
    return {.sizes = {of_x.count, of_y.count}, .missing = options.missing, .x = of_x, .y = of_y};
  }
  numeric_comparison_accumulator found{of_x, of_y, options};
  merge_pass(x.values, y.values, options.test.stop, found);
  return found.result();
}

/// Compares two samples in memory, and sorts them for it.
///
/// Complexity: that of sorting. Memory: the outline, and what sorting takes. The result does not depend on threads.
/// \pre No value is NaN.
template <class T>
[[nodiscard]] numeric_comparison compare_numeric_in_place(std::span<T> x, std::span<T> y,
                                                          numeric_comparison_options const& options = {}) {
  auto const describe_and_sort = [&](std::span<T> values) {
    sample_describer describer;
    describer.add(std::span<T const>{values});
    sort::in_memory(values, std::ranges::less{}, std::identity{},
                    {.threads = options.test.threads, .memory = options.test.memory, .stop = options.test.stop});
    return describer.result();
  };
  auto const of_x = describe_and_sort(x);
  auto const of_y = describe_and_sort(y);
  if (x.empty() || y.empty()) {
    return {.sizes = {x.size(), y.size()}, .missing = options.missing, .x = of_x, .y = of_y};
  }
  return detail::pass_in_parts(std::span<T const>{x}, std::span<T const>{y}, {}, options.test,
                               [&] {
                                 return numeric_comparison_accumulator{of_x, of_y, options};
                               })
      .result();
}

/// Compares two samples in memory, in any order, and leaves them as they are. Values that are not numbers count as
/// missing.
///
/// Complexity: that of sorting; the samples are read several times. Memory: the outline, and some 20 MiB however large
/// they are. The result does not depend on threads.
template <class T>
[[nodiscard]] numeric_comparison compare_numeric(std::span<T const> x, std::span<T const> y,
                                                 numeric_comparison_options const& options = {}) {
  auto const describe = [](std::span<T const> values) {
    sample_describer describer;
    describer.add(values);
    return describer.result();
  };
  auto const of_x = describe(x);
  auto const of_y = describe(y);
  auto told = options;
  told.missing.x += x.size() - of_x.count;
  told.missing.y += y.size() - of_y.count;
  if (of_x.count == 0 || of_y.count == 0) {
    return {.sizes = {of_x.count, of_y.count}, .missing = told.missing, .x = of_x, .y = of_y};
  }
  return detail::ordered_slabs<T>{x, y, told.test}
      .pass([&] {
        return numeric_comparison_accumulator{of_x, of_y, told};
      })
      .result();
}

/// What is known of the size of the difference, beside its thresholds.
[[nodiscard]] inline std::array<effect_size, 3> effects_of(numeric_comparison const& found,
                                                           effect_thresholds const& thresholds) {
  auto const effect_of = [&](effect measure, double value) {
    return effect_size{measure, value, thresholds.of(measure)};
  };
  return {effect_of(effect::wasserstein, found.normalised_wasserstein),
          effect_of(effect::stability_index, found.bins.population_stability_index),
          effect_of(effect::kolmogorov_smirnov, found.kolmogorov_smirnov.statistic)};
}

}  // namespace spillway::stats
