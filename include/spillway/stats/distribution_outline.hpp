#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

namespace spillway::stats {

/// Both distribution functions, known exactly at some values: the quantiles k/`parts` of each sample. Enough to draw
/// them, or histograms, or to tell any of these quantiles, whatever the size of the samples.
class distribution_outline {
 public:
  distribution_outline(stats::sample_sizes sizes, std::uint32_t parts, std::pmr::vector<tie_group> groups)
      : sizes_{sizes}, parts_{parts}, groups_{std::move(groups)} {}

  [[nodiscard]] stats::sample_sizes sizes() const noexcept { return sizes_; }
  [[nodiscard]] std::uint32_t parts() const noexcept { return parts_; }
  /// In ascending order; the first and the last are the smallest and the largest values of all.
  [[nodiscard]] std::pmr::vector<tie_group> const& groups() const noexcept { return groups_; }

  /// The least value that at least the part `k / parts()` of the sample is not above: the inverse of its distribution
  /// function, type 1 of Hyndman and Fan (1996). `k` of 0 is the minimum.
  /// \pre k <= parts(), and the sample is not empty.
  [[nodiscard]] double x_quantile(std::uint32_t k) const {
    return quantile(rank(k, sizes_.x), &tie_group::x_before, &tie_group::x_count);
  }
  [[nodiscard]] double y_quantile(std::uint32_t k) const {
    return quantile(rank(k, sizes_.y), &tie_group::y_before, &tie_group::y_count);
  }

  /// The position, from 0, of the quantile `k / parts()` among `size` ordered values.
  [[nodiscard]] std::uint64_t rank(std::uint32_t k, std::uint64_t size) const noexcept { return rank(k, parts_, size); }
  [[nodiscard]] static std::uint64_t rank(std::uint64_t k, std::uint64_t parts, std::uint64_t size) noexcept {
    auto const above = k * size / parts + (k * size % parts == 0 ? 0 : 1);
    return above == 0 ? 0 : above - 1;
  }

 private:
  using count = std::uint64_t tie_group::*;

  [[nodiscard]] double quantile(std::uint64_t rank, count before, count here) const {
    auto const found =
        std::ranges::partition_point(groups_, [&](tie_group const& each) { return each.*before + each.*here <= rank; });
    return found->value;
  }

  stats::sample_sizes sizes_;
  std::uint32_t parts_;
  std::pmr::vector<tie_group> groups_;
};

/// Picks the tie groups that an outline is made of.
///
/// Complexity: constant a group. Memory: up to 2 · `parts` groups.
class distribution_outline_accumulator {
 public:
  /// \throws argument_error if `parts` is not from 1 to 2^20, or there are more values than 2^43.
  explicit distribution_outline_accumulator(stats::sample_sizes sizes, std::uint32_t parts = 400,
                                            std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : sizes_{sizes}, parts_{parts}, groups_{memory} {
    if (parts == 0 || parts > std::uint32_t{1} << 20U) {
      throw argument_error{"an outline has from 1 to 1048576 parts, not " + std::to_string(parts)};
    }
    if (std::max(sizes.x, sizes.y) > std::uint64_t{1} << 43U) throw argument_error{"too many values for an outline"};
  }

  void add(tie_group const& group) {
    if (!begun_) look_from(group.x_before, group.y_before);
    auto const x_end = group.x_before + group.x_count;
    auto const y_end = group.y_before + group.y_count;
    if (x_end <= x_rank_ && y_end <= y_rank_) return;
    groups_.push_back(group);
    look_from(x_end, y_end);
  }

  /// Takes in what comes after it in the order.
  void append(distribution_outline_accumulator const& later) {
    if (!later.begun_) return;
    groups_.insert(groups_.end(), later.groups_.begin(), later.groups_.end());
    begun_ = true;
    x_rank_ = later.x_rank_;
    y_rank_ = later.y_rank_;
  }

  [[nodiscard]] distribution_outline result() const { return {sizes_, parts_, groups_}; }

 private:
  void look_from(std::uint64_t x, std::uint64_t y) noexcept {
    begun_ = true;
    x_rank_ = next_rank(x, sizes_.x);
    y_rank_ = next_rank(y, sizes_.y);
  }

  /// The first rank of a quantile that is not below `from`.
  [[nodiscard]] std::uint64_t next_rank(std::uint64_t from, std::uint64_t size) const noexcept {
    if (from >= size) return ~std::uint64_t{0};
    auto k = from * parts_ / size;
    while (distribution_outline::rank(k, parts_, size) < from) ++k;
    return distribution_outline::rank(k, parts_, size);
  }

  stats::sample_sizes sizes_;
  std::uint32_t parts_;
  std::pmr::vector<tie_group> groups_;
  std::uint64_t x_rank_ = 0;
  std::uint64_t y_rank_ = 0;
  bool begun_ = false;
};

}  // namespace spillway::stats
