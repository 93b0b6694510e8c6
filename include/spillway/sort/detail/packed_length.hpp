#pragma once

#include <bit>
#include <cstddef>

namespace spillway::sort::detail {

// Lengths in packed bytes take a byte for each seven bits of them, the lowest first, all but the last with their
// highest bit set (LEB128).

[[nodiscard]] constexpr std::size_t size_of_length(std::size_t length) noexcept {
  return (static_cast<std::size_t>(std::bit_width(length | 1U)) + 6) / 7;
}

/// Returns where it ends.
inline char* write_length(std::size_t length, char* to) noexcept {
  for (; length >= 128; length >>= 7U) *to++ = static_cast<char>(length | 128U);
  *to++ = static_cast<char>(length);
  return to;
}

/// Of bytes that are known to hold one. Returns where it ends.
inline char const* read_length(char const* from, std::size_t& length) noexcept {
  auto byte = static_cast<unsigned char>(*from++);
  length = byte & 127U;
  for (unsigned shift = 7; byte >= 128; shift += 7) {
    byte = static_cast<unsigned char>(*from++);
    length |= static_cast<std::size_t>(byte & 127U) << shift;
  }
  return from;
}

}  // namespace spillway::sort::detail
