#include "support/catch.hpp"

#include <spillway/split/by_hash.hpp>

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

namespace split = spillway::split;
using namespace std::string_view_literals;

split::fractions usual() { return {{"train", 0.8}, {"eval", 0.1}, {"test", 0.1}}; }

/// The classes of 0, 1, …, a digit each.
template <class Classifier, class Make>
std::string classes_of_first(std::size_t count, Classifier const& classifier, Make make) {
  std::string classes;
  for (std::size_t i = 0; i != count; ++i) classes += static_cast<char>('0' + classifier(make(i)));
  return classes;
}

}  // namespace

TEST_CASE("the hash of a row's identity is what it has always been") {
  CHECK(split::identity_hash("customer 1"sv) == 0x11B4003ED8466158U);
  CHECK(split::identity_hash(""sv) == 0x2D06800538D394C2U);
  CHECK(split::identity_hash("customer 1"sv, 7) == 0x3ABE584BE4E1937BU);
  CHECK(split::identity_hash(std::int64_t{-1}) == 0x5111C7E47D784413U);
  CHECK(split::identity_hash(42) == 0xD5A6F8C838DF27C8U);
  CHECK(split::identity_hash(std::tuple{42, "x"sv}) == 0x6500C45AA82C545EU);
}

TEST_CASE("equal keys of different types have the same identity") {
  CHECK(split::identity_hash(std::uint8_t{42}) == split::identity_hash(std::int64_t{42}));
  CHECK(split::identity_hash(std::string{"a"}) == split::identity_hash("a"));
  CHECK(split::identity_hash(std::tuple{"ab"sv, "c"sv}) != split::identity_hash(std::tuple{"a"sv, "bc"sv}));
}

TEST_CASE("a split by hash puts every key where it has always been") {
  split::by_hash const by_number{std::identity{}, usual()};
  CHECK(classes_of_first(100, by_number, [](std::size_t i) { return i; }) ==
        "0000000000200101000000110110000010200000011120000200000000000010000020000010000020010000000012000010");
  split::by_hash const by_text{std::identity{}, usual(), 2026};
  CHECK(classes_of_first(100, by_text, [](std::size_t i) { return "row " + std::to_string(i); }) ==
        "1010200102000000200000000000000100000001002020001000120001002000000202020000010010002000000112000000");
}

TEST_CASE("a split by hash meets the fractions within what chance allows") {
  split::by_hash const classifier{std::identity{}, usual()};
  constexpr std::size_t count = 100'000;
  std::vector<double> counts(3);
  for (std::size_t i = 0; i != count; ++i) ++counts[classifier(i)];
  auto const within = [&](double found, double part) {
    return std::abs(found - part * count) < 5 * std::sqrt(count * part * (1 - part));
  };
  CHECK(within(counts[0], 0.8));
  CHECK(within(counts[1], 0.1));
  CHECK(within(counts[2], 0.1));
}

TEST_CASE("other fractions move only the keys between the old cuts and the new") {
  split::by_hash const before{std::identity{}, {{"eval", 0.1}, {"train", 0.8}, {"test", 0.1}}};
  split::by_hash const after{std::identity{}, {{"eval", 0.15}, {"train", 0.7}, {"test", 0.15}}};
  std::size_t moved = 0;
  for (std::size_t i = 0; i != 10'000; ++i) {
    auto const old_class = before(i);
    auto const new_class = after(i);
    if (old_class == new_class) continue;
    ++moved;
    CHECK(old_class == 1);
  }
  CHECK(moved > 800);
  CHECK(moved < 1200);
}

TEST_CASE("splits with different seeds are independent") {
  split::by_hash const one{std::identity{}, {{"a", 0.5}, {"b", 0.5}}, 1};
  split::by_hash const other{std::identity{}, {{"a", 0.5}, {"b", 0.5}}, 2};
  std::size_t same = 0;
  for (std::size_t i = 0; i != 10'000; ++i) same += one(i) == other(i) ? std::size_t{1} : 0;
  CHECK(same > 4700);
  CHECK(same < 5300);
}
