#pragma once

#include <concepts>
#include <limits>
#include <ranges>
#include <type_traits>

namespace spillway::stats::detail {

template <class T>
concept arithmetic = std::is_arithmetic_v<T>;

/// Which values a type has.
struct number_range {
  int digits;
  bool is_signed;
  bool is_floating;

  [[nodiscard]] constexpr bool holds(number_range other) const noexcept {
    return other.digits <= digits && (is_signed || !other.is_signed) && (is_floating || !other.is_floating);
  }
};

template <class T>
inline constexpr number_range range_of{std::numeric_limits<T>::digits, std::is_signed_v<T>, std::floating_point<T>};

/// The type in which values of two samples are compared: one that holds all values of both.
template <arithmetic X, arithmetic Y>
struct common_value {
  using wide = std::conditional_t<std::same_as<X, Y>, X, std::common_type_t<X, Y>>;
  using type = std::conditional_t<std::same_as<wide, bool>, unsigned char, wide>;
  static_assert(range_of<type>.holds(range_of<X>) && range_of<type>.holds(range_of<Y>),
                "no type holds all values of both samples: convert one of them first, so that it is seen what is lost");
};

template <class X, class Y>
using common_value_t = typename common_value<X, Y>::type;

template <class Range, class T>
concept contiguous_of = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
                        std::same_as<std::ranges::range_value_t<Range>, T>;

}  // namespace spillway::stats::detail
