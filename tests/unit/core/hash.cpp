#include "support/catch.hpp"

#include <spillway/core/hash.hpp>

#include <bit>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using spillway::hash128;
using spillway::hash128_value;
using spillway::hash64;
using spillway::hasher;

struct reference {
  std::size_t size;
  std::uint64_t seed;
  std::uint64_t hash64;
  std::uint64_t low;
  std::uint64_t high;
};

constexpr reference references[] = {
#include "hash_reference.inc"
};

std::string sequence(std::size_t size) {
  std::string out;
  std::uint64_t state = 2654435761U;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    out += static_cast<char>(state >> 56U);
  }
  return out;
}

std::string const& bytes() {
  static auto const all = sequence(1'048'577);
  return all;
}

TEST_CASE("hashes are those of the reference implementation, for every length and seed") {
  std::size_t wrong = 0;
  for (auto const& expected : references) {
    auto const text = std::string_view{bytes()}.substr(0, expected.size);
    if (hash64(text, expected.seed) != expected.hash64) ++wrong;
    if (hash128(text, expected.seed) != hash128_value{expected.low, expected.high}) ++wrong;
  }
  CHECK(wrong == 0);
  CHECK(std::size(references) > 1500);
}

TEST_CASE("published values") {
  CHECK(hash64("") == 0x2d06800538d394c2U);
  CHECK(hash128("") == hash128_value{0x6001c324468d497fU, 0x99aa06d3014798d8U});
}

TEST_CASE("the place of the bytes in memory does not matter") {
  for (std::size_t const size : {3U, 8U, 16U, 100U, 200U, 1000U}) {
    auto const text = bytes().substr(0, size);
    for (std::size_t shift = 1; shift < 16; ++shift) {
      auto const moved = std::string(shift, 'x') + text;
      REQUIRE(hash64(std::string_view{moved}.substr(shift)) == hash64(text));
    }
  }
}

TEST_CASE("bytes and text hash alike") {
  auto const text = std::string_view{bytes()}.substr(0, 50);
  CHECK(hash64(std::as_bytes(std::span{text})) == hash64(text));
  CHECK(hash128(std::as_bytes(std::span{text}), 7) == hash128(text, 7));
}

TEST_CASE("an integer hashes as its eight bytes, lowest first, whatever its type") {
  using namespace std::string_view_literals;
  CHECK(hash64(0x0102U) == hash64("\x02\x01\0\0\0\0\0\0"sv));
  CHECK(hash128(0x0102U, 3) == hash128("\x02\x01\0\0\0\0\0\0"sv, 3));
  CHECK(hash64(std::int8_t{-1}) == hash64(std::int64_t{-1}));
  CHECK(hash64(std::int16_t{77}) == hash64(std::uint64_t{77}));
  CHECK(hash64(std::numeric_limits<std::int64_t>::min()) == hash64(std::uint64_t{1} << 63U));
}

TEST_CASE("a stream hashes alike however it is cut") {
  for (auto const& expected : references) {
    if (expected.size > 1089 || expected.size % 7 != 0) continue;
    auto const text = std::string_view{bytes()}.substr(0, expected.size);
    for (std::size_t const piece : {1U, 63U, 64U, 65U, 255U, 256U, 257U, 320U, 1000U}) {
      hasher stream{expected.seed};
      for (std::size_t i = 0; i < text.size(); i += piece) stream.update(text.substr(i, piece));
      REQUIRE(stream.digest64() == expected.hash64);
      REQUIRE(stream.digest128() == hash128_value{expected.low, expected.high});
    }
  }
}

TEST_CASE("a stream cut at every two places hashes alike") {
  auto const text = std::string_view{bytes()}.substr(0, 700);
  auto const expected = hash128(text, 9);
  for (std::size_t first = 0; first <= text.size(); first += 13) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      hasher stream{9};
      stream.update(text.substr(0, first)).update(text.substr(first, second - first)).update(text.substr(second));
      REQUIRE(stream.digest128() == expected);
    }
  }
}

TEST_CASE("a digest may be taken on the way") {
  hasher stream;
  for (std::size_t size = 0; size < 2000; ++size) {
    REQUIRE(stream.digest64() == hash64(std::string_view{bytes()}.substr(0, size)));
    stream.update(std::string_view{bytes()}.substr(size, 1));
  }
}

TEST_CASE("fields are not run together") {
  auto const two = [](std::string_view a, std::string_view b) { return hasher{}.add(a).add(b).digest128(); };
  std::set<hash128_value> const different{two("ab", "c"),
                                          two("a", "bc"),
                                          two("abc", ""),
                                          two("", "abc"),
                                          hasher{}.add("abc").digest128(),
                                          hasher{}.update("abc").digest128()};
  CHECK(different.size() == 6);
  CHECK(two("ab", "c") == two("ab", "c"));
  CHECK(hasher{}.add(1).add(2).digest64() != hasher{}.add(2).add(1).digest64());
}

TEST_CASE("128-bit values are ordered as numbers, high half first") {
  CHECK(hash128_value{2, 0} < hash128_value{1, 1});
  CHECK(hash128_value{1, 1} < hash128_value{2, 1});
  CHECK(hash128_value{1, 1} == hash128_value{1, 1});
}

TEST_CASE("every bit of the input moves about half of the bits of the hash") {
  for (std::size_t const size : {4U, 16U, 100U, 240U, 500U}) {
    auto text = bytes().substr(0, size);
    auto const before = hash64(text);
    int moved = 0;
    for (std::size_t bit = 0; bit < 8 * size; ++bit) {
      auto const mask = static_cast<char>(1U << (bit % 8));
      text[bit / 8] = static_cast<char>(text[bit / 8] ^ mask);
      moved += std::popcount(before ^ hash64(text));
      text[bit / 8] = static_cast<char>(text[bit / 8] ^ mask);
    }
    auto const mean = moved / static_cast<double>(8 * size);
    CHECK(mean > 29.5);
    CHECK(mean < 34.5);
  }
}

}  // namespace
