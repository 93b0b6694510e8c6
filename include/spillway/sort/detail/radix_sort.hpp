#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/sort/detail/block_partition.hpp>
#include <spillway/sort/detail/digits.hpp>
#include <spillway/sort/detail/entry.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <type_traits>

namespace spillway::sort::detail {

/// What a radix sort takes as an element's word, and what it compares where words are equal.
struct by_position {
  using next = void;
  static std::uint64_t word(entry const& one) noexcept { return one.position; }
  static bool before(entry const& a, entry const& b) noexcept {
    return a.prefix < b.prefix || (a.prefix == b.prefix && a.position < b.position);
  }
};

struct by_prefix : by_position {
  using next = by_position;
  static std::uint64_t word(entry const& one) noexcept { return one.prefix; }
};

/// Bits of a word, as a digit by which elements are distributed.
template <class Word>
struct one_group_digit {
  bit_group low;

  template <class T>
  std::size_t operator()(T const& one) const noexcept {
    return low(Word::word(one));
  }
};

template <class Word>
struct two_group_digit {
  bit_group high;
  bit_group low;

  template <class T>
  std::size_t operator()(T const& one) const noexcept {
    auto const word = Word::word(one);
    return high(word) | low(word);
  }
};

/// Calls `use` with the digit in its cheapest form.
template <class Word, class Use>
void with_digit(digit_bits const& digit, Use const& use) {
  if (digit.one_group()) {
    use(one_group_digit<Word>{digit.low});
  } else {
    use(two_group_digit<Word>{digit.high, digit.low});
  }
}

/// What a radix sort holds beside the elements; for one thread.
template <class T>
union radix_workspace {
  static constexpr std::size_t small_size = 4096;

  radix_workspace() {}

  typename block_partition<T, one_group_digit<T>>::buffers blocks;
  std::array<T, small_size> small;
};

/// From the highest bits that differ to the lowest, in place, then by the next word if there is one.
template <class T, class Word>
class radix_sorter {
  static constexpr std::size_t insertion_limit = 24;

 public:
  radix_sorter(radix_workspace<T>& held, std::stop_token const& stop) : held_{held}, stop_{stop} {}

  /// Whatever the bits.
  void sort(std::span<T> all) {
    if (all.size() <= insertion_limit) {
      insertion_sort(all);
      return;
    }
    std::uint64_t differing = 0;
    bool sorted = true;
    for (std::size_t i = 1; i < all.size(); ++i) {
      differing |= Word::word(all[i]) ^ Word::word(all[0]);
      sorted &= Word::before(all[i - 1], all[i]);
    }
    if (!sorted) sort(all, differing);
  }

  /// No other bits than `differing` do differ.
  void sort(std::span<T> all, std::uint64_t differing) {
    if (all.size() <= insertion_limit) {
      insertion_sort(all);
    } else if (differing == 0) {
      sort_by_next(all);
    } else if (all.size() <= radix_workspace<T>::small_size) {
      sort_small(all, differing);
    } else {
      sort_large(all, differing);
    }
  }

  /// One step: into buckets that are in order among each other. `use(bucket, large, rest)` gets each of them, whether
  /// it is so large that its bits had better be looked at again, and which bits can still differ.
  template <class Use>
  void distribute(std::span<T> all, std::uint64_t differing, Use const& use) {
    auto const digit = highest_digit(differing, bucket_bits);
    with_digit<Word>(digit, [&](auto const& of) {
      auto const buckets = std::size_t{1} << digit.width;
      auto const begin = block_partition{all, buckets, of, held_.blocks}();
      for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        auto const part = all.subspan(begin[bucket], begin[bucket + 1] - begin[bucket]);
        use(part, part.size() > all.size() / 8, digit.rest);
      }
    });
  }

  void sort_bucket(std::span<T> bucket, bool large, std::uint64_t rest) { large ? sort(bucket) : sort(bucket, rest); }

 private:
  void sort_by_next(std::span<T> all) {
    if constexpr (!std::is_void_v<typename Word::next>) radix_sorter<T, typename Word::next>{held_, stop_}.sort(all);
  }

  static void insertion_sort(std::span<T> all) { insertion_sort(all.data(), all); }

  /// From one place to another, or within one.
  static void insertion_sort(T const* from, std::span<T> to) {
    for (std::size_t i = 0; i < to.size(); ++i) {
      auto const one = from[i];
      auto at = i;
      for (; at > 0 && Word::before(one, to[at - 1]); --at) to[at] = to[at - 1];
      to[at] = one;
    }
  }

  void sort_small(std::span<T> all, std::uint64_t differing) {
    auto const digit = highest_digit(differing, static_cast<unsigned>(std::bit_width(all.size())));
    with_digit<Word>(digit, [&](auto const& of) { distribute_small(all, digit, of); });
  }

  template <class Digit>
  void distribute_small(std::span<T> all, digit_bits const& bits, Digit const digit) {
    auto const buckets = std::size_t{1} << bits.width;
    std::array<std::uint16_t, 2 * radix_workspace<T>::small_size> ends;
    std::fill_n(ends.begin(), buckets, std::uint16_t{0});
    for (auto const& one : all) ++ends[digit(one)];
    std::uint16_t sum = 0;
    std::uint16_t largest = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      auto const count = ends[bucket];
      largest = std::max(largest, count);
      ends[bucket] = sum;
      sum = static_cast<std::uint16_t>(sum + count);
    }
    auto* const to = held_.small.data();
    for (auto const& one : all) to[ends[digit(one)]++] = one;
    if (largest <= insertion_limit) {
      insertion_sort(to, all);
      return;
    }
    std::copy_n(to, all.size(), all.data());
    std::size_t begin = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
      auto const end = std::size_t{ends[bucket]};
      sort(all.subspan(begin, end - begin), bits.rest);
      begin = end;
    }
  }

  void sort_large(std::span<T> all, std::uint64_t differing) {
    distribute(all, differing, [&](std::span<T> bucket, bool large, std::uint64_t rest) {
      throw_if_cancelled(stop_);
      sort_bucket(bucket, large, rest);
    });
  }

  radix_workspace<T>& held_;
  std::stop_token const& stop_;
};

}  // namespace spillway::sort::detail
