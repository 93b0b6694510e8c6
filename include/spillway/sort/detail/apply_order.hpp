#pragma once

#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/parallel.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <memory>
#include <memory_resource>
#include <new>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// Moves records along the cycles of a permutation, many at a time so that the next of each can be on its way from
/// memory. A cycle may be entered in several places: the record of each place is kept until whoever comes from before
/// it has arrived there.
///
/// `order[i]` tells which record comes to place i, or i if the right one is there; all do in the end.
template <class Iterator, class Index>
class cycle_mover {
  using T = std::iter_value_t<Iterator>;
  using difference = std::iter_difference_t<Iterator>;
  static constexpr Index entrance = Index{1} << (std::numeric_limits<Index>::digits - 1);
  static constexpr unsigned walkers = 32;

  struct walk {
    Index hole;
    Index next;
  };

  union kept_record {
    kept_record() {}
    ~kept_record() {}
    T record;
  };

 public:
  /// So many records can be moved.
  static constexpr std::uint64_t limit = entrance;

  cycle_mover(Iterator first, std::span<Index> order, std::pmr::memory_resource* memory)
      : first_{first}, order_{order}, memory_{memory} {}

  void move(unsigned threads) {
    if (threads > 1) move_in_parallel(threads);
    std::pmr::vector<kept_record> kept(walkers, memory_);
    Index scan = 0;
    walk_from(kept, [&](Index number, walk& to) {
      while (scan < order_.size() && order_[scan] == scan) ++scan;
      return scan < order_.size() && enter(scan++, number, kept, to);
    });
  }

 private:
  /// Enters in many places at once; cycles that have none of them are left.
  void move_in_parallel(unsigned threads) {
    auto const entrances = static_cast<Index>(std::min<std::size_t>(256 * threads, order_.size() / 64));
    std::pmr::vector<kept_record> kept(entrances, memory_);
    std::pmr::vector<walk> walks{memory_};
    walks.reserve(entrances);
    for (Index number = 0; number < entrances; ++number) {
      auto const place = static_cast<Index>(part_begin(order_.size(), number, entrances));
      if (order_[place] == place) continue;
      auto const entered = static_cast<Index>(walks.size());
      enter(place, entered, kept, walks.emplace_back());
    }
    std::atomic<std::size_t> taken{0};
    in_parallel(threads, [&](unsigned) {
      walk_from(kept, [&](Index, walk& to) {
        auto const number = taken.fetch_add(1, std::memory_order_relaxed);
        if (number >= walks.size()) return false;
        to = walks[number];
        return true;
      });
    });
  }

  bool enter(Index place, Index number, std::span<kept_record> kept, walk& to) {
    to = {place, order_[place]};
    order_[place] = entrance | number;
    std::construct_at(&kept[number].record, std::ranges::iter_move(at(place)));
    return true;
  }

  /// `enter(number, walk)` begins a walk, and may keep a record under the number; false if there are no more.
  template <class Enter>
  void walk_from(std::span<kept_record> kept, Enter const& enter) {
    std::array<walk, walkers> walks;
    unsigned count = 0;
    while (count < walkers && enter(count, walks[count])) prefetch(walks[count++].next);
    while (count > 0) {
      for (unsigned i = 0; i < count;) {
        auto& [hole, next] = walks[i];
        auto const after = order_[next];
        order_[next] = next;
        if ((after & entrance) == 0) {
          *at(hole) = std::ranges::iter_move(at(next));
          hole = std::exchange(next, after);
          prefetch(after);
          ++i;
          continue;
        }
        auto const number = after & ~entrance;
        *at(hole) = std::move(kept[number].record);
        std::destroy_at(&kept[number].record);
        if (enter(number, walks[i])) {
          prefetch(walks[i++].next);
        } else {
          walks[i] = walks[--count];
        }
      }
    }
  }

  [[nodiscard]] Iterator at(Index place) const { return first_ + static_cast<difference>(place); }

  void prefetch(Index place) const noexcept {
    __builtin_prefetch(&order_[place], 1);
    auto const* const bytes = reinterpret_cast<char const*>(std::addressof(*at(place)));
    for (std::size_t byte = 0; byte < std::min<std::size_t>(sizeof(T), 256); byte += 64) {
      __builtin_prefetch(bytes + byte, 1);
    }
    if constexpr (sizeof(T) > 16) __builtin_prefetch(bytes + sizeof(T) - 1, 1);
  }

  Iterator first_;
  std::span<Index> order_;
  std::pmr::memory_resource* memory_;
};

/// By exchanging records only, so that none is ever out of the range.
template <class Iterator>
void swap_into_order(Iterator first, std::span<entry> order) {
  using difference = std::iter_difference_t<Iterator>;
  for (std::size_t start = 0; start < order.size(); ++start) {
    for (auto at = start; order[at].position != at;) {
      auto const from = static_cast<std::size_t>(std::exchange(order[at].position, at));
      if (from == start) break;
      std::ranges::iter_swap(first + static_cast<difference>(at), first + static_cast<difference>(from));
      at = from;
    }
  }
}

/// The positions alone, in the memory of the entries, which are gone.
template <class Index>
std::span<Index> pack_positions(std::span<entry> order) {
  auto* const bytes = reinterpret_cast<std::byte*>(order.data());
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto const position = static_cast<Index>(order[i].position);
    std::memcpy(bytes + i * sizeof(Index), &position, sizeof position);
  }
  return {std::launder(reinterpret_cast<Index*>(bytes)), order.size()};
}

template <class Index, class Iterator>
void move_into_order(Iterator first, std::span<entry> order, unsigned threads, std::pmr::memory_resource* memory) {
  cycle_mover<Iterator, Index>{first, pack_positions<Index>(order), memory}.move(threads);
}

/// Brings records into an order: `order[i].position` tells which comes to place i; `order` is gone afterwards.
template <class Iterator>
void apply_order(Iterator first, std::span<entry> order, unsigned threads, std::pmr::memory_resource* memory) {
  using T = std::iter_value_t<Iterator>;
  if constexpr (std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                std::is_same_v<std::iter_reference_t<Iterator>, T&>) {
    if (order.size() < cycle_mover<Iterator, std::uint32_t>::limit) {
      move_into_order<std::uint32_t>(first, order, threads, memory);
    } else {
      move_into_order<std::uint64_t>(first, order, threads, memory);
    }
  } else {
    swap_into_order(first, order);
  }
}

}  // namespace spillway::sort::detail
