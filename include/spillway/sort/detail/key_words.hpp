#pragma once

#include <spillway/sort/detail/key_order.hpp>
#include <spillway/sort/detail/leading_bytes.hpp>
#include <spillway/sort/key_prefix.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <type_traits>

namespace spillway::sort::detail {

template <class K>
inline constexpr bool is_fixed_bytes = false;
template <class K>
  requires requires { std::extent_v<K>; } && (std::extent_v<K> != 0)
inline constexpr bool is_fixed_bytes<K> = std::is_base_of_v<fixed_bytes_prefix<std::extent_v<K>>, key_prefix<K>>;
template <class K>
  requires requires { std::tuple_size<K>::value; }
inline constexpr bool is_fixed_bytes<K> =
    std::is_base_of_v<fixed_bytes_prefix<std::tuple_size<K>::value>, key_prefix<K>>;

/// Keys that are ordered as text, cut into words that order as they do: number 0 is the prefix, each further one has
/// seven bytes and whether, or where, the key ends. So words decide alone: keys of equal words up to a last one are
/// equal.
template <class Less, class K>
struct key_words {
  using order = key_order<Less, K>;

  static constexpr bool known =
      order::known && !order::complete && (std::is_base_of_v<text_prefix, key_prefix<K>> || is_fixed_bytes<K>);

  [[nodiscard]] static std::uint64_t at(K const& key, std::size_t number) noexcept
    requires known
  {
    auto const size = std::size(key);
    if (number == 0) return leading_bytes(std::data(key), size) ^ complement;
    auto const begin = begin_of(number);
    if (size >= begin + 8) [[likely]]
      return ((leading_bytes<8>(std::data(key) + begin) & ~std::uint64_t{255}) | goes_on) ^ complement;
    auto const bytes = size > begin ? leading_bytes(std::data(key) + begin, size - begin) : 0;
    // Counted from the prefix on: of keys that are no longer than it, some have the same.
    auto const end = size + 8 > begin ? size + 8 - begin : 0;
    return (bytes | end) ^ complement;
  }

  /// Of words other than number 0.
  [[nodiscard]] static constexpr bool is_last(std::uint64_t word) noexcept {
    return ((word ^ complement) & 255U) != goes_on;
  }

  struct difference {
    std::size_t number;
    std::uint64_t word_a;
    std::uint64_t word_b;
  };
  /// The first word, from number `from` on, in which keys differ that have the same ones up to there; the last, if they
  /// are equal.
  /// \pre `from` is not 0
  [[nodiscard]] static difference first_difference(K const& a, K const& b, std::size_t from) noexcept
    requires known
  {
    auto const shorter = std::min(std::size(a), std::size(b));
    auto const* const bytes_a = std::data(a);
    auto const* const bytes_b = std::data(b);
    while (begin_of(from) + 8 <= shorter && equal_eight(bytes_a + begin_of(from), bytes_b + begin_of(from))) ++from;
    for (;; ++from) {
      difference const here{from, at(a, from), at(b, from)};
      if (here.word_a != here.word_b || is_last(here.word_a)) return here;
    }
  }

 private:
  static constexpr std::uint64_t complement = order::descending ? ~std::uint64_t{0} : 0;
  static constexpr std::uint64_t goes_on = 16;

  static constexpr std::size_t begin_of(std::size_t number) noexcept { return 7 * number + 1; }
  static bool equal_eight(void const* a, void const* b) noexcept {
    std::uint64_t word_a;
    std::uint64_t word_b;
    std::memcpy(&word_a, a, sizeof word_a);
    std::memcpy(&word_b, b, sizeof word_b);
    return word_a == word_b;
  }
};

}  // namespace spillway::sort::detail
