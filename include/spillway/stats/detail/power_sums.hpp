#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace spillway::stats::detail {

/// Number, mean, and sums of the second to fourth powers of what values deviate from it.
struct power_sums {
  double count = 0;
  double mean = 0;
  double second = 0;
  double third = 0;
  double fourth = 0;
};

/// Of the values of both. Source: P. Pébay, Sandia report SAND2008-6212.
[[nodiscard]] inline power_sums merged(power_sums const& a, power_sums const& b) noexcept {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  auto const n = a.count + b.count;
  auto const share_a = a.count / n;
  auto const share_b = b.count / n;
  auto const step = b.mean - a.mean;
  auto const square = step * step;
  auto const both = a.count * share_b;
  power_sums sums;
  sums.count = n;
  sums.mean = a.mean + step * share_b;
  sums.second = a.second + b.second + square * both;
  sums.third = a.third + b.third + square * step * both * (share_a - share_b) +
               3 * step * (share_a * b.second - share_b * a.second);
  sums.fourth = a.fourth + b.fourth +
                square * square * both * (share_a * share_a - share_a * share_b + share_b * share_b) +
                6 * square * (share_a * share_a * b.second + share_b * share_b * a.second) +
                4 * step * (share_a * b.third - share_b * a.third);
  return sums;
}

/// Sums in eight strands, which fill the widest registers there are, in an order that is the same for all of them.
class strands {
 public:
  void add(std::size_t strand, double term) noexcept { sums_[strand] += term; }
  [[nodiscard]] double total() const noexcept {
    return ((sums_[0] + sums_[4]) + (sums_[2] + sums_[6])) + ((sums_[1] + sums_[5]) + (sums_[3] + sums_[7]));
  }
  static constexpr std::size_t count = 8;

 private:
  std::array<double, count> sums_{};
};

template <class Step>
void for_each_strand(std::span<double const> values, Step const& step) noexcept {
  std::size_t i = 0;
  for (; i + strands::count <= values.size(); i += strands::count) {
    for (std::size_t strand = 0; strand < strands::count; ++strand) step(strand, values[i + strand]);
  }
  for (std::size_t strand = 0; i + strand < values.size(); ++strand) step(strand, values[i + strand]);
}

/// Of finite values whose rounded mean is known: what it is off by is taken out of the sums.
[[nodiscard]] inline power_sums power_sums_about(std::span<double const> values, double mean) noexcept {
  strands first;
  strands second;
  strands third;
  strands fourth;
  for_each_strand(values, [&](std::size_t strand, double value) {
    auto const deviation = value - mean;
    auto const square = deviation * deviation;
    first.add(strand, deviation);
    second.add(strand, square);
    third.add(strand, square * deviation);
    fourth.add(strand, square * square);
  });
  auto const n = static_cast<double>(values.size());
  auto const off = first.total() / n;
  auto const s2 = second.total();
  auto const s3 = third.total();
  // NaN, which powers that no double holds may leave, is kept.
  return {n, mean + off, std::max(s2 - n * off * off, 0.), s3 - off * (3 * s2 - 2 * n * off * off),
          std::max(fourth.total() - off * (4 * s3 - off * (6 * s2 - 3 * n * off * off)), 0.)};
}

}  // namespace spillway::stats::detail
