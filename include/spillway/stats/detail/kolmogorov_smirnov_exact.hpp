#pragma once

#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/lattice_sweep.hpp>
#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/detail/scaled_number.hpp>
#include <spillway/stats/detail/stirling.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

/// The distribution of the Kolmogorov–Smirnov statistic over all ways of sharing out the pooled values, exactly.
namespace spillway::stats::detail {

/// What the p-value is of. With n values of x and m of y, i and j of them up to some value, the distance is the largest
/// i·m − j·n (alternative greater), j·n − i·m (less), or either (two-sided): n·m times the statistic.
struct kolmogorov_smirnov_event {
  unsigned_128 distance = 0;
  sample_sizes sizes = {};
  stats::alternative alternative = stats::alternative::two_sided;
  /// How many values come up to the end of each group of equal ones, ascending; empty if all values differ.
  std::span<std::uint64_t const> tie_ends = {};
};

class kolmogorov_smirnov_distribution {
 public:
  /// \pre both sizes at least 1, and the distance at most their product
  explicit kolmogorov_smirnov_distribution(kolmogorov_smirnov_event const& event,
                                           std::pmr::memory_resource* memory = std::pmr::get_default_resource(),
                                           std::stop_token stop = {})
      : event_{event}, memory_{memory}, stop_{std::move(stop)} {
    if (event_.alternative == alternative::less) std::swap(event_.sizes.x, event_.sizes.y);
  }

  /// Of a distance as large or larger.
  [[nodiscard]] probability p_value() const {
    if (event_.distance == 0) return {1, 0};
    if (has_closed_form()) return closed_form();
    auto const depth = greatest_depth();
    return depth < safe_for_doubles ? as_probability(meet_in_the_middle<double>(depth))
                                    : as_probability(meet_in_the_middle<scaled_number>(depth));
  }

  /// Cells of the lattice to be computed, about, each of which takes some 0.2 ns; where doubles do not reach as far as
  /// log p, a cell counts as many.
  [[nodiscard]] double cost() const {
    if (event_.distance == 0 || has_closed_form()) return 1;
    constexpr double scaled_number_in_doubles = 50;
    auto const depth = greatest_depth();
    auto const total = static_cast<double>(pooled());
    auto const half_band = static_cast<double>(event_.distance) / total;
    auto const spread = boundary() == lattice_boundary::both ? half_band : std::sqrt(depth + 60) * std::sqrt(total) / 3;
    auto const smaller = static_cast<double>(std::min(event_.sizes.x, event_.sizes.y));
    auto const width = std::min(half_band + spread, smaller) + 20;
    double widened = 0;
    std::uint64_t before = 0;
    for (auto const end : event_.tie_ends) {
      auto const size = static_cast<double>(end - before);
      widened += size * std::min(size, smaller) / 2;
      before = end;
    }
    auto const cells = (mirrored() ? total / 2 : total) * width + widened;
    return depth < safe_for_doubles ? cells : cells * scaled_number_in_doubles;
  }

 private:
  static constexpr double safe_for_doubles = 600;

  [[nodiscard]] std::uint64_t pooled() const { return event_.sizes.x + event_.sizes.y; }
  [[nodiscard]] std::uint64_t middle() const { return pooled() / 2; }
  [[nodiscard]] lattice_boundary boundary() const {
    return event_.alternative == alternative::two_sided ? lattice_boundary::both : lattice_boundary::above;
  }
  [[nodiscard]] bool has_closed_form() const { return event_.sizes.x == event_.sizes.y && event_.tie_ends.empty(); }
  /// Whether the lattice looks the same from its end.
  [[nodiscard]] bool mirrored() const { return boundary() == lattice_boundary::both && event_.tie_ends.empty(); }

  static probability as_probability(double p) { return probability::of(std::min(p, 1.)); }
  static probability as_probability(scaled_number p) { return {p.value(), p.logarithm()}; }

  /// Equal sizes without ties, by reflection of paths: C(2n, n − k)/C(2n, n) of them rise k above the diagonal.
  /// Source: B. V. Gnedenko and V. S. Korolyuk (1951).
  [[nodiscard]] probability closed_form() const {
    auto const n = event_.sizes.x;
    auto const k = static_cast<std::uint64_t>((event_.distance + n - 1) / n);
    scaled_number plus{0};
    scaled_number minus{0};
    scaled_number term{1};
    for (std::uint64_t steps = 0, reflections = 1;; ++reflections) {
      for (; steps < reflections * k && steps < n; ++steps) {
        term = term * (static_cast<double>(n - steps) / static_cast<double>(n + steps + 1));
      }
      if (steps < reflections * k) break;
      if (boundary() == lattice_boundary::above) return as_probability(term);
      (reflections % 2 == 1 ? plus : minus) = (reflections % 2 == 1 ? plus : minus) + term;
      if (term < plus * 1e-20) break;
    }
    auto const p = (plus - minus) * 2.;
    return p.value() > 0.5 ? as_probability(p.value()) : as_probability(p);
  }

  /// log of the probability of ending on the diagonal's cell (i, diagonal − i): hypergeometric.
  [[nodiscard]] double log_density(std::uint64_t diagonal, std::uint64_t i) const {
    auto const log_choose = [](std::uint64_t of, std::uint64_t chosen) {
      return log_factorial(static_cast<double>(of)) - log_factorial(static_cast<double>(chosen)) -
             log_factorial(static_cast<double>(of - chosen));
    };
    auto const [x, y] = event_.sizes;
    return log_choose(diagonal, i) + log_choose(pooled() - diagonal, x - i) - log_choose(x + y, x);
  }

  /// An upper bound of −log p that is not far from it: the likeliest of some places where paths touch the boundary.
  [[nodiscard]] double greatest_depth() const {
    constexpr std::uint64_t places = 64;
    auto const [x, y] = event_.sizes;
    auto depth = -log_density(0, 0) + log_factorial(static_cast<double>(x + y)) -
                 log_factorial(static_cast<double>(x)) - log_factorial(static_cast<double>(y));
    auto const all = event_.tie_ends.empty() ? pooled() : event_.tie_ends.size();
    for (std::uint64_t place = 1; place <= places; ++place) {
      auto const index = all / places * place + all % places * place / places;
      if (index == 0) continue;
      auto const diagonal = event_.tie_ends.empty() ? index : event_.tie_ends[index - 1];
      auto const i =
          static_cast<std::uint64_t>((static_cast<unsigned_128>(diagonal) * x + event_.distance + x + y - 1) / (x + y));
      if (i <= std::min(x, diagonal) && diagonal - i <= y) depth = std::min(depth, -log_density(diagonal, i));
    }
    return depth;
  }

  /// What a sweep may take for 0 without making p smaller by more than a part in 10^20.
  template <class Number>
  [[nodiscard]] Number negligible(double depth) const {
    auto const logarithm = -depth - std::log(static_cast<double>(pooled())) - 46;
    if constexpr (std::is_same_v<Number, double>) {
      return std::exp(logarithm);
    } else {
      return Number::of_logarithm(logarithm);
    }
  }

  /// From both ends at once to the diagonal in the middle: a path touches the boundary on its way there, or if not,
  /// afterwards.
  template <class Number>
  [[nodiscard]] Number meet_in_the_middle(double depth) const {
    auto const [x, y] = event_.sizes;
    auto const low = middle() > y ? middle() - y : 0;
    auto const high = std::min(x, middle());
    std::pmr::vector<Number> before{memory_};
    before.reserve(high - low + 1);
    lattice_sweep<Number> sweep{boundary(),      event_.distance,           event_.sizes,
                                event_.tie_ends, negligible<Number>(depth), memory_};
    sweep.advance_to(middle(), stop_);
    for (auto i = low; i <= high; ++i) before.push_back(sweep.at(i));
    if (mirrored()) {
      sweep.advance_to(pooled() - middle(), stop_);
      return joined<Number>(before, low, [&](std::uint64_t i) { return sweep.at(x - i); });
    }
    auto const ends = reversed_tie_ends();
    lattice_sweep<Number> back{boundary(), event_.distance, {y, x}, ends, negligible<Number>(depth), memory_};
    back.advance_to(pooled() - middle(), stop_);
    return joined<Number>(before, low, [&](std::uint64_t i) { return back.at(y - (middle() - i)); });
  }

  [[nodiscard]] std::pmr::vector<std::uint64_t> reversed_tie_ends() const {
    std::pmr::vector<std::uint64_t> ends{memory_};
    if (event_.tie_ends.empty()) return ends;
    ends.reserve(event_.tie_ends.size());
    for (auto i = event_.tie_ends.size(); i-- > 1;) ends.push_back(pooled() - event_.tie_ends[i - 1]);
    ends.push_back(pooled());
    return ends;
  }

  /// The mean over the cells of the middle diagonal, weighted by how many paths lead through them, which is known up to
  /// a factor: it begins as 1 where most do and follows from cell to cell.
  template <class Number, class After>
  [[nodiscard]] Number joined(std::pmr::vector<Number> const& before, std::uint64_t low, After const& after) const {
    auto const [x, y] = event_.sizes;
    auto const h = middle();
    auto const high = low + before.size() - 1;
    Number all{0};
    Number touched{0};
    auto const add = [&](std::uint64_t i, Number weight) {
      auto const first = before[i - low];
      all = all + weight;
      touched = touched + weight * (first + (Number{1} - first) * after(i));
    };
    auto const up = [&, n = x, m = y](std::uint64_t i) {
      return static_cast<double>(n - i) * static_cast<double>(h - i) /
             (static_cast<double>(i + 1) * static_cast<double>(m + i + 1 - h));
    };
    auto const mode =
        std::clamp(static_cast<std::uint64_t>(static_cast<unsigned_128>(h + 1) * (x + 1) / (x + y + 2)), low, high);
    add(mode, Number{1});
    Number weight{1};
    for (auto i = mode; i < high; ++i) add(i + 1, weight = weight * up(i));
    weight = Number{1};
    for (auto i = mode; i > low; --i) add(i - 1, weight = weight / up(i - 1));
    return touched / all;
  }

  kolmogorov_smirnov_event event_;
  std::pmr::memory_resource* memory_;
  std::stop_token stop_;
};

/// P(distance of a random sharing out ≥ the event's). Relative error below 1e-12 up to millions of values, in log p
/// too. Complexity: linear without ties for equal sizes; else O((n + m)·distance/(n + m)) additions, of which half are
/// spared without ties, and the squares of the sizes of groups of ties. Memory: a few rows across the band.
[[nodiscard]] inline probability kolmogorov_smirnov_p(
    kolmogorov_smirnov_event const& event, std::pmr::memory_resource* memory = std::pmr::get_default_resource(),
    std::stop_token stop = {}) {
  return kolmogorov_smirnov_distribution{event, memory, std::move(stop)}.p_value();
}

/// Additions that the exact p-value takes, or thereabouts.
[[nodiscard]] inline double kolmogorov_smirnov_p_cost(kolmogorov_smirnov_event const& event) {
  return kolmogorov_smirnov_distribution{event}.cost();
}

}  // namespace spillway::stats::detail
