#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/summary_codec.hpp>
#include <spillway/stats/value_grid.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace spillway::stats {

/// What is kept of a sample so that others can be compared with it when its values are gone: how many are in each
/// bucket of a grid, the least and the greatest, and how many there are that have no place in the order.
///
/// Summaries on equal grids merge, in any order, to that of all their values. Memory: 8 bytes for each bucket.
class distribution_summary {
 public:
  /// Of no values.
  explicit distribution_summary(value_grid grid, std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : grid_{std::move(grid)}, counts_(grid_.size() + 1, memory) {}

  /// Each is a value, or not a number.
  template <std::ranges::input_range Values>
  void add(Values const& values) {
    auto const bucket_of = grid_.lookup();
    auto least = least_;
    auto greatest = greatest_;
    for (auto const& one : values) {
      auto const value = static_cast<double>(one);
      if (value == value) {
        ++counts_[bucket_of(value)];
        least = std::min(least, value);
        greatest = std::max(greatest, value);
      } else {
        ++counts_.back();
      }
    }
    least_ = least;
    greatest_ = greatest;
  }
  void add(double value) { add(std::span<double const>{&value, 1}); }
  void add_nulls(std::uint64_t count) { nulls_ += count; }

  /// All that is in another.
  /// \throws argument_error if its grid is another
  void merge(distribution_summary const& other) {
    if (!(grid_ == other.grid_)) throw argument_error{"summaries merge only if their grids are equal"};
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    nulls_ += other.nulls_;
    least_ = std::min(least_, other.least_);
    greatest_ = std::max(greatest_, other.greatest_);
  }

  [[nodiscard]] value_grid const& grid() const noexcept { return grid_; }
  /// How many values are in each bucket of the grid.
  [[nodiscard]] std::span<std::uint64_t const> counts() const noexcept { return {counts_.data(), grid_.size()}; }
  /// How many values there are, without nulls and without those that are not numbers.
  [[nodiscard]] std::uint64_t size() const noexcept {
    std::uint64_t sum = 0;
    for (auto const count : counts()) sum += count;
    return sum;
  }
  [[nodiscard]] std::uint64_t nulls() const noexcept { return nulls_; }
  [[nodiscard]] std::uint64_t not_numbers() const noexcept { return counts_.back(); }
  /// None if there are no values.
  [[nodiscard]] std::optional<double> least() const noexcept {
    return least_ <= greatest_ ? std::optional{least_} : std::nullopt;
  }
  [[nodiscard]] std::optional<double> greatest() const noexcept {
    return least_ <= greatest_ ? std::optional{greatest_} : std::nullopt;
  }

  friend bool operator==(distribution_summary const& a, distribution_summary const& b) noexcept {
    return a.grid_ == b.grid_ && a.counts_ == b.counts_ && a.nulls_ == b.nulls_ && a.least_ == b.least_ &&
           a.greatest_ == b.greatest_;
  }

  /// The same on every machine, with a version and a checksum; a byte for most buckets.
  [[nodiscard]] std::pmr::vector<std::byte> to_bytes(
      std::pmr::memory_resource* memory = std::pmr::get_default_resource()) const {
    detail::summary_writer out{memory};
    auto const shape = grid_.shape(memory);
    out.number(shape.lowest);
    out.number(shape.range);
    out.count(shape.widths.size());
    for (auto const width : shape.widths) out.count(width);
    out.number(std::bit_cast<std::uint64_t>(least_));
    out.number(std::bit_cast<std::uint64_t>(greatest_));
    out.count(nulls_);
    for (auto const count : counts_) out.count(count);
    return out.finish();
  }

  /// \throws corrupt_data if the bytes are not those of a summary, or not all of them; argument_error if a later
  /// version
  ///         of the library wrote them
  [[nodiscard]] static distribution_summary from_bytes(
      std::span<std::byte const> bytes, std::pmr::memory_resource* memory = std::pmr::get_default_resource()) {
    detail::summary_reader in{bytes};
    value_grid::shape_type shape{in.number(), in.number(), std::pmr::vector<std::uint8_t>{memory}};
    for (auto segments = in.count(value_grid::most_segments); segments > 0; --segments) {
      shape.widths.push_back(static_cast<std::uint8_t>(in.count(64)));
    }
    distribution_summary summary{in.grid(shape, memory), memory};
    summary.least_ = std::bit_cast<double>(in.number());
    summary.greatest_ = std::bit_cast<double>(in.number());
    constexpr auto most = std::uint64_t{1} << 44U;  // so that no sum overflows
    summary.nulls_ = in.count(most);
    for (auto& count : summary.counts_) count = in.count(most);
    in.finish(summary.is_consistent());
    return summary;
  }

 private:
  /// Whether the least and the greatest value are where the counts say.
  [[nodiscard]] bool is_consistent() const {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    auto const all = counts();
    auto const is_filled = [](std::uint64_t count) { return count != 0; };
    auto const first = std::ranges::find_if(all, is_filled) - all.begin();
    if (first == static_cast<std::ptrdiff_t>(all.size())) return least_ == infinity && greatest_ == -infinity;
    auto last = static_cast<std::ptrdiff_t>(all.size()) - 1;
    while (all[static_cast<std::size_t>(last)] == 0) --last;
    return least_ <= greatest_ && grid_.bucket(least_) == static_cast<std::size_t>(first) &&
           grid_.bucket(greatest_) == static_cast<std::size_t>(last);
  }

  value_grid grid_;
  std::pmr::vector<std::uint64_t> counts_;  ///< the last one of what is not a number
  std::uint64_t nulls_ = 0;
  double least_ = std::numeric_limits<double>::infinity();
  double greatest_ = -std::numeric_limits<double>::infinity();
};

}  // namespace spillway::stats
