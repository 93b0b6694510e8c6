#pragma once

#include <spillway/sort/detail/leading_bytes.hpp>

#include <array>
#include <bit>
#include <chrono>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace spillway::sort {

namespace detail {

/// What `key_prefix` is for types of which nothing is known.
struct unknown_prefix {};

}  // namespace detail

/// The first bits of a key as a number that orders as the keys do, so that most comparisons are of numbers: specialise
/// it for key types of your own. Keys of types without it are compared as they are, which is right but slower.
///
/// - `bits`: how many of the highest bits of the number carry the key; those below are zero.
/// - `complete`: keys of equal numbers are equal.
/// - `of(key)`: the number. It must not fall where keys rise: `!(of(b) < of(a))` whenever `a < b`.
/// - `compare(a, b)`, which may be left out: a `std::weak_ordering` to sort by instead of `a <=> b` or `a < b`.
///
/// What the library has defines the order in which keys are sorted, everywhere in spillway:
/// - integers, `bool`, enums (by their value), durations, time points and calendar dates: their own order;
/// - `float`, `double`, `long double`: by value, -0 equal to +0, every NaN equal to every other and after +infinity;
/// - strings, string views, and arrays and spans of `char`, `unsigned char`, `char8_t` or `std::byte`: byte by byte as
///   numbers from 0 to 255, a shorter one before those that go on;
/// - `std::optional`: nothing first; pairs, tuples and other arrays: by the first part that differs.
///
/// Descending, all of it is the other way round: NaN comes first, and nothing last.
template <class K>
struct key_prefix : detail::unknown_prefix {
  static constexpr unsigned bits = 0;
  static constexpr bool complete = false;
  static constexpr std::uint64_t of(K const&) noexcept { return 0; }
};

namespace detail {

/// The library's order of keys.
template <class K>
constexpr std::weak_ordering compare_keys(K const& a, K const& b) {
  using prefix = key_prefix<K>;
  if constexpr (prefix::complete) {
    return prefix::of(a) <=> prefix::of(b);
  } else if constexpr (requires { prefix::compare(a, b); }) {
    return prefix::compare(a, b);
  } else if constexpr (std::three_way_comparable<K, std::weak_ordering>) {
    return a <=> b;
  } else {
    if (a < b) return std::weak_ordering::less;
    return b < a ? std::weak_ordering::greater : std::weak_ordering::equivalent;
  }
}

}  // namespace detail

template <>
struct key_prefix<bool> {
  static constexpr unsigned bits = 1;
  static constexpr bool complete = true;
  static constexpr std::uint64_t of(bool key) noexcept { return std::uint64_t{key} << 63U; }
};

template <class K>
  requires std::integral<K> && (sizeof(K) <= 8)
struct key_prefix<K> {
  static constexpr unsigned bits = 8 * sizeof(K);
  static constexpr bool complete = true;
  static constexpr std::uint64_t of(K key) noexcept {
    constexpr std::uint64_t sign = std::is_signed_v<K> ? std::uint64_t{1} << 63U : 0;
    return (static_cast<std::uint64_t>(key) << (64 - bits)) ^ sign;
  }
};

#ifdef __SIZEOF_INT128__
namespace detail {
__extension__ using signed_128 = __int128;
__extension__ using unsigned_128 = unsigned __int128;
}  // namespace detail

/// The upper half.
template <class K>
  requires std::same_as<K, detail::signed_128> || std::same_as<K, detail::unsigned_128>
struct key_prefix<K> {
  using half = std::conditional_t<std::same_as<K, detail::signed_128>, std::int64_t, std::uint64_t>;
  static constexpr unsigned bits = 64;
  static constexpr bool complete = false;
  static constexpr std::uint64_t of(K key) noexcept { return key_prefix<half>::of(static_cast<half>(key >> 64U)); }
};
#endif

template <class K>
  requires std::is_enum_v<K>
struct key_prefix<K> {
  using integer = std::underlying_type_t<K>;
  static constexpr unsigned bits = key_prefix<integer>::bits;
  static constexpr bool complete = true;
  static constexpr std::uint64_t of(K key) noexcept { return key_prefix<integer>::of(static_cast<integer>(key)); }
};

/// The middle of the range plus or minus the magnitude, so that both zeros are the same.
template <class K>
  requires std::same_as<K, float> || std::same_as<K, double>
struct key_prefix<K> {
  static_assert(std::numeric_limits<K>::is_iec559);
  static constexpr unsigned bits = 8 * sizeof(K);
  static constexpr bool complete = true;
  static constexpr std::uint64_t of(K key) noexcept {
    using word = std::conditional_t<sizeof(K) == 4, std::uint32_t, std::uint64_t>;
    constexpr auto sign = word{1} << (bits - 1);
    constexpr auto infinity = std::bit_cast<word>(std::numeric_limits<K>::infinity());
    auto const pattern = std::bit_cast<word>(key);
    auto const magnitude = pattern & ~sign;
    auto const negative = word{0} - (pattern >> (bits - 1));  // all ones if it is
    auto const number = sign + ((magnitude ^ negative) - negative);
    return std::uint64_t{magnitude > infinity ? ~word{0} : number} << (64 - bits);
  }
};

/// As the nearest `double`.
template <>
struct key_prefix<long double> {
  static constexpr unsigned bits = 64;
  static constexpr bool complete = false;
  static constexpr std::uint64_t of(long double key) noexcept {
    return key_prefix<double>::of(static_cast<double>(key));
  }
  static constexpr std::weak_ordering compare(long double a, long double b) noexcept {
    bool const a_is_nan = a != a;
    bool const b_is_nan = b != b;
    if (a_is_nan || b_is_nan) return a_is_nan <=> b_is_nan;
    if (a < b) return std::weak_ordering::less;
    return b < a ? std::weak_ordering::greater : std::weak_ordering::equivalent;
  }
};

namespace detail {

template <class T>
concept byte_like =
    std::same_as<T, char> || std::same_as<T, unsigned char> || std::same_as<T, char8_t> || std::same_as<T, std::byte>;

/// The first eight bytes, the first of all being the highest; zeros if there are fewer.
struct text_prefix {
  static constexpr unsigned bits = 64;
  static constexpr bool complete = false;
  template <class Text>
  static constexpr std::uint64_t of(Text const& key) noexcept {
    return leading_bytes(std::data(key), std::size(key));
  }
  template <class Text>
  static constexpr std::weak_ordering compare(Text const& a, Text const& b) noexcept {
    return compare_bytes(std::data(a), std::size(a), std::data(b), std::size(b));
  }
};

/// As text, but where all bytes are in the prefix it decides alone.
template <std::size_t N>
struct fixed_bytes_prefix {
  static constexpr unsigned bits = N < 8 ? 8 * N : 64;
  static constexpr bool complete = N <= 8;
  template <class Bytes>
  static constexpr std::uint64_t of(Bytes const& key) noexcept {
    return leading_bytes<N>(std::data(key));
  }
  template <class Bytes>
  static constexpr std::weak_ordering compare(Bytes const& a, Bytes const& b) noexcept {
    return compare_bytes(std::data(a), N, std::data(b), N);
  }
};

}  // namespace detail

template <detail::byte_like C, class Allocator>
struct key_prefix<std::basic_string<C, std::char_traits<C>, Allocator>> : detail::text_prefix {};
template <detail::byte_like C>
struct key_prefix<std::basic_string_view<C>> : detail::text_prefix {};
template <class C>
  requires detail::byte_like<std::remove_const_t<C>>
struct key_prefix<std::span<C>> : detail::text_prefix {};

template <detail::byte_like C, std::size_t N>
struct key_prefix<C[N]> : detail::fixed_bytes_prefix<N> {};
template <detail::byte_like C, std::size_t N>
struct key_prefix<std::array<C, N>> : detail::fixed_bytes_prefix<N> {};
template <class C, std::size_t N>
  requires detail::byte_like<std::remove_const_t<C>> && (N != std::dynamic_extent)
struct key_prefix<std::span<C, N>> : detail::fixed_bytes_prefix<N> {};

namespace detail {

/// Parts one after another, as far as each is complete and there are bits left.
template <class... Parts>
struct joined_prefix {
  static constexpr unsigned bits = [] {
    unsigned sum = 0;
    [[maybe_unused]] bool open = true;
    ((sum += open ? key_prefix<Parts>::bits : 0, open = open && key_prefix<Parts>::complete), ...);
    return sum < 64 ? sum : 64;
  }();
  static constexpr bool complete = (0U + ... + key_prefix<Parts>::bits) <= 64 && (... && key_prefix<Parts>::complete);

  static constexpr std::uint64_t join(Parts const&... parts) noexcept((...&& noexcept(key_prefix<Parts>::of(parts)))) {
    std::uint64_t prefix = 0;
    unsigned used = 0;
    // False where the next part would have no bits, or would decide too early.
    [[maybe_unused]] auto const append = [&]<class Part>(Part const& part) {
      prefix |= key_prefix<Part>::of(part) >> used;
      used += key_prefix<Part>::bits;
      return key_prefix<Part>::complete && used < 64;
    };
    static_cast<void>((... && append(parts)));
    return prefix;
  }
};

/// Whatever `std::get` takes apart.
template <class Indices, class... Parts>
struct tuple_prefix;

template <std::size_t... I, class... Parts>
struct tuple_prefix<std::index_sequence<I...>, Parts...> : joined_prefix<Parts...> {
  template <class Tuple>
  static constexpr std::uint64_t of(Tuple const& key) noexcept(noexcept(tuple_prefix::join(std::get<I>(key)...))) {
    return tuple_prefix::join(std::get<I>(key)...);
  }
  template <class Tuple>
  static constexpr std::weak_ordering compare(Tuple const& a, Tuple const& b) {
    auto result = std::weak_ordering::equivalent;
    static_cast<void>((... && ((result = compare_keys<Parts>(std::get<I>(a), std::get<I>(b))) == 0)));
    return result;
  }
};

template <std::size_t N, class Part, class Indices = std::make_index_sequence<N>>
struct array_prefix;

template <std::size_t N, class Part, std::size_t... I>
struct array_prefix<N, Part, std::index_sequence<I...>>
    : tuple_prefix<std::index_sequence<I...>, std::enable_if_t<(I < N), Part>...> {};

}  // namespace detail

template <class First, class Second>
struct key_prefix<std::pair<First, Second>>
    : detail::tuple_prefix<std::index_sequence<0, 1>, std::remove_cvref_t<First>, std::remove_cvref_t<Second>> {};

template <class... Parts>
struct key_prefix<std::tuple<Parts...>>
    : detail::tuple_prefix<std::index_sequence_for<Parts...>, std::remove_cvref_t<Parts>...> {};

template <class Part, std::size_t N>
  requires(!detail::byte_like<Part>)
struct key_prefix<std::array<Part, N>> : detail::array_prefix<N, Part> {};

/// A bit that tells whether there is a value, then the value.
template <class K>
struct key_prefix<std::optional<K>> {
  using parts = detail::joined_prefix<bool, K>;
  static constexpr unsigned bits = parts::bits;
  static constexpr bool complete = parts::complete;
  static constexpr std::uint64_t of(std::optional<K> const& key) noexcept(noexcept(key_prefix<K>::of(*key))) {
    return key ? parts::join(true, *key) : 0;
  }
  static constexpr std::weak_ordering compare(std::optional<K> const& a, std::optional<K> const& b) {
    if (!a || !b) return a.has_value() <=> b.has_value();
    return detail::compare_keys(*a, *b);
  }
};

template <class Number, class Period>
struct key_prefix<std::chrono::duration<Number, Period>> {
  static constexpr unsigned bits = key_prefix<Number>::bits;
  static constexpr bool complete = key_prefix<Number>::complete;
  static constexpr std::uint64_t of(std::chrono::duration<Number, Period> const& key) noexcept {
    return key_prefix<Number>::of(key.count());
  }
  static constexpr std::weak_ordering compare(std::chrono::duration<Number, Period> const& a,
                                              std::chrono::duration<Number, Period> const& b) {
    return detail::compare_keys(a.count(), b.count());
  }
};

template <class Clock, class Duration>
struct key_prefix<std::chrono::time_point<Clock, Duration>> {
  using time_point = std::chrono::time_point<Clock, Duration>;
  static constexpr unsigned bits = key_prefix<Duration>::bits;
  static constexpr bool complete = key_prefix<Duration>::complete;
  static constexpr std::uint64_t of(time_point const& key) noexcept {
    return key_prefix<Duration>::of(key.time_since_epoch());
  }
  static constexpr std::weak_ordering compare(time_point const& a, time_point const& b) {
    return detail::compare_keys(a.time_since_epoch(), b.time_since_epoch());
  }
};

template <>
struct key_prefix<std::chrono::year> {
  static constexpr unsigned bits = 16;
  static constexpr bool complete = true;
  static constexpr std::uint64_t of(std::chrono::year key) noexcept {
    return key_prefix<std::int16_t>::of(static_cast<std::int16_t>(static_cast<int>(key)));
  }
};

template <class K>
  requires std::same_as<K, std::chrono::month> || std::same_as<K, std::chrono::day>
struct key_prefix<K> {
  static constexpr unsigned bits = 8;
  static constexpr bool complete = true;
  static constexpr std::uint64_t of(K key) noexcept { return std::uint64_t{static_cast<unsigned>(key)} << 56U; }
};

template <>
struct key_prefix<std::chrono::year_month> : detail::joined_prefix<std::chrono::year, std::chrono::month> {
  static constexpr std::uint64_t of(std::chrono::year_month key) noexcept { return join(key.year(), key.month()); }
};

template <>
struct key_prefix<std::chrono::year_month_day>
    : detail::joined_prefix<std::chrono::year, std::chrono::month, std::chrono::day> {
  static constexpr std::uint64_t of(std::chrono::year_month_day key) noexcept {
    return join(key.year(), key.month(), key.day());
  }
};

}  // namespace spillway::sort
