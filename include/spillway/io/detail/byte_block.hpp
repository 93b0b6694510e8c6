#pragma once

#include <xsimd/xsimd.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#ifdef __PCLMUL__
#include <wmmintrin.h>
#endif

namespace spillway::io::detail {

/// One bit for each of eight bytes that are all 0 or 1, the first in bit 0.
inline std::uint64_t gather_bits(std::uint64_t zeros_and_ones) noexcept {
  if constexpr (std::endian::native == std::endian::big) zeros_and_ones = __builtin_bswap64(zeros_and_ones);
  return (zeros_and_ones * 0x0102'0408'1020'4080U) >> 56U;
}

#ifndef XSIMD_NO_SUPPORTED_ARCHITECTURE

/// One bit for each byte of a comparison. xsimd has `mask()` for this from version 9 on.
template <class Mask>
std::uint64_t bits_of(Mask const& equal) noexcept {
  if constexpr (requires { equal.mask(); }) {
    return equal.mask();
  } else {
#if defined(__AVX512BW__)
    return static_cast<std::uint64_t>(static_cast<__mmask64>(equal));
#elif defined(__AVX2__)
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(equal));
#elif defined(__SSE2__) && !defined(__AVX__)
    return static_cast<std::uint32_t>(_mm_movemask_epi8(equal));
#else
    std::array<bool, Mask::size> flags;
    equal.store_unaligned(flags.data());
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < Mask::size; i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, flags.data() + i, 8);
      bits |= gather_bits(word) << i;
    }
    return bits;
#endif
  }
}

/// 64 bytes in vector registers, to be compared with one byte after another.
class byte_block {
  using batch = xsimd::batch<std::uint8_t>;
  static constexpr std::size_t count = 64 / batch::size;

 public:
  explicit byte_block(char const* bytes) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      parts_[i] = batch::load_unaligned(reinterpret_cast<std::uint8_t const*>(bytes) + i * batch::size);
    }
  }

  /// Bit i is set where byte i is `c`.
  [[nodiscard]] std::uint64_t equal(char c) const noexcept {
    auto const wanted = batch(static_cast<std::uint8_t>(c));
    std::uint64_t bits = bits_of(parts_[0] == wanted);
    for (std::size_t i = 1; i < count; ++i) bits |= bits_of(parts_[i] == wanted) << (i * batch::size % 64);
    return bits;
  }

 private:
  std::array<batch, count> parts_;
};

#else

/// 64 bytes in eight words, where xsimd knows no vector registers.
class byte_block {
 public:
  explicit byte_block(char const* bytes) noexcept { std::memcpy(words_.data(), bytes, 64); }

  /// Bit i is set where byte i is `c`.
  [[nodiscard]] std::uint64_t equal(char c) const noexcept {
    constexpr std::uint64_t ones = 0x0101'0101'0101'0101U;
    constexpr std::uint64_t low_bits = 0x7f * ones;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < words_.size(); ++i) {
      auto const different = words_[i] ^ (ones * static_cast<std::uint8_t>(c));
      auto const zeros = ~(((different & low_bits) + low_bits) | different | low_bits);
      bits |= gather_bits(zeros >> 7U) << (i * 8);
    }
    return bits;
  }

 private:
  std::array<std::uint64_t, 8> words_;
};

#endif

/// Bit i of the result is the parity of bits 0…i: 1 from each opening quote to just before its closing one.
inline std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
#ifdef __PCLMUL__
  auto const product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
#else
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
#endif
}

}  // namespace spillway::io::detail
