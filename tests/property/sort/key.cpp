#include "support/catch.hpp"

#include <spillway/sort/key.hpp>

#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory_resource>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

namespace sort = spillway::sort;
namespace chrono = std::chrono;
using sort::detail::key_order;

enum class level : std::int16_t {};

template <class T>
concept byte_character = std::same_as<T, char> || std::same_as<T, unsigned char> || std::same_as<T, std::byte>;

/// Values of every kind, those at the edges more often than chance would have them.
class maker {
 public:
  explicit maker(unsigned seed) : random_{seed} {}

  void make(bool& value) { value = random_() % 2 != 0; }

  template <std::integral T>
  void make(T& value) {
    using limits = std::numeric_limits<T>;
    T const edges[] = {limits::min(), static_cast<T>(limits::min() + 1), T(0),         static_cast<T>(-1),
                       T(1),          static_cast<T>(limits::max() - 1), limits::max()};
    value = random_() % 2 == 0 ? edges[random_() % std::size(edges)] : static_cast<T>(random_());
  }

  template <std::floating_point T>
  void make(T& value) {
    using limits = std::numeric_limits<T>;
    T const edges[] = {T(0),
                       limits::denorm_min(),
                       limits::min(),
                       std::nextafter(limits::min(), T(0)),
                       T(1),
                       std::nextafter(T(1), T(2)),
                       limits::max(),
                       limits::infinity(),
                       limits::quiet_NaN(),
                       limits::signaling_NaN()};
    switch (random_() % 3) {
      case 0:
        value = edges[random_() % std::size(edges)];
        break;
      case 1:
        value = static_cast<T>(std::bit_cast<double>(random_()));
        break;
      default:
        value = static_cast<T>(random_() % 7) / 4;
        break;
    }
    if (random_() % 2 == 0) value = -value;
  }

  void make(level& value) {
    std::int16_t number = 0;
    make(number);
    value = level{number};
  }

  /// Of few different bytes, NUL among them, so that many have long beginnings in common.
  template <class Allocator>
  void make(std::basic_string<char, std::char_traits<char>, Allocator>& value) {
    value.assign(random_() % 3 == 0 ? 7 : 0, 'p');
    for (auto size = random_() % 12; size != 0; --size) value += static_cast<char>(byte());
  }

  template <byte_character T, std::size_t N>
  void make(std::array<T, N>& value) {
    for (auto& element : value) element = static_cast<T>(byte());
  }
  template <std::size_t N>
  void make(char (&value)[N]) {
    for (auto& element : value) element = static_cast<char>(byte());
  }
  template <class T, std::size_t N>
  void make(std::array<T, N>& value) {
    for (auto& element : value) make(element);
  }

  template <class T>
  void make(std::optional<T>& value) {
    value.reset();
    if (random_() % 3 != 0) make(value.emplace());
  }
  template <class T, class U>
  void make(std::pair<T, U>& value) {
    make(value.first);
    make(value.second);
  }
  template <class... T>
  void make(std::tuple<T...>& value) {
    std::apply([&](auto&... parts) { (make(parts), ...); }, value);
  }
  template <class T>
  void make(sort::reversed<T>& value) {
    make(value.value);
  }

  template <class T, class Period>
  void make(chrono::duration<T, Period>& value) {
    T count{};
    make(count);
    value = chrono::duration<T, Period>{count};
  }
  template <class Clock, class Duration>
  void make(chrono::time_point<Clock, Duration>& value) {
    Duration since{};
    make(since);
    value = chrono::time_point<Clock, Duration>{since};
  }
  void make(chrono::year_month_day& value) {
    std::int16_t year = 0;
    make(year);
    value = chrono::year_month_day{chrono::year{year % 30'000}, chrono::month{1 + unsigned(random_() % 12)},
                                   chrono::day{1 + unsigned(random_() % 31)}};
  }

 private:
  unsigned byte() {
    constexpr unsigned bytes[] = {0, 1, 'p', 0x7f, 0x80, 0xff};
    return bytes[random_() % std::size(bytes)];
  }

  std::mt19937_64 random_;
};

/// What the order is meant to be, said in another way: -1, 0 or 1.
template <class T>
int naive(T const& a, T const& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

template <std::floating_point T>
int naive(T const& a, T const& b) {
  if (std::isnan(a) || std::isnan(b)) return int{std::isnan(a)} - int{std::isnan(b)};
  return a < b ? -1 : a > b ? 1 : 0;
}

template <class T, class Period>
int naive(chrono::duration<T, Period> const& a, chrono::duration<T, Period> const& b) {
  return naive(a.count(), b.count());
}

template <class Bytes>
int naive_bytes(Bytes const& a, Bytes const& b) {
  std::vector<int> numbers[2];
  for (auto const element : a) numbers[0].push_back(static_cast<unsigned char>(element));
  for (auto const element : b) numbers[1].push_back(static_cast<unsigned char>(element));
  return naive(numbers[0], numbers[1]);
}

template <class Allocator>
int naive(std::basic_string<char, std::char_traits<char>, Allocator> const& a,
          std::basic_string<char, std::char_traits<char>, Allocator> const& b) {
  return naive_bytes(a, b);
}
template <std::size_t N>
int naive(char const (&a)[N], char const (&b)[N]) {
  return naive_bytes(a, b);
}

// Found where a template is instantiated only if they are declared before it.
template <class T>
int naive(std::optional<T> const& a, std::optional<T> const& b);
template <class T, class U>
int naive(std::pair<T, U> const& a, std::pair<T, U> const& b);
template <class... T>
int naive(std::tuple<T...> const& a, std::tuple<T...> const& b);
template <class T>
int naive(sort::reversed<T> const& a, sort::reversed<T> const& b);

template <class T, std::size_t N>
int naive(std::array<T, N> const& a, std::array<T, N> const& b) {
  if constexpr (byte_character<T>) {
    return naive_bytes(a, b);
  } else {
    for (std::size_t i = 0; i < N; ++i) {
      if (int const order = naive(a[i], b[i]); order != 0) return order;
    }
    return 0;
  }
}

template <class T>
int naive(std::optional<T> const& a, std::optional<T> const& b) {
  return a && b ? naive(*a, *b) : int{a.has_value()} - int{b.has_value()};
}
template <class T, class U>
int naive(std::pair<T, U> const& a, std::pair<T, U> const& b) {
  int const first = naive(a.first, b.first);
  return first != 0 ? first : naive(a.second, b.second);
}
template <std::size_t I, class Tuple>
int naive_from(Tuple const& a, Tuple const& b) {
  if constexpr (I == std::tuple_size_v<Tuple>) {
    return 0;
  } else {
    int const order = naive(std::get<I>(a), std::get<I>(b));
    return order != 0 ? order : naive_from<I + 1>(a, b);
  }
}
template <class... T>
int naive(std::tuple<T...> const& a, std::tuple<T...> const& b) {
  return naive_from<0>(a, b);
}
template <class T>
int naive(sort::reversed<T> const& a, sort::reversed<T> const& b) {
  return naive(b.value, a.value);
}

template <class T>
int sign(T const& order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

/// Counts the pairs for which the order, or what the prefix says of it, is not what it is meant to be.
template <class Less, class K>
std::size_t faults(K const& a, K const& b, int meant) {
  using order = key_order<Less, K>;
  static_assert(order::known);
  auto const by_prefix = naive(order::prefix(a), order::prefix(b));
  bool const prefix_agrees = order::complete ? by_prefix == meant : by_prefix == 0 || by_prefix == meant;
  bool const order_agrees = order::less({}, a, b) == (meant < 0) && order::less({}, b, a) == (meant > 0);
  return (prefix_agrees ? 0U : 1U) + (order_agrees ? 0U : 1U);
}

template <class K>
void check() {
  struct holder {
    K key{};  // which may be an array
  };
  maker values{static_cast<unsigned>(sizeof(K)) + 17};
  std::vector<holder> all(400);
  for (auto& one : all) values.make(one.key);
  std::size_t found = 0;
  std::size_t spare_bits = 0;
  std::size_t equal = 0;
  constexpr auto bits = sort::key_prefix<K>::bits;
  for (auto const& a : all) {
    if constexpr (bits < 64) spare_bits |= sort::key_prefix<K>::of(a.key) & (~std::uint64_t{0} >> bits);
    for (auto const& b : all) {
      int const meant = naive(a.key, b.key);
      found += faults<std::less<>>(a.key, b.key, meant) + faults<std::greater<>>(a.key, b.key, -meant);
      found += sign(sort::detail::compare_keys(a.key, b.key)) == meant ? 0U : 1U;
      equal += meant == 0 ? 1U : 0U;
    }
  }
  INFO(__PRETTY_FUNCTION__);
  CHECK(found == 0);
  CHECK(spare_bits == 0);
  CHECK(equal >= all.size());
}

template <class... K>
void check_all() {
  (check<K>(), ...);
}

}  // namespace

TEST_CASE("prefixes of numbers agree with their total order") {
  check_all<bool, char, signed char, unsigned char, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t,
            std::int64_t, std::uint64_t, wchar_t, char16_t, level>();
  check_all<float, double, long double>();
}

TEST_CASE("prefixes of text agree with its total order") {
  check_all<std::string, std::pmr::string>();
  check_all<std::array<char, 1>, std::array<char, 3>, std::array<unsigned char, 8>, std::array<std::byte, 9>>();
  check_all<char[2], char[7], char[8], char[10]>();
}

TEST_CASE("prefixes of dates and times agree with their total order") {
  check_all<chrono::nanoseconds, chrono::duration<double>, chrono::duration<float, std::milli>, chrono::sys_days,
            chrono::sys_time<chrono::microseconds>, chrono::year_month_day>();
}

TEST_CASE("prefixes of composites agree with their total order") {
  check_all<std::optional<bool>, std::optional<std::int32_t>, std::optional<std::int64_t>, std::optional<double>,
            std::optional<std::string>, std::optional<std::optional<std::int8_t>>>();
  check_all<std::pair<std::int32_t, std::int32_t>, std::pair<double, std::int32_t>, std::pair<std::string, double>,
            std::pair<std::int16_t, std::string>>();
  check_all<std::tuple<>, std::tuple<bool, std::int8_t, std::array<char, 3>, float>,
            std::tuple<std::optional<std::int32_t>, std::string, double>, std::tuple<std::int64_t, bool>,
            std::tuple<std::int32_t, chrono::sys_days>, std::tuple<bool, long double, bool>>();
  check_all<std::array<std::int16_t, 3>, std::array<double, 2>, std::array<std::string, 2>,
            std::array<std::pair<bool, float>, 3>>();
}

TEST_CASE("prefixes of reversed keys agree with their total order") {
  check_all<sort::reversed<bool>, sort::reversed<std::int32_t>, sort::reversed<double>, sort::reversed<long double>,
            sort::reversed<std::string>, sort::reversed<std::array<char, 3>>, sort::reversed<std::tuple<>>>();
  check_all<std::tuple<sort::reversed<std::int16_t>, std::string>,
            std::tuple<std::int16_t, sort::reversed<std::string>>,
            std::tuple<sort::reversed<bool>, sort::reversed<std::array<char, 3>>, sort::reversed<float>>,
            sort::reversed<std::tuple<std::int32_t, sort::reversed<float>>>,
            std::optional<sort::reversed<std::int32_t>>, sort::reversed<std::optional<std::string>>>();
}
