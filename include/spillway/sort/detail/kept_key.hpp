#pragma once

#include <spillway/sort/key.hpp>

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// A key as it can be kept beside its record when what it was taken from is gone: text is copied too. `type` orders as
/// the key does, and needs no destructor. Classes that nothing is known of might hold views: they are not kept.
template <class K>
struct kept_key {
  using type = K;
  static constexpr bool is_possible =
      std::is_trivially_copyable_v<K> && !std::is_pointer_v<K> && (std::is_scalar_v<K> || key_prefix<K>::complete);
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

template <class K>
struct kept_key<std::optional<K>> {
  using part = kept_key<K>;
  using type = std::optional<typename part::type>;
  static constexpr bool is_possible = part::is_possible;
  static std::size_t text_size(std::optional<K> const& key) noexcept { return key ? part::text_size(*key) : 0; }
  static type keep(std::optional<K> const& key, char*& room) noexcept {
    return key ? type{part::keep(*key, room)} : std::nullopt;
  }
};

template <class K, std::size_t Size>
  requires std::is_scalar_v<K>
struct kept_key<std::array<K, Size>> {
  using type = std::array<K, Size>;
  static constexpr bool is_possible = !std::is_pointer_v<K>;
  static std::size_t text_size(type const&) noexcept { return 0; }
  static type keep(type const& key, char*&) noexcept { return key; }
};

template <class First, class Second>
struct kept_key<std::pair<First, Second>> {
  using first = kept_key<std::remove_cvref_t<First>>;
  using second = kept_key<std::remove_cvref_t<Second>>;
  using type = std::pair<typename first::type, typename second::type>;
  static constexpr bool is_possible = first::is_possible && second::is_possible;
  static std::size_t text_size(std::pair<First, Second> const& key) noexcept {
    return first::text_size(key.first) + second::text_size(key.second);
  }
  static type keep(std::pair<First, Second> const& key, char*& room) noexcept {
    return type{first::keep(key.first, room), second::keep(key.second, room)};
  }
};

template <class... K>
struct kept_key<std::tuple<K...>> {
  using type = std::tuple<typename kept_key<std::remove_cvref_t<K>>::type...>;
  static constexpr bool is_possible = (kept_key<std::remove_cvref_t<K>>::is_possible && ...);
  static std::size_t text_size(std::tuple<K...> const& key) noexcept {
    return std::apply(
        [](auto const&... each) { return (std::size_t{0} + ... + kept_key<std::remove_cvref_t<K>>::text_size(each)); },
        key);
  }
  static type keep(std::tuple<K...> const& key, char*& room) noexcept {
    // Braces: from left to right.
    return std::apply([&](auto const&... each) { return type{kept_key<std::remove_cvref_t<K>>::keep(each, room)...}; },
                      key);
  }
};

/// Keys that hold no views, so that copies of them are good for as long as one likes.
template <class K>
inline constexpr bool owns_its_bytes = kept_key<K>::is_possible;
template <class Traits>
inline constexpr bool owns_its_bytes<std::basic_string_view<char, Traits>> = false;
template <class K>
inline constexpr bool owns_its_bytes<reversed<K>> = !std::is_reference_v<K> && owns_its_bytes<K>;
template <class K>
inline constexpr bool owns_its_bytes<std::optional<K>> = owns_its_bytes<K>;
template <class First, class Second>
inline constexpr bool owns_its_bytes<std::pair<First, Second>> =
    !std::is_reference_v<First> && !std::is_reference_v<Second> && owns_its_bytes<First> && owns_its_bytes<Second>;
template <class... K>
inline constexpr bool owns_its_bytes<std::tuple<K...>> = ((!std::is_reference_v<K> && owns_its_bytes<K>)&&...);
template <class T, class Allocator>
inline constexpr bool owns_its_bytes<std::vector<T, Allocator>> = owns_its_bytes<T>;

}  // namespace spillway::sort::detail
