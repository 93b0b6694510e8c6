#pragma once

#include <cstdint>
#include <iterator>
#include <ranges>
#include <utility>

namespace spillway::stats {

/// Tells a test that the values of a sample ascend already, so that they are passed once as they come, without a copy.
///
/// How many they are must be known before: ranges that have no size and can be read but once, such as those of an
/// `sort::external_sorter`, need it said.
template <std::ranges::view Values>
struct sorted {
  template <class Range>
  explicit sorted(Range&& range)
    requires std::ranges::sized_range<Range> || std::ranges::forward_range<Range>
      : values{std::forward<Range>(range)}, size{static_cast<std::uint64_t>(std::ranges::distance(values))} {}
  template <class Range>
  sorted(Range&& range, std::uint64_t values_in_range) : values{std::forward<Range>(range)}, size{values_in_range} {}

  Values values;
  std::uint64_t size;
};

template <class Range>
sorted(Range&&) -> sorted<std::views::all_t<Range>>;
template <class Range>
sorted(Range&&, std::uint64_t) -> sorted<std::views::all_t<Range>>;

}  // namespace spillway::stats
