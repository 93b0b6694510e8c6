#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/stats/detail/ascending_values.hpp>
#include <spillway/stats/detail/common_value.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <cstddef>
#include <cstdint>
#include <ranges>
#include <span>
#include <stop_token>

namespace spillway::stats {

namespace detail {

inline constexpr std::uint64_t groups_between_looks = std::uint64_t{1} << 16U;

/// From ranges that may be passed but once.
template <class T, class X, class Y, class... Accumulators>
sample_sizes merge_streams(ascending_values<T, X>& x, ascending_values<T, Y>& y, std::stop_token const& stop,
                           Accumulators&... accumulators) {
  for (std::uint64_t groups = 0; !x.done() || !y.done(); ++groups) {
    if (groups % groups_between_looks == 0) throw_if_cancelled(stop);
    auto const from_x = y.done() || (!x.done() && x.value() <= y.value());
    auto const value = from_x ? x.value() : y.value();
    tie_group group{static_cast<double>(value), x.passed(), y.passed(), 0, 0};
    group.x_count = x.pass_equal(value);
    group.y_count = y.pass_equal(value);
    (accumulators.add(group), ...);
  }
  return {x.passed(), y.passed()};
}

/// From contiguous values, without a branch that depends on which sample the least value is of. `before` is how many
/// values of the samples come before these.
template <class T, class... Accumulators>
sample_sizes merge_spans(std::span<T const> x, std::span<T const> y, sample_sizes before, std::stop_token const& stop,
                         Accumulators&... accumulators) {
  std::size_t i = 0;
  std::size_t j = 0;
  for (std::uint64_t groups = 0; i + 1 < x.size() && j + 1 < y.size(); ++groups) {
    if (groups % groups_between_looks == 0) throw_if_cancelled(stop);
    auto const value = y[j] < x[i] ? y[j] : x[i];
    auto x_end = i + static_cast<std::size_t>(x[i] <= y[j]);
    auto y_end = j + static_cast<std::size_t>(y[j] <= x[i]);
    if (!(x[x_end] > value) || !(y[y_end] > value)) {  // more that are equal; or out of order, or NaN
      while (x_end < x.size() && x[x_end] == value) ++x_end;
      while (y_end < y.size() && y[y_end] == value) ++y_end;
      if (x_end < x.size() && !(x[x_end] > value)) refuse_order("x", before.x + x_end, value, x[x_end]);
      if (y_end < y.size() && !(y[y_end] > value)) refuse_order("y", before.y + y_end, value, y[y_end]);
    }
    tie_group const group{static_cast<double>(value), before.x + i, before.y + j, x_end - i, y_end - j};
    (accumulators.add(group), ...);
    i = x_end;
    j = y_end;
  }
  x = x.subspan(i);
  y = y.subspan(j);
  ascending_values<T, std::span<T const>> x_rest{x, "x", before.x + i};
  ascending_values<T, std::span<T const>> y_rest{y, "y", before.y + j};
  return merge_streams(x_rest, y_rest, stop, accumulators...);
}

}  // namespace detail

/// What takes groups of equal values in ascending order. The statistics' own can be begun in the middle of the order
/// too: `append` adds what another has taken of the part that follows.
template <class A>
concept ordered_accumulator = requires(A& accumulator, tie_group const& group) { accumulator.add(group); };

/// Passes once over two samples in ascending order and gives each group of equal values to every accumulator, in order.
///
/// Returns how many values there were. Ranges that can be read but once will do, such as those of an
/// `sort::external_sorter` or of a binary file. Values are compared as the type that holds all values of both.
/// Complexity: linear. Memory: none.
/// \throws argument_error if values do not ascend, or for NaN, with their place; cancelled; what the ranges and the
///         accumulators throw
template <std::ranges::input_range X, std::ranges::input_range Y, ordered_accumulator... Accumulators>
sample_sizes merge_pass(X&& x, Y&& y, std::stop_token const& stop, Accumulators&... accumulators) {
  using T = detail::common_value_t<std::ranges::range_value_t<X>, std::ranges::range_value_t<Y>>;
  if constexpr (detail::contiguous_of<X, T> && detail::contiguous_of<Y, T>) {
    return detail::merge_spans<T>(x, y, {}, stop, accumulators...);
  } else {
    detail::ascending_values<T, X> x_values{x, "x"};
    detail::ascending_values<T, Y> y_values{y, "y"};
    return detail::merge_streams(x_values, y_values, stop, accumulators...);
  }
}

template <std::ranges::input_range X, std::ranges::input_range Y, ordered_accumulator... Accumulators>
sample_sizes merge_pass(X&& x, Y&& y, Accumulators&... accumulators) {
  return merge_pass(x, y, std::stop_token{}, accumulators...);
}

}  // namespace spillway::stats
