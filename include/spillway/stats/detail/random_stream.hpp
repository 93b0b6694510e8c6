#pragma once

#include <spillway/core/hash.hpp>
#include <spillway/core/integer_128.hpp>

#include <cstdint>

namespace spillway::stats::detail {

/// Random numbers that are the same on every machine; streams of different numbers do not overlap in practice. Source:
/// G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators" (2014), SplitMix64.
class random_stream {
 public:
  random_stream(std::uint64_t seed, std::uint64_t number) noexcept : state_{hash64(number, seed)} {}

  [[nodiscard]] std::uint64_t next() noexcept {
    state_ += 0x9e3779b97f4a7c15U;
    auto mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

  /// Evenly from 0 to `bound` − 1. Source: D. Lemire, ACM Transactions on Modeling and Computer Simulation 29 (2019).
  /// \pre bound > 0
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept {
    for (;;) {
      auto const product = static_cast<unsigned_128>(next()) * bound;
      auto const low = static_cast<std::uint64_t>(product);
      if (low >= bound || low >= (0 - bound) % bound) [[likely]]
        return static_cast<std::uint64_t>(product >> 64U);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace spillway::stats::detail
