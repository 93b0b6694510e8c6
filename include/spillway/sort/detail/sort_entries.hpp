#pragma once

#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/parallel_radix_sort.hpp>
#include <spillway/sort/detail/radix_sort.hpp>
#include <spillway/sort/detail/tie_sorter.hpp>

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <type_traits>
#include <vector>

namespace spillway::sort::detail {

/// Says that prefixes decide: equal prefixes mean equal keys.
struct no_tie {};

/// What `sort_entries` allocates, at most, in bytes.
inline constexpr std::size_t sort_entries_memory(unsigned threads) {
  return threads * (sizeof(radix_workspace<entry>) + 48 * bucket_limit + 256);
}

/// Orders by (prefix, tie, position). `tie(a, b)` is asked only for entries of equal prefix, and says whether a's
/// record comes before b's; without one, equal prefixes are equal keys.
///
/// The order does not depend on `threads`. In place but for at most `sort_entries_memory(threads)` from `memory`.
/// Linear in the number of entries for the prefixes; then g log g calls of `tie` for g entries of one prefix, or g - 1
/// if they are sorted. A tie that knows the words of keys (`tie_of_words`) is asked for these first.
///
/// A tie that is no strict weak order, or answers at random, gives an unspecified order and nothing worse. If it or
/// `memory` throws, or a stop is requested, the entries are a permutation of what they were.
///
/// \throws cancelled, and what `tie` or `memory` throws
template <class Tie>
void sort_entries(std::span<entry> entries, Tie const& tie, unsigned threads,
                  std::pmr::memory_resource* memory = std::pmr::get_default_resource(), std::stop_token stop = {}) {
  constexpr std::size_t worth_a_thread = std::size_t{1} << 15U;
  if (entries.size() < 2) return;
  auto const useful = std::clamp<std::size_t>(entries.size() / worth_a_thread, 1, std::max(threads, 1U));
  std::pmr::vector<radix_workspace<entry>> held(useful, memory);
  parallel_radix_sorter<entry>{held, memory, stop}.template sort<by_prefix>(entries);
  if constexpr (!std::is_same_v<Tie, no_tie>) {
    std::pmr::vector<std::span<entry>> buffers{memory};
    buffers.reserve(useful);
    for (auto& one : held) buffers.emplace_back(one.small);
    tie_sorter<Tie>{tie, memory, stop}.sort(entries, {held, buffers});
  }
}

}  // namespace spillway::sort::detail
