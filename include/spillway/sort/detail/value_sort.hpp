#pragma once

#include <spillway/sort/detail/key_order.hpp>
#include <spillway/sort/detail/parallel.hpp>
#include <spillway/sort/detail/parallel_radix_sort.hpp>
#include <spillway/sort/detail/radix_sort.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <type_traits>
#include <vector>

namespace spillway::sort::detail {

/// A value is its own key.
template <class Less, class T>
struct by_value {
  using next = void;
  static std::uint64_t word(T const& one) noexcept { return key_order<Less, T>::prefix(one); }
  static bool before(T const& a, T const& b) noexcept { return word(a) < word(b); }
};

/// Values of equal prefix are the same to the last bit, so that nobody can tell whether their order was kept. Of
/// floating-point values this is true but for zeros and NaN.
template <class Less, class T>
concept value_sortable =
    key_order<Less, T>::complete && std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T> &&
    key_prefix<T>::bits == 8 * sizeof(T) && (std::floating_point<T> || std::has_unique_object_representations_v<T>);

/// Whether there are values that are equal as keys and yet not the same.
template <std::floating_point T>
bool has_twins(std::span<T const> all, unsigned threads) {
  using word = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr auto negative_zero = std::bit_cast<word>(-T{0});
  constexpr auto infinity = std::bit_cast<word>(std::numeric_limits<T>::infinity());
  std::atomic<bool> found{false};
  in_parallel(threads, [&](unsigned thread) {
    auto const begin = part_begin(all.size(), thread, threads);
    bool any = false;
    for (auto const& one : all.subspan(begin, part_begin(all.size(), thread + 1, threads) - begin)) {
      auto const pattern = std::bit_cast<word>(one);
      any |= (pattern == negative_zero) | ((pattern & ~negative_zero) > infinity);
    }
    if (any) found.store(true, std::memory_order_relaxed);
  });
  return found.load(std::memory_order_relaxed);
}

template <class Less, class T>
void sort_values(std::span<T> all, unsigned threads, std::pmr::memory_resource* memory, std::stop_token const& stop) {
  std::pmr::vector<radix_workspace<T>> held(threads, memory);
  parallel_radix_sorter<T>{held, memory, stop}.template sort<by_value<Less, T>>(all);
}

}  // namespace spillway::sort::detail
