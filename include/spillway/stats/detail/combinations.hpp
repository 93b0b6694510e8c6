#pragma once

#include <spillway/core/integer_128.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <vector>

/// Ways of choosing some of several things, as their places in ascending order, in lexicographic order.
namespace spillway::stats::detail {

/// How many there are, or 2^64 − 1 for more.
[[nodiscard]] inline std::uint64_t combinations(std::uint64_t things, std::uint64_t chosen) noexcept {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  if (chosen > things) return 0;
  chosen = std::min(chosen, things - chosen);
  unsigned_128 ways = 1;
  for (std::uint64_t i = 1; i <= chosen; ++i) {
    ways = ways * (things - chosen + i) / i;
    if (ways > most) return most;
  }
  return static_cast<std::uint64_t>(ways);
}

/// \pre n is below the number of combinations, which is below 2^64
[[nodiscard]] inline std::pmr::vector<std::size_t> nth_combination(std::uint64_t n, std::size_t things,
                                                                   std::size_t chosen,
                                                                   std::pmr::memory_resource* memory) {
  std::pmr::vector<std::size_t> places(chosen, 0, memory);
  std::size_t place = 0;
  for (std::size_t i = 0; i < chosen; ++i, ++place) {
    for (;; ++place) {
      auto const with_this = combinations(things - place - 1, chosen - i - 1);
      if (n < with_this) break;
      n -= with_this;
    }
    places[i] = place;
  }
  return places;
}

/// Turns a combination into the next; the last stays as it is.
inline void next_combination(std::pmr::vector<std::size_t>& places, std::size_t things) noexcept {
  auto i = places.size();
  while (i > 0 && places[i - 1] == things - places.size() + i - 1) --i;
  if (i == 0) return;
  ++places[i - 1];
  for (; i < places.size(); ++i) places[i] = places[i - 1] + 1;
}

}  // namespace spillway::stats::detail
