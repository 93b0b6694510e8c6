#include "support/catch.hpp"

#include <spillway/sort/in_memory.hpp>
#include <spillway/sort/key.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

namespace sort = spillway::sort;

/// Whatever its type, a value of a few, or of all.
template <class T>
T make(std::mt19937_64& random, std::uint64_t distinct) {
  auto const number = random() % distinct;
  if constexpr (std::is_floating_point_v<T>) {
    constexpr std::array special{T{0},
                                 -T{0},
                                 std::numeric_limits<T>::infinity(),
                                 -std::numeric_limits<T>::infinity(),
                                 std::numeric_limits<T>::quiet_NaN(),
                                 -std::numeric_limits<T>::quiet_NaN()};
    if (distinct % 2 == 0 && random() % 16 == 0) return special[random() % special.size()];
    return static_cast<T>(static_cast<double>(number) - static_cast<double>(distinct) / 2) / 3;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return std::string(number % 30, 'x') + std::to_string(number);
  } else {
    return static_cast<T>(number * (~std::uint64_t{0} / distinct));
  }
}

std::size_t make_size(std::mt19937_64& random) {
  constexpr std::array<std::size_t, 6> limits{3, 30, 300, 5000, 20'000, 150'000};
  return random() % limits[random() % limits.size()];
}

/// The order of the library, in the naive way: NaN after all others, and equal to itself.
struct plain_less {
  template <class T>
  bool operator()(T const& a, T const& b) const {
    if constexpr (std::is_floating_point_v<T>) {
      if (a != a || b != b) return a == a && b != b;
    }
    return a < b;
  }
};

/// To the last bit.
template <class T>
bool same(std::vector<T> const& a, std::vector<T> const& b) {
  if constexpr (std::is_floating_point_v<T>) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
  } else {
    return a == b;
  }
}

}  // namespace

TEMPLATE_TEST_CASE("values are in the order that std::stable_sort gives", "", std::int8_t, std::uint64_t, float, double,
                   std::string) {
  std::mt19937_64 random{1};
  for (int round = 0; round < 60; ++round) {
    auto const distinct = std::uint64_t{1} << random() % 64;
    std::vector<TestType> all(make_size(random));
    for (auto& one : all) one = make<TestType>(random, distinct + random() % 2);
    auto const threads = 1 + static_cast<unsigned>(random() % 4);
    CAPTURE(round, all.size(), distinct, threads);

    auto expected = all;
    std::stable_sort(expected.begin(), expected.end(), plain_less{});
    auto ascending = all;
    sort::in_memory(ascending, {}, {}, {.threads = threads});
    REQUIRE(same(ascending, expected));
    auto by_lambda = all;
    sort::in_memory(by_lambda, [](TestType const& a, TestType const& b) { return plain_less{}(a, b); }, {},
                    {.threads = threads});
    REQUIRE(same(by_lambda, expected));

    expected = all;
    std::stable_sort(expected.begin(), expected.end(), [](auto const& a, auto const& b) { return plain_less{}(b, a); });
    sort::in_memory(all, std::greater<>{}, {}, {.threads = threads});
    REQUIRE(same(all, expected));
  }
}

namespace {

template <class Key, std::size_t Filling>
struct record {
  Key key;
  std::uint64_t number;
  std::array<char, Filling> filling;
};

template <class Record>
void check_records(std::uint64_t seed) {
  using key = decltype(Record::key);
  std::mt19937_64 random{seed};
  for (int round = 0; round < 30; ++round) {
    auto const distinct = std::uint64_t{1} << random() % 40;
    std::vector<Record> all(make_size(random));
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = {make<key>(random, distinct), i, {}};
    auto const threads = 1 + static_cast<unsigned>(random() % 3);
    CAPTURE(round, all.size(), distinct, threads);
    auto expected = all;
    std::stable_sort(expected.begin(), expected.end(),
                     [](Record const& a, Record const& b) { return plain_less{}(a.key, b.key); });
    auto const numbers_as_expected = [&](std::vector<Record> const& sorted) {
      return std::ranges::equal(sorted, expected, {}, &Record::number, &Record::number);
    };
    auto by_prefix = all;
    sort::in_memory(by_prefix, {}, &Record::key, {.threads = threads});
    REQUIRE(numbers_as_expected(by_prefix));
    sort::in_memory(all, [](key const& a, key const& b) { return plain_less{}(a, b); }, &Record::key,
                    {.threads = threads});
    REQUIRE(numbers_as_expected(all));
  }
}

}  // namespace

TEST_CASE("records are in the order that std::stable_sort gives") {
  check_records<record<std::uint32_t, 1>>(1);
  check_records<record<double, 100>>(3);
  check_records<record<std::int64_t, 300>>(4);
  check_records<record<std::string, 1>>(5);
}

TEST_CASE("keys of several parts are in the order that std::stable_sort gives") {
  using record = std::tuple<std::uint16_t, std::string, int>;
  std::mt19937_64 random{9};
  for (int round = 0; round < 20; ++round) {
    std::vector<record> all(make_size(random));
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = {static_cast<std::uint16_t>(random() % 4), make<std::string>(random, 1000), static_cast<int>(i)};
    }
    auto expected = all;
    std::ranges::stable_sort(expected, [](record const& a, record const& b) {
      return std::get<0>(a) != std::get<0>(b) ? std::get<0>(a) < std::get<0>(b) : std::get<1>(b) < std::get<1>(a);
    });
    sort::in_memory(all, {},
                    sort::keys([](record const& one) { return std::get<0>(one); },
                               sort::descending([](record const& one) -> auto const& { return std::get<1>(one); })),
                    {.threads = 1 + static_cast<unsigned>(random() % 3)});
    REQUIRE(all == expected);
  }
}
