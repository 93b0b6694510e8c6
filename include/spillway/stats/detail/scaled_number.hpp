#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace spillway::stats::detail {

/// A number that is not negative, with the precision of a double and an exponent that neither underflows nor overflows.
class scaled_number {
 public:
  scaled_number() = default;
  explicit scaled_number(double value) : scaled_number{value, 0} {}

  [[nodiscard]] static scaled_number of_logarithm(double logarithm) {
    auto const exponent = std::floor(logarithm / std::numbers::ln2);
    return {std::exp(logarithm - exponent * std::numbers::ln2), static_cast<std::int64_t>(exponent)};
  }

  [[nodiscard]] double value() const {
    if (exponent_ < -2000) return 0;
    return std::ldexp(fraction_, exponent_ > 2000 ? 2000 : static_cast<int>(exponent_));
  }
  [[nodiscard]] double logarithm() const {
    return std::log(fraction_) + static_cast<double>(exponent_) * std::numbers::ln2;
  }

  friend scaled_number operator*(scaled_number a, scaled_number b) {
    return {a.fraction_ * b.fraction_, a.exponent_ + b.exponent_};
  }
  friend scaled_number operator*(scaled_number a, double b) { return {a.fraction_ * b, a.exponent_}; }
  friend scaled_number operator/(scaled_number a, double b) { return {a.fraction_ / b, a.exponent_}; }
  friend scaled_number operator/(scaled_number a, scaled_number b) {
    return {a.fraction_ / b.fraction_, a.exponent_ - b.exponent_};
  }
  friend scaled_number operator+(scaled_number a, scaled_number b) { return sum(a, b.fraction_, b.exponent_); }
  /// \pre b is not the greater
  friend scaled_number operator-(scaled_number a, scaled_number b) { return sum(a, -b.fraction_, b.exponent_); }
  friend bool operator<(scaled_number a, scaled_number b) {
    if (a.fraction_ == 0 || b.fraction_ == 0) return a.fraction_ < b.fraction_;
    return a.exponent_ != b.exponent_ ? a.exponent_ < b.exponent_ : a.fraction_ < b.fraction_;
  }

 private:
  scaled_number(double fraction, std::int64_t exponent) {
    int shift = 0;
    fraction_ = std::frexp(fraction, &shift);
    exponent_ = fraction_ == 0 ? lowest : exponent + shift;
  }

  static scaled_number sum(scaled_number a, double fraction, std::int64_t exponent) {
    constexpr std::int64_t beyond_rounding = 64;
    if (a.exponent_ < exponent)
      return {fraction + shifted(a.fraction_, exponent - a.exponent_, beyond_rounding), exponent};
    return {a.fraction_ + shifted(fraction, a.exponent_ - exponent, beyond_rounding), a.exponent_};
  }
  static double shifted(double fraction, std::int64_t down, std::int64_t most) {
    return down > most ? 0 : std::ldexp(fraction, -static_cast<int>(down));
  }

  static constexpr auto lowest = std::numeric_limits<std::int64_t>::min() / 4;

  double fraction_ = 0;             ///< 0, or from ½ to below 1
  std::int64_t exponent_ = lowest;  ///< of 2
};

}  // namespace spillway::stats::detail
