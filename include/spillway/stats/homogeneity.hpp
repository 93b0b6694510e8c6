#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/exact_sum.hpp>
#include <spillway/stats/contingency_table.hpp>
#include <spillway/stats/detail/exact_product.hpp>
#include <spillway/stats/detail/exact_terms.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace spillway::stats {

struct homogeneity_result {
  contingency_result chi_squared;
  contingency_result g;
};

/// Whether two samples have their categories in the same shares: the table of two rows whose columns come as a stream,
/// any number of them, in any order and in parts, with the same result. Results are those of `chi_squared_test` and
/// `g_test` of the table that it is.
///
/// Complexity: constant for each category. Memory: its own size, about 1.2 KiB. Thread safety: as for standard
/// containers.
class homogeneity_accumulator {
 public:
  /// \throws argument_error if the sizes sum to more than 2^62
  explicit homogeneity_accumulator(sample_sizes sizes) : sizes_{sizes} {
    if (sizes.x > detail::largest_total || sizes.y > detail::largest_total - sizes.x) {
      throw argument_error{"samples are too large: 2^62 values at most"};
    }
  }

  /// `times` categories, each with these counts in x and in y.
  void add(std::uint64_t x, std::uint64_t y, std::uint64_t times = 1) {
    auto const both = x + y;
    if (both == 0 || times == 0) return;
    counted_.x += x * times;
    counted_.y += y * times;
    categories_ += times;
    double chi_squared = 0;
    double g = 0;
    for (auto const& [count, size] : {pair{x, sizes_.x}, pair{y, sizes_.y}}) {
      if (size == 0) continue;
      detail::cell const one{count, size, both, sizes_.x + sizes_.y};
      smallest_expected_ = std::min(smallest_expected_, one.expected);
      if (one.expected < 5) below_five_ += times;
      chi_squared += one.chi_squared();
      g += one.g();
    }
    detail::add_times(chi_squared_, chi_squared, times);
    detail::add_times(g_, g, times);
  }

  /// Adds what another accumulator was given: of other categories of the same two samples.
  /// \throws argument_error if its sizes differ
  void merge(homogeneity_accumulator const& other) {
    if (other.sizes_ != sizes_) throw argument_error{"counts of different samples can't be merged"};
    counted_.x += other.counted_.x;
    counted_.y += other.counted_.y;
    categories_ += other.categories_;
    below_five_ += other.below_five_;
    smallest_expected_ = std::min(smallest_expected_, other.smallest_expected_);
    chi_squared_.add(other.chi_squared_);
    g_.add(other.g_);
  }

  /// \throws argument_error if the counts do not sum to the sizes
  [[nodiscard]] homogeneity_result result() const {
    if (counted_ != sizes_) throw argument_error{"counts of categories do not sum to the sizes of the samples"};
    return {result_of(chi_squared_.value()), result_of(g_.value())};
  }

 private:
  struct pair {
    std::uint64_t count;
    std::uint64_t size;
  };

  [[nodiscard]] contingency_result result_of(double statistic) const {
    contingency_result result;
    result.sizes = sizes_;
    if (categories_ == 0) return result;
    auto const rows = std::uint64_t{sizes_.x != 0} + std::uint64_t{sizes_.y != 0};
    result.statistic = statistic;
    result.cells = rows * categories_;
    result.degrees_of_freedom = static_cast<double>((rows - 1) * (categories_ - 1));
    result.smallest_expected = smallest_expected_;
    result.cells_expecting_below_five = below_five_;
    if (result.degrees_of_freedom > 0) {
      result.cramers_v = std::sqrt(chi_squared_.value() / static_cast<double>(sizes_.x + sizes_.y));
    }
    detail::set_p_value(result, detail::chi_squared_upper_tail(statistic, result.degrees_of_freedom));
    return result;
  }

  sample_sizes sizes_;
  sample_sizes counted_;
  std::uint64_t categories_ = 0;
  std::uint64_t below_five_ = 0;
  double smallest_expected_ = std::numeric_limits<double>::infinity();
  exact_sum chi_squared_;
  exact_sum g_;
};

}  // namespace spillway::stats
