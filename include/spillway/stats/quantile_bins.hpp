#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

namespace spillway::stats {

/// Counts the values of two samples between the quantiles of x, as the stability index wants them: bin k ends with the
/// least value that at least k + 1 of `bins` parts of x are not above. Ties may leave bins empty.
///
/// It is given the tie groups in ascending order, or parts of them that are then appended.
class quantile_bins_accumulator {
 public:
  /// \throws argument_error for no bins.
  explicit quantile_bins_accumulator(stats::sample_sizes sizes, std::size_t bins = 10,
                                     std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : sizes_{sizes}, counts_(bins, memory) {
    if (bins == 0) throw argument_error{"values need at least one bin"};
  }

  void add(tie_group const& group) noexcept {
    while (current_ + 1 < counts_.size() && ends(current_, group.x_before)) ++current_;
    counts_[current_].x += group.x_count;
    counts_[current_].y += group.y_count;
  }

  void append(quantile_bins_accumulator const& later) noexcept {
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      counts_[i].x += later.counts_[i].x;
      counts_[i].y += later.counts_[i].y;
    }
    current_ = std::max(current_, later.current_);
  }

  [[nodiscard]] std::pmr::vector<stats::sample_sizes> const& counts() const noexcept { return counts_; }

 private:
  /// Whether a bin is full with so many values of x.
  [[nodiscard]] bool ends(std::size_t bin, std::uint64_t x) const noexcept {
    return static_cast<unsigned_128>(x) * counts_.size() >= static_cast<unsigned_128>(bin + 1) * sizes_.x;
  }

  stats::sample_sizes sizes_;
  std::pmr::vector<stats::sample_sizes> counts_;
  std::size_t current_ = 0;
};

}  // namespace spillway::stats
