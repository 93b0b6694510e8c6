#include "support/catch.hpp"
#include "support/sort_comparison.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace sort = spillway::sort;

namespace {

using namespace spillway::test;

struct three_bytes {
  unsigned char key;
  std::array<unsigned char, 2> number;
  friend bool operator==(three_bytes const&, three_bytes const&) = default;
};

struct hundred_bytes {
  std::array<char, 10> key;
  std::array<char, 86> payload;
  std::uint32_t number;
  friend bool operator==(hundred_bytes const&, hundred_bytes const&) = default;
};

template <std::size_t Alignment>
struct alignas(Alignment) aligned {
  std::int64_t key;
  std::uint32_t number;
  friend bool operator==(aligned const&, aligned const&) = default;
};

template <class K>
std::array<char, 10> decimal(K number) {
  std::array<char, 10> out{};
  auto const text = std::to_string(number);
  std::copy_n(text.begin(), std::min(text.size(), out.size()), out.begin());
  return out;
}

}  // namespace

TEST_CASE("records of fixed size are sorted as std::stable_sort does") {
  for_some_inputs(
      200'000,
      [](auto rank, auto number, auto&) {
        return three_bytes{static_cast<unsigned char>(rank),
                           {static_cast<unsigned char>(number), static_cast<unsigned char>(number >> 8U)}};
      },
      [](auto const& in, auto& random) {
        check(
            in, std::ranges::less{}, &three_bytes::key, [](auto const& a, auto const& b) { return a.key < b.key; },
            random);
      });
  for_some_inputs(
      40'000,
      [](auto rank, auto number, auto&) {
        return hundred_bytes{decimal(10'000'000'000 + rank), {}, number};
      },
      [](auto const& in, auto& random) {
        check(
            in, std::ranges::greater{}, &hundred_bytes::key,
            [](auto const& a, auto const& b) { return std::memcmp(a.key.data(), b.key.data(), 10) > 0; }, random);
      });
}

TEST_CASE("records keep the alignment that they ask for") {
  auto const check_aligned = []<std::size_t Alignment>(std::integral_constant<std::size_t, Alignment>) {
    using record = aligned<Alignment>;
    for_some_inputs(
        40'000,
        [](auto rank, auto number, auto&) {
          return record{static_cast<std::int64_t>(rank) - 500, number};
        },
        [](auto const& in, auto& random) {
          auto const before = [](record const& a, record const& b) { return a.key > b.key; };
          check(
              in, std::less<>{},
              [](record const& each) {
                if (reinterpret_cast<std::uintptr_t>(&each) % Alignment != 0) throw std::logic_error{"not aligned"};
                return -each.key;
              },
              before, random);
        });
  };
  check_aligned(std::integral_constant<std::size_t, 32>{});
  check_aligned(std::integral_constant<std::size_t, 256>{});
}
