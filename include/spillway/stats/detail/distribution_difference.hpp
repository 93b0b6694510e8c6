#pragma once

#include <spillway/core/integer_128.hpp>
#include <spillway/stats/test_result.hpp>

#include <cstdint>

namespace spillway::stats::detail {

/// The difference F − G of the two empirical distribution functions, as the integer n·m·(F − G).
class distribution_difference {
 public:
  explicit distribution_difference(sample_sizes sizes) noexcept
      : sizes_{sizes}, narrow_{sizes.x + sizes.y < (std::uint64_t{1} << 31U)} {}

  /// Where `x` values of the one sample and `y` of the other have been passed.
  [[nodiscard]] signed_128 exact(std::uint64_t x, std::uint64_t y) const noexcept {
    return static_cast<signed_128>(static_cast<unsigned_128>(x) * sizes_.y) -
           static_cast<signed_128>(static_cast<unsigned_128>(y) * sizes_.x);
  }
  /// The same, rounded. `x` and `y` may be doubled.
  [[nodiscard]] double rounded(std::uint64_t x, std::uint64_t y) const noexcept {
    if (narrow_) return static_cast<double>(static_cast<std::int64_t>(x * sizes_.y - y * sizes_.x));
    return static_cast<double>(exact(x, y));
  }
  [[nodiscard]] sample_sizes sizes() const noexcept { return sizes_; }
  /// n·m
  [[nodiscard]] double scale() const noexcept { return static_cast<double>(sizes_.x) * static_cast<double>(sizes_.y); }
  /// Whether twice the product of counts of pooled values fits in 64 bits.
  [[nodiscard]] bool narrow() const noexcept { return narrow_; }

 private:
  sample_sizes sizes_;
  bool narrow_;
};

}  // namespace spillway::stats::detail
