#pragma once

#include <spillway/stats/test_result.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace spillway::stats::detail {

/// Hands pairs of counts on to an accumulator, small ones once for all that are equal: of millions of categories most
/// come a few times only.
template <class Accumulate>
class count_pairs {
 public:
  explicit count_pairs(Accumulate accumulate) : accumulate_{accumulate} {}

  void add(sample_sizes counts) {
    if (counts.x < small && counts.y < small) {
      ++times_[counts.x * small + counts.y];
    } else {
      accumulate_(counts.x, counts.y, std::uint64_t{1});
    }
  }

  void finish() {
    for (std::size_t i = 0; i < times_.size(); ++i) {
      if (times_[i] != 0) accumulate_(std::uint64_t{i / small}, std::uint64_t{i % small}, times_[i]);
    }
    times_ = {};
  }

 private:
  static constexpr std::size_t small = 32;

  Accumulate accumulate_;
  std::array<std::uint64_t, small * small> times_{};
};

}  // namespace spillway::stats::detail
