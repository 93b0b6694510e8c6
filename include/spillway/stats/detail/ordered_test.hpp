#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/common_value.hpp>
#include <spillway/stats/detail/is_number.hpp>
#include <spillway/stats/detail/ordered_copy.hpp>
#include <spillway/stats/detail/ordered_slabs.hpp>
#include <spillway/stats/detail/pass_in_parts.hpp>
#include <spillway/stats/detail/together.hpp>
#include <spillway/stats/merge_pass.hpp>
#include <spillway/stats/sorted.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <ranges>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

/// What the tests of ordered samples have in common: from two samples, in whatever form, to accumulators that have seen
/// all of their values in order.
namespace spillway::stats::detail {

template <class S>
inline constexpr bool is_sorted = false;
template <class Values>
inline constexpr bool is_sorted<sorted<Values>> = true;

template <class S>
struct sample_value {};
template <class S>
  requires std::ranges::input_range<S>
struct sample_value<S> {
  using type = std::ranges::range_value_t<S>;
};
template <class Values>
struct sample_value<sorted<Values>> {
  using type = std::ranges::range_value_t<Values>;
};
template <class S>
using sample_value_t = typename sample_value<std::remove_cvref_t<S>>::type;

/// Two ranges of numbers, or two that are `sorted`.
template <class X, class Y>
concept two_samples = arithmetic<sample_value_t<X>> && arithmetic<sample_value_t<Y>> &&
                      is_sorted<std::remove_cvref_t<X>> == is_sorted<std::remove_cvref_t<Y>>;

template <class... Accumulators>
struct accumulated {
  std::tuple<Accumulators...> all;
  sample_sizes omitted;
};

template <class... Accumulators>
auto beginning(sample_sizes sizes, test_options const& options) {
  return [sizes, &options] { return together<Accumulators...>{{Accumulators{sizes, options}...}}; };
}

inline void require_values(sample_sizes sizes, sample_sizes omitted) {
  auto const require = [](char const* sample, std::uint64_t size, std::uint64_t left_out) {
    if (size != 0) return;
    auto const why = left_out == 0 ? "" : ": " + std::to_string(left_out) + " that are not numbers were left out";
    throw argument_error{std::string{"sample "} + sample + " has no values" + why};
  };
  require("x", sizes.x, omitted.x);
  require("y", sizes.y, omitted.y);
}

/// As many as are worth it, without a copy of all.
template <class T, class... Accumulators>
accumulated<Accumulators...> accumulate_in_slabs(std::span<T const> x, std::span<T const> y,
                                                 test_options const& options) {
  ordered_slabs<T> slabs{x, y, options};
  auto const omitted = slabs.omitted();
  if (omitted != sample_sizes{}) {
    if (options.nan == nan_policy::error) refuse_first_nan(x, y);
    if (options.nan == nan_policy::propagate) return {{Accumulators{slabs.sizes(), options}...}, omitted};
  }
  require_values(slabs.sizes(), omitted);
  return {slabs.pass(beginning<Accumulators...>(slabs.sizes(), options)).all, omitted};
}

/// Samples in any order are copied and sorted, large ones a slab of the order after the other. Without values, if some
/// are NaN and that is to be told: the accumulators have seen nothing then.
template <class... Accumulators, std::ranges::input_range X, std::ranges::input_range Y>
accumulated<Accumulators...> accumulate(X&& x, Y&& y, test_options const& options) {
  using T = common_value_t<std::ranges::range_value_t<X>, std::ranges::range_value_t<Y>>;
  if constexpr (contiguous_of<X, T> && contiguous_of<Y, T> && sizeof(T) <= sizeof(double)) {
    if (std::ranges::size(x) + std::ranges::size(y) > ordered_slabs<T>::slab_size) {
      return accumulate_in_slabs<T, Accumulators...>(x, y, options);
    }
  }
  sample_sizes omitted;
  auto const x_copy = ordered_copy<T>(x, "x", omitted.x, options);
  auto const y_copy = ordered_copy<T>(y, "y", omitted.y, options);
  auto const x_values = std::span<T const>{x_copy};
  auto const y_values = std::span<T const>{y_copy};
  sample_sizes const sizes{x_values.size(), y_values.size()};
  if (options.nan == nan_policy::propagate && omitted != sample_sizes{}) {
    return {{Accumulators{sizes, options}...}, omitted};
  }
  require_values(sizes, omitted);
  return {pass_in_parts(x_values, y_values, {}, options, beginning<Accumulators...>(sizes, options)).all, omitted};
}

/// The first values, up to those that are not numbers, of which the others are counted.
template <class T>
std::span<T const> numbers(std::span<T const> ordered, char const* sample, std::uint64_t& omitted,
                           test_options const& options) {
  auto size = ordered.size();
  if constexpr (std::floating_point<T>) {
    while (size > 0 && !is_number(ordered[size - 1])) --size;
  }
  omitted = ordered.size() - size;
  if (omitted != 0 && options.nan == nan_policy::error) refuse_nan(sample, size);
  return ordered.first(size);
}

template <class... Accumulators, class X, class Y>
accumulated<Accumulators...> accumulate(sorted<X> x, sorted<Y> y, test_options const& options) {
  using T = common_value_t<std::ranges::range_value_t<X>, std::ranges::range_value_t<Y>>;
  if constexpr (contiguous_of<X, T> && contiguous_of<Y, T>) {
    sample_sizes omitted;
    auto const x_values = numbers<T>(x.values, "x", omitted.x, options);
    auto const y_values = numbers<T>(y.values, "y", omitted.y, options);
    sample_sizes const sizes{x_values.size(), y_values.size()};
    if (options.nan == nan_policy::propagate && omitted != sample_sizes{}) {
      return {{Accumulators{sizes, options}...}, omitted};
    }
    require_values(sizes, omitted);
    return {pass_in_parts(x_values, y_values, {}, options, beginning<Accumulators...>(sizes, options)).all, omitted};
  } else {
    sample_sizes const sizes{x.size, y.size};
    require_values(sizes, {});
    accumulated<Accumulators...> result{{Accumulators{sizes, options}...}, {}};
    auto const passed =
        std::apply([&](auto&... each) { return merge_pass(x.values, y.values, options.stop, each...); }, result.all);
    if (passed != sizes) {
      throw argument_error{"the ordered samples have " + std::to_string(passed.x) + " and " + std::to_string(passed.y) +
                           " values, but " + std::to_string(sizes.x) + " and " + std::to_string(sizes.y) +
                           " were said to be there"};
    }
    return result;
  }
}

template <class Result>
void make_undefined(Result& result) noexcept {
  constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
  if constexpr (std::derived_from<Result, test_result>) {
    result.statistic = result.p_value = result.log_p_value = nan;
  } else {
    result.distance = nan;
  }
}

/// What an accumulator tells, or NaN where NaN is to be told.
template <class Accumulator>
auto ordered_result(Accumulator const& accumulator, sample_sizes omitted, test_options const& options) {
  decltype(accumulator.result(options)) result;
  if (options.nan == nan_policy::propagate && omitted != sample_sizes{}) {
    result.sizes = accumulator.sizes();
    make_undefined(result);
  } else {
    result = accumulator.result(options);
  }
  result.omitted = omitted;
  return result;
}

template <class Accumulator, class X, class Y>
auto ordered_test(X&& x, Y&& y, test_options const& options) {
  auto const seen = accumulate<Accumulator>(std::forward<X>(x), std::forward<Y>(y), options);
  return ordered_result(std::get<0>(seen.all), seen.omitted, options);
}

}  // namespace spillway::stats::detail
