#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/hash.hpp>
#include <spillway/stats/interval.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace spillway::stats {

/// A few hundred of a stream's values, weighted so that the rank of any value can be told nearly: the sketch of Karnin,
/// Lang and Liberty, in the form that merges.
///
/// Values wait in levels, of which each stands for twice as many as the one below. A full one is sorted, and every
/// other value moves up, beginning with the first or the second by the toss of a coin. So every error of a rank is as
/// likely to be one way as the other, and `error_of_ranks` bounds it: a bound for the sketch as it is, from the tosses
/// it has made, whatever the values and their order.
///
/// The coin is a hash of the seed and the number of the toss: equal streams give equal sketches. For the bound to hold
/// of merged sketches, their coins must not fall alike: give them different seeds. NaN is counted apart. Complexity:
/// O(log k) amortised for each value. Memory: some 3·k values, k = `capacity`. Source: Z. Karnin, K. Lang, E. Liberty,
/// "Optimal quantile approximation in streams" (2016).
class quantile_sketch {
 public:
  static constexpr std::size_t usual_capacity = 400;

  /// \throws argument_error if the capacity is below 8
  explicit quantile_sketch(std::size_t capacity = usual_capacity, std::uint64_t seed = 0,
                           std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : capacity_{capacity}, seed_{seed}, levels_{memory} {
    if (capacity < 8)
      throw argument_error{"a quantile sketch has a capacity of 8 or more, not " + std::to_string(capacity)};
    levels_.emplace_back();
    share_capacity();
  }

  void add(double value) {
    if (value != value) {
      ++not_numbers_;
      return;
    }
    least_ = std::min(least_, value);
    greatest_ = std::max(greatest_, value);
    ++size_;
    levels_.front().values.push_back(value);
    ++held_;
    if (held_ >= most_held_) compress();
  }
  template <std::ranges::input_range Values>
  void add(Values const& values) {
    for (auto const& value : values) add(static_cast<double>(value));
  }

  /// \throws argument_error if the capacities differ
  void merge(quantile_sketch const& other) {
    if (capacity_ != other.capacity_)
      throw argument_error{"quantile sketches merge only if their capacities are equal"};
    while (levels_.size() < other.levels_.size()) levels_.emplace_back();
    for (std::size_t i = 0; i < other.levels_.size(); ++i) {
      auto& mine = levels_[i];
      auto const& theirs = other.levels_[i];
      mine.values.insert(mine.values.end(), theirs.values.begin(), theirs.values.end());
      mine.tosses += theirs.tosses;
    }
    size_ += other.size_;
    held_ += other.held_;
    not_numbers_ += other.not_numbers_;
    least_ = std::min(least_, other.least_);
    greatest_ = std::max(greatest_, other.greatest_);
    share_capacity();
    while (held_ >= most_held_) compress();
  }

  /// How many values there were that are numbers.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t not_numbers() const noexcept { return not_numbers_; }
  /// How many are held.
  [[nodiscard]] std::size_t held() const noexcept { return held_; }
  /// Exact. \pre size() != 0
  [[nodiscard]] double least() const noexcept { return least_; }
  [[nodiscard]] double greatest() const noexcept { return greatest_; }

  /// About how many values are not above one.
  [[nodiscard]] std::uint64_t rank(double value) const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      auto const& values = levels_[i].values;
      sum += static_cast<std::uint64_t>(std::ranges::count_if(values, [&](double one) { return one <= value; })) << i;
    }
    return sum;
  }

  /// The share of values that are not above one.
  /// \throws argument_error if there are no values
  [[nodiscard]] double distribution(double value) const {
    require_values();
    return static_cast<double>(rank(value)) / static_cast<double>(size_);
  }

  /// The least value of those held that about `share` of all values are not above.
  /// \throws argument_error if there are no values, or `share` is not from 0 to 1
  [[nodiscard]] double quantile(double share) const {
    require_values();
    if (!(share >= 0 && share <= 1)) throw argument_error{"a quantile is of a share from 0 to 1"};
    if (share == 0) return least_;
    if (share == 1) return greatest_;
    auto const wanted = share * static_cast<double>(size_);
    std::uint64_t sum = 0;
    for (auto const& [value, weight] : weighted_values()) {
      sum += weight;
      if (static_cast<double>(sum) >= wanted) return value;
    }
    return greatest_;
  }

  /// By how much `distribution` is wrong at most, at any one value that was settled before, with at least this
  /// confidence: Hoeffding's bound of what the coins can have added up to.
  [[nodiscard]] double error_of_ranks(double confidence = 0.99) const {
    require_values();
    if (!(confidence > 0 && confidence < 1)) throw argument_error{"a confidence is between 0 and 1"};
    return std::sqrt(2 * std::log(2 / (1 - confidence)) * squared_errors()) / static_cast<double>(size_);
  }

  /// The same, at all values at once: where the ranks at both sides of each of so many steps are near, those between
  /// are off by a step more at most.
  [[nodiscard]] double error_everywhere(double confidence = 0.99) const {
    require_values();
    if (squared_errors() == 0) return 0;
    auto best = std::numeric_limits<double>::infinity();
    for (double steps = 2; steps <= 0x1p20; steps *= 2) {
      best = std::min(best, error_of_ranks(1 - (1 - confidence) / (2 * steps)) + 1 / steps);
    }
    return best;
  }

  struct weighted_value {
    double value;
    std::uint64_t weight;  ///< how many values it stands for
  };
  /// What is held, in ascending order.
  [[nodiscard]] std::pmr::vector<weighted_value> weighted_values() const {
    std::pmr::vector<weighted_value> all{levels_.get_allocator().resource()};
    all.reserve(held_);
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      for (auto const value : levels_[i].values) all.push_back({value, std::uint64_t{1} << i});
    }
    std::ranges::sort(all, {}, &weighted_value::value);
    return all;
  }

 private:
  struct level {
    using allocator_type = std::pmr::polymorphic_allocator<>;
    level() = default;
    explicit level(allocator_type allocator) : values{allocator} {}
    level(level const& other, allocator_type allocator)
        : values{other.values, allocator}, capacity{other.capacity}, tosses{other.tosses} {}
    level(level&& other, allocator_type allocator)
        : values{std::move(other.values), allocator}, capacity{other.capacity}, tosses{other.tosses} {}

    std::pmr::vector<double> values;
    std::size_t capacity = 0;
    std::uint64_t tosses = 0;  ///< each of which moved ranks by the level's weight, up or down, or left them
  };

  void require_values() const {
    if (size_ == 0) throw argument_error{"a sketch of no values has no ranks"};
  }

  [[nodiscard]] double squared_errors() const noexcept {
    double sum = 0;
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      sum += static_cast<double>(levels_[i].tosses) * std::ldexp(1, 2 * static_cast<int>(i));
    }
    return sum;
  }

  /// Lower levels are smaller, each by a third.
  void share_capacity() {
    most_held_ = 0;
    auto share = static_cast<double>(capacity_);
    for (auto i = levels_.size(); i-- > 0; share *= 2. / 3) {
      levels_[i].capacity = std::max<std::size_t>(static_cast<std::size_t>(share), 8);
      most_held_ += levels_[i].capacity;
    }
  }

  /// Halves the lowest level that is full.
  void compress() {
    for (std::size_t i = 0; i < levels_.size(); ++i) {
      if (levels_[i].values.size() < levels_[i].capacity) continue;
      if (i + 1 == levels_.size()) {
        levels_.emplace_back();
        share_capacity();
      }
      return halve(levels_[i], levels_[i + 1]);
    }
  }

  /// An odd one out stays.
  void halve(level& full, level& above) {
    auto& values = full.values;
    std::ranges::sort(values);
    auto const even = values.size() - values.size() % 2;
    auto const coin = hash64(tossed_++, seed_) & 1U;
    for (auto i = coin; i < even; i += 2) above.values.push_back(values[i]);
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(even));
    ++full.tosses;
    held_ -= even / 2;
  }

  std::size_t capacity_;
  std::uint64_t seed_;
  std::uint64_t tossed_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t not_numbers_ = 0;
  std::size_t held_ = 0;
  std::size_t most_held_ = 0;
  double least_ = std::numeric_limits<double>::infinity();
  double greatest_ = -std::numeric_limits<double>::infinity();
  std::pmr::vector<level> levels_;
};

/// Between which bounds the Kolmogorov–Smirnov statistic of two samples lies with at least this confidence, if no more
/// than sketches of them are known.
[[nodiscard]] inline interval kolmogorov_smirnov_bounds(quantile_sketch const& x, quantile_sketch const& y,
                                                        double confidence = 0.99) {
  auto const each = (1 + confidence) / 2;
  auto const error = x.error_everywhere(each) + y.error_everywhere(each);
  auto const x_values = x.weighted_values();
  auto const y_values = y.weighted_values();
  auto next_x = x_values.begin();
  auto next_y = y_values.begin();
  double x_rank = 0;
  double y_rank = 0;
  double distance = 0;
  while (next_x != x_values.end() || next_y != y_values.end()) {
    auto const from_x = next_y == y_values.end() || (next_x != x_values.end() && next_x->value <= next_y->value);
    auto const value = from_x ? next_x->value : next_y->value;
    for (; next_x != x_values.end() && next_x->value == value; ++next_x) x_rank += static_cast<double>(next_x->weight);
    for (; next_y != y_values.end() && next_y->value == value; ++next_y) y_rank += static_cast<double>(next_y->weight);
    distance =
        std::max(distance, std::abs(x_rank / static_cast<double>(x.size()) - y_rank / static_cast<double>(y.size())));
  }
  return {std::max(distance - error, 0.), std::min(distance + error, 1.)};
}

}  // namespace spillway::stats
