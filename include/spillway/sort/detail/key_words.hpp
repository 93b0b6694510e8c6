#pragma once

#include <spillway/sort/detail/key_order.hpp>
#include <spillway/sort/detail/leading_bytes.hpp>
#include <spillway/sort/key_prefix.hpp>

#include <cstddef>
#include <cstdint>
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

/// The bytes of keys that are ordered as text, eight at a time: number 0 is the prefix.
template <class Less, class K>
struct key_words {
  using order = key_order<Less, K>;

  static constexpr bool known =
      order::known && !order::complete && (std::is_base_of_v<text_prefix, key_prefix<K>> || is_fixed_bytes<K>);
  /// What follows the last.
  static constexpr std::uint64_t exhausted = order::descending ? ~std::uint64_t{0} : 0;

  [[nodiscard]] static std::uint64_t at(K const& key, std::size_t number) noexcept
    requires known
  {
    auto const size = std::size(key);
    auto const skipped = 8 * number;
    auto const word = skipped < size ? leading_bytes(std::data(key) + skipped, size - skipped) : 0;
    return word ^ exhausted;
  }
};

}  // namespace spillway::sort::detail
