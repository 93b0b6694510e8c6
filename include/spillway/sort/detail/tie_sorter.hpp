#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/merge_sort.hpp>
#include <spillway/sort/detail/parallel.hpp>
#include <spillway/sort/detail/parallel_radix_sort.hpp>
#include <spillway/sort/detail/radix_sort.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <mutex>
#include <span>
#include <stop_token>
#include <vector>

namespace spillway::sort::detail {

/// A tie that also knows the words which follow the prefix, see `key_words`: `word(entry, 1)` is the first, and
/// `first_difference(a, b, from)` the number of the first from there on that two entries do not have in common.
template <class Tie>
concept tie_of_words = requires(Tie const& tie, entry const& one, std::size_t number, std::uint64_t word) {
  { tie.word(one, number) } -> std::same_as<std::uint64_t>;
  { tie.first_difference(one, one, number) } -> std::same_as<std::size_t>;
  { Tie::is_last(word) } -> std::same_as<bool>;
};

/// Orders the entries of each prefix by a tie. They lie together, by position.
template <class Tie>
class tie_sorter {
  /// A group is for all threads together if it is more than this part of what each has to do.
  static constexpr std::size_t large_part = 4;
  static constexpr std::size_t worth_a_thread = 4096;
  /// Smaller groups are compared as they are.
  static constexpr std::size_t worth_next_words = 24;
  static constexpr unsigned deepest = 64;

 public:
  /// What the threads work with: a workspace for each, and the part of it that is for merges.
  struct workspaces {
    std::span<radix_workspace<entry>> radix;
    std::span<std::span<entry> const> merge;

    [[nodiscard]] unsigned threads() const { return static_cast<unsigned>(radix.size()); }
    [[nodiscard]] workspaces of(unsigned thread) const { return {radix.subspan(thread, 1), merge.subspan(thread, 1)}; }
  };

  tie_sorter(Tie const& tie, std::pmr::memory_resource* memory, std::stop_token const& stop)
      : tie_{tie}, memory_{memory}, stop_{stop} {}

  void sort(std::span<entry> all, workspaces const& held) const { sort_groups(all, held, {}); }

 private:
  /// Which word is the prefix now, and after how many divisions of a group by one.
  struct place {
    std::size_t depth = 0;
    unsigned divisions = 0;
  };

  /// Puts another word in the place of the prefix for as long as it lives.
  class replaced_prefix {
   public:
    explicit replaced_prefix(std::span<entry> group) : group_{group}, prefix_{group[0].prefix} {}
    replaced_prefix(replaced_prefix const&) = delete;
    replaced_prefix& operator=(replaced_prefix const&) = delete;
    ~replaced_prefix() {
      for (auto& one : group_) one.prefix = prefix_;
    }

   private:
    std::span<entry> group_;
    std::uint64_t prefix_;
  };

  void sort_groups(std::span<entry> all, workspaces const& held, place at) const {
    auto const threads = held.threads();
    if (threads == 1 || all.size() < threads * worth_a_thread) {
      auto const one = held.of(0);
      for_groups(all, 0, all.size(), [&](std::span<entry> group) { sort_group(group, one, at); });
      return;
    }
    std::mutex mutex;
    std::pmr::vector<std::span<entry>> large{memory_};
    large.reserve(large_part * threads);
    auto const begins = begins_of_pieces(all, 16 * std::size_t{threads});
    auto const pieces = begins.size() - 1;
    std::atomic<std::size_t> taken{0};
    in_parallel(threads, [&](unsigned thread) {
      auto const mine = held.of(thread);
      for (;;) {
        auto const piece = taken.fetch_add(1, std::memory_order_relaxed);
        if (piece >= pieces) return;
        for_groups(all, begins[piece], begins[piece + 1], [&](std::span<entry> group) {
          if (group.size() <= all.size() / (large_part * threads)) {
            sort_group(group, mine, at);
            return;
          }
          std::lock_guard const lock{mutex};
          large.push_back(group);
        });
      }
    });
    for (auto const group : large) sort_group(group, held, at);
  }

  /// Where pieces begin, and the end: each where a group does. Once groups are being sorted, nothing tells where others
  /// begin any more.
  [[nodiscard]] std::pmr::vector<std::size_t> begins_of_pieces(std::span<entry const> all, std::size_t pieces) const {
    std::pmr::vector<std::size_t> begins{memory_};
    begins.reserve(pieces + 1);
    begins.push_back(0);
    for (std::size_t piece = 1; piece <= pieces; ++piece) {
      auto begin = std::max(part_begin(all.size(), piece, pieces), begins.back());
      while (begin > 0 && begin < all.size() && all[begin].prefix == all[begin - 1].prefix) ++begin;
      begins.push_back(begin);
    }
    return begins;
  }

  /// Groups of two or more from `begin` to `end`, where groups begin.
  template <class Use>
  void for_groups(std::span<entry> all, std::size_t begin, std::size_t end, Use const& use) const {
    while (begin < end) {
      auto const prefix = all[begin].prefix;
      auto next = begin + 1;
      while (next < end && all[next].prefix == prefix) ++next;
      if (next - begin > 1) {
        throw_if_cancelled(stop_);
        use(all.subspan(begin, next - begin));
      }
      begin = next;
    }
  }

  void sort_group(std::span<entry> group, workspaces const& held, place at) const {
    if constexpr (tie_of_words<Tie>) {
      if (at.depth != 0 && Tie::is_last(group[0].prefix)) return;
      if (group.size() >= worth_next_words && at.divisions < deepest) {
        sort_by_next_word(group, held, at);
        return;
      }
    }
    merge_sorter<entry, Tie>{tie_, held.merge}.sort(group);
  }

  /// By the first word that is not the same for all.
  void sort_by_next_word(std::span<entry> group, workspaces const& held, place at) const {
    replaced_prefix const replaced{group};
    auto const next = at.depth + 1;
    at.depth = likely_difference(group, next);
    for (;;) {
      throw_if_cancelled(stop_);
      auto const found = replace_words(group, held.threads(), next, at.depth);
      if (found == at.depth) break;
      at.depth = found;
    }
    ++at.divisions;
    if (held.threads() == 1) {
      radix_sorter<entry, by_prefix>{held.radix[0], stop_}.sort(group);
    } else {
      parallel_radix_sorter<entry>{held.radix, memory_, stop_}.template sort<by_prefix>(group);
    }
    sort_groups(group, held, at);
  }

  /// The first word from `from` on that some entries do not have in common.
  [[nodiscard]] std::size_t likely_difference(std::span<entry const> group, std::size_t from) const {
    constexpr std::size_t samples = 8;
    auto least = tie_.first_difference(group.front(), group.back(), from);
    for (std::size_t i = 1; i < samples && least != from; ++i) {
      least = std::min(least, tie_.first_difference(group.front(), group[part_begin(group.size(), i, samples)], from));
    }
    return least;
  }

  /// Puts word `depth` in the place of the prefix. Returns the first word from `from` to `depth` that is not the same
  /// for all; `depth` if those before it are.
  [[nodiscard]] std::size_t replace_words(std::span<entry> group, unsigned threads, std::size_t from,
                                          std::size_t depth) const {
    std::atomic<std::size_t> differing{depth};
    in_parallel(threads, [&](unsigned thread) {
      auto const begin = part_begin(group.size(), thread, threads);
      auto least = depth;
      for (auto& one : group.subspan(begin, part_begin(group.size(), thread + 1, threads) - begin)) {
        if (depth != from) least = std::min(least, tie_.first_difference(group.front(), one, from));
        one.prefix = tie_.word(one, depth);
      }
      for (auto seen = differing.load(); least < seen && !differing.compare_exchange_weak(seen, least);) continue;
    });
    return differing.load();
  }

  Tie const& tie_;
  std::pmr::memory_resource* memory_;
  std::stop_token const& stop_;
};

}  // namespace spillway::sort::detail
