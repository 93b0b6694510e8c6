#pragma once

#include <concepts>
#include <limits>
#include <ranges>
#include <type_traits>

namespace spillway::stats::detail {

template <class T>
concept arithmetic = std::is_arithmetic_v<T>;

/// Whether every value of `T` is one of `Wide`.
template <class T, class Wide>
inline constexpr bool fits_in =
    std::numeric_limits<T>::digits <= std::numeric_limits<Wide>::digits &&
    (std::is_signed_v<Wide> || !std::is_signed_v<T>)&&(std::floating_point<Wide> || !std::floating_point<T>);

/// The type in which values of two samples are compared: one that holds all values of both.
template <arithmetic X, arithmetic Y>
struct common_value {
  using wide = std::conditional_t<std::same_as<X, Y>, X, std::common_type_t<X, Y>>;
  using type = std::conditional_t<std::same_as<wide, bool>, unsigned char, wide>;
  static_assert(fits_in<X, type> && fits_in<Y, type>,
                "no type holds all values of both samples: convert one of them first, so that it is seen what is lost");
};

template <class X, class Y>
using common_value_t = typename common_value<X, Y>::type;

template <class Range, class T>
concept contiguous_of = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
                        std::same_as<std::ranges::range_value_t<Range>, T>;

}  // namespace spillway::stats::detail
