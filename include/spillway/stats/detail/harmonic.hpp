#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

namespace spillway::stats::detail {

/// 1 + 1/2 + … + 1/n and 1 + 1/4 + … + 1/n²: by the first terms, then by Euler and Maclaurin's formula.
struct harmonic_numbers {
  explicit harmonic_numbers(std::uint64_t count) {
    auto const n = static_cast<double>(count);
    if (count < 100) {
      for (auto k = n; k > 0; --k) {
        first += 1 / k;
        second += 1 / (k * k);
      }
      return;
    }
    auto const r = 1 / n;
    auto const r2 = r * r;
    first = std::log(n) + std::numbers::egamma + r / 2 - r2 * (1.0 / 12 - r2 * (1.0 / 120 - r2 / 252));
    second = std::numbers::pi * std::numbers::pi / 6 - r + r2 / 2 - r * r2 * (1.0 / 6 - r2 * (1.0 / 30 - r2 / 42));
  }

  double first = 0;
  double second = 0;
};

}  // namespace spillway::stats::detail
