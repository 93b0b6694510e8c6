#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// XXH3 with 64 and 128 bits, written from the xxHash fast digest algorithm specification 0.2.0 (Yann Collet), whose
/// names for the steps are kept. Seeds only: no secrets of the caller's own.
namespace spillway::detail::xxh3 {

inline constexpr std::uint64_t prime32_1 = 0x9E3779B1U;
inline constexpr std::uint64_t prime32_2 = 0x85EBCA77U;
inline constexpr std::uint64_t prime32_3 = 0xC2B2AE3DU;
inline constexpr std::uint64_t prime64_1 = 0x9E3779B185EBCA87U;
inline constexpr std::uint64_t prime64_2 = 0xC2B2AE3D27D4EB4FU;
inline constexpr std::uint64_t prime64_3 = 0x165667B19E3779F9U;
inline constexpr std::uint64_t prime64_4 = 0x85EBCA77C2B2AE63U;
inline constexpr std::uint64_t prime64_5 = 0x27D4EB2F165667C5U;
inline constexpr std::uint64_t prime_mx1 = 0x165667919E3779F9U;
inline constexpr std::uint64_t prime_mx2 = 0x9FB21C651E98DF25U;

inline constexpr std::size_t secret_size = 192;
inline constexpr std::size_t stripe_size = 64;
inline constexpr std::size_t stripes_per_block = (secret_size - stripe_size) / 8;
inline constexpr std::size_t longest_medium = 240;

using secret = std::array<unsigned char, secret_size>;

inline constexpr secret default_secret{
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4,
    0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e,
    0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21, 0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43,
    0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
    0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19,
    0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8, 0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7,
    0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78,
    0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16,
    0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f,
    0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e};

struct digest {
  std::uint64_t low;
  std::uint64_t high;
};

constexpr std::uint32_t swap_bytes(std::uint32_t x) {
  x = ((x & 0x00FF00FFU) << 8U) | ((x >> 8U) & 0x00FF00FFU);
  return std::rotl(x, 16);
}

constexpr std::uint64_t swap_bytes(std::uint64_t x) {
  return (std::uint64_t{swap_bytes(static_cast<std::uint32_t>(x))} << 32U) |
         swap_bytes(static_cast<std::uint32_t>(x >> 32U));
}

template <class T>
T read(unsigned char const* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  if constexpr (std::endian::native == std::endian::big) value = swap_bytes(value);
  return value;
}

inline std::uint64_t word(unsigned char const* bytes) { return read<std::uint64_t>(bytes); }

inline void write_word(unsigned char* bytes, std::uint64_t value) {
  if constexpr (std::endian::native == std::endian::big) value = swap_bytes(value);
  std::memcpy(bytes, &value, sizeof value);
}

inline digest multiply(std::uint64_t a, std::uint64_t b) {
#ifdef __SIZEOF_INT128__
  __extension__ using wide = unsigned __int128;
  auto const product = static_cast<wide>(a) * b;
  return {static_cast<std::uint64_t>(product), static_cast<std::uint64_t>(product >> 64U)};
#else
  auto const half = [](std::uint64_t x) { return x & 0xFFFFFFFFU; };
  auto const low = half(a) * half(b);
  auto const cross = half(a) * (b >> 32U) + (low >> 32U);
  auto const middle = (a >> 32U) * half(b) + half(cross);
  return {(middle << 32U) | half(low), (a >> 32U) * (b >> 32U) + (cross >> 32U) + (middle >> 32U)};
#endif
}

inline std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
  auto const [low, high] = multiply(a, b);
  return low ^ high;
}

inline std::uint64_t avalanche(std::uint64_t x) {
  x = (x ^ (x >> 37U)) * prime_mx1;
  return x ^ (x >> 32U);
}

inline std::uint64_t avalanche_xxh64(std::uint64_t x) {
  x = (x ^ (x >> 33U)) * prime64_2;
  x = (x ^ (x >> 29U)) * prime64_3;
  return x ^ (x >> 32U);
}

// A word of the secret, or two of them at once, as the short inputs use them.
inline std::uint64_t secret_word(std::size_t offset) { return word(default_secret.data() + offset); }
inline std::uint64_t secret_pair(std::size_t offset) { return secret_word(offset) ^ secret_word(offset + 8); }
inline std::uint64_t secret_half_pair(std::size_t offset) {
  return read<std::uint32_t>(default_secret.data() + offset) ^ read<std::uint32_t>(default_secret.data() + offset + 4);
}

inline std::uint32_t combine_1_to_3(unsigned char const* in, std::size_t size) {
  return in[size - 1] | static_cast<std::uint32_t>(size) << 8U | std::uint32_t{in[0]} << 16U |
         std::uint32_t{in[size / 2]} << 24U;
}

inline std::uint64_t modify_seed(std::uint64_t seed) {
  return seed ^ (std::uint64_t{swap_bytes(static_cast<std::uint32_t>(seed))} << 32U);
}

inline std::uint64_t short_64(unsigned char const* in, std::size_t size, std::uint64_t seed) {
  if (size > 8) {
    auto const low = (secret_pair(24) + seed) ^ word(in);
    auto const high = (secret_pair(40) - seed) ^ word(in + size - 8);
    return avalanche(size + swap_bytes(low) + high + folded_product(low, high));
  }
  if (size >= 4) {
    auto const combined = read<std::uint32_t>(in + size - 4) | (std::uint64_t{read<std::uint32_t>(in)} << 32U);
    auto value = (secret_pair(8) - modify_seed(seed)) ^ combined;
    value = (value ^ std::rotl(value, 49) ^ std::rotl(value, 24)) * prime_mx2;
    value = (value ^ ((value >> 35U) + size)) * prime_mx2;
    return value ^ (value >> 28U);
  }
  if (size > 0) return avalanche_xxh64((secret_half_pair(0) + seed) ^ combine_1_to_3(in, size));
  return avalanche_xxh64(seed ^ secret_pair(56));
}

inline digest short_128(unsigned char const* in, std::size_t size, std::uint64_t seed) {
  if (size > 8) {
    auto const last = word(in + size - 8);
    auto const a = (secret_pair(32) - seed) ^ word(in) ^ last;
    auto const b = (secret_pair(48) + seed) ^ last;
    auto [low, high] = multiply(a, prime64_1);
    low += static_cast<std::uint64_t>(size - 1) << 54U;
    high += b + (b & 0xFFFFFFFFU) * (prime32_2 - 1);
    low ^= swap_bytes(high);
    auto const product = multiply(low, prime64_2);
    return {avalanche(product.low), avalanche(product.high + high * prime64_2)};
  }
  if (size >= 4) {
    auto const combined = read<std::uint32_t>(in) | (std::uint64_t{read<std::uint32_t>(in + size - 4)} << 32U);
    auto const value = (secret_pair(16) + modify_seed(seed)) ^ combined;
    auto [low, high] = multiply(value, prime64_1 + (size << 2U));
    high += low << 1U;
    low ^= high >> 3U;
    low = (low ^ (low >> 35U)) * prime_mx2;
    return {low ^ (low >> 28U), avalanche(high)};
  }
  if (size > 0) {
    auto const combined = combine_1_to_3(in, size);
    return {avalanche_xxh64((secret_half_pair(0) + seed) ^ combined),
            avalanche_xxh64((secret_half_pair(8) - seed) ^ std::rotl(swap_bytes(combined), 13))};
  }
  return {avalanche_xxh64(seed ^ secret_pair(64)), avalanche_xxh64(seed ^ secret_pair(80))};
}

inline std::uint64_t mix_step(unsigned char const* in, std::size_t offset, std::uint64_t seed) {
  return folded_product(word(in) ^ (secret_word(offset) + seed), word(in + 8) ^ (secret_word(offset + 8) - seed));
}

inline std::uint64_t medium_64(unsigned char const* in, std::size_t size, std::uint64_t seed) {
  auto sum = size * prime64_1;
  if (size <= 128) {
    for (auto i = (size - 1) / 32 + 1; i-- > 0;) {
      sum += mix_step(in + 16 * i, 32 * i, seed);
      sum += mix_step(in + size - 16 * i - 16, 32 * i + 16, seed);
    }
    return avalanche(sum);
  }
  for (std::size_t i = 0; i < 8; ++i) sum += mix_step(in + 16 * i, 16 * i, seed);
  sum = avalanche(sum);
  for (std::size_t i = 8; i < size / 16; ++i) sum += mix_step(in + 16 * i, 16 * (i - 8) + 3, seed);
  return avalanche(sum + mix_step(in + size - 16, 119, seed));
}

inline void mix_two_chunks(digest& sums, unsigned char const* a, unsigned char const* b, std::size_t offset,
                           std::uint64_t seed) {
  sums.low = (sums.low + mix_step(a, offset, seed)) ^ (word(b) + word(b + 8));
  sums.high = (sums.high + mix_step(b, offset + 16, seed)) ^ (word(a) + word(a + 8));
}

inline digest medium_128(unsigned char const* in, std::size_t size, std::uint64_t seed) {
  digest sums{size * prime64_1, 0};
  if (size <= 128) {
    for (auto i = (size - 1) / 32 + 1; i-- > 0;) {
      mix_two_chunks(sums, in + 16 * i, in + size - 16 * i - 16, 32 * i, seed);
    }
  } else {
    for (std::size_t i = 0; i < 4; ++i) mix_two_chunks(sums, in + 32 * i, in + 32 * i + 16, 32 * i, seed);
    sums = {avalanche(sums.low), avalanche(sums.high)};
    for (std::size_t i = 4; i < size / 32; ++i) {
      mix_two_chunks(sums, in + 32 * i, in + 32 * i + 16, 32 * (i - 4) + 3, seed);
    }
    mix_two_chunks(sums, in + size - 16, in + size - 32, 103, 0 - seed);
  }
  auto const high = sums.low * prime64_1 + sums.high * prime64_4 + (size - seed) * prime64_2;
  return {avalanche(sums.low + sums.high), 0 - avalanche(high)};
}

/// The state for inputs longer than 240 bytes.
class accumulator {
 public:
  explicit accumulator(std::uint64_t seed) : secret_{default_secret} {
    if (seed == 0) return;
    for (std::size_t i = 0; i < secret_size; i += 16) {
      write_word(secret_.data() + i, word(secret_.data() + i) + seed);
      write_word(secret_.data() + i + 8, word(secret_.data() + i + 8) - seed);
    }
  }

  /// Whole stripes, none of them the input's last. A block is scrambled when its last stripe is in: that is when the
  /// block is known not to be the input's last, because a stripe is still to come.
  void add_stripes(unsigned char const* in, std::size_t stripes) {
    auto sums = lanes_;
    for (; stripes > 0; --stripes, in += stripe_size) {
      accumulate(sums, in, secret_.data() + 8 * stripe_in_block_);
      if (++stripe_in_block_ == stripes_per_block) {
        scramble(sums);
        stripe_in_block_ = 0;
      }
    }
    lanes_ = sums;
  }

  /// `in` is the last 64 bytes of the input, some of which may have been in earlier stripes.
  void add_last_stripe(unsigned char const* in) { accumulate(lanes_, in, secret_.data() + secret_size - 71); }

  [[nodiscard]] std::uint64_t low(std::uint64_t size) const { return merge(size * prime64_1, 11); }
  [[nodiscard]] std::uint64_t high(std::uint64_t size) const { return merge(~(size * prime64_2), secret_size - 75); }

 private:
  using lanes = std::array<std::uint64_t, 8>;

  static void accumulate(lanes& sums, unsigned char const* in, unsigned char const* key) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      auto const keyed = word(in + 8 * i) ^ word(key + 8 * i);
      sums[i] += word(in + 8 * (i ^ 1U)) + (keyed & 0xFFFFFFFFU) * (keyed >> 32U);
    }
  }

  void scramble(lanes& sums) const {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] = (sums[i] ^ (sums[i] >> 47U) ^ word(secret_.data() + secret_size - stripe_size + 8 * i)) * prime32_1;
    }
  }

  [[nodiscard]] std::uint64_t merge(std::uint64_t start, std::size_t offset) const {
    auto result = start;
    for (std::size_t i = 0; i < lanes_.size(); i += 2) {
      auto const* const key = secret_.data() + offset + 8 * i;
      result += folded_product(lanes_[i] ^ word(key), lanes_[i + 1] ^ word(key + 8));
    }
    return avalanche(result);
  }

  lanes lanes_{prime32_3, prime64_1, prime64_2, prime64_3, prime64_4, prime32_2, prime64_5, prime32_1};
  std::size_t stripe_in_block_ = 0;
  secret secret_;
};

inline accumulator accumulate_all(unsigned char const* in, std::size_t size, std::uint64_t seed) {
  accumulator sums{seed};
  sums.add_stripes(in, (size - 1) / stripe_size);
  sums.add_last_stripe(in + size - stripe_size);
  return sums;
}

inline std::uint64_t hash_64(unsigned char const* in, std::size_t size, std::uint64_t seed) {
  if (size <= 16) return short_64(in, size, seed);
  if (size <= longest_medium) return medium_64(in, size, seed);
  return accumulate_all(in, size, seed).low(size);
}

inline digest hash_128(unsigned char const* in, std::size_t size, std::uint64_t seed) {
  if (size <= 16) return short_128(in, size, seed);
  if (size <= longest_medium) return medium_128(in, size, seed);
  auto const sums = accumulate_all(in, size, seed);
  return {sums.low(size), sums.high(size)};
}

}  // namespace spillway::detail::xxh3
