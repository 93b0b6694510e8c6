#pragma once

#include <spillway/core/error.hpp>
#include <spillway/sort/in_memory.hpp>
#include <spillway/stats/detail/concurrently.hpp>
#include <spillway/stats/detail/is_number.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <ranges>
#include <string>
#include <vector>

namespace spillway::stats::detail {

[[noreturn]] inline void refuse_nan(char const* sample, std::uint64_t position) {
  throw argument_error{"value " + std::to_string(position + 1) + " of sample " + sample + " is not a number"};
}

/// The values that are numbers, and how many are none. Zeros lose their sign, which would keep the fast way of sorting
/// from them.
template <class T, std::ranges::input_range Range>
void copy_numbers(Range& range, char const* sample, std::pmr::vector<T>& values, std::uint64_t& omitted,
                  nan_policy policy) {
  for (auto&& one : range) {
    auto const value = static_cast<T>(one);
    if constexpr (std::floating_point<T>) {
      if (!is_number(value)) {
        if (policy == nan_policy::error) refuse_nan(sample, values.size() + omitted);
        ++omitted;
      } else {
        values.push_back(value + T{0});
      }
    } else {
      values.push_back(value);
    }
  }
}

template <class T>
void order(std::pmr::vector<T>& values, test_options const& options) {
  sort::in_memory(values, std::ranges::less{}, std::identity{},
                  {.threads = options.threads, .memory = options.memory, .stop = options.stop});
}

template <std::ranges::input_range Range, class T>
void reserve_for(Range& range, std::pmr::vector<T>& values) {
  if constexpr (std::ranges::sized_range<Range>) values.reserve(static_cast<std::size_t>(std::ranges::size(range)));
}

/// The values that are numbers, in ascending order.
template <class T, std::ranges::input_range Range>
std::pmr::vector<T> ordered_copy(Range& range, char const* sample, std::uint64_t& omitted,
                                 test_options const& options) {
  std::pmr::vector<T> values{options.memory};
  reserve_for(range, values);
  copy_numbers(range, sample, values, omitted, options.nan);
  order(values, options);
  return values;
}

template <class T>
struct ordered_samples {
  std::pmr::vector<T> x;
  std::pmr::vector<T> y;
  sample_sizes omitted;
};

/// Of both samples; those in contiguous memory are copied at the same time.
template <class T, std::ranges::input_range X, std::ranges::input_range Y>
ordered_samples<T> ordered_copies(X& x, Y& y, test_options const& options) {
  constexpr std::size_t worth_a_thread = std::size_t{1} << 16U;
  ordered_samples<T> copies{std::pmr::vector<T>{options.memory}, std::pmr::vector<T>{options.memory}, {}};
  reserve_for(x, copies.x);
  reserve_for(y, copies.y);
  auto const copy_x = [&] { copy_numbers(x, "x", copies.x, copies.omitted.x, options.nan); };
  auto const copy_y = [&] { copy_numbers(y, "y", copies.y, copies.omitted.y, options.nan); };
  auto const memory_alone = std::ranges::contiguous_range<X> && std::ranges::contiguous_range<Y>;
  if (memory_alone && options.threads > 1 && copies.x.capacity() + copies.y.capacity() > worth_a_thread) {
    concurrently(2, [&](unsigned thread) { thread == 0 ? copy_x() : copy_y(); });
  } else {
    copy_x();
    copy_y();
  }
  order(copies.x, options);
  order(copies.y, options);
  return copies;
}

}  // namespace spillway::stats::detail
