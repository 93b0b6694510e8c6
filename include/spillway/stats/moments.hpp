#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/power_sums.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace spillway::stats {

/// Number, mean, spread and shape of a sample. Values that are not numbers are counted and otherwise left out; infinite
/// values make the mean infinite and the variance too.
class moments {
 public:
  moments() = default;

  /// Values that are numbers.
  [[nodiscard]] std::uint64_t count() const noexcept { return finite() + infinities_above_ + infinities_below_; }
  [[nodiscard]] std::uint64_t nan_count() const noexcept { return nans_; }
  [[nodiscard]] std::uint64_t infinite_count() const noexcept { return infinities_above_ + infinities_below_; }

  /// \throws argument_error if there are no values
  [[nodiscard]] double min() const {
    need(1, "least value");
    return min_;
  }
  /// \throws argument_error if there are no values
  [[nodiscard]] double max() const {
    need(1, "largest value");
    return max_;
  }

  /// \throws argument_error if there are no values, or infinite ones of both signs
  [[nodiscard]] double mean() const {
    need(1, "mean");
    if (infinities_above_ != 0 && infinities_below_ != 0)
      throw argument_error{"no mean: values are infinite both ways"};
    if (infinities_above_ != 0) return std::numeric_limits<double>::infinity();
    if (infinities_below_ != 0) return -std::numeric_limits<double>::infinity();
    return representable(sums_.mean, "mean");
  }

  /// The mean of x less that of y, exact also where the two agree in most of their digits.
  /// \throws argument_error as `mean` does, or if both are infinite alike
  [[nodiscard]] friend double mean_difference(moments const& x, moments const& y) {
    auto const rounded = x.mean() - y.mean();
    if (std::isnan(rounded)) throw argument_error{"no difference of means that are infinite"};
    return std::isinf(rounded) ? rounded : detail::mean_difference(x.sums_, y.sums_);
  }

  /// How far a value is above the mean, exact also for values far from 0.
  /// \throws argument_error as `mean` does
  [[nodiscard]] double deviation_of(double value) const { return (value - mean()) - sums_.mean_rest; }

  /// The unbiased estimate, with n − 1 in the denominator.
  /// \throws argument_error if there are less than two values
  [[nodiscard]] double variance() const {
    need(2, "variance");
    if (infinite_count() != 0) return std::numeric_limits<double>::infinity();
    return squares() / (sums_.count - 1);
  }
  /// \throws argument_error if there are less than two values
  [[nodiscard]] double standard_deviation() const { return std::sqrt(variance()); }
  /// With n in the denominator.
  /// \throws argument_error if there are no values
  [[nodiscard]] double population_variance() const {
    need(1, "variance");
    if (infinite_count() != 0) return std::numeric_limits<double>::infinity();
    return squares() / sums_.count;
  }

  /// m₃ / m₂^1.5 of the central moments of the sample, as SciPy has it; 0 if all values are equal.
  /// \throws argument_error if there are no values, or infinite ones
  [[nodiscard]] double skewness() const {
    need_finite("skewness");
    if (sums_.second == 0) return 0;
    auto const deviation = std::sqrt(representable(sums_.second, "skewness") / sums_.count);
    return representable(sums_.third / sums_.count / deviation / deviation / deviation, "skewness");
  }
  /// m₄ / m₂² − 3 of the central moments of the sample, as SciPy has it; 0 if all values are equal.
  /// \throws argument_error if there are no values, or infinite ones
  [[nodiscard]] double excess_kurtosis() const {
    need_finite("kurtosis");
    if (sums_.second == 0) return 0;
    auto const variance = representable(sums_.second, "kurtosis") / sums_.count;
    return representable(sums_.fourth / sums_.count / variance / variance - 3, "kurtosis");
  }

 private:
  friend class moments_accumulator;

  [[nodiscard]] std::uint64_t finite() const noexcept { return static_cast<std::uint64_t>(sums_.count); }

  void need(std::uint64_t values, std::string_view what) const {
    if (count() >= values) return;
    throw argument_error{"no " + std::string{what} + " of less than " + (values == 1 ? "one value" : "two values")};
  }
  void need_finite(std::string_view what) const {
    need(1, what);
    if (infinite_count() != 0) throw argument_error{"no " + std::string{what} + " of infinite values"};
  }

  /// Infinite if they are too large to be told.
  [[nodiscard]] double squares() const noexcept {
    return std::isnan(sums_.second) ? std::numeric_limits<double>::infinity() : sums_.second;
  }

  /// Fourth powers of numbers beyond 1e77 are not, for one.
  static double representable(double value, std::string_view what) {
    if (std::isfinite(value)) return value;
    throw argument_error{"values are too large or too close for their " + std::string{what}};
  }

  void add_special(double value) noexcept {
    if (std::isnan(value)) {
      ++nans_;
      return;
    }
    ++(value > 0 ? infinities_above_ : infinities_below_);
    add_extremes(value);
  }
  void add_extremes(double value) noexcept {
    min_ = std::min(min_, value);
    max_ = std::max(max_, value);
  }

  /// Leaves the sums alone.
  void append(moments const& later) noexcept {
    nans_ += later.nans_;
    infinities_above_ += later.infinities_above_;
    infinities_below_ += later.infinities_below_;
    min_ = std::min(min_, later.min_);
    max_ = std::max(max_, later.max_);
  }

  detail::power_sums sums_;
  std::uint64_t nans_ = 0;
  std::uint64_t infinities_above_ = 0;
  std::uint64_t infinities_below_ = 0;
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
};

/// Moments of a stream of values, in one pass, as exact as two passes would be.
///
/// The values of a stream are taken in blocks of 1024 by their place in it, and the moments of blocks are merged in
/// pairs, pairs of pairs and so on. So the result is the same to the last bit for every way of cutting the stream into
/// parts, whose accumulators are put together with `append`: those of later parts must be told where they begin.
///
/// Sources: P. Pébay, Sandia report SAND2008-6212, for merging; N. J. Higham, SIAM Journal on Scientific Computing 14
/// (1993), for pairs. Complexity: about 1 ns a value in spans. Memory: its own size, 22 KiB. Thread safety: as for
/// standard containers.
class moments_accumulator {
 public:
  /// Values in a block.
  static constexpr std::size_t block = 1024;

  explicit moments_accumulator(std::uint64_t first_place = 0) noexcept
      : begin_{first_place}, end_{first_place}, first_boundary_{(first_place + block - 1) / block * block} {}

  template <class T>
    requires std::is_arithmetic_v<T>
  void add(T value) noexcept {
    add(std::span<T const>{&value, 1});
  }

  template <class T>
    requires std::is_arithmetic_v<T>
  void add(std::span<T const> values) noexcept {
    while (!values.empty()) {
      auto const taken = std::min<std::size_t>(values.size(), block - end_ % block);
      add_within_block(values.first(taken));
      values = values.subspan(taken);
    }
  }

  /// Adds what the accumulator of the next part of the stream has.
  /// \throws argument_error if it does not begin where this one ends
  void append(moments_accumulator const& later) {
    if (later.begin_ != end_) throw argument_error{"moments of parts of a stream that are not next to each other"};
    add(later.head());
    if (later.end_ < later.first_boundary_) return;
    specials_.append(later.specials_);
    for (std::size_t i = 0; i < later.trees_in_use_; ++i) push(later.trees_[i]);
    end_ = later.end_ / block * block;
    add(later.tail());
  }

  [[nodiscard]] moments result() const noexcept {
    auto all = specials_;
    all.sums_ = add_block(all, head());
    for (std::size_t i = 0; i < trees_in_use_; ++i) all.sums_ = detail::merged(all.sums_, trees_[i].sums);
    all.sums_ = detail::merged(all.sums_, add_block(all, tail()));
    return all;
  }

 private:
  /// Of 2^level blocks, the number of the first of which is divisible by 2^level.
  struct tree {
    std::uint64_t first_block = 0;
    unsigned level = 0;
    detail::power_sums sums;
  };
  /// The sizes of trees rise and then fall.
  static constexpr std::size_t most_trees = 2 * 54;

  /// What comes before the first whole block of a part that begins within a block.
  [[nodiscard]] std::span<double const> head() const noexcept {
    return {head_.data(), static_cast<std::size_t>(std::min(end_, first_boundary_) - begin_)};
  }
  /// What comes after the last whole block.
  [[nodiscard]] std::span<double const> tail() const noexcept {
    return {tail_.data(), end_ < first_boundary_ ? 0 : static_cast<std::size_t>(end_ % block)};
  }

  /// \pre the values do not go beyond the end of a block
  template <class T>
  void add_within_block(std::span<T const> values) noexcept {
    auto const before = static_cast<std::size_t>(end_ % block);
    auto const convert = [](T value) { return static_cast<double>(value); };
    if (end_ < first_boundary_) {
      std::ranges::transform(values, head_.begin() + (end_ - begin_), convert);
      end_ += values.size();
      return;
    }
    end_ += values.size();
    if constexpr (std::same_as<T, double>) {
      if (values.size() == block) return push_block(values);
    }
    std::ranges::transform(values, tail_.begin() + before, convert);
    if (before + values.size() == block) push_block(tail_);
  }

  void push_block(std::span<double const> values) noexcept {
    push({end_ / block - 1, 0, add_block(specials_, values)});
  }

  /// Merges trees of the same size into one for as long as there are two that belong together.
  void push(tree last) noexcept {
    while (trees_in_use_ > 0) {
      auto const& before = trees_[trees_in_use_ - 1];
      if (before.level != last.level || (before.first_block >> last.level & 1U) != 0) break;
      last = {before.first_block, last.level + 1, detail::merged(before.sums, last.sums)};
      --trees_in_use_;
    }
    trees_[trees_in_use_++] = last;
  }

  /// Counts what is special among the values, and gives the sums of the others.
  static detail::power_sums add_block(moments& specials, std::span<double const> values) noexcept {
    if (values.empty()) return {};
    detail::strands sums{0.};
    detail::strands least{specials.min_};
    detail::strands largest{specials.max_};
    detail::for_each_eight(values, values.front(), [&](detail::strands const& eight) {
      sums += eight;
      least = least.lesser(eight);
      largest = largest.greater(eight);
    });
    auto const padded = (0 - values.size()) % detail::strands::count;
    auto const sum = sums.sum() - static_cast<double>(padded) * values.front();
    if (!std::isfinite(sum)) return add_special_block(specials, values);
    specials.min_ = least.reduce([](double a, double b) { return std::min(a, b); });
    specials.max_ = largest.reduce([](double a, double b) { return std::max(a, b); });
    return detail::power_sums_about(values, sum / static_cast<double>(values.size()));
  }

  static detail::power_sums add_special_block(moments& specials, std::span<double const> values) noexcept {
    std::array<double, block> finite;
    std::size_t count = 0;
    double mean = 0;
    for (auto const value : values) {
      if (std::isfinite(value)) {
        specials.add_extremes(value);
        finite[count++] = value;
        mean += (value - mean) / static_cast<double>(count);
      } else {
        specials.add_special(value);
      }
    }
    if (count == 0) return {};
    return detail::power_sums_about({finite.data(), count}, mean);
  }

  std::uint64_t begin_;
  std::uint64_t end_;
  std::uint64_t first_boundary_;
  std::size_t trees_in_use_ = 0;
  moments specials_;  ///< of whole blocks
  std::array<tree, most_trees> trees_{};
  std::array<double, block> head_;
  std::array<double, block> tail_;
};

/// Of a range of arithmetic values.
template <std::ranges::input_range Range>
  requires std::is_arithmetic_v<std::ranges::range_value_t<Range>>
[[nodiscard]] moments moments_of(Range&& values) {
  using T = std::ranges::range_value_t<Range>;
  moments_accumulator all;
  if constexpr (std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range>) {
    all.add(std::span<T const>{std::ranges::data(values), std::ranges::size(values)});
  } else {
    for (auto&& value : values) all.add(static_cast<T>(value));
  }
  return all.result();
}

}  // namespace spillway::stats
