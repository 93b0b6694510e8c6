#pragma once

#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/merge_sort.hpp>
#include <spillway/sort/detail/radix_sort.hpp>

#include <cstddef>
#include <memory_resource>
#include <span>
#include <type_traits>

namespace spillway::sort::detail {

/// Says that prefixes decide: equal prefixes mean equal keys.
struct no_tie {};

/// Orders by (prefix, tie, position). `tie(a, b)` is asked only for entries of equal prefix, and says whether a's
/// record comes before b's.
///
/// A tie that is no strict weak order, or answers at random, gives an unspecified order and nothing worse. If it
/// throws, the entries are a permutation of what they were.
template <class Tie>
void sort_entries(std::span<entry> entries, Tie const& tie, [[maybe_unused]] unsigned threads,
                  [[maybe_unused]] std::pmr::memory_resource* memory = std::pmr::get_default_resource()) {
  radix_sort_entries(entries);
  if constexpr (!std::is_same_v<Tie, no_tie>) {
    auto const size = entries.size();
    for (std::size_t begin = 0, end = 0; begin < size; begin = end) {
      end = begin + 1;
      while (end < size && entries[end].prefix == entries[begin].prefix) ++end;
      if (end - begin > 1) merge_sort(entries.subspan(begin, end - begin), tie);
    }
  }
}

}  // namespace spillway::sort::detail
