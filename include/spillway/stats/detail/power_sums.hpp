#pragma once

#include <xsimd/xsimd.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <functional>
#include <span>

namespace spillway::stats::detail {

/// Number, mean, and sums of the second to fourth powers of what values deviate from it. The mean has a second double
/// for what the first is rounded by: of values far from 0, it is that which tells one mean from another.
struct power_sums {
  double count = 0;
  double mean = 0;
  double mean_rest = 0;
  double second = 0;
  double third = 0;
  double fourth = 0;
};

/// a + b without error. Source: D. E. Knuth, "The Art of Computer Programming" 2, 4.2.2.
struct exact_pair {
  double sum;
  double rest;

  exact_pair(double a, double b) noexcept : sum{a + b} {
    auto const of_b = sum - a;
    rest = (a - (sum - of_b)) + (b - of_b);
  }
};

[[nodiscard]] inline double mean_difference(power_sums const& a, power_sums const& b) noexcept {
  return (a.mean - b.mean) + (a.mean_rest - b.mean_rest);
}

/// Of the values of both. Source: P. Pébay, Sandia report SAND2008-6212.
[[nodiscard]] inline power_sums merged(power_sums const& a, power_sums const& b) noexcept {
  if (a.count == 0) return b;
  if (b.count == 0) return a;
  auto const n = a.count + b.count;
  auto const share_a = a.count / n;
  auto const share_b = b.count / n;
  auto const step = mean_difference(b, a);
  auto const square = step * step;
  auto const both = a.count * share_b;
  power_sums sums;
  sums.count = n;
  exact_pair const mean{a.mean, a.mean_rest + step * share_b};
  sums.mean = mean.sum;
  sums.mean_rest = mean.rest;
  sums.second = a.second + b.second + square * both;
  sums.third = a.third + b.third + square * step * both * (share_a - share_b) +
               3 * step * (share_a * b.second - share_b * a.second);
  sums.fourth = a.fourth + b.fourth +
                square * square * both * (share_a * share_a - share_a * share_b + share_b * share_b) +
                6 * square * (share_a * share_a * b.second + share_b * share_b * a.second) +
                4 * step * (share_a * b.third - share_b * a.third);
  return sums;
}

#ifndef XSIMD_NO_SUPPORTED_ARCHITECTURE
using double_batch = xsimd::batch<double>;
using xsimd::select;
#else
/// For machines whose vector registers xsimd does not know.
struct double_batch {
  static constexpr std::size_t size = 1;
  explicit double_batch(double only) noexcept : value{only} {}
  double_batch() = default;
  static double_batch load_unaligned(double const* from) noexcept { return double_batch(*from); }
  void store_unaligned(double* to) const noexcept { *to = value; }
  friend double_batch operator+(double_batch a, double_batch b) noexcept { return double_batch(a.value + b.value); }
  friend double_batch operator-(double_batch a, double_batch b) noexcept { return double_batch(a.value - b.value); }
  friend double_batch operator*(double_batch a, double_batch b) noexcept { return double_batch(a.value * b.value); }
  friend bool operator<(double_batch a, double_batch b) noexcept { return a.value < b.value; }
  friend double_batch select(bool which, double_batch a, double_batch b) noexcept { return which ? a : b; }
  double value;
};
#endif

/// Eight numbers in as many registers as they take, so that sums have the same order for registers of any width.
class strands {
 public:
  using batch = double_batch;
  static constexpr std::size_t count = 8;
  static_assert(count % batch::size == 0);

  explicit strands(double all) noexcept { batches_.fill(batch(all)); }
  explicit strands(double const* eight) noexcept {
    for (std::size_t i = 0; i < batches_.size(); ++i) batches_[i] = batch::load_unaligned(eight + i * batch::size);
  }

  /// What `combine` gives of each number and that of the others.
  template <class Combine, class... Others>
  [[nodiscard]] strands with(Combine const& combine, Others const&... others) const noexcept {
    auto result = *this;
    for (std::size_t i = 0; i < batches_.size(); ++i) result.batches_[i] = combine(batches_[i], others.batches_[i]...);
    return result;
  }
  strands& operator+=(strands const& other) noexcept { return *this = with(std::plus{}, other); }
  friend strands operator-(strands const& a, strands const& b) noexcept { return a.with(std::minus{}, b); }
  friend strands operator*(strands const& a, strands const& b) noexcept { return a.with(std::multiplies{}, b); }

  [[nodiscard]] strands lesser(strands const& other) const noexcept {
    return with([](batch const& a, batch const& b) { return select(b < a, b, a); }, other);
  }
  [[nodiscard]] strands greater(strands const& other) const noexcept {
    return with([](batch const& a, batch const& b) { return select(a < b, b, a); }, other);
  }

  template <class Combine>
  [[nodiscard]] double reduce(Combine const& combine) const noexcept {
    std::array<double, count> all;
    for (std::size_t i = 0; i < batches_.size(); ++i) batches_[i].store_unaligned(all.data() + i * batch::size);
    for (auto half = count / 2; half > 0; half /= 2) {
      for (std::size_t i = 0; i < half; ++i) all[i] = combine(all[i], all[i + half]);
    }
    return all[0];
  }
  [[nodiscard]] double sum() const noexcept { return reduce(std::plus{}); }

 private:
  std::array<batch, count / batch::size> batches_;
};

/// Calls `step` for each eight values, for the last of them with `padding` in place of what comes after them.
template <class Step>
void for_each_eight(std::span<double const> values, double padding, Step const& step) noexcept {
  auto const whole = values.size() / strands::count * strands::count;
  for (std::size_t i = 0; i < whole; i += strands::count) step(strands{values.data() + i});
  if (whole == values.size()) return;
  std::array<double, strands::count> last;
  last.fill(padding);
  std::ranges::copy(values.subspan(whole), last.begin());
  step(strands{last.data()});
}

/// Of finite values whose rounded mean is known: what it is off by is taken out of the sums.
[[nodiscard]] inline power_sums power_sums_about(std::span<double const> values, double mean) noexcept {
  strands const centre{mean};
  strands first{0.};
  auto second = first;
  auto third = first;
  auto fourth = first;
  for_each_eight(values, mean, [&](strands const& eight) {
    auto const deviation = eight - centre;
    auto const square = deviation * deviation;
    first += deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  });
  auto const n = static_cast<double>(values.size());
  auto const off = first.sum() / n;
  auto const s2 = second.sum();
  auto const s3 = third.sum();
  exact_pair const exact_mean{mean, off};
  // NaN, which powers that no double holds may leave, is kept.
  return {n,
          exact_mean.sum,
          exact_mean.rest,
          std::max(s2 - n * off * off, 0.),
          s3 - off * (3 * s2 - 2 * n * off * off),
          std::max(fourth.sum() - off * (4 * s3 - off * (6 * s2 - 3 * n * off * off)), 0.)};
}

}  // namespace spillway::stats::detail
