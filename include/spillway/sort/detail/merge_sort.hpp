#pragma once

#include <spillway/sort/detail/parallel.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>

namespace spillway::sort::detail {

/// What a merge moved out of the way goes back at the end, also when the comparison throws.
template <class T>
class merge_buffer {
 public:
  merge_buffer(std::span<T> left, T* held)
      : next_{held}, end_{std::copy(left.begin(), left.end(), held)}, to_{left.data()} {}
  merge_buffer(merge_buffer const&) = delete;
  merge_buffer& operator=(merge_buffer const&) = delete;
  ~merge_buffer() { std::copy(next_, end_, to_); }

  /// \pre `right` follows `left`
  template <class Before>
  void merge(std::span<T const> right, Before const& before) {
    auto const* from = right.data();
    auto const* const last = from + right.size();
    while (next_ != end_ && from != last) {
      bool const take_right = before(*from, *next_);
      *to_++ = take_right ? *from++ : *next_++;
    }
  }

 private:
  T const* next_;
  T const* end_;
  T* to_;
};

/// Sorts in place and stably with a buffer of a fixed size: merges through the buffer where one side fits it, else
/// exchanges the middle of both sides first until one does (SymMerge: Kim, Kutzner, Stable minimum storage merging by
/// symmetric comparisons, 2004). O(n log n) comparisons; n - 1 if the elements are sorted.
///
/// `before` may be no order at all. Then neither is the result, but it stays a permutation, as it does when `before`
/// throws.
template <class T, class Before>
class merge_sorter {
  static_assert(std::is_trivially_copyable_v<T>);
  static constexpr std::size_t insertion_limit = 12;

 public:
  /// As many buffers as threads.
  merge_sorter(Before const& before, std::span<std::span<T> const> buffers) : before_{before}, buffers_{buffers} {}

  void sort(std::span<T> all) const { sort(all, 0, static_cast<unsigned>(buffers_.size())); }

 private:
  /// With the threads and buffers from `first` on.
  void sort(std::span<T> all, unsigned first, unsigned threads) const {
    if (threads <= 1) {
      sort(all, buffers_[first]);
      return;
    }
    auto const left = threads / 2;
    auto const middle = part_begin(all.size(), left, threads);
    in_parallel(2, [&](unsigned half) {
      half == 0 ? sort(all.first(middle), first, left) : sort(all.subspan(middle), first + left, threads - left);
    });
    merge(all, middle, first, threads);
  }

  void sort(std::span<T> all, std::span<T> buffer) const {
    if (all.size() <= insertion_limit) {
      insertion_sort(all);
      return;
    }
    auto const middle = all.size() / 2;
    sort(all.first(middle), buffer);
    sort(all.subspan(middle), buffer);
    merge(all, middle, buffer);
  }

  void insertion_sort(std::span<T> all) const {
    for (std::size_t i = 1; i < all.size(); ++i) {
      auto to = i;
      while (to > 0 && before_(all[i], all[to - 1])) --to;
      auto const one = all[i];
      std::copy_backward(all.data() + to, all.data() + i, all.data() + i + 1);
      all[to] = one;
    }
  }

  void merge(std::span<T> all, std::size_t middle, unsigned first, unsigned threads) const {
    if (threads <= 1) {
      merge(all, middle, buffers_[first]);
      return;
    }
    if (in_order(all, middle)) return;
    auto const [half, left, right] = exchange_middle(all, middle);
    in_parallel(2, [&, left = left, right = right, half = half](unsigned side) {
      side == 0 ? merge(all.first(half), left, first, threads / 2)
                : merge(all.subspan(half), right, first + threads / 2, threads - threads / 2);
    });
  }

  void merge(std::span<T> all, std::size_t middle, std::span<T> buffer) const {
    if (in_order(all, middle)) return;
    if (middle <= buffer.size()) {
      merge_buffer<T>{all.first(middle), buffer.data()}.merge(all.subspan(middle), before_);
      return;
    }
    auto const [half, left, right] = exchange_middle(all, middle);
    merge(all.first(half), left, buffer);
    merge(all.subspan(half), right, buffer);
  }

  [[nodiscard]] bool in_order(std::span<T> all, std::size_t middle) const {
    return middle == 0 || middle == all.size() || !before_(all[middle], all[middle - 1]);
  }

  /// Two pairs of sorted neighbours, one after the other, the first all before the second.
  struct two_merges {
    std::size_t half;   ///< where the second pair begins
    std::size_t left;   ///< where the first has its middle
    std::size_t right;  ///< where the second has its middle
  };

  two_merges exchange_middle(std::span<T> all, std::size_t middle) const {
    auto const half = all.size() / 2;
    auto const sum = half + middle;
    auto low = middle > half ? sum - all.size() : std::size_t{0};
    auto high = std::min(middle, half);
    while (low < high) {
      auto const at = low + (high - low) / 2;
      if (before_(all[sum - 1 - at], all[at])) {
        high = at;
      } else {
        low = at + 1;
      }
    }
    auto const end = sum - low;
    std::rotate(all.data() + low, all.data() + middle, all.data() + end);
    return {half, low, end - half};
  }

  Before const& before_;
  std::span<std::span<T> const> buffers_;
};

}  // namespace spillway::sort::detail
