#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

namespace spillway::sort::detail {

/// How many elements a merge sort holds beside those it sorts.
inline constexpr std::size_t merge_buffer_size = 1024;

/// Puts back what is left in the buffer of a merge, also when the comparison throws.
template <class T>
class merge_buffer {
 public:
  merge_buffer(std::span<T> left, T* held)
      : next_{held}, end_{std::copy(left.begin(), left.end(), held)}, to_{left.data()} {}
  merge_buffer(merge_buffer const&) = delete;
  merge_buffer& operator=(merge_buffer const&) = delete;
  ~merge_buffer() { std::copy(next_, end_, to_); }

  /// The rest of `right` follows the place that is written next, with just the room between for what is held.
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

/// Merges two sorted neighbours in place, the stable way: SymMerge (Kim and Kutzner, 2004) until one side fits the
/// buffer.
template <class T, class Before>
void merge_neighbours(std::span<T> all, std::size_t middle, Before const& before, T* held) {
  if (middle == 0 || middle == all.size() || !before(all[middle], all[middle - 1])) return;
  if (middle <= merge_buffer_size) {
    merge_buffer<T>{all.first(middle), held}.merge(all.subspan(middle), before);
    return;
  }
  auto const half = all.size() / 2;
  auto const sum = half + middle;
  auto low = middle > half ? sum - all.size() : std::size_t{0};
  auto high = middle > half ? half : middle;
  while (low < high) {
    auto const at = low + (high - low) / 2;
    if (before(all[sum - 1 - at], all[at])) {
      high = at;
    } else {
      low = at + 1;
    }
  }
  auto const end = sum - low;
  std::rotate(&all[low], &all[middle], all.data() + end);
  merge_neighbours(all.first(half), low, before, held);
  merge_neighbours(all.subspan(half), end - half, before, held);
}

template <class T, class Before>
void merge_sort(std::span<T> all, Before const& before, T* held) {
  constexpr std::size_t few = 12;
  if (all.size() <= few) {
    for (std::size_t i = 1; i < all.size(); ++i) {
      auto to = i;
      while (to > 0 && before(all[i], all[to - 1])) --to;
      std::rotate(all.begin() + static_cast<std::ptrdiff_t>(to), all.begin() + static_cast<std::ptrdiff_t>(i),
                  all.begin() + static_cast<std::ptrdiff_t>(i + 1));
    }
    return;
  }
  auto const middle = all.size() / 2;
  merge_sort(all.first(middle), before, held);
  merge_sort(all.subspan(middle), before, held);
  merge_neighbours(all, middle, before, held);
}

/// Stable and in place; `before` may be no order at all, then neither is the result, which stays a permutation even
/// when `before` throws.
template <class T, class Before>
  requires std::is_trivially_copyable_v<T>
void merge_sort(std::span<T> all, Before const& before) {
  std::array<T, merge_buffer_size> held;
  merge_sort(all, before, held.data());
}

}  // namespace spillway::sort::detail
