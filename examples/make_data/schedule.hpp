#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace make_data {

/// Spreads rows over periods (days, ten-minute windows) in proportion to weights, in time order.
class schedule {
 public:
  struct place {
    std::uint64_t period;
    std::uint64_t rank;   ///< of the row within its period
    std::uint64_t count;  ///< rows in that period
  };

  schedule(std::uint64_t rows, std::span<std::uint64_t const> weights) {
    std::uint64_t all = 0;
    for (auto const weight : weights) all += weight;
    ends_.reserve(weights.size());
    stride_ = rows / weights.size() + 1;
    std::uint64_t sum = 0;
    __extension__ using wide = unsigned __int128;
    for (auto const weight : weights) {
      sum += weight;
      ends_.push_back(static_cast<std::uint64_t>(static_cast<wide>(rows) * sum / all));
      while (guide_.size() * stride_ < ends_.back()) guide_.push_back(ends_.size() - 1);
    }
  }

  [[nodiscard]] place locate(std::uint64_t row) const {
    auto period = guide_[row / stride_];
    while (ends_[period] <= row) ++period;
    auto const begin = period == 0 ? 0 : ends_[period - 1];
    return {period, row - begin, ends_[period] - begin};
  }

 private:
  std::vector<std::uint64_t> ends_;   ///< the row that each period ends before
  std::vector<std::uint64_t> guide_;  ///< for every `stride_` rows, the period of the first: a search of a step or two
  std::uint64_t stride_ = 1;
};

}  // namespace make_data
