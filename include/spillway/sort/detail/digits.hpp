#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace spillway::sort::detail {

/// Some bits of a word that lie together.
struct bit_group {
  unsigned shift = 0;
  std::uint64_t mask = 0;

  std::size_t operator()(std::uint64_t word) const noexcept { return static_cast<std::size_t>((word >> shift) & mask); }
};

/// The highest bits of a word that differ within a set of words, as one number: they may lie in two groups with bits
/// between that are the same everywhere, as in text.
struct digit_bits {
  bit_group high;
  bit_group low;
  unsigned width = 0;      ///< bits in both
  std::uint64_t rest = 0;  ///< the differing bits below

  [[nodiscard]] bool one_group() const noexcept { return high.mask == 0; }
};

/// The highest group of at most `width` bits that are set in `differing`.
inline bit_group take_group(std::uint64_t& differing, unsigned width) noexcept {
  auto const top = static_cast<unsigned>(std::bit_width(differing));
  auto const ones = static_cast<unsigned>(std::countl_one(differing << (64 - top)));
  auto const taken = std::min(ones, width);
  auto const shift = top - taken;
  auto const mask = ~std::uint64_t{0} >> (64 - taken);
  differing &= ~(mask << shift);
  return {shift, mask};
}

/// \pre differing != 0 && width != 0
inline digit_bits highest_digit(std::uint64_t differing, unsigned width) noexcept {
  digit_bits digit;
  digit.low = take_group(differing, width);
  digit.width = static_cast<unsigned>(std::bit_width(digit.low.mask));
  if (digit.width < width && differing != 0) {
    digit.high = digit.low;
    digit.low = take_group(differing, width - digit.width);
    auto const low_width = static_cast<unsigned>(std::bit_width(digit.low.mask));
    digit.width += low_width;
    // Leaves room for the low group: bits of the two don't touch, so this can't be negative.
    digit.high.shift -= low_width;
    digit.high.mask <<= low_width;
  }
  digit.rest = differing;
  return digit;
}

}  // namespace spillway::sort::detail
