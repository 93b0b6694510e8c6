#pragma once

#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/choice_of_method.hpp>
#include <spillway/stats/detail/mann_whitney_exact.hpp>
#include <spillway/stats/detail/ordered_test.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/detail/tie_marks.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

namespace spillway::stats {

/// The statistic is U of x: in how many pairs the value of x is the greater, those with equal values counting half.
struct mann_whitney_result : test_result {
  /// Effect size: U / (n·m), the chance that a value of x is greater than one of y, equal ones counting half.
  double superiority = 0.5;
  /// Effect size from −1 to 1: twice the superiority, less 1; also known as Cliff's delta.
  double rank_biserial = 0;
};

/// A part of the order of the sums that the Mann–Whitney test takes.
class mann_whitney_accumulator {
 public:
  /// For an exact p-value where it isn't cheap, `options.method` must ask for it from the start.
  explicit mann_whitney_accumulator(sample_sizes sizes, test_options const& options = {})
      : sizes_{sizes}, ties_{detail::affordable(least_cost(), options), sizes, options.memory} {}

  void add(tie_group const& group) {
    auto const tied = group.x_count + group.y_count;
    if (tied > 1) tie_term_ += (static_cast<unsigned_128>(tied) * tied - 1) * tied;
    twice_u_ += static_cast<unsigned_128>(group.x_count) * (2 * group.y_before + group.y_count);
    ties_.add(group);
  }

  void append(mann_whitney_accumulator const& later) {
    twice_u_ += later.twice_u_;
    tie_term_ += later.tie_term_;
    ties_.append(later.ties_);
  }

  [[nodiscard]] sample_sizes sizes() const noexcept { return sizes_; }
  [[nodiscard]] unsigned_128 twice_u() const noexcept { return twice_u_; }

  [[nodiscard]] mann_whitney_result result(test_options const& options = {}) const {
    mann_whitney_result result;
    result.alternative = options.alternative;
    result.sizes = sizes_;
    result.statistic = static_cast<double>(twice_u_) / 2;
    result.superiority = static_cast<double>(twice_u_) / static_cast<double>(2 * pairs());
    result.rank_biserial = static_cast<double>(excess()) / static_cast<double>(pairs());
    auto const exact = detail::choose_exact("the Mann-Whitney test", cost(), options);
    result.method = exact ? p_value_method::exact : p_value_method::asymptotic;
    detail::set_p_value(result, exact ? exact_p(options) : asymptotic_p(options));
    return result;
  }

 private:
  [[nodiscard]] double least_cost() const { return detail::mann_whitney_exact_cost(sizes_, false); }
  [[nodiscard]] double cost() const {
    return detail::mann_whitney_exact_cost(sizes_, ties_.known() && ties_.any_ties());
  }

  [[nodiscard]] unsigned_128 pairs() const noexcept { return static_cast<unsigned_128>(sizes_.x) * sizes_.y; }

  /// 2·U − n·m
  [[nodiscard]] signed_128 excess() const noexcept { return static_cast<signed_128>(twice_u_ - pairs()); }

  [[nodiscard]] detail::probability exact_p(test_options const& options) const {
    auto const groups = ties_.group_sizes();
    auto const tail = [&](sample_sizes sizes, unsigned_128 twice_u) {
      return detail::mann_whitney_lower_tail(sizes, groups, static_cast<std::uint64_t>(twice_u), options.memory,
                                             options.stop);
    };
    auto const lower = [&] { return tail(sizes_, twice_u_); };
    auto const upper = [&] { return tail({sizes_.y, sizes_.x}, 2 * pairs() - twice_u_); };
    if (options.alternative == alternative::less) return detail::probability::of(lower().at_most);
    if (options.alternative == alternative::greater) return detail::probability::of(upper().at_most);
    auto const one = excess() < 0 ? lower() : upper();
    auto const other = 1 - one.at_most + one.equal;
    return detail::probability::of(std::min(1.0, 2 * std::min(one.at_most, other)));
  }

  [[nodiscard]] detail::probability asymptotic_p(test_options const& options) const {
    auto const all = static_cast<unsigned_128>(sizes_.x) + sizes_.y;
    auto const untied = (all * all - 1) * all - tie_term_;
    if (untied == 0) return {};  // all values are equal
    auto const deviation = std::sqrt(static_cast<double>(pairs()) / 12 / static_cast<double>(all * (all - 1)) *
                                     static_cast<double>(untied));
    // Halfway to the next value that U can have, towards the mean.
    auto const corrected = [&](signed_128 twice) { return static_cast<double>(twice - 1) / 2 / deviation; };
    switch (options.alternative) {
      case alternative::less:
        return detail::normal_upper_tail(corrected(-excess()));
      case alternative::greater:
        return detail::normal_upper_tail(corrected(excess()));
      case alternative::two_sided:
        break;
    }
    auto const z = corrected(excess() < 0 ? -excess() : excess());
    return z <= 0 ? detail::probability{} : detail::normal_upper_tail(z).doubled();
  }

  sample_sizes sizes_;
  unsigned_128 twice_u_ = 0;
  unsigned_128 tie_term_ = 0;
  detail::tie_marks ties_;
};

/// The test of Mann, Whitney and Wilcoxon, whether the values of one sample tend to be greater than those of the other;
/// `greater`: those of x.
///
/// Exact p-values are over all ways of sharing out the pooled values, ties as they are: by the shift algorithm of
/// Streitberg and Röhmel (1986), in about (n + m)·min(n, m)·n·m / 2 additions, twice that if there are ties;
/// `automatic` takes them up to 2^28 of these (n = m = 128 without ties). Two-sided p-values are twice the smaller
/// tail, and at most 1. Asymptotic ones are normal, with the variance of tied ranks and a correction for continuity, as
/// R and SciPy have them.
///
/// Values of each sample in any order, or both `sorted`. Complexity: that of sorting. Memory: a copy of the values,
/// of large samples in contiguous memory 20 MiB instead; none for sorted ones.
/// \throws argument_error if a sample has no values, or no exact p-value is in reach; cancelled
template <class X, class Y>
  requires detail::two_samples<X, Y>
mann_whitney_result mann_whitney(X&& x, Y&& y, test_options const& options = {}) {
  return detail::ordered_test<mann_whitney_accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
}

}  // namespace spillway::stats
