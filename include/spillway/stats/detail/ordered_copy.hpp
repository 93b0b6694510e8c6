#pragma once

#include <spillway/core/error.hpp>
#include <spillway/sort/in_memory.hpp>
#include <spillway/stats/detail/is_number.hpp>
#include <spillway/stats/test_options.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <ranges>
#include <span>
#include <string>
#include <vector>

namespace spillway::stats::detail {

[[noreturn]] inline void refuse_nan(char const* sample, std::uint64_t position) {
  throw argument_error{"value " + std::to_string(position + 1) + " of sample " + sample + " is not a number"};
}

/// \pre there is one
template <class T>
[[noreturn]] void refuse_first_nan(std::span<T const> x, std::span<T const> y) {
  auto const is_nan = [](T value) { return !is_number(value); };
  auto const in_x = std::ranges::find_if(x, is_nan);
  if (in_x != x.end()) refuse_nan("x", static_cast<std::uint64_t>(in_x - x.begin()));
  refuse_nan("y", static_cast<std::uint64_t>(std::ranges::find_if(y, is_nan) - y.begin()));
}

/// The values that are numbers in ascending order, and how many are none. Zeros have no sign, which would keep the fast
/// way of sorting from them.
template <class T, std::ranges::input_range Range>
std::pmr::vector<T> ordered_copy(Range& range, char const* sample, std::uint64_t& omitted,
                                 test_options const& options) {
  std::pmr::vector<T> values{options.memory};
  if constexpr (std::ranges::sized_range<Range>) values.reserve(static_cast<std::size_t>(std::ranges::size(range)));
  for (auto&& one : range) {
    auto const value = static_cast<T>(one);
    if constexpr (std::floating_point<T>) {
      if (!is_number(value)) {
        if (options.nan == nan_policy::error) refuse_nan(sample, values.size() + omitted);
        ++omitted;
      } else {
        values.push_back(value + T{0});
      }
    } else {
      values.push_back(value);
    }
  }
  sort::in_memory(values, std::ranges::less{}, std::identity{},
                  {.threads = options.threads, .memory = options.memory, .stop = options.stop});
  return values;
}

}  // namespace spillway::stats::detail
