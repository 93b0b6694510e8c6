#pragma once

#include <spillway/sort/detail/kept_key.hpp>
#include <spillway/sort/key.hpp>
#include <spillway/sort/key_prefix.hpp>

#include <compare>
#include <cstdint>
#include <type_traits>

namespace spillway::sort {

/// A key within a group: groups order by their numbers, and within each the key decides. `K` may be a reference.
///
/// As a tuple of the two, but the number takes up only as many bits of the prefix as it is said to need, so that it
/// leaves the others to the key. All keys of a sort must say the same; groups whose number needs more are ordered too,
/// only slower.
template <class K>
struct grouped_key {
  std::uint32_t group = 0;
  /// From 0 to 32.
  std::uint32_t group_bits = 0;
  K key;

  friend constexpr std::weak_ordering operator<=>(grouped_key const& a, grouped_key const& b) {
    if (a.group != b.group) return a.group <=> b.group;
    return detail::compare_keys<std::remove_cvref_t<K>>(a.key, b.key);
  }
  friend constexpr bool operator==(grouped_key const& a, grouped_key const& b) { return (a <=> b) == 0; }
};

template <class K>
struct key_prefix<grouped_key<K>> {
  using key = std::remove_cvref_t<K>;
  static constexpr unsigned bits = 64;
  static constexpr bool complete = false;
  static constexpr std::uint64_t of(grouped_key<K> const& of) noexcept(noexcept(key_prefix<key>::of(of.key))) {
    if (of.group_bits == 0) return of.group == 0 ? key_prefix<key>::of(of.key) : ~std::uint64_t{0};
    auto const last = (std::uint64_t{1} << of.group_bits) - 1;
    // The last number stands for all that are too large, so that nothing is said of their keys.
    if (of.group >= last) return last << (64 - of.group_bits);
    return (std::uint64_t{of.group} << (64 - of.group_bits)) | (key_prefix<key>::of(of.key) >> of.group_bits);
  }
  static constexpr std::weak_ordering compare(grouped_key<K> const& a, grouped_key<K> const& b) { return a <=> b; }
};

namespace detail {

template <class K>
struct kept_key<grouped_key<K>> {
  using part = kept_key<std::remove_cvref_t<K>>;
  using type = grouped_key<typename part::type>;
  static constexpr bool is_possible = part::is_possible;
  static std::size_t text_size(grouped_key<K> const& key) noexcept { return part::text_size(key.key); }
  static type keep(grouped_key<K> const& key, char*& room) noexcept {
    return {key.group, key.group_bits, part::keep(key.key, room)};
  }
};

}  // namespace detail

}  // namespace spillway::sort
