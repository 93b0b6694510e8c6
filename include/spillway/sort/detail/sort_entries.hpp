#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/merge_sort.hpp>
#include <spillway/sort/detail/parallel.hpp>
#include <spillway/sort/detail/parallel_radix_sort.hpp>
#include <spillway/sort/detail/radix_sort.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory_resource>
#include <mutex>
#include <span>
#include <stop_token>
#include <type_traits>
#include <vector>

namespace spillway::sort::detail {

/// Says that prefixes decide: equal prefixes mean equal keys.
struct no_tie {};

/// Orders the entries of each prefix by a tie. They lie together, by position.
template <class Tie>
class tie_sorter {
  /// A group is large if it is more than this part of what each thread has to do.
  static constexpr std::size_t large_part = 4;

 public:
  /// As many buffers as threads.
  tie_sorter(std::span<entry> all, Tie const& tie, std::span<std::span<entry> const> buffers,
             std::pmr::memory_resource* memory, std::stop_token const& stop)
      : all_{all}, tie_{tie}, buffers_{buffers}, stop_{stop}, large_{memory} {
    large_.reserve(large_part * buffers.size());
  }

  void sort() {
    auto const threads = buffers_.size();
    auto const pieces = threads == 1 ? std::size_t{1} : 16 * threads;
    std::atomic<std::size_t> taken{0};
    in_parallel(static_cast<unsigned>(threads), [&](unsigned thread) {
      for (;;) {
        auto const piece = taken.fetch_add(1, std::memory_order_relaxed);
        if (piece >= pieces) return;
        sort_groups(part_begin(all_.size(), piece, pieces), part_begin(all_.size(), piece + 1, pieces), thread);
      }
    });
    for (auto const group : large_) merge_sorter<entry, Tie>{tie_, buffers_}.sort(group);
  }

 private:
  /// Those that begin from `begin` to `end`.
  void sort_groups(std::size_t begin, std::size_t end, unsigned thread) {
    while (begin < end && begin > 0 && all_[begin].prefix == all_[begin - 1].prefix) ++begin;
    merge_sorter<entry, Tie> const sorter{tie_, buffers_.subspan(thread, 1)};
    while (begin < end) {
      auto const group = group_at(begin);
      begin += group.size();
      if (group.size() == 1) continue;
      throw_if_cancelled(stop_);
      if (buffers_.size() > 1 && group.size() > all_.size() / (large_part * buffers_.size())) {
        std::lock_guard const lock{mutex_};
        large_.push_back(group);
      } else {
        sorter.sort(group);
      }
    }
  }

  [[nodiscard]] std::span<entry> group_at(std::size_t begin) const {
    auto const prefix = all_[begin].prefix;
    auto end = begin + 1;
    while (end < all_.size() && all_[end].prefix == prefix) ++end;
    return all_.subspan(begin, end - begin);
  }

  std::span<entry> all_;
  Tie const& tie_;
  std::span<std::span<entry> const> buffers_;
  std::stop_token const& stop_;
  std::mutex mutex_;
  std::pmr::vector<std::span<entry>> large_;  ///< for all threads together
};

/// What `sort_entries` allocates, at most, in bytes.
inline constexpr std::size_t sort_entries_memory(unsigned threads) {
  return threads * (sizeof(radix_workspace<entry>) + 48 * bucket_limit);
}

/// Orders by (prefix, tie, position). `tie(a, b)` is asked only for entries of equal prefix, and says whether a's
/// record comes before b's; without one, equal prefixes are equal keys.
///
/// The order does not depend on `threads`. In place but for `sort_entries_memory(threads)` from `memory`, which is
/// allocated before anything is moved. O(n) for the prefixes, and g log g calls of `tie` for g entries of one prefix,
/// or g - 1 if they are sorted.
///
/// A tie that is no strict weak order, or answers at random, gives an unspecified order and nothing worse. If it
/// throws, or a stop is requested, the entries are a permutation of what they were. \throws cancelled, and what `tie`
/// or `memory` throws
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
    tie_sorter{entries, tie, buffers, memory, stop}.sort();
  }
}

}  // namespace spillway::sort::detail
