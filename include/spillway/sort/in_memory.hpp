#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/concepts.hpp>
#include <spillway/sort/detail/apply_order.hpp>
#include <spillway/sort/detail/entry_array.hpp>
#include <spillway/sort/detail/key_order.hpp>
#include <spillway/sort/detail/key_words.hpp>
#include <spillway/sort/detail/merge_sort.hpp>
#include <spillway/sort/detail/optional_buffer.hpp>
#include <spillway/sort/detail/parallel.hpp>
#include <spillway/sort/detail/sort_entries.hpp>
#include <spillway/sort/detail/value_sort.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory_resource>
#include <ranges>
#include <span>
#include <stop_token>
#include <type_traits>
#include <vector>

namespace spillway::sort {

struct in_memory_options {
  unsigned threads = 2;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  std::stop_token stop = {};
};

namespace detail {

/// Of records in memory: which of two comes first where prefixes leave it open.
template <class Iterator, class Less, class Key>
struct record_tie {
  using key = std::remove_cvref_t<std::invoke_result_t<Key const&, std::iter_reference_t<Iterator>>>;
  using order = key_order<Less, key>;

  Iterator first;
  Less const& less;
  Key const& key_of;

  [[nodiscard]] decltype(auto) key_at(std::uint64_t position) const {
    return std::invoke(key_of, std::as_const(first[static_cast<std::iter_difference_t<Iterator>>(position)]));
  }
  [[nodiscard]] std::uint64_t prefix(std::uint64_t position) const {
    if constexpr (order::known) return order::prefix(key_at(position));
    return 0;
  }
  bool operator()(entry const& a, entry const& b) const {
    return order::less(less, key_at(a.position), key_at(b.position));
  }
};

/// The same for keys that are ordered as text.
template <class Iterator, class Less, class Key>
struct text_tie : record_tie<Iterator, Less, Key> {
  using words = key_words<Less, typename record_tie<Iterator, Less, Key>::key>;

  [[nodiscard]] std::uint64_t word(entry const& one, std::size_t depth) const {
    return words::at(this->key_at(one.position), depth);
  }
  [[nodiscard]] std::size_t first_difference(entry const& a, entry const& b, std::size_t from) const {
    return words::first_difference(this->key_at(a.position), this->key_at(b.position), from).number;
  }
  [[nodiscard]] static bool is_last(std::uint64_t word) noexcept { return words::is_last(word); }
};

template <class Iterator, class Less, class Key>
concept sorts_by_value = std::contiguous_iterator<Iterator> && std::same_as<Key, std::identity> &&
                         value_sortable<Less, std::iter_value_t<Iterator>>;

template <class Iterator, class Less, class Key>
class memory_sorter {
  using T = std::iter_value_t<Iterator>;
  using tie = record_tie<Iterator, Less, Key>;
  using order = typename tie::order;
  static constexpr std::size_t worth_a_thread = std::size_t{1} << 14U;
  /// Larger records are not moved about while they are compared.
  static constexpr std::size_t small_record = 32;

 public:
  memory_sorter(Iterator first, std::size_t size, Less const& less, Key const& key, in_memory_options const& options)
      : first_{first},
        size_{size},
        less_{less},
        key_{key},
        memory_{options.memory},
        stop_{options.stop},
        threads_{
            static_cast<unsigned>(std::clamp<std::size_t>(size / worth_a_thread, 1, std::max(options.threads, 1U)))} {}

  void sort() {
    if (size_ < 2) return;
    if constexpr (sorts_by_value<Iterator, Less, Key>) {
      std::span<T> const values{std::to_address(first_), size_};
      if constexpr (std::floating_point<T>) {
        if (has_twins(std::span<T const>{values}, threads_)) return sort_records();
      }
      sort_values<Less>(values, threads_, memory_, stop_);
    } else if constexpr (std::contiguous_iterator<Iterator> && !order::known && std::is_trivially_copyable_v<T> &&
                         sizeof(T) <= small_record) {
      merge_records();
    } else {
      sort_records();
    }
  }

 private:
  /// By entries, then every record once to its place.
  void sort_records() {
    throw_if_cancelled(stop_);
    tie const by_key{first_, less_, key_};
    entry_array entries{memory_};
    entries.reserve(size_);
    entries.resize(size_);
    auto const all = entries.entries();
    in_parallel(threads_, [&](unsigned thread) {
      auto const end = part_begin(size_, thread + 1, threads_);
      for (auto i = part_begin(size_, thread, threads_); i < end; ++i) all[i] = {by_key.prefix(i), i};
    });
    if constexpr (order::complete) {
      sort_entries(all, no_tie{}, threads_, memory_, stop_);
    } else if constexpr (key_words<Less, typename tie::key>::known) {
      sort_entries(all, text_tie<Iterator, Less, Key>{by_key}, threads_, memory_, stop_);
    } else {
      sort_entries(all, by_key, threads_, memory_, stop_);
    }
    throw_if_cancelled(stop_);
    apply_order(first_, all, threads_, memory_);
  }

  /// Of an order of which nothing is known, the records themselves.
  void merge_records() {
    throw_if_cancelled(stop_);
    auto const before = [&](T const& a, T const& b) {
      return order::less(less_, std::invoke(key_, a), std::invoke(key_, b));
    };
    auto const least = std::size_t{1024} * threads_;
    optional_buffer<T> const room{std::max(size_ / 2 + 1, least), least, memory_};
    std::pmr::vector<std::span<T>> buffers{memory_};
    buffers.reserve(threads_);
    for (unsigned thread = 0; thread < threads_; ++thread) {
      auto const begin = part_begin(room.size(), thread, threads_);
      buffers.emplace_back(room.data() + begin, part_begin(room.size(), thread + 1, threads_) - begin);
    }
    merge_sorter<T, decltype(before)>{before, buffers}.sort({std::to_address(first_), size_});
  }

  Iterator first_;
  std::size_t size_;
  Less const& less_;
  Key const& key_;
  std::pmr::memory_resource* memory_;
  std::stop_token const& stop_;
  unsigned threads_;
};

}  // namespace detail

/// Sorts records in memory by key: stably, and to the same result whatever the number of threads.
///
/// `less` may be any strict weak order of the keys that `key` gives; with one of the standard comparators, keys that
/// have a `key_prefix` are in the order described there.
///
/// Ways, and what each takes from `options.memory` beside some 80 KiB for each thread:
/// - numbers and the like in contiguous memory that are their own keys: by radix, in place;
/// - small trivially copyable records in an order of which nothing is known: merged, with room for half of them if
/// there
///   is that much, else with less and slower;
/// - all others: 16 bytes for each record are sorted, by radix and by comparisons where prefixes are equal, then each
///   record is moved to its place at once.
///
/// Complexity: linear where the prefix decides, O(n log n) comparisons in the worst case; linear for sorted input.
/// \throws what `less`, `key` and `memory` throw; cancelled. The range then holds the elements it held, in any order.
/// So it does if a swap throws, but for what the swap itself leaves of its two elements. A comparator that is no strict
/// weak order gives some order of the same elements.
/// Thread safety: `less` and `key` are called from several threads at once, if `options.threads` is more than one.
template <std::ranges::random_access_range Range, class Less = std::ranges::less, class Key = std::identity>
  requires std::permutable<std::ranges::iterator_t<Range>> && std::ranges::sized_range<Range>
void in_memory(Range&& range, Less less = {}, Key key = {}, in_memory_options options = {}) {
  auto const first = std::ranges::begin(range);
  auto const size = static_cast<std::size_t>(std::ranges::size(range));
  detail::memory_sorter{first, size, less, key, options}.sort();
}

}  // namespace spillway::sort
