#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/stats/detail/combinations.hpp>
#include <spillway/stats/detail/concurrently.hpp>
#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/detail/random_stream.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <ranges>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace spillway::stats {

struct permutation_options {
  stats::alternative alternative = stats::alternative::two_sided;
  /// `automatic` goes through all ways of sharing out the values if there are not more of them than `permutations`.
  p_value_method method = p_value_method::automatic;
  std::uint64_t permutations = 9999;
  std::uint64_t seed = 0;
  /// Results do not depend on it.
  unsigned threads = 2;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  std::stop_token stop = {};
};

struct permutation_result : test_result {
  /// Ways of sharing out the values that were looked at.
  std::uint64_t permutations = 0;
  /// How many of them have a statistic at least as extreme on the side claimed; two-sided, on the side with fewer.
  std::uint64_t as_extreme = 0;
};

namespace detail {

/// Statistics of ways to share out the values of two samples.
template <class T, class Statistic>
class permuter {
 public:
  permuter(std::span<T const> x, std::span<T const> y, Statistic const& statistic, permutation_options const& options)
      : x_is_first_{x.size() <= y.size()},
        first_{std::min(x.size(), y.size())},
        statistic_{statistic},
        options_{options},
        pooled_{options.memory} {
    pooled_.reserve(x.size() + y.size());
    auto const& [smaller, larger] = x_is_first_ ? std::pair{x, y} : std::pair{y, x};
    pooled_.insert(pooled_.end(), smaller.begin(), smaller.end());
    pooled_.insert(pooled_.end(), larger.begin(), larger.end());
  }

  /// How many ways there are, or 2^64 − 1 for more.
  [[nodiscard]] std::uint64_t ways() const noexcept { return combinations(pooled_.size(), first_); }

  /// Of the samples as they are.
  [[nodiscard]] double observed() const { return statistic_of(pooled_); }

  /// All ways, in the order of the places that the values of the smaller sample take.
  void all(std::span<double> statistics) const {
    share_out(statistics, [&](std::uint64_t begin, std::span<double> part) {
      std::pmr::vector<T> values{pooled_, options_.memory};
      auto places = nth_combination(begin, pooled_.size(), first_, options_.memory);
      for (auto& statistic : part) {
        throw_if_cancelled(options_.stop);
        arrange(values, places);
        statistic = statistic_of(values);
        next_combination(places, pooled_.size());
      }
    });
  }

  /// Random ways, each from a stream of random numbers of its own.
  void random(std::span<double> statistics) const {
    share_out(statistics, [&](std::uint64_t begin, std::span<double> part) {
      std::pmr::vector<T> values{pooled_, options_.memory};
      std::pmr::vector<std::size_t> swaps(first_, 0, options_.memory);
      for (std::size_t i = 0; i < part.size(); ++i) {
        throw_if_cancelled(options_.stop);
        random_stream numbers{options_.seed, begin + i};
        for (std::size_t at = 0; at < first_; ++at) {
          swaps[at] = at + static_cast<std::size_t>(numbers.below(values.size() - at));
          std::swap(values[at], values[swaps[at]]);
        }
        part[i] = statistic_of(values);
        for (auto at = first_; at-- > 0;) std::swap(values[at], values[swaps[at]]);
      }
    });
  }

 private:
  /// Cuts the statistics into parts, and has each found by a thread.
  template <class Find>
  void share_out(std::span<double> statistics, Find const& find) const {
    auto const threads = static_cast<unsigned>(
        std::clamp<std::size_t>(options_.threads, 1, std::max<std::size_t>(statistics.size(), 1)));
    auto const size = statistics.size() / threads;
    concurrently(threads, [&](unsigned thread) {
      auto const begin = size * thread;
      find(begin, statistics.subspan(begin, thread + 1 == threads ? std::dynamic_extent : size));
    });
  }

  /// The values at the places come first, then all others, as they were.
  void arrange(std::pmr::vector<T>& values, std::pmr::vector<std::size_t> const& places) const {
    std::size_t chosen = 0;
    auto other = first_;
    for (std::size_t i = 0; i < pooled_.size(); ++i) {
      auto const is_chosen = chosen < places.size() && places[chosen] == i;
      values[is_chosen ? chosen++ : other++] = pooled_[i];
    }
  }

  [[nodiscard]] double statistic_of(std::pmr::vector<T> const& values) const {
    auto const smaller = std::span<T const>{values}.first(first_);
    auto const larger = std::span<T const>{values}.subspan(first_);
    auto const found = static_cast<double>(x_is_first_ ? std::invoke(statistic_, smaller, larger)
                                                       : std::invoke(statistic_, larger, smaller));
    if (std::isnan(found)) throw argument_error{"the statistic of a permutation test is not a number"};
    return found;
  }

  bool x_is_first_;
  std::size_t first_;  ///< values of the smaller sample, which come first
  Statistic const& statistic_;
  permutation_options const& options_;
  std::pmr::vector<T> pooled_;
};

/// Counts the statistics that are as extreme as the observed one, but for what rounding can make of equal ones.
inline void count_extremes(permutation_result& result, std::span<double const> statistics) {
  auto largest = std::abs(result.statistic);
  for (auto const one : statistics) largest = std::max(largest, std::abs(one));
  auto const tolerance = std::isinf(largest) ? 0 : 1e-13 * largest;
  std::uint64_t below = 0;
  std::uint64_t above = 0;
  for (auto const one : statistics) {
    if (one <= result.statistic + tolerance) ++below;
    if (one >= result.statistic - tolerance) ++above;
  }
  result.permutations = statistics.size();
  result.as_extreme = result.alternative == alternative::less      ? below
                      : result.alternative == alternative::greater ? above
                                                                   : std::min(below, above);
}

}  // namespace detail

/// Whether two samples come from one distribution, by any statistic: how often it is as extreme when the values of both
/// are shared out to samples of the same sizes in another way.
///
/// `statistic(x, y)` takes two spans and gives a number; it is called from several threads at once. Exact if all ways
/// are looked at; else p = (b + 1) / (m + 1), where b of m random ways are as extreme, which holds its level for every
/// m. A two-sided p-value is twice the smaller one-sided, at most 1. The same seed gives the same result everywhere.
///
/// Sources: M. Dwass, Annals of Mathematical Statistics 28 (1957); B. Phipson, G. K. Smyth, Statistical Applications in
/// Genetics and Molecular Biology 9 (2010). Complexity: `permutations` calls of the statistic. Memory: the values once
/// and again for each thread, 8 bytes for each permutation.
/// \throws argument_error if a sample is empty, a statistic is not a number, an asymptotic p-value is asked for, or an
/// exact one with more than 2^32 ways; cancelled; what the statistic throws
template <std::ranges::contiguous_range X, std::ranges::contiguous_range Y, class Statistic>
  requires std::ranges::sized_range<X> && std::ranges::sized_range<Y> &&
           std::same_as<std::ranges::range_value_t<X>, std::ranges::range_value_t<Y>>
[[nodiscard]] permutation_result permutation_test(X const& x, Y const& y, Statistic const& statistic,
                                                  permutation_options const& options = {}) {
  using T = std::ranges::range_value_t<X>;
  std::span<T const> const values_x{std::ranges::data(x), std::ranges::size(x)};
  std::span<T const> const values_y{std::ranges::data(y), std::ranges::size(y)};
  if (values_x.empty() || values_y.empty()) throw argument_error{"a permutation test of an empty sample"};
  if (options.method == p_value_method::asymptotic) throw argument_error{"a permutation test is not asymptotic"};

  detail::permuter<T, Statistic> const permuted{values_x, values_y, statistic, options};
  auto const ways = permuted.ways();
  auto const exact = options.method == p_value_method::exact ||
                     (options.method == p_value_method::automatic && ways <= options.permutations);
  if (exact && ways >> 32U != 0) throw argument_error{"too many permutations for an exact test"};
  permutation_result result;
  result.alternative = options.alternative;
  result.sizes = {values_x.size(), values_y.size()};
  result.method = exact ? p_value_method::exact : p_value_method::permutation;
  result.statistic = permuted.observed();

  std::pmr::vector<double> statistics(static_cast<std::size_t>(exact ? ways : options.permutations), 0, options.memory);
  exact ? permuted.all(statistics) : permuted.random(statistics);
  detail::count_extremes(result, statistics);
  auto const uncounted = exact ? 0. : 1.;
  auto const share =
      (static_cast<double>(result.as_extreme) + uncounted) / (static_cast<double>(result.permutations) + uncounted);
  auto const sides = options.alternative == alternative::two_sided ? 2. : 1.;
  detail::set_p_value(result, detail::probability::of(std::min(1., sides * share)));
  return result;
}

}  // namespace spillway::stats
