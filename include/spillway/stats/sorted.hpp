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
  explicit sorted(Values ascending)
    requires std::ranges::sized_range<Values> || std::ranges::forward_range<Values>
      : values{std::move(ascending)}, size{static_cast<std::uint64_t>(std::ranges::distance(values))} {}
  sorted(Values ascending, std::uint64_t how_many) : values{std::move(ascending)}, size{how_many} {}

  Values values;
  std::uint64_t size;
};

template <class Range>
sorted(Range&&) -> sorted<std::views::all_t<Range>>;
template <class Range>
sorted(Range&&, std::uint64_t) -> sorted<std::views::all_t<Range>>;

}  // namespace spillway::stats
