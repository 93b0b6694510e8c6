#pragma once

#include <spillway/sort/key_prefix.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>

namespace spillway::sort::detail {

template <class T, class... Types>
concept one_of = (... || std::same_as<T, Types>);

template <class Less, class K>
concept names_ascending_order = one_of<Less, std::less<>, std::less<K>, std::ranges::less>;

template <class Less, class K>
concept names_descending_order = one_of<Less, std::greater<>, std::greater<K>, std::ranges::greater>;

/// How a sorter compares keys of type `K` (without const and reference): by the library's own order if `Less` is one of
/// the standard comparators and there is a `key_prefix`, else by calling `Less`.
template <class Less, class K>
struct key_order {
  static_assert(std::same_as<K, std::remove_cvref_t<K>>);
  static_assert(!std::is_pointer_v<K>,
                "a pointer is no key: where something is stored says nothing of its order; project records to what it "
                "points to, as a std::string_view for text");

  static constexpr bool descending = names_descending_order<Less, K>;
  static constexpr bool standard = descending || names_ascending_order<Less, K>;
  static constexpr bool known = standard && !std::derived_from<key_prefix<K>, unknown_prefix>;
  static constexpr bool complete = known && key_prefix<K>::complete;

  static_assert(known || std::predicate<Less const&, K const&, K const&>,
                "these keys can't be compared: give the key type an operator <, specialise "
                "spillway::sort::key_prefix for it, or pass a comparator that takes two keys");

  [[nodiscard]] static constexpr std::uint64_t prefix(K const& key) {
    if constexpr (!known) {
      return 0;
    } else {
      auto const ascending = key_prefix<K>::of(key);
      return descending ? ~ascending : ascending;
    }
  }

  [[nodiscard]] static constexpr bool less([[maybe_unused]] Less const& less, K const& a, K const& b) {
    if constexpr (!known) {
      return less(a, b);
    } else if constexpr (complete) {
      return prefix(a) < prefix(b);
    } else {
      return descending ? compare_keys(b, a) < 0 : compare_keys(a, b) < 0;
    }
  }
};

}  // namespace spillway::sort::detail
