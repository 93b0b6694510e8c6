#include "support/catch.hpp"

#include <spillway/sort/key_prefix.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace {

namespace sort = spillway::sort;
namespace chrono = std::chrono;
using namespace std::string_view_literals;
using sort::key_prefix;
using sort::detail::compare_keys;

enum class weekday : std::int8_t { before = -1, first = 0, second = 1 };

struct plain {
  int value;
  friend bool operator<(plain a, plain b) { return a.value < b.value; }
};

template <class K>
constexpr std::uint64_t of(K const& key) {
  return key_prefix<K>::of(key);
}

template <class K>
constexpr bool before(K const& a, K const& b) {
  return compare_keys(a, b) < 0 && compare_keys(b, a) > 0;
}

template <class K>
constexpr bool same(K const& a, K const& b) {
  return compare_keys(a, b) == 0;
}

template <class K>
constexpr bool decides = key_prefix<K>::complete;

// All of it can be done at compile time.
static_assert(of(false) == 0 && of(true) == std::uint64_t{1} << 63U);
static_assert(of(std::int8_t{-128}) == 0 && of(std::int8_t{127}) == std::uint64_t{255} << 56U);
static_assert(of(std::uint16_t{0x1234}) == 0x1234'0000'0000'0000U);
static_assert(of(std::numeric_limits<std::int64_t>::min()) == 0);
static_assert(of(std::numeric_limits<std::int64_t>::max()) == ~std::uint64_t{0});
static_assert(of(weekday::before) < of(weekday::first) && of(weekday::first) < of(weekday::second));
static_assert(of(std::byte{7}) == std::uint64_t{7} << 56U);
static_assert(of(1.0) < of(1.5) && of(-1.0) < of(0.0) && of(-1.5) < of(-1.0));
static_assert(of("ab"sv) == 0x6162'0000'0000'0000U);
static_assert(of("abcdefghi"sv) == 0x6162'6364'6566'6768U);
static_assert(of(std::array<char, 3>{'a', 'b', 'c'}) == 0x6162'6300'0000'0000U);
static_assert(of(std::pair{std::uint8_t{1}, std::uint16_t{2}}) == 0x0100'0200'0000'0000U);
static_assert(of(std::tuple{std::uint32_t{1}, "abcdef"sv, 3}) == 0x0000'0001'6162'6364U);
static_assert(before("abcdefghi"sv, "abcdefghj"sv));

static_assert(decides<bool> && decides<std::uint64_t> && decides<double> && decides<weekday> && decides<wchar_t>);
static_assert(decides<char[8]> && !decides<char[9]> && !decides<std::string> && !decides<std::string_view>);
static_assert(decides<std::span<std::byte const, 4>> && !decides<std::span<unsigned char const>>);
static_assert(decides<std::pair<int, float>> && !decides<std::pair<std::int64_t, bool>> && !decides<plain>);
static_assert(decides<std::tuple<>> && decides<std::array<std::uint16_t, 4>> && !decides<std::array<int, 3>>);
static_assert(decides<std::optional<int>> && !decides<std::optional<std::int64_t>> && !decides<long double>);
static_assert(decides<chrono::sys_days> && decides<chrono::nanoseconds> && decides<chrono::year_month_day>);
static_assert(key_prefix<std::tuple<std::uint8_t, char[3], bool>>::bits == 33);
static_assert(key_prefix<std::tuple<std::string, int>>::bits == 64);
static_assert(key_prefix<plain>::bits == 0 && key_prefix<std::tuple<plain, int>>::bits == 0);

}  // namespace

TEST_CASE("both zeros are one key and every NaN is one key after infinity") {
  auto const check = []<class F>(F) {
    using limits = std::numeric_limits<F>;
    CHECK(of(F{0}) == of(-F{0}));
    auto const nan = of(limits::quiet_NaN());
    CHECK(nan == of(-limits::quiet_NaN()));
    CHECK(nan == of(limits::signaling_NaN()));
    CHECK(of(limits::infinity()) < nan);
    CHECK(of(limits::max()) < of(limits::infinity()));
    CHECK(of(F{0}) < of(limits::denorm_min()));
    CHECK(of(-limits::denorm_min()) < of(F{0}));
    CHECK(of(limits::denorm_min()) < of(limits::min()));
    CHECK(of(-limits::infinity()) < of(limits::lowest()));
  };
  check(0.0F);
  check(0.0);
}

TEST_CASE("a long double that rounds to its neighbour's double still has a place of its own") {
  using limits = std::numeric_limits<long double>;
  auto const next = std::nextafter(1.0L, 2.0L);
  CHECK(of(1.0L) <= of(next));
  CHECK(before(1.0L, next));
  CHECK(same(0.0L, -0.0L));
  CHECK(of(0.0L) == of(-0.0L));
  CHECK(same(limits::quiet_NaN(), -limits::quiet_NaN()));
  CHECK(before(limits::infinity(), limits::quiet_NaN()));
  CHECK(of(limits::max()) <= of(limits::infinity()));
}

TEST_CASE("text of every short length has its bytes in front, read from nowhere else") {
  for (std::size_t size = 0; size <= 12; ++size) {
    std::string text;
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < size; ++i) {
      text += static_cast<char>(0xf1U + i);
      if (i < 8) expected |= std::uint64_t{0xf1U + i} << (56 - 8 * i);
    }
    auto const exact = std::make_unique<char[]>(size);  // so that a sanitizer sees a byte too many
    text.copy(exact.get(), size);
    CHECK(of(std::string_view{exact.get(), size}) == expected);
    CHECK(of(std::pmr::string{text}) == expected);
    CHECK(of(std::span<char const>{exact.get(), size}) == expected);
  }
}

TEST_CASE("characters are compared as unsigned, also where char is signed") {
  char const high[2] = {'\xff', 'a'};
  char const low[2] = {'\x7f', 'a'};
  CHECK(key_prefix<char[2]>::of(low) < key_prefix<char[2]>::of(high));
  CHECK(before(std::array<char, 9>{'\x7f'}, std::array<char, 9>{'\xff'}));
  CHECK(of(std::string_view{low, 2}) < of(std::string_view{high, 2}));
}

TEST_CASE("text with NUL bytes at its end has the prefix of the text without, and comes after it") {
  using namespace std::string_literals;
  CHECK(of("a"s) == of("a\0"s));
  CHECK(before("a"s, "a\0"s));
  CHECK(before("a\0"s, "a\0\0"s));
  CHECK(before("a\0b"s, "a\0c"s));
}

TEST_CASE("nothing comes before every value") {
  using key = std::optional<std::int32_t>;
  CHECK(of(key{}) < of(key{std::numeric_limits<std::int32_t>::min()}));
  CHECK(of(key{-1}) < of(key{0}));
  CHECK(before(std::optional<std::string>{}, std::optional<std::string>{""}));
  CHECK(before(std::optional<double>{}, std::optional{std::nan("")}));
}

TEST_CASE("dates and times order as they do") {
  using namespace std::chrono_literals;
  CHECK(of(chrono::sys_days{1969y / 12 / 31}) < of(chrono::sys_days{1970y / 1 / 1}));
  CHECK(of(1969y / 12 / 31) < of(1970y / 1 / 1));
  CHECK(of(chrono::year_month_day{-5y / 1 / 1}) < of(chrono::year_month_day{1y / 1 / 1}));
  CHECK(of(2020y / 2) < of(2020y / 11));
  CHECK(of(-1ns) < of(0ns));
  CHECK(of(chrono::duration<double>{-0.5}) < of(chrono::duration<double>{0.25}));
}

TEST_CASE("a part that differs decides before the parts behind it") {
  using key = std::tuple<std::string, int>;
  CHECK(before(key{"a", 9}, key{"b", 1}));
  CHECK(before(key{"b", 1}, key{"b", 2}));
  CHECK(same(key{"b", 2}, key{"b", 2}));
  CHECK(before(std::tuple{plain{1}, 2.0}, std::tuple{plain{1}, std::nan("")}));
  CHECK(same(std::array<double, 2>{1, -0.0}, std::array<double, 2>{1, 0.0}));
}

#ifdef __SIZEOF_INT128__
TEST_CASE("integers of 128 bits order by their upper half first") {
  using wide = sort::detail::signed_128;
  auto const low = -(wide{1} << 100U);
  CHECK(of(low) < of(wide{0}));
  CHECK(of(wide{1}) == of(wide{2}));
  CHECK(before(wide{1}, wide{2}));
  CHECK(of(wide{0}) < of(wide{1} << 64U));
  using unsigned_wide = sort::detail::unsigned_128;
  CHECK(of(unsigned_wide{1} << 127U) == std::uint64_t{1} << 63U);
}
#endif
