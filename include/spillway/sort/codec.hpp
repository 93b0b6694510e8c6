#pragma once

#include <spillway/sort/detail/packing.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::sort {

namespace detail {

template <class T>
inline constexpr bool refers = std::is_pointer_v<T> || std::is_null_pointer_v<T>;
template <class C, class Traits>
inline constexpr bool refers<std::basic_string_view<C, Traits>> = true;
template <class T, std::size_t N>
inline constexpr bool refers<std::span<T, N>> = true;
template <class T>
inline constexpr bool refers<std::reference_wrapper<T>> = true;
template <class T, std::size_t N>
inline constexpr bool refers<T[N]> = refers<T>;
template <class T, std::size_t N>
inline constexpr bool refers<std::array<T, N>> = refers<T>;
template <class T>
inline constexpr bool refers<std::optional<T>> = refers<T>;

template <class T>
concept packs_as_itself = std::is_trivially_copyable_v<T> && !refers<T>;

}  // namespace detail

/// How records of type `T` are turned into bytes and back, to be kept in memory and on scratch: specialise it for
/// record types of your own, or pass a codec of your own to a sorter. All members can be static or const:
///
/// - `std::size_t size(T const&)`: how many bytes `write` writes.
/// - `void write(T const&, char* to)`: writes them. Equal sizes must be asked for and written, whatever happens
/// between.
/// - `T read(std::string_view bytes)`: gives the record again. Must not read past the bytes, whatever they are, and
///   throws `value_error` if they are not what `write` wrote.
/// - `void read_into(std::string_view bytes, T&)`, instead or as well: over a record that was used before, to keep its
///   memory.
///
/// They are called by several threads at once.
///
/// There are codecs for trivially copyable types, strings, string views (which are read as views of the packed bytes),
/// and for pairs, tuples, optionals, arrays and vectors of what has one; `members_codec` makes one for a class. A
/// trivially copyable class that holds a pointer or a view can't be told from others: only the pointer would be kept,
/// not what it points to. Such a class needs a codec of its own.
template <class T>
struct spill_codec {};

/// Something that can turn a `T` into bytes and back.
template <class Codec, class T>
concept codec_for =
    requires(Codec const& codec, T const& record, char* to, std::string_view bytes) {
      { codec.size(record) } -> std::convertible_to<std::size_t>;
      codec.write(record, to);
    } &&
    (
        requires(Codec const& codec, std::string_view bytes) {
          { codec.read(bytes) } -> std::convertible_to<T>;
        } || requires(Codec const& codec, std::string_view bytes, T& record) { codec.read_into(bytes, record); } ||
        requires(Codec const& codec, std::string_view bytes, typename Codec::slot& slot) {
          { codec.read(bytes, slot) } -> std::convertible_to<T const&>;
        });

/// A type with a codec of the library or a specialisation of `spill_codec`.
template <class T>
concept spillable = codec_for<spill_codec<T>, T>;

/// Its own bytes. \throws value_error if there are fewer or more of them.
template <detail::packs_as_itself T>
  requires(!std::is_array_v<T>)
struct spill_codec<T> {
  static constexpr std::size_t fixed_size = sizeof(T);
  static constexpr std::size_t alignment = alignof(T);

  static constexpr std::size_t size(T const&) noexcept { return sizeof(T); }
  static void write(T const& record, char* to) noexcept { std::memcpy(to, std::addressof(record), sizeof(T)); }

  static T read(std::string_view bytes) {
    detail::expect_size(bytes, sizeof(T));
    if constexpr (std::same_as<T, bool>) {
      return bytes[0] != 0;
    } else {
      std::array<char, sizeof(T)> copy;
      std::memcpy(copy.data(), bytes.data(), sizeof(T));
      return std::bit_cast<T>(copy);
    }
  }
  /// The record where it is: for bytes that are aligned as it must be.
  static T const& in_place(std::string_view bytes) {
    detail::expect_size(bytes, sizeof(T));
    return *reinterpret_cast<T const*>(bytes.data());
  }
};

/// For members that are such.
template <detail::packs_as_itself T, std::size_t N>
struct spill_codec<T[N]> {
  static constexpr std::size_t fixed_size = sizeof(T[N]);

  static constexpr std::size_t size(T const (&)[N]) noexcept { return fixed_size; }
  static void write(T const (&array)[N], char* to) noexcept { std::memcpy(to, array, fixed_size); }
  static void read_into(std::string_view bytes, T (&array)[N]) {
    detail::expect_size(bytes, fixed_size);
    std::memcpy(array, bytes.data(), fixed_size);
  }
};

template <>
struct spill_codec<std::string_view> {
  static std::size_t size(std::string_view text) noexcept { return text.size(); }
  static void write(std::string_view text, char* to) noexcept { text.copy(to, text.size()); }
  static std::string_view read(std::string_view bytes) noexcept { return bytes; }
  static std::string_view in_place(std::string_view bytes) noexcept { return bytes; }
};

template <class Traits, class Allocator>
struct spill_codec<std::basic_string<char, Traits, Allocator>> {
  using string = std::basic_string<char, Traits, Allocator>;
  static std::size_t size(string const& text) noexcept { return text.size(); }
  static void write(string const& text, char* to) noexcept { text.copy(to, text.size()); }
  static string read(std::string_view bytes) { return string(bytes.data(), bytes.size()); }
  static void read_into(std::string_view bytes, string& text) { text.assign(bytes.data(), bytes.size()); }
};

/// For a class of which these members are all there is to keep:
///
///     template <>
///     struct spillway::sort::spill_codec<person> : spillway::sort::members_codec<&person::name, &person::born> {};
template <auto... Members>
struct members_codec : detail::parts_codec<detail::member_type<decltype(Members)>...> {
  using record = detail::class_of<decltype(Members)...>;
  static_assert((... && spillable<detail::member_type<decltype(Members)>>),
                "every member needs a spillway::sort::spill_codec");

  static std::size_t size(record const& from) { return members_codec::size_of_parts(from.*Members...); }
  static void write(record const& from, char* to) { members_codec::write_parts(to, from.*Members...); }
  static void read_into(std::string_view bytes, record& into) {
    members_codec::read_parts_into(bytes, into.*Members...);
  }
};

template <spillable First, spillable Second>
  requires(!detail::packs_as_itself<std::pair<First, Second>>)
struct spill_codec<std::pair<First, Second>> : detail::tuple_codec<std::pair<First, Second>, First, Second> {};

template <spillable... Parts>
  requires(!detail::packs_as_itself<std::tuple<Parts...>>)
struct spill_codec<std::tuple<Parts...>> : detail::tuple_codec<std::tuple<Parts...>, Parts...> {};

template <spillable T, std::size_t N>
  requires(!detail::packs_as_itself<std::array<T, N>>)
struct spill_codec<std::array<T, N>> : detail::array_codec<std::array<T, N>, N, T> {};

/// No bytes for nothing, a byte and those of the value for a value.
template <spillable T>
  requires(!detail::packs_as_itself<std::optional<T>>)
struct spill_codec<std::optional<T>> {
  static std::size_t size(std::optional<T> const& record) {
    return record ? 1 + std::size_t{spill_codec<T>{}.size(*record)} : 0;
  }
  static void write(std::optional<T> const& record, char* to) {
    if (!record) return;
    *to = 1;
    spill_codec<T>{}.write(*record, to + 1);
  }
  static std::optional<T> read(std::string_view bytes) {
    if (bytes.empty()) return std::nullopt;
    return detail::read_part<T>(bytes.substr(1));
  }
  static void read_into(std::string_view bytes, std::optional<T>& record) {
    if (bytes.empty()) {
      record.reset();
    } else if (record) {
      detail::read_part_into(bytes.substr(1), *record);
    } else {
      record.emplace(detail::read_part<T>(bytes.substr(1)));
    }
  }
};

template <spillable T, class Allocator>
struct spill_codec<std::vector<T, Allocator>> : detail::vector_codec<T, Allocator> {};

}  // namespace spillway::sort
