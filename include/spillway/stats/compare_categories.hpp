#pragma once

#include <spillway/core/integer_128.hpp>
#include <spillway/stats/divergence.hpp>
#include <spillway/stats/effect_size.hpp>
#include <spillway/stats/homogeneity.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/two_proportions.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::stats {

struct category_comparison_options {
  /// Values that are missing, as the samples' sizes don't count them.
  sample_sizes missing = {};
  /// Categories that are expected to have fewer values than this in a sample are compared as one: by Cochran's rule the
  /// p-value of the chi-squared test wants 5, and divergences over categories that hardly repeat, such as identifiers,
  /// would be large without any change.
  double smallest_expected = 5;
  /// How many categories the result lists, the largest.
  std::size_t listed = 20;
  divergence_options divergence = {};
};

/// How often a category comes.
struct category_count {
  std::string category;
  sample_sizes counts;
};

/// Categories, and the values of both samples in them.
struct category_group {
  std::uint64_t categories = 0;
  sample_sizes values = {};
};

struct category_comparison {
  sample_sizes sizes = {};
  sample_sizes missing = {};
  /// How many categories each sample has.
  sample_sizes distinct = {};
  category_group all = {};
  category_group only_x = {};
  category_group only_y = {};
  /// Compared as one.
  category_group rare = {};
  homogeneity_result homogeneity = {};
  divergence_result divergence = {};
  /// In descending order of their shares in both samples together, of equal ones in the order of their text.
  std::vector<category_count> largest = {};

  /// Nothing can be compared if a sample is empty: then p is 1 and all effects are 0.
  [[nodiscard]] bool has_values() const noexcept { return sizes.x != 0 && sizes.y != 0; }
};

/// Compares two samples by their categories, which come as a stream, each once, in any order.
///
/// Complexity: O(log `listed`) for each category. Memory: the categories listed.
class category_comparison_accumulator {
 public:
  explicit category_comparison_accumulator(sample_sizes sizes, category_comparison_options const& options = {})
      : options_{options}, result_{.sizes = sizes, .missing = options.missing} {
    if (!result_.has_values()) return;
    homogeneity_.emplace(sizes);
    divergence_.emplace(sizes, options.divergence);
  }

  void add(std::string_view category, sample_sizes counts) {
    if (counts.x == 0 && counts.y == 0) return;
    count(result_.all, counts);
    result_.distinct.x += counts.x != 0 ? 1U : 0U;
    result_.distinct.y += counts.y != 0 ? 1U : 0U;
    if (counts.y == 0) count(result_.only_x, counts);
    if (counts.x == 0) count(result_.only_y, counts);
    list(category, counts);
    if (is_rare(counts)) {
      count(result_.rare, counts);
    } else {
      compare(counts);
    }
  }

  /// \throws argument_error if the counts do not sum to the sizes.
  [[nodiscard]] category_comparison result() {
    compare(result_.rare.values);
    auto done = std::move(result_);
    std::ranges::sort(done.largest, [&](category_count const& a, category_count const& b) { return above(a, b); });
    if (done.has_values()) {
      done.homogeneity = homogeneity_->result();
      done.divergence = divergence_->result();
    }
    return done;
  }

 private:
  static void count(category_group& in, sample_sizes counts) noexcept {
    ++in.categories;
    in.values.x += counts.x;
    in.values.y += counts.y;
  }

  void compare(sample_sizes counts) {
    if (!result_.has_values()) return;
    homogeneity_->add(counts.x, counts.y);
    divergence_->add(counts.x, counts.y);
  }

  [[nodiscard]] bool is_rare(sample_sizes counts) const noexcept {
    auto const& sizes = result_.sizes;
    auto const smaller = static_cast<double>(std::min(sizes.x, sizes.y));
    auto const both = static_cast<double>(counts.x + counts.y);
    return both * smaller < options_.smallest_expected * static_cast<double>(sizes.x + sizes.y);
  }

  /// The sum of both shares, exactly, but for a factor that is the same for all.
  [[nodiscard]] unsigned_128 weight(sample_sizes counts) const noexcept {
    auto const product = [](std::uint64_t a, std::uint64_t b) {
      return static_cast<unsigned_128>(a) * std::max<std::uint64_t>(b, 1);
    };
    return product(counts.x, result_.sizes.y) + product(counts.y, result_.sizes.x);
  }
  [[nodiscard]] bool above(category_count const& a, category_count const& b) const noexcept {
    auto const of_a = weight(a.counts);
    auto const of_b = weight(b.counts);
    return of_a != of_b ? of_a > of_b : a.category < b.category;
  }

  /// The largest so far are a heap with the least of them in front.
  void list(std::string_view category, sample_sizes counts) {
    auto& largest = result_.largest;
    auto const less = [&](category_count const& a, category_count const& b) { return above(a, b); };
    if (options_.listed == 0) return;
    if (largest.size() == options_.listed) {
      auto const& least = largest.front();
      auto const of_least = weight(least.counts);
      auto const of_new = weight(counts);
      if (of_new < of_least || (of_new == of_least && category >= least.category)) return;
      std::ranges::pop_heap(largest, less);
      largest.pop_back();
    }
    largest.push_back({std::string{category}, counts});
    std::ranges::push_heap(largest, less);
  }

  category_comparison_options options_;
  category_comparison result_;
  // Neither can be made of an empty sample.
  std::optional<homogeneity_accumulator> homogeneity_;
  std::optional<divergence_accumulator> divergence_;
};

/// Compares two samples whose categories were counted, in one go over the counts.
template <class Counted>
[[nodiscard]] category_comparison compare_categories(Counted& counted,
                                                     category_comparison_options const& options = {}) {
  category_comparison_accumulator compared{counted.sizes(), options};
  counted.for_each([&](std::string_view category, sample_sizes counts) { compared.add(category, counts); });
  return compared.result();
}

/// What is known of the size of the difference, beside its thresholds.
[[nodiscard]] inline std::array<effect_size, 3> effects_of(category_comparison const& found,
                                                           effect_thresholds const& thresholds) {
  auto const effect_of = [&](effect measure, double value) {
    return effect_size{measure, value, thresholds.of(measure)};
  };
  return {effect_of(effect::jensen_shannon, found.divergence.jensen_shannon_distance),
          effect_of(effect::stability_index, found.divergence.population_stability_index),
          effect_of(effect::cramers_v, found.homogeneity.chi_squared.cramers_v)};
}

}  // namespace spillway::stats
