#pragma once

#include <spillway/core/hash.hpp>
#include <spillway/split/fractions.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace spillway::split {

namespace detail {

template <class Key>
void add_to(hasher& hash, Key const& key) {
  if constexpr (std::is_convertible_v<Key const&, std::string_view>) {
    hash.add(std::string_view{key});
  } else {
    static_assert(std::integral<Key>, "a row is known by text, integers, or a tuple of them");
    hash.add(key);
  }
}

}  // namespace detail

/// The hash by which a record is known: XXH3 with 64 bits of the key and the seed, the same on every platform and in
/// every version, for ever. Text counts as its bytes; integers as 8 bytes of two's complement, the lowest first,
/// whatever their type; a tuple or pair as `hasher::add` adds its parts up.
template <class Key>
[[nodiscard]] std::uint64_t identity_hash(Key const& key, std::uint64_t seed = 0) {
  if constexpr (std::is_convertible_v<Key const&, std::string_view>) {
    return hash64(std::string_view{key}, seed);
  } else if constexpr (requires { std::tuple_size<Key>::value; }) {
    hasher hash{seed};
    std::apply([&](auto const&... parts) { (detail::add_to(hash, parts), ...); }, key);
    return hash.digest64();
  } else {
    static_assert(std::integral<Key>, "a row is known by text, integers, or a tuple of them");
    return hash64(key, seed);
  }
}

/// Classifies by a stable hash of a record's key, so that a record goes to the same class wherever it stands in
/// whatever input, on every platform, with any number of threads; records with equal keys stay together.
///
/// The fractions are met as by chance: of n keys, a class with the fraction p gets n·p, give or take √(n·p·(1−p)) (one
/// standard deviation), and so does it of every part of the input that does not depend on the hash. Fewer rows move
/// when fractions change than with a new seed: see `fractions`. Two splits with different seeds are independent.
template <class KeyProjection>
class by_hash {
 public:
  by_hash(KeyProjection key, split::fractions parts, std::uint64_t seed = 0)
      : key_{std::move(key)}, parts_{std::move(parts)}, seed_{seed} {}

  [[nodiscard]] std::span<std::string const> classes() const noexcept { return parts_.names(); }

  template <class Record>
  [[nodiscard]] std::size_t operator()(Record const& record) const {
    return parts_.of_hash(identity_hash(std::invoke(key_, record), seed_));
  }

 private:
  KeyProjection key_;
  split::fractions parts_;
  std::uint64_t seed_;
};

}  // namespace spillway::split
