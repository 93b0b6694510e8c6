#pragma once

#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace spillway::sort::detail {

/// The bytes of an unsigned integer, the first being the highest.
template <class Word>
[[nodiscard]] inline std::uint64_t big_endian_word(void const* from) noexcept {
  Word word;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) return word;
  return sizeof word == 4 ? __builtin_bswap32(static_cast<std::uint32_t>(word)) : __builtin_bswap64(word);
}

template <class Byte>
[[nodiscard]] constexpr std::uint64_t byte_at(Byte const* bytes, std::size_t index, std::size_t place) noexcept {
  return std::uint64_t{static_cast<unsigned char>(bytes[index])} << (56 - 8 * place);
}

/// The first eight of `size` bytes as a number, the first being the highest; zeros where there are none.
template <class Byte>
[[nodiscard]] constexpr std::uint64_t leading_bytes(Byte const* bytes, std::size_t size) noexcept {
  if (std::is_constant_evaluated()) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size && i < 8; ++i) number |= byte_at(bytes, i, i);
    return number;
  }
  if (size >= 8) [[likely]]
    return big_endian_word<std::uint64_t>(bytes);
  // Two words or three bytes that overlap where both say the same.
  if (size >= 4) {
    auto const first = big_endian_word<std::uint32_t>(bytes) << 32U;
    return first | (big_endian_word<std::uint32_t>(bytes + size - 4) << (64 - 8 * size));
  }
  if (size == 0) return 0;
  return byte_at(bytes, 0, 0) | byte_at(bytes, size / 2, size / 2) | byte_at(bytes, size - 1, size - 1);
}

/// The same where the size is known early.
template <std::size_t Size, class Byte>
[[nodiscard]] constexpr std::uint64_t leading_bytes(Byte const* bytes) noexcept {
  return leading_bytes(bytes, Size);
}

/// As lists of numbers from 0 to 255.
template <class Byte>
[[nodiscard]] constexpr std::weak_ordering compare_bytes(Byte const* a, std::size_t a_size, Byte const* b,
                                                         std::size_t b_size) noexcept {
  auto const common = a_size < b_size ? a_size : b_size;
  if (std::is_constant_evaluated()) {
    for (std::size_t i = 0; i < common; ++i) {
      auto const order = static_cast<unsigned char>(a[i]) <=> static_cast<unsigned char>(b[i]);
      if (order != 0) return order;
    }
  } else if (common != 0) {
    if (auto const order = std::memcmp(a, b, common) <=> 0; order != 0) return order;
  }
  return a_size <=> b_size;
}

}  // namespace spillway::sort::detail
