#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/scaled_number.hpp>
#include <spillway/stats/test_result.hpp>

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace spillway::stats::detail {

/// Sharing out pooled values in ascending order is a path over the lattice of (i, j): values of x and of y so far. Its
/// i + j = s form a diagonal, on which i is compared with its share s·n/(n + m).
enum class lattice_boundary : std::uint8_t {
  above,  ///< i·m − j·n ≥ distance
  both,   ///< |i·m − j·n| ≥ distance
};

/// floor((offset + s·step) / divisor) for s = 0, 1, 2, …
class staircase {
 public:
  /// \pre 0 ≤ step ≤ divisor
  staircase(signed_128 offset, std::uint64_t step, std::uint64_t divisor) : step_{step}, divisor_{divisor} {
    auto const by = static_cast<signed_128>(divisor);
    auto const floor = offset / by - (offset % by < 0 ? 1 : 0);
    level_ = static_cast<std::int64_t>(floor);
    rest_ = static_cast<std::uint64_t>(offset - floor * by);
  }

  [[nodiscard]] std::int64_t level() const { return level_; }
  void advance() {
    rest_ += step_;
    if (rest_ >= divisor_) {
      rest_ -= divisor_;
      ++level_;
    }
  }

 private:
  std::uint64_t step_;
  std::uint64_t divisor_;
  std::int64_t level_;
  std::uint64_t rest_;
};

/// Cells that may be written behind the end of a row.
inline constexpr std::size_t row_padding = 64;

/// to[k] = ((i + k)·from[k] + (s − i − k)·from[k + 1]) / s. What follows the row, up to its padding, is overwritten.
inline void next_row(double const* from, double* to, std::size_t count, double i, double s) {
  auto const scale = 1 / s;
#ifndef XSIMD_NO_SUPPORTED_ARCHITECTURE
  using batch = xsimd::batch<double>;
  constexpr auto width = batch::size;
  static_assert(2 * width <= row_padding);
  alignas(64) double first[2 * width];
  for (std::size_t k = 0; k < 2 * width; ++k) first[k] = i + static_cast<double>(k);
  auto const total = batch(s);
  auto const scales = batch(scale);
  auto const stride = batch(static_cast<double>(2 * width));
  auto even = batch::load_unaligned(first);
  auto odd = batch::load_unaligned(first + width);
  auto const step = [&](std::size_t k, batch const& x) {
    auto const sum = x * batch::load_unaligned(from + k) + (total - x) * batch::load_unaligned(from + k + 1);
    (sum * scales).store_unaligned(to + k);
  };
  for (std::size_t k = 0; k < count; k += 2 * width) {
    step(k, even);
    step(k + width, odd);
    even = even + stride;
    odd = odd + stride;
  }
#else
  for (std::size_t k = 0; k < count; ++k) {
    auto const x = i + static_cast<double>(k);
    to[k] = (x * from[k] + (s - x) * from[k + 1]) * scale;
  }
#endif
}

inline void next_row(scaled_number const* from, scaled_number* to, std::size_t count, double i, double s) {
  for (std::size_t k = 0; k < count; ++k) {
    auto const x = i + static_cast<double>(k);
    to[k] = (from[k] * x + from[k + 1] * (s - x)) / s;
  }
}

/// The probability that a path drawn at random from the origin to (i, j) has touched the boundary, for all cells of one
/// diagonal after another. It is 1 at the boundary and beyond, and elsewhere the mean of the two cells that a path can
/// come from, weighted by i and j: nothing is ever subtracted, so that small probabilities keep their precision. Only
/// the band between the boundaries is held.
///
/// Ties leave the order of their values open: the boundary counts on diagonals that end a group of them alone.
/// Source: T. Viehmann, "Numerically more stable computation of the p-values for the two-sample Kolmogorov–Smirnov
/// test" (2021); G. Schröer and D. Trenkler (1995) for the ties.
template <class Number>
class lattice_sweep {
 public:
  /// `tie_ends`: the diagonals that end groups, ascending; none if there are no ties. With a boundary above alone,
  /// probabilities below `negligible` are taken for 0.
  lattice_sweep(lattice_boundary boundary, unsigned_128 distance, sample_sizes sizes,
                std::span<std::uint64_t const> tie_ends, Number negligible, std::pmr::memory_resource* memory)
      : boundary_{boundary},
        sizes_{sizes},
        tie_ends_{tie_ends},
        every_diagonal_{tie_ends.empty()},
        negligible_{negligible},
        highest_{static_cast<signed_128>(distance) - 1, sizes.x, sizes.x + sizes.y},
        below_lowest_{-static_cast<signed_128>(distance), sizes.x, sizes.x + sizes.y},
        row_(1 + 2 + row_padding, Number{1}, memory),
        next_(row_.size(), Number{1}, memory) {
    row_[1] = Number{0};
  }

  void advance_to(std::uint64_t diagonal, std::stop_token const& stop) {
    constexpr std::uint64_t block = 1024;
    while (diagonal_ < diagonal && !surely_touched()) {
      throw_if_cancelled(stop);
      auto const end = std::min(diagonal, diagonal_ + block);
      while (diagonal_ < end && !surely_touched()) advance();
    }
  }

  /// Of the cell (i, diagonal − i).
  [[nodiscard]] Number at(std::uint64_t i) const {
    auto const index = static_cast<std::int64_t>(i);
    if (surely_touched() || index > last_) return Number{1};
    if (index < first_) return below();
    return row_[before_ + 1 + static_cast<std::size_t>(index - first_)];
  }

 private:
  [[nodiscard]] bool surely_touched() const { return last_ < first_; }
  [[nodiscard]] Number below() const { return Number{boundary_ == lattice_boundary::both ? 1. : 0.}; }

  void advance() {
    ++diagonal_;
    highest_.advance();
    below_lowest_.advance();
    auto const lowest = static_cast<std::int64_t>(diagonal_) - static_cast<std::int64_t>(sizes_.y);
    auto first = std::max(first_, lowest);
    auto last = std::min(last_ + 1, static_cast<std::int64_t>(sizes_.x));
    if (boundary_counts()) {
      last = std::min(last, highest_.level());
      if (boundary_ == lattice_boundary::both) first = std::max(first, below_lowest_.level() + 1);
    }
    if (boundary_ == lattice_boundary::above && last < first && last >= lowest) return begin_again(last);
    if (first <= last) step(first, last);
    first_ = first;
    last_ = last;
    if (boundary_ == lattice_boundary::above) drop_negligible();
  }

  /// All that was held lies beyond the boundary; what was dropped below goes on.
  void begin_again(std::int64_t last) {
    first_ = last_ = last;
    before_ = 0;
    row_[0] = row_[1] = Number{0};
    row_[2] = Number{1};
  }

  bool boundary_counts() {
    if (every_diagonal_) return true;
    while (!tie_ends_.empty() && tie_ends_.front() < diagonal_) tie_ends_ = tie_ends_.subspan(1);
    return !tie_ends_.empty() && tie_ends_.front() == diagonal_;
  }

  void step(std::int64_t first, std::int64_t last) {
    auto const count = static_cast<std::size_t>(last - first) + 1;
    auto const needed = count + 2 + row_padding;
    if (next_.size() < needed) next_.resize(needed + needed / 2, Number{1});
    auto const* const from = row_.data() + before_ + static_cast<std::size_t>(first - first_);
    next_row(from, next_.data() + 1, count, static_cast<double>(first), static_cast<double>(diagonal_));
    next_[0] = below();
    next_[count + 1] = Number{1};
    row_.swap(next_);
    before_ = 0;
  }

  void drop_negligible() {
    auto const* cell = row_.data() + before_ + 1;
    auto const held = first_;
    while (first_ < last_ && *cell < negligible_) {
      ++cell;
      ++first_;
    }
    before_ += static_cast<std::size_t>(first_ - held);
    if (held < first_) row_[before_] = below();
  }

  lattice_boundary boundary_;
  sample_sizes sizes_;
  std::span<std::uint64_t const> tie_ends_;
  bool every_diagonal_;
  Number negligible_;
  staircase highest_;       ///< i of the highest cell of the diagonal that does not touch
  staircase below_lowest_;  ///< i of the highest cell that touches from below
  std::uint64_t diagonal_ = 0;
  std::int64_t first_ = 0;  ///< i of the first cell held
  std::int64_t last_ = 0;
  std::size_t before_ = 0;  ///< where in the row the cell before the first is
  std::pmr::vector<Number> row_;
  std::pmr::vector<Number> next_;
};

}  // namespace spillway::stats::detail
