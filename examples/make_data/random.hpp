#pragma once

#include <array>
#include <cstdint>

namespace make_data {

/// Random numbers addressed by index, not drawn in turn: row i is the same whatever came before it, on every machine.
/// The mixing function is SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class random_table {
 public:
  explicit constexpr random_table(std::uint64_t seed) : seed_{mix(seed)} {}

  /// Number `index` of the sequence `column`: independent ones for independent uses.
  [[nodiscard]] constexpr std::uint64_t at(std::uint64_t index, std::uint64_t column) const {
    return mix(seed_ ^ mix(index + column * 0xd1342543de82ef95U));
  }

  /// Evenly from [0, bound).
  [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound, std::uint64_t index, std::uint64_t column) const {
    return scale(at(index, column), bound);
  }

  /// True for the fraction `parts_per_million` of all indexes.
  [[nodiscard]] constexpr bool chance(std::uint64_t parts_per_million, std::uint64_t index,
                                      std::uint64_t column) const {
    return below(1'000'000, index, column) < parts_per_million;
  }

 private:
  static constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
  }

  static constexpr std::uint64_t scale(std::uint64_t random, std::uint64_t bound) {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<wide>(random) * bound) >> 64U);
  }

  std::uint64_t seed_;
};

/// Puts [0, size) into a random order without holding it: a Feistel network over the next power of four, walked until
/// it lands inside (Black, Rogaway: Ciphers with arbitrary finite domains, 2002).
class permutation {
 public:
  permutation(std::uint64_t size, random_table const& random) : size_{size} {
    while (half_bits_ < 32 && (std::uint64_t{1} << (2 * half_bits_)) < size) ++half_bits_;
    for (std::uint64_t round = 0; round < keys_.size(); ++round) keys_[round] = random.at(round, 1000) | 1U;
  }

  [[nodiscard]] std::uint64_t operator()(std::uint64_t index) const {
    do index = encrypt(index);
    while (index >= size_);
    return index;
  }

 private:
  [[nodiscard]] std::uint64_t encrypt(std::uint64_t value) const {
    auto const mask = (std::uint64_t{1} << half_bits_) - 1;
    auto left = value >> half_bits_;
    auto right = value & mask;
    for (auto const key : keys_) {
      auto const next = left ^ ((((right + key) * key) >> 29U) & mask);
      left = right;
      right = next;
    }
    return (left << half_bits_) | right;
  }

  std::uint64_t size_;
  std::array<std::uint64_t, 6> keys_{};
  unsigned half_bits_ = 1;
};

}  // namespace make_data
