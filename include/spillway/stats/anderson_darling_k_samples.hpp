#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/exact_sum.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/anderson_darling_p.hpp>
#include <spillway/stats/detail/choice_of_method.hpp>
#include <spillway/stats/detail/common_value.hpp>
#include <spillway/stats/detail/ordered_copy.hpp>
#include <spillway/stats/merge_pass.hpp>
#include <spillway/stats/test_options.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace spillway::stats {

/// The statistic is Scholz and Stephens' T: A² less its mean, in standard deviations.
struct anderson_darling_k_samples_result {
  double statistic = 0;
  double p_value = 1;
  /// Natural logarithm of the p-value: finite where the p-value itself is too small for a double.
  double log_p_value = 0;
  p_value_method method = p_value_method::asymptotic;
  double a_squared = 0;
  std::uint64_t samples = 0;
  std::uint64_t values = 0;
  /// Values left out because they are not numbers.
  std::uint64_t omitted = 0;
};

namespace detail {

/// Samples in order that are passed side by side.
template <class T>
class anderson_darling_pass {
 public:
  anderson_darling_pass(std::span<std::pmr::vector<T> const> samples, std::pmr::memory_resource* memory)
      : samples_{samples},
        passed_(samples.size(), memory),
        counts_(samples.size(), memory),
        sums_(samples.size(), memory) {
    for (auto const& sample : samples) all_ += sample.size();
  }

  /// All that are equal to the next value; false if there are none.
  bool pass_group() {
    auto const value = least();
    if (!value) return false;
    std::uint64_t tied = 0;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      auto const& sample = samples_[i];
      counts_[i] = 0;
      while (passed_[i] + counts_[i] < sample.size() && sample[passed_[i] + counts_[i]] == *value) ++counts_[i];
      tied += counts_[i];
    }
    add_terms(tied);
    for (std::size_t i = 0; i < samples_.size(); ++i) passed_[i] += counts_[i];
    before_ += tied;
    return true;
  }

  [[nodiscard]] double a_squared() const {
    exact_sum sum;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      sum.add(sums_[i].value() / static_cast<double>(samples_[i].size()));
    }
    auto const n = static_cast<double>(all_);
    return (n - 1) / n / n * sum.value();
  }

  [[nodiscard]] std::uint64_t values() const noexcept { return all_; }

 private:
  [[nodiscard]] std::optional<T> least() const {
    std::optional<T> value;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (passed_[i] < samples_[i].size() && (!value || samples_[i][passed_[i]] < *value)) {
        value = samples_[i][passed_[i]];
      }
    }
    return value;
  }

  /// In the middle of the group, and everything twice, so that it is an integer.
  void add_terms(std::uint64_t tied) {
    unsigned_128 const below = 2 * before_ + tied;
    auto const weight = static_cast<double>(below * (2 * all_ - below) - static_cast<unsigned_128>(all_) * tied);
    if (weight == 0) return;  // all values are equal
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      unsigned_128 const own = 2 * passed_[i] + counts_[i];
      auto const difference = static_cast<double>(static_cast<signed_128>(own * all_ - below * samples_[i].size()));
      sums_[i].add(static_cast<double>(tied) * difference * difference / weight);
    }
  }

  std::span<std::pmr::vector<T> const> samples_;
  std::uint64_t all_ = 0;
  std::uint64_t before_ = 0;
  std::pmr::vector<std::size_t> passed_;
  std::pmr::vector<std::size_t> counts_;
  std::pmr::vector<exact_sum> sums_;
};

}  // namespace detail

/// The test of Anderson and Darling for any number of samples of one type: whether their distribution functions differ
/// anywhere. For two it is the same as `anderson_darling`, where there is more to read.
///
/// `samples` is a range of ranges of numbers in any order. Complexity: that of sorting, and linear in the number of
/// samples for each value. Memory: a copy of the values. \throws argument_error for fewer than two samples, if one of
/// them has no values, for a one-sided alternative, or if an exact p-value is asked for; cancelled
template <std::ranges::input_range Samples>
  requires detail::arithmetic<std::ranges::range_value_t<std::ranges::range_reference_t<Samples>>>
anderson_darling_k_samples_result anderson_darling_k_samples(Samples&& samples, test_options const& options = {}) {
  using value = std::ranges::range_value_t<std::ranges::range_reference_t<Samples>>;
  using T = detail::common_value_t<value, value>;
  detail::require_two_sided("the Anderson-Darling test", options);
  detail::require_asymptotic("the Anderson-Darling test", options);
  anderson_darling_k_samples_result result;
  std::pmr::vector<std::pmr::vector<T>> ordered{options.memory};
  double inverse_sizes = 0;
  for (auto&& sample : samples) {
    auto const name = std::to_string(ordered.size() + 1);
    ordered.push_back(detail::ordered_copy<T>(sample, name.c_str(), result.omitted, options));
    if (ordered.back().empty()) throw argument_error{"sample " + name + " has no values"};
    inverse_sizes += 1 / static_cast<double>(ordered.back().size());
  }
  if (ordered.size() < 2) throw argument_error{"the Anderson-Darling test takes at least two samples"};

  detail::anderson_darling_pass<T> pass{ordered, options.memory};
  for (std::uint64_t groups = 0; pass.pass_group(); ++groups) {
    if (groups % detail::groups_between_looks == 0) throw_if_cancelled(options.stop);
  }
  result.samples = ordered.size();
  result.values = pass.values();
  result.a_squared = pass.a_squared();
  auto const significance = detail::anderson_darling_p(result.a_squared, result.samples, result.values, inverse_sizes);
  result.statistic = significance.normalised;
  result.p_value = significance.p.value;
  result.log_p_value = significance.p.logarithm;
  if (options.nan == nan_policy::propagate && result.omitted != 0) {
    result.statistic = result.p_value = result.log_p_value = std::numeric_limits<double>::quiet_NaN();
  }
  return result;
}

}  // namespace spillway::stats
