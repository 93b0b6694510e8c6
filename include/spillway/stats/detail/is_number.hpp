#pragma once

#include <cmath>
#include <concepts>

namespace spillway::stats::detail {

template <class T>
[[nodiscard]] constexpr bool is_number(T value) noexcept {
  if constexpr (std::floating_point<T>) return !std::isnan(value);
  return true;
}

}  // namespace spillway::stats::detail
