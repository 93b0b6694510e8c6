#pragma once

#include <spillway/sort/key.hpp>

#include <cstddef>
#include <cstring>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace spillway::sort::detail {

/// A key as it can be kept beside its record when what it was taken from is gone: text is copied too. `type` orders as
/// the key does, and needs no destructor.
///
/// Other trivially copyable keys are taken to hold no pointers, apart from views, which are known by their concept.
template <class K>
struct kept_key {
  using type = K;
  static constexpr bool is_possible =
      std::is_trivially_copyable_v<K> && !std::is_pointer_v<K> && !std::ranges::view<K>;
  static std::size_t text_size(K const&) noexcept { return 0; }
  static type keep(K const& key, char*&) noexcept { return key; }
};

/// `room` is where the next text goes.
template <class Traits>
struct kept_key<std::basic_string_view<char, Traits>> {
  using type = std::basic_string_view<char, Traits>;
  static constexpr bool is_possible = true;
  static std::size_t text_size(type key) noexcept { return key.size(); }
  static type keep(type key, char*& room) noexcept {
    if (!key.empty()) std::memcpy(room, key.data(), key.size());
    type const kept{room, key.size()};
    room += key.size();
    return kept;
  }
};

template <class Traits, class Allocator>
struct kept_key<std::basic_string<char, Traits, Allocator>> : kept_key<std::basic_string_view<char, Traits>> {};

template <class K>
struct kept_key<reversed<K>> {
  using part = kept_key<std::remove_cvref_t<K>>;
  using type = reversed<typename part::type>;
  static constexpr bool is_possible = part::is_possible;
  static std::size_t text_size(reversed<K> const& key) noexcept { return part::text_size(key.value); }
  static type keep(reversed<K> const& key, char*& room) noexcept { return {part::keep(key.value, room)}; }
};

template <class... K>
struct kept_key<std::tuple<K...>> {
  using type = std::tuple<typename kept_key<std::remove_cvref_t<K>>::type...>;
  static constexpr bool is_possible = (kept_key<std::remove_cvref_t<K>>::is_possible && ...);
  static std::size_t text_size(std::tuple<K...> const& key) noexcept {
    return std::apply(
        [](auto const&... each) {
          return (std::size_t{0} + ... + kept_key<std::remove_cvref_t<K>>::text_size(each));
        },
        key);
  }
  static type keep(std::tuple<K...> const& key, char*& room) noexcept {
    // Braces: from left to right.
    return std::apply(
        [&](auto const&... each) { return type{kept_key<std::remove_cvref_t<K>>::keep(each, room)...}; }, key);
  }
};

}  // namespace spillway::sort::detail
