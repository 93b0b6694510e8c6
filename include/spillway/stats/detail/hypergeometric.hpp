#pragma once

#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/detail/stirling.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace spillway::stats::detail {

/// The distribution of how many of `drawn` values come from x, where x has `of_x` and y has `of_y`. All are whole
/// numbers below 2^52.
struct hypergeometric {
  double of_x;
  double of_y;
  double drawn;

  [[nodiscard]] double least() const noexcept { return std::max(0., drawn - of_y); }
  [[nodiscard]] double largest() const noexcept { return std::min(drawn, of_x); }
  [[nodiscard]] double mean() const noexcept { return of_x * (drawn / (of_x + of_y)); }
  [[nodiscard]] double mode() const noexcept {
    return std::clamp(std::floor((of_x + 1) * ((drawn + 1) / (of_x + of_y + 2))), least(), largest());
  }

  /// P(count + 1) / P(count)
  [[nodiscard]] double ratio(double count) const noexcept {
    return (of_x - count) / (count + 1) * ((drawn - count) / (of_y - drawn + count + 1));
  }

  /// Of the four counts of the table deviances from their expectations, and remainders of factorials.
  [[nodiscard]] double log_density(double count) const noexcept {
    auto const all = of_x + of_y;
    if (drawn == 0 || drawn == all || of_x == 0 || of_y == 0) return 0;
    auto const x_left = of_x - count;
    auto const y_drawn = drawn - count;
    auto const y_left = of_y - y_drawn;
    auto const product = x_left * y_drawn;
    auto const excess = (std::fma(count, y_left, -product) - std::fma(x_left, y_drawn, -product)) / all;
    auto const left = all - drawn;
    auto const deviances = deviance(count, of_x / all * drawn, excess) + deviance(x_left, of_x / all * left, -excess) +
                           deviance(y_drawn, of_y / all * drawn, -excess) + deviance(y_left, of_y / all * left, excess);
    return scale(of_x) + scale(of_y) + scale(drawn) + scale(left) - scale(all) - scale(count) - scale(x_left) -
           scale(y_drawn) - scale(y_left) - deviances;
  }

 private:
  /// log n! − (n·log n − n)
  static double scale(double n) noexcept {
    return n == 0 ? 0 : half_log_2_pi + 0.5 * std::log(n) + stirling_remainder(n);
  }
};

/// 1 + r₁ + r₁·r₂ + … of ratios that fall, for as long as it makes a difference.
template <class Ratio>
[[nodiscard]] double falling_sum(Ratio next_ratio) {
  double sum = 1;
  double term = 1;
  while (term > sum * std::numeric_limits<double>::epsilon() / 64) {
    term *= next_ratio();
    sum += term;
  }
  return sum;
}

[[nodiscard]] inline probability lower_tail(hypergeometric const& tables, double count);

/// Of `count` and all above.
[[nodiscard]] inline probability upper_tail(hypergeometric const& tables, double count) {
  if (count <= tables.least()) return {};
  if (count > tables.largest()) return probability::of(0);
  if (count <= tables.mean()) return probability::without(lower_tail(tables, count - 1).value);
  auto const sum = falling_sum([&, at = count]() mutable { return tables.ratio(at++); });
  return probability::of_logarithm(tables.log_density(count) + std::log(sum));
}

/// Of `count` and all below: what is left of the draw comes from the other sample.
[[nodiscard]] inline probability lower_tail(hypergeometric const& tables, double count) {
  return upper_tail({.of_x = tables.of_y, .of_y = tables.of_x, .drawn = tables.drawn}, tables.drawn - count);
}

/// The end of a run of whole numbers from `inside` towards `outside` for which `holds`, which does for `inside`.
template <class Holds>
[[nodiscard]] double last_that(double inside, double outside, Holds const& holds) {
  while (std::abs(outside - inside) > 1) {
    auto const middle = std::floor(inside + (outside - inside) / 2);
    (holds(middle) ? inside : outside) = middle;
  }
  return inside;
}

/// Of all counts that are not more probable than this one, but for 1e-7 of its probability.
[[nodiscard]] inline probability improbable(hypergeometric const& tables, double count) {
  auto const limit = tables.log_density(count) + std::log1p(1e-7);
  auto const more_probable = [&](double other) { return tables.log_density(other) > limit; };
  auto const mode = tables.mode();
  if (!more_probable(mode)) return {};
  auto const lowest = last_that(mode, tables.least() - 1, more_probable);
  auto const highest = last_that(mode, tables.largest() + 1, more_probable);
  return lower_tail(tables, lowest - 1).either(upper_tail(tables, highest + 1));
}

/// How the mean and variance of the count lie about one count, if the odds of x are exp(log_odds) times those of y.
struct count_moments {
  double mean_above;
  double variance;
};

[[nodiscard]] inline count_moments moments_about(hypergeometric const& tables, double count, double log_odds) {
  auto const odds = std::exp(log_odds);
  double weight = 1;
  double first = 0;
  double second = 0;
  auto const add = [&](double distance, double share) {
    weight += share;
    first += distance * share;
    second += distance * distance * share;
    return std::abs(distance) * share > std::numeric_limits<double>::epsilon() / 64 * std::sqrt(second * weight);
  };
  double term = 1;
  for (auto at = count; at < tables.largest(); ++at) {
    auto const ratio = tables.ratio(at) * odds;
    term *= ratio;
    if (!add(at + 1 - count, term) && ratio < 1) break;
  }
  term = 1;
  for (auto at = count; at > tables.least(); --at) {
    auto const ratio = 1 / (tables.ratio(at - 1) * odds);
    term *= ratio;
    if (!add(at - 1 - count, term) && ratio < 1) break;
  }
  auto const mean = first / weight;
  return {mean, second / weight - mean * mean};
}

/// The odds ratio under which the mean of the count is this count: by Newton's method on its logarithm.
[[nodiscard]] inline double most_likely_odds_ratio(hypergeometric const& tables, double count) {
  if (tables.least() == tables.largest()) return 1;
  if (count == tables.least()) return 0;
  if (count == tables.largest()) return std::numeric_limits<double>::infinity();
  auto const x_left = tables.of_x - count;
  auto const y_drawn = tables.drawn - count;
  auto const y_left = tables.of_y - y_drawn;
  auto log_odds = std::log((count + 0.5) / (x_left + 0.5)) + std::log((y_left + 0.5) / (y_drawn + 0.5));
  for (int step = 0; step < 100; ++step) {
    auto const [mean_above, variance] = moments_about(tables, count, log_odds);
    auto const change = std::clamp(-mean_above / variance, -1., 1.);
    log_odds += change;
    if (std::abs(change) <= 4 * std::numeric_limits<double>::epsilon() * std::max(1., std::abs(log_odds))) break;
  }
  return std::exp(log_odds);
}

}  // namespace spillway::stats::detail
