#include "support/catch.hpp"

#include <spillway/core/concepts.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/sort/key.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
using sort::key_prefix;
using sort::detail::key_order;

struct sale {
  std::int32_t shop;
  double amount;
  std::string name;
  char code[10];
};

struct plain {
  int value;
  friend bool operator<(plain a, plain b) { return a.value < b.value; }
};

struct by_length {
  bool operator()(std::string const& a, std::string const& b) const { return a.size() < b.size(); }
};

template <class Projection, class Record = sale>
using key_of = std::remove_cvref_t<std::invoke_result_t<Projection const&, Record const&>>;

template <class Less, class Projection>
bool less(Less const& order, Projection const& projection, sale const& a, sale const& b) {
  return key_order<Less, key_of<Projection>>::less(order, projection(a), projection(b));
}

// What the standard comparators name is known; every other order is asked for.
static_assert(key_order<std::less<>, int>::known && key_order<std::less<int>, int>::complete);
static_assert(key_order<std::ranges::greater, std::string>::known && !key_order<std::less<>, std::string>::complete);
static_assert(!key_order<by_length, std::string>::known);
static_assert(!key_order<std::less<>, plain>::known && !key_order<std::less<long>, int>::known);
static_assert(key_order<std::greater<>, std::int8_t>::prefix(127) == ~(std::uint64_t{255} << 56U));
static_assert(key_order<std::ranges::less, char[10]>::known);
static_assert(spillway::projection_of<decltype(sort::keys(&sale::shop, &sale::name)), sale>);
static_assert(key_prefix<sort::reversed<bool>>::of({true}) == 0);
static_assert(key_prefix<sort::reversed<bool>>::of({false}) == std::uint64_t{1} << 63U);

}  // namespace

TEST_CASE("a comparator with no prefix is called") {
  by_length const order;
  using keys = key_order<by_length, std::string>;
  CHECK(keys::prefix("abc") == 0);
  CHECK(keys::less(order, "b", "aa"));
  CHECK_FALSE(keys::less(order, "aa", "b"));
  CHECK(key_order<std::less<>, plain>::less({}, {1}, {2}));
}

TEST_CASE("descending, NaN comes first and nothing last") {
  using keys = key_order<std::greater<>, double>;
  CHECK(keys::less({}, std::nan(""), 1.0));
  CHECK_FALSE(keys::less({}, 1.0, std::nan("")));
  CHECK_FALSE(keys::less({}, 0.0, -0.0));
  CHECK(keys::prefix(2.0) < keys::prefix(1.0));
  CHECK(key_order<std::ranges::greater, std::optional<std::string>>::less({}, "a", std::nullopt));
}

TEST_CASE("keys of several parts, each in its own direction") {
  auto const projection = sort::keys(sort::ascending(&sale::shop), sort::descending(&sale::amount), &sale::name);
  sale const a{1, 5.0, "x", "a"};
  sale const b{1, 7.0, "a", "b"};
  sale const c{1, 7.0, "b", "c"};
  sale const d{0, 1.0, "z", "d"};
  std::less<> const order;
  CHECK(less(order, projection, d, a));
  CHECK(less(order, projection, b, a));
  CHECK(less(order, projection, b, c));
  CHECK(less(order, projection, c, a));
  CHECK_FALSE(less(order, projection, a, c));
  using keys = key_order<std::less<>, key_of<decltype(projection)>>;
  CHECK(keys::prefix(projection(d)) < keys::prefix(projection(a)));
  CHECK(keys::prefix(projection(b)) < keys::prefix(projection(a)));
  CHECK(keys::prefix(projection(b)) == keys::prefix(projection(c)));
}

TEST_CASE("parts that a projection refers to are not copied") {
  sale const a{1, 5.0, "x", "a"};
  auto const key = sort::keys(&sale::name, sort::descending(&sale::code), [](sale const& s) { return s.name; })(a);
  CHECK(&std::get<0>(key) == &a.name);
  CHECK(&std::get<1>(key).value == &a.code);
  static_assert(std::is_same_v<std::tuple_element_t<2, std::remove_const_t<decltype(key)>>, std::string>);
}

TEST_CASE("keys of keys, and all of them the other way round") {
  sale const a{1, 5.0, "x", "a"};
  sale const b{1, 6.0, "x", "a"};
  auto const inner = sort::keys(&sale::shop, &sale::amount);
  auto const outer = sort::keys(&sale::name, sort::descending(inner));
  CHECK(less(std::less<>{}, outer, b, a));
  CHECK(less(std::greater<>{}, outer, a, b));
  CHECK(sort::descending(inner)(b) < sort::descending(inner)(a));
  CHECK(sort::descending(inner)(b) == sort::descending(inner)(b));
}

TEST_CASE("descending by the record itself") {
  std::vector<double> values{1, std::nan(""), 3, 2};
  auto const projection = sort::descending();
  std::ranges::sort(values, {}, projection);
  CHECK(std::isnan(values[0]));
  CHECK(std::vector<double>(values.begin() + 1, values.end()) == std::vector<double>{3, 2, 1});
}

TEST_CASE("columns of CSV are parts of keys") {
  auto reader = io::read_csv(std::make_unique<io::memory_source>("shop,amount\nb,1\na,2\n"));
  std::vector<io::csv_row> rows;
  for (auto const& row : reader) rows.push_back(row);
  auto const projection = sort::keys(io::column{"shop"}, sort::descending(io::column{"amount"}));
  using key = key_of<decltype(projection), io::csv_row>;
  static_assert(std::is_same_v<key, std::tuple<std::string_view, sort::reversed<std::string_view>>>);
  CHECK(key_order<std::ranges::less, key>::less({}, projection(rows[1]), projection(rows[0])));
}
