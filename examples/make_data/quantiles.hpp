#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace make_data {

/// Draws from a distribution by its quantile function, in whole numbers: tabulated once, and rounded far more coarsely
/// than mathematics libraries differ, so that every machine draws the same.
///
/// The first and the last of the table's intervals have a table of their own, so that tails are right down to 2^-26.
class quantile_table {
 public:
  /// `quantile(p)` for 0 < p < 1, in units of one.
  template <class Quantile>
  explicit quantile_table(Quantile quantile) {
    constexpr double step = 1.0 / intervals;
    constexpr double tail_step = step * step;
    for (std::size_t i = 0; i <= intervals; ++i) {
      auto const at = static_cast<double>(i);
      auto const within = [](double p) { return std::fmin(std::fmax(p, tail_step / 4), 1 - tail_step / 4); };
      middle_[i] = std::llround(quantile(within(at * step)));
      low_[i] = std::llround(quantile(within(at * tail_step)));
      high_[i] = std::llround(quantile(within(1 - step + at * tail_step)));
    }
  }

  /// `random` has 64 even bits.
  [[nodiscard]] std::int64_t operator()(std::uint64_t random) const {
    auto const interval = random >> (64 - interval_bits);
    if (interval != 0 && interval != intervals - 1) return interpolate(middle_, random);
    return interpolate(interval == 0 ? low_ : high_, random << interval_bits);
  }

 private:
  static constexpr unsigned interval_bits = 12;
  static constexpr std::size_t intervals = std::size_t{1} << interval_bits;
  using table = std::array<std::int64_t, intervals + 1>;

  static std::int64_t interpolate(table const& in, std::uint64_t random) {
    auto const interval = random >> (64 - interval_bits);
    auto const part = static_cast<std::int64_t>(random << interval_bits >> 44U);
    return in[interval] + (((in[interval + 1] - in[interval]) * part) >> 20U);
  }

  table middle_;
  table low_;
  table high_;
};

}  // namespace make_data
