#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace spillway {

/// A sum of doubles without error, rounded once when it is asked for: to the nearest double, ties to even.
///
/// It does not depend on the order of its terms or on how they were shared out to sums that were added later, and
/// nothing is lost to cancellation or to overflow on the way. With an infinite term it is infinite, with both
/// infinities or NaN among the terms it is NaN. Up to 2^63 terms.
///
/// The sum is a fixed-point number as wide as the range of doubles, in limbs of 64 bits of which each is worth 2^32 of
/// the one below, so that carries need not be handed on but once in thousands of terms.
/// Complexity: constant for each term, about as long as five ordinary additions. Memory: 560 bytes.
/// Source: R. M. Neal, Fast exact summation using small and large superaccumulators (2015), the small one.
class exact_sum {
 public:
  void add(double term) noexcept {
    auto const pattern = std::bit_cast<std::uint64_t>(term);
    auto const exponent = (pattern >> fraction_bits) & exponent_mask;
    if (exponent == exponent_mask) [[unlikely]]
      return add_special(term);
    auto const normal = static_cast<std::uint64_t>(exponent != 0);
    auto const fraction = (pattern & fraction_mask) | (normal << fraction_bits);
    auto const shift = exponent - normal;
    auto const sign = static_cast<std::int64_t>(pattern) >> 63U;  // all ones if negative
    auto* const limb = limbs_.data() + shift / limb_bits;
    auto const offset = shift % limb_bits;
    limb[0] += (static_cast<std::int64_t>((fraction << offset) & limb_mask) ^ sign) - sign;
    limb[1] += (static_cast<std::int64_t>(fraction >> (limb_bits - offset)) ^ sign) - sign;
    if (--terms_before_carry_ == 0) [[unlikely]]
      carry();
  }

  void add(exact_sum const& other) noexcept {
    auto carried = other;
    carried.carry();
    carry();
    for (std::size_t i = 0; i < limbs_.size(); ++i) limbs_[i] += carried.limbs_[i];
    carry();
    has_nan_ |= other.has_nan_;
    has_positive_infinity_ |= other.has_positive_infinity_;
    has_negative_infinity_ |= other.has_negative_infinity_;
  }

  [[nodiscard]] double value() const noexcept {
    using limits = std::numeric_limits<double>;
    if (has_nan_ || (has_positive_infinity_ && has_negative_infinity_)) return limits::quiet_NaN();
    if (has_positive_infinity_) return limits::infinity();
    if (has_negative_infinity_) return -limits::infinity();
    auto magnitude = *this;
    magnitude.carry();
    if (magnitude.limbs_.back() >= 0) return magnitude.rounded();
    for (auto& limb : magnitude.limbs_) limb = -limb;
    magnitude.carry();
    return -magnitude.rounded();
  }

 private:
  static constexpr unsigned fraction_bits = 52;
  static constexpr std::uint64_t fraction_mask = (std::uint64_t{1} << fraction_bits) - 1;
  static constexpr std::uint64_t exponent_mask = 0x7FF;
  static constexpr unsigned limb_bits = 32;
  static constexpr std::uint64_t limb_mask = 0xFFFFFFFF;
  static constexpr int lowest_exponent = -1074;  // of the lowest bit of the lowest limb
  /// A term adds less than 2^52 + 2^32 to a limb.
  static constexpr std::uint32_t terms_between_carries = 2040;

  void add_special(double term) noexcept {
    if (std::isnan(term)) {
      has_nan_ = true;
    } else {
      (term > 0 ? has_positive_infinity_ : has_negative_infinity_) = true;
    }
  }

  /// Leaves 32 bits in every limb; the highest alone has a sign.
  void carry() noexcept {
    std::int64_t carried = 0;
    for (std::size_t i = 0; i + 1 < limbs_.size(); ++i) {
      auto const limb = limbs_[i] + carried;
      limbs_[i] = limb & static_cast<std::int64_t>(limb_mask);
      carried = limb >> limb_bits;
    }
    limbs_.back() += carried;
    terms_before_carry_ = terms_between_carries;
  }

  [[nodiscard]] std::uint64_t limb(std::size_t i) const noexcept { return static_cast<std::uint64_t>(limbs_[i]); }

  /// Of a number that is not negative and whose carries are done: its 64 highest bits, where the last also tells of all
  /// that are lower, so that the one conversion rounds rightly.
  [[nodiscard]] double rounded() const noexcept {
    auto high = limbs_.size() - 1;
    while (high > 0 && limbs_[high] == 0) --high;
    if (high < 2) return std::ldexp(static_cast<double>(limb(0) | limb(1) << limb_bits), lowest_exponent);
    auto const width = static_cast<unsigned>(std::bit_width(limb(high)));
    auto bits = limb(high) << (64 - width) | limb(high - 1) << (limb_bits - width) | limb(high - 2) >> width;
    auto lower = limb(high - 2) & ((std::uint64_t{1} << width) - 1);
    for (std::size_t i = 0; i < high - 2; ++i) lower |= limb(i);
    bits |= static_cast<std::uint64_t>(lower != 0);
    auto const exponent = static_cast<int>(limb_bits * high + width) - 64 + lowest_exponent;
    return std::ldexp(static_cast<double>(bits), exponent);
  }

  std::array<std::int64_t, 68> limbs_{};
  std::uint32_t terms_before_carry_ = terms_between_carries;
  bool has_nan_ = false;
  bool has_positive_infinity_ = false;
  bool has_negative_infinity_ = false;
};

}  // namespace spillway
