#include "support/catch.hpp"

#include <spillway/sort/grouped_key.hpp>
#include <spillway/sort/key_prefix.hpp>

#include <cstdint>
#include <random>
#include <string_view>

namespace {

namespace sort = spillway::sort;

template <class K>
void expect_order(sort::grouped_key<K> const& a, sort::grouped_key<K> const& b) {
  using prefix = sort::key_prefix<sort::grouped_key<K>>;
  auto const expected = a.group != b.group ? a.group < b.group : a.key < b.key;
  CHECK((a < b) == expected);
  if (prefix::of(a) < prefix::of(b)) CHECK(a < b);
  if (prefix::of(b) < prefix::of(a)) CHECK(b < a);
}

}  // namespace

TEST_CASE("prefixes of keys in groups order as the keys do, whatever the bits that numbers are given") {
  std::mt19937_64 random{4};
  for (std::uint32_t const bits : {0U, 1U, 2U, 10U, 31U, 32U}) {
    for (int i = 0; i != 300; ++i) {
      auto const group = [&] { return static_cast<std::uint32_t>(random() >> (32 + random() % 32)); };
      expect_order<std::int64_t>({group(), bits, static_cast<std::int64_t>(random())},
                                 {group(), bits, static_cast<std::int64_t>(random())});
      auto const same = group();
      expect_order<std::string_view>({same, bits, "abc"}, {same, bits, random() % 2 == 0 ? "abd" : "abc"});
    }
  }
}

TEST_CASE("a group number takes only the bits of the prefix that it needs") {
  using prefix = sort::key_prefix<sort::grouped_key<std::uint64_t>>;
  CHECK(prefix::of({1, 2, std::uint64_t{4}}) == (std::uint64_t{1} << 62U) + 1);
  CHECK(prefix::of({1, 2, std::uint64_t{8}}) == (std::uint64_t{1} << 62U) + 2);
}
