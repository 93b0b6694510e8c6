#pragma once

#include <spillway/core/detail/xxh3.hpp>

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

/// Hashes that may be written down: the same on every machine, compiler and version of the library, for ever. They are
/// XXH3 (https://xxhash.com), so other programs can compute them too. Not for cryptography: who knows the seed can
/// make inputs that collide.
namespace spillway {

/// 128 bits: among 10^12 different inputs the chance of any two being equal is below 10^-14, so that it can stand for
/// its input.
struct hash128_value {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(hash128_value const&, hash128_value const&) = default;
  friend constexpr std::strong_ordering operator<=>(hash128_value const& a, hash128_value const& b) {
    auto const by_high = a.high <=> b.high;
    return by_high != 0 ? by_high : a.low <=> b.low;
  }
};

/// XXH3 of the bytes, with 64 bits.
[[nodiscard]] inline std::uint64_t hash64(std::span<std::byte const> bytes, std::uint64_t seed = 0) {
  return detail::xxh3::hash_64(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), seed);
}

[[nodiscard]] inline std::uint64_t hash64(std::string_view text, std::uint64_t seed = 0) {
  return hash64(std::as_bytes(std::span{text}), seed);
}

/// Of the value as 8 bytes of two's complement, the lowest first: equal values of different types hash alike.
template <std::integral T>
[[nodiscard]] std::uint64_t hash64(T value, std::uint64_t seed = 0) {
  std::array<unsigned char, 8> bytes;
  detail::xxh3::write_word(bytes.data(), static_cast<std::uint64_t>(value));
  return detail::xxh3::hash_64(bytes.data(), bytes.size(), seed);
}

/// XXH3 of the bytes, with 128 bits (XXH128).
[[nodiscard]] inline hash128_value hash128(std::span<std::byte const> bytes, std::uint64_t seed = 0) {
  auto const [low, high] =
      detail::xxh3::hash_128(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size(), seed);
  return {low, high};
}

[[nodiscard]] inline hash128_value hash128(std::string_view text, std::uint64_t seed = 0) {
  return hash128(std::as_bytes(std::span{text}), seed);
}

template <std::integral T>
[[nodiscard]] hash128_value hash128(T value, std::uint64_t seed = 0) {
  std::array<unsigned char, 8> bytes;
  detail::xxh3::write_word(bytes.data(), static_cast<std::uint64_t>(value));
  auto const [low, high] = detail::xxh3::hash_128(bytes.data(), bytes.size(), seed);
  return {low, high};
}

/// Hashes what comes in pieces: the bytes of a stream by `update`, or the fields of a record by `add`.
///
/// `add` marks where a field ends, so that ("ab", "c") and ("a", "bc") differ: sequences of fields of the same types
/// have the same bytes to hash only if they are equal. `update` marks nothing: however the bytes are cut, the result is
/// that of `hash64` and `hash128` of them together.
///
/// Half a kilobyte, no allocation. A digest may be taken at any time and more bytes added after it.
class hasher {
 public:
  explicit hasher(std::uint64_t seed = 0) : seed_{seed} {}

  hasher& update(std::span<std::byte const> bytes) {
    update(reinterpret_cast<unsigned char const*>(bytes.data()), bytes.size());
    return *this;
  }
  hasher& update(std::string_view text) { return update(std::as_bytes(std::span{text})); }

  hasher& add(std::span<std::byte const> field) {
    add(static_cast<std::uint64_t>(field.size()));
    return update(field);
  }
  hasher& add(std::string_view field) { return add(std::as_bytes(std::span{field})); }
  template <std::integral T>
  hasher& add(T field) {
    std::array<unsigned char, 8> bytes;
    detail::xxh3::write_word(bytes.data(), static_cast<std::uint64_t>(field));
    update(bytes.data(), bytes.size());
    return *this;
  }

  [[nodiscard]] std::uint64_t digest64() const {
    if (size_ <= detail::xxh3::longest_medium) return detail::xxh3::hash_64(buffer_.data(), buffered_, seed_);
    return finished().low(size_);
  }

  [[nodiscard]] hash128_value digest128() const {
    if (size_ <= detail::xxh3::longest_medium) {
      auto const [low, high] = detail::xxh3::hash_128(buffer_.data(), buffered_, seed_);
      return {low, high};
    }
    auto const sums = finished();
    return {sums.low(size_), sums.high(size_)};
  }

 private:
  static constexpr auto stripe = detail::xxh3::stripe_size;

  void update(unsigned char const* in, std::size_t size) {
    size_ += size;
    if (size > buffer_.size() - buffered_) {
      fill_and_flush(in, size);
      // The last stripe must wait for the digest, and whatever is shorter than one.
      if (size > buffer_.size()) {
        auto const stripes = (size - 1) / stripe;
        sums_.add_stripes(in, stripes);
        in += stripes * stripe;
        size -= stripes * stripe;
        std::memcpy(buffer_.data() + buffer_.size() - stripe, in - stripe, stripe);
      }
    }
    if (size > 0) std::memcpy(buffer_.data() + buffered_, in, size);
    buffered_ += size;
  }

  void fill_and_flush(unsigned char const*& in, std::size_t& size) {
    auto const room = buffer_.size() - buffered_;
    std::memcpy(buffer_.data() + buffered_, in, room);
    in += room;
    size -= room;
    sums_.add_stripes(buffer_.data(), buffer_.size() / stripe);
    buffered_ = 0;
  }

  /// The end of the buffer keeps the bytes that came before its beginning.
  [[nodiscard]] detail::xxh3::accumulator finished() const {
    auto sums = sums_;
    if (buffered_ >= stripe) {
      sums.add_stripes(buffer_.data(), (buffered_ - 1) / stripe);
      sums.add_last_stripe(buffer_.data() + buffered_ - stripe);
      return sums;
    }
    std::array<unsigned char, stripe> last;
    auto const before = stripe - buffered_;
    std::memcpy(last.data(), buffer_.data() + buffer_.size() - before, before);
    std::memcpy(last.data() + before, buffer_.data(), buffered_);
    sums.add_last_stripe(last.data());
    return sums;
  }

  std::uint64_t seed_;
  std::uint64_t size_ = 0;
  std::size_t buffered_ = 0;
  detail::xxh3::accumulator sums_{seed_};
  std::array<unsigned char, 4 * stripe> buffer_;
};

}  // namespace spillway
