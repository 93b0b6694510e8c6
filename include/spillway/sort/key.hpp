#pragma once

#include <spillway/core/concepts.hpp>
#include <spillway/sort/detail/key_order.hpp>
#include <spillway/sort/key_prefix.hpp>

#include <compare>
#include <cstdint>
#include <functional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace spillway::sort {

/// A key, or a part of one, that orders the other way round. `K` may be a reference.
template <class K>
struct reversed {
  K value;

  friend constexpr std::weak_ordering operator<=>(reversed const& a, reversed const& b) {
    return detail::compare_keys<std::remove_cvref_t<K>>(b.value, a.value);
  }
  friend constexpr bool operator==(reversed const& a, reversed const& b) { return (a <=> b) == 0; }
};

template <class K>
struct key_prefix<reversed<K>> {
  using key = std::remove_cvref_t<K>;
  static constexpr unsigned bits = key_prefix<key>::bits;
  static constexpr bool complete = key_prefix<key>::complete;
  static constexpr std::uint64_t of(reversed<K> const& reverse) noexcept(noexcept(key_prefix<key>::of(reverse.value))) {
    constexpr auto unused = bits == 64 ? 0 : ~std::uint64_t{0} >> (bits % 64);
    return ~key_prefix<key>::of(reverse.value) & ~unused;
  }
  static constexpr std::weak_ordering compare(reversed<K> const& a, reversed<K> const& b) { return a <=> b; }
};

namespace detail {

/// What a projection gives as part of a key: no copy of what it gives a reference to.
template <class Projection, class Record>
using key_part =
    std::conditional_t<std::is_lvalue_reference_v<std::invoke_result_t<Projection const&, Record const&>>,
                       std::remove_reference_t<std::invoke_result_t<Projection const&, Record const&>> const&,
                       std::remove_cvref_t<std::invoke_result_t<Projection const&, Record const&>>>;

template <class Projection>
struct descending_projection {
  Projection projection;

  template <class Record>
    requires projection_of<Projection, Record>
  [[nodiscard]] constexpr auto operator()(Record const& record) const {
    return reversed<key_part<Projection, Record>>{std::invoke(projection, record)};
  }
};

template <class... Projections>
struct keys_projection {
  std::tuple<Projections...> projections;

  template <class Record>
    requires(... && projection_of<Projections, Record>)
  [[nodiscard]] constexpr auto operator()(Record const& record) const {
    return std::apply(
        [&](auto const&... projection) {
          return std::tuple<key_part<Projections, Record>...>{std::invoke(projection, record)...};
        },
        projections);
  }
};

}  // namespace detail

/// The projection itself: ascending is what keys are. For symmetry beside `descending`.
template <class Projection = std::identity>
[[nodiscard]] constexpr Projection ascending(Projection projection = {}) {
  return projection;
}

/// A projection to the same key, ordered the other way round; equal keys keep the order of the input all the same.
template <class Projection = std::identity>
[[nodiscard]] constexpr auto descending(Projection projection = {}) {
  return detail::descending_projection<Projection>{std::move(projection)};
}

/// A projection to several keys as one: the first that differs decides. Each is a member pointer, a function, an
/// `io::column`, or one of these made `descending`.
///
/// Gives a tuple; what a projection gives a reference to is not copied, so the key is valid as long as the record.
template <class... Projections>
[[nodiscard]] constexpr auto keys(Projections... projections) {
  return detail::keys_projection<Projections...>{{std::move(projections)...}};
}

}  // namespace spillway::sort
