#pragma once

#include <spillway/sort/detail/entry.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace spillway::sort::detail {

inline bool before(entry const& a, entry const& b) noexcept {
  return a.prefix < b.prefix || (a.prefix == b.prefix && a.position < b.position);
}

/// In place by the bits of `Word` from the highest that differs, then by `before`.
template <std::uint64_t entry::*Word>
void radix_sort_by(std::span<entry> entries) {
  constexpr std::size_t few = 64;
  if (entries.size() <= few) {
    std::sort(entries.begin(), entries.end(), before);
    return;
  }
  std::uint64_t differing = 0;
  bool sorted = true;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    differing |= entries[i].*Word ^ entries[0].*Word;
    sorted &= before(entries[i - 1], entries[i]);
  }
  if (sorted) return;
  if (differing == 0) {
    if constexpr (Word == &entry::prefix) radix_sort_by<&entry::position>(entries);
    return;
  }
  auto const width = std::bit_width(differing);
  auto const shift = width > 8 ? width - 8 : 0;
  std::array<std::size_t, 256> next{};
  for (auto const& one : entries) ++next[(one.*Word >> shift) & 0xff];
  std::array<std::size_t, 256> end{};
  for (std::size_t bucket = 0, sum = 0; bucket < 256; ++bucket) {
    sum += next[bucket];
    end[bucket] = sum;
    next[bucket] = sum - next[bucket];
  }
  auto const begin = next;
  for (std::size_t bucket = 0; bucket < 256; ++bucket) {
    while (next[bucket] < end[bucket]) {
      auto held = entries[next[bucket]];
      for (;;) {
        auto const to = (held.*Word >> shift) & 0xff;
        if (to == bucket) break;
        std::swap(held, entries[next[to]++]);
      }
      entries[next[bucket]++] = held;
    }
  }
  for (std::size_t bucket = 0; bucket < 256; ++bucket) {
    radix_sort_by<Word>(entries.subspan(begin[bucket], end[bucket] - begin[bucket]));
  }
}

inline void radix_sort_entries(std::span<entry> entries) { radix_sort_by<&entry::prefix>(entries); }

}  // namespace spillway::sort::detail
