#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/codec.hpp>
#include <spillway/sort/detail/record_codec.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
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
using namespace std::string_view_literals;
using sort::spillable;
using sort::detail::record_codec;

struct point {
  std::int32_t x;
  double y;
  friend bool operator==(point const&, point const&) = default;
};

struct person {
  std::string name;
  std::vector<std::string> aliases;
  std::int32_t age = 0;
  char code[3] = {};
  friend bool operator==(person const&, person const&) = default;
};

/// Can be moved and neither copied nor made without a value.
class task {
 public:
  explicit task(int number) : number_{std::make_unique<int>(number)} {}
  [[nodiscard]] int number() const { return *number_; }

 private:
  std::unique_ptr<int> number_;
};

/// A codec with a state of its own, made for one sorter.
struct task_codec {
  int offset = 0;
  [[nodiscard]] static std::size_t size(task const&) { return sizeof(int); }
  void write(task const& record, char* to) const {
    int const number = record.number() + offset;
    std::memcpy(to, &number, sizeof number);
  }
  [[nodiscard]] task read(std::string_view bytes) const {
    int number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return task{number - offset};
  }
};

struct opaque {
  std::unique_ptr<int> value;
};

/// As the sorter keeps it: with the alignment asked for, and no byte more than its size.
template <class T, class Codec>
struct packed {
  packed(record_codec<T, Codec> const& codec, T const& record)
      : size{codec.size(record)}, bytes{std::make_unique<char[]>(size)} {
    codec.write(record, bytes.get());
  }
  [[nodiscard]] std::string_view view() const { return {bytes.get(), size}; }
  std::size_t size;
  std::unique_ptr<char[]> bytes;
};

template <class T>
T again(T const& record) {
  record_codec<T> const codec;
  packed const bytes{codec, record};
  typename record_codec<T>::slot slot;
  return T(codec.read(bytes.view(), slot));
}

}  // namespace

template <>
struct spillway::sort::spill_codec<person>
    : spillway::sort::members_codec<&person::name, &person::aliases, &person::age, &person::code> {};

namespace {

static_assert(spillable<int> && spillable<point> && spillable<std::string> && spillable<std::pmr::string>);
static_assert(spillable<std::pair<std::string, int>> && spillable<std::vector<std::optional<std::string>>>);
static_assert(spillable<std::chrono::sys_days> && spillable<std::array<std::string, 3>> && spillable<person>);
static_assert(!spillable<task> && !spillable<opaque> && !spillable<std::vector<opaque>>);
// What a pointer or a view refers to would be lost without notice.
static_assert(!spillable<int*> && !spillable<std::span<int const>> && !spillable<std::reference_wrapper<int>>);
static_assert(!spillable<std::optional<char const*>> && !spillable<std::array<int*, 2>> &&
              !spillable<std::wstring_view>);

static_assert(record_codec<point>::fixed_size == sizeof(point) && record_codec<point>::alignment == alignof(point));
static_assert(record_codec<point>::in_place && record_codec<std::string_view>::in_place);
static_assert(std::is_empty_v<record_codec<point>::slot> && std::is_empty_v<record_codec<std::string_view>::slot>);
static_assert(record_codec<std::string_view>::fixed_size == 0 && record_codec<std::string_view>::alignment == 1);
static_assert(!record_codec<std::string>::in_place && record_codec<std::string>::fixed_size == 0);
static_assert(record_codec<std::pair<std::int32_t, char>>::fixed_size == 5);
static_assert(record_codec<std::pair<std::int32_t, char>>::alignment == 1);
static_assert(sort::codec_for<task_codec, task> && record_codec<task, task_codec>::fixed_size == 0);

}  // namespace

TEST_CASE("records of fixed size are read where they are") {
  record_codec<point> const codec;
  alignas(point) std::array<char, sizeof(point)> bytes{};
  codec.write({3, 0.5}, bytes.data());
  record_codec<point>::slot slot;
  point const& read = codec.read({bytes.data(), bytes.size()}, slot);
  CHECK(static_cast<void const*>(&read) == bytes.data());
  CHECK(read == point{3, 0.5});
  CHECK_THROWS_AS(codec.read({bytes.data(), bytes.size() - 1}, slot), spillway::value_error);
}

TEST_CASE("a view is read as a view of the packed bytes") {
  record_codec<std::string_view> const codec;
  packed const bytes{codec, "text"sv};
  record_codec<std::string_view>::slot slot;
  auto const read = codec.read(bytes.view(), slot);
  CHECK(read == "text");
  CHECK(read.data() == bytes.bytes.get());
}

TEST_CASE("records come back as they were") {
  using namespace std::string_literals;
  CHECK(again(true));
  CHECK(again(""s).empty());
  CHECK(again("a\0b"s) == "a\0b"s);
  CHECK(again(std::string(100'000, 'x')) == std::string(100'000, 'x'));
  CHECK(again(std::pair{"first"s, "second"s}) == std::pair{"first"s, "second"s});
  CHECK(again(std::tuple{1, ""s, 2.5, "last"s, true}) == std::tuple{1, ""s, 2.5, "last"s, true});
  CHECK(again(std::array{"a"s, ""s, "ccc"s}) == std::array{"a"s, ""s, "ccc"s});
  CHECK(again(std::array<std::string, 0>{}).empty());
  CHECK(again(std::vector<int>{1, 2, 3}) == std::vector<int>{1, 2, 3});
  CHECK(again(std::vector<int>{}).empty());
  CHECK(again(std::vector<bool>{true, false, true}) == std::vector<bool>{true, false, true});
  CHECK(again(std::vector<std::string>{"", "b", ""}) == std::vector<std::string>{"", "b", ""});
  using nested = std::vector<std::optional<std::pair<std::string, std::vector<int>>>>;
  nested const deep{std::nullopt, std::pair{"x"s, std::vector<int>{1, 2}}, std::pair{""s, std::vector<int>{}}};
  CHECK(again(deep) == deep);
  using twice = std::optional<std::optional<std::string>>;
  CHECK(again(twice{}) == twice{});
  CHECK(again(twice{std::optional<std::string>{}}) == twice{std::optional<std::string>{}});
  CHECK(again(twice{""s}) == twice{""s});
  CHECK(again(std::tuple<>{}) == std::tuple<>{});
}

TEST_CASE("lengths around each power of 128 come back") {
  for (std::size_t const size : {0U, 1U, 127U, 128U, 129U, 16'383U, 16'384U, 2'097'151U, 2'097'152U}) {
    std::pair<std::string, int> const record{std::string(size, 'x'), 7};
    record_codec<std::pair<std::string, int>> const codec;
    CHECK(codec.size(record) == size + sizeof(int) +
                                    (size < 128         ? 1U
                                     : size < 16'384    ? 2U
                                     : size < 2'097'152 ? 3U
                                                        : 4U));
    CHECK(again(record) == record);
  }
}

TEST_CASE("a class is packed by its members") {
  person const ada{"Ada", {"Countess", ""}, 36, {'a', 'd', 'a'}};
  CHECK(again(ada) == ada);
  CHECK(again(person{}) == person{});
}

TEST_CASE("a slot that is used again forgets the record before, also one that was moved from") {
  using record = std::tuple<std::string, std::vector<std::string>, std::optional<std::string>>;
  record_codec<record> const codec;
  record_codec<record>::slot slot;
  record const first{"a long string that needs memory of its own", {"x", "y", "z"}, "value"};
  record const second{"b", {"only"}, std::nullopt};
  packed const first_bytes{codec, first};
  packed const second_bytes{codec, second};
  CHECK(codec.read(first_bytes.view(), slot) == first);
  CHECK(codec.read(second_bytes.view(), slot) == second);
  CHECK(codec.read(first_bytes.view(), slot) == first);
  auto const taken = std::move(codec.read(first_bytes.view(), slot));
  CHECK(taken == first);
  CHECK(codec.read(first_bytes.view(), slot) == first);
}

TEST_CASE("a codec of its own packs records that can only be moved") {
  record_codec<task, task_codec> const codec{task_codec{.offset = 5}};
  record_codec<task, task_codec>::slot slot;
  packed const bytes{codec, task{37}};
  task taken = std::move(codec.read(bytes.view(), slot));
  CHECK(taken.number() == 37);
  CHECK(codec.read(bytes.view(), slot).number() == 37);
}

TEST_CASE("a slot takes memory from where it is told") {
  using record = std::pair<std::pmr::string, std::pmr::vector<std::pmr::string>>;
  record_codec<record> const codec;
  record const long_texts{std::pmr::string(1000, 'a'), {std::pmr::string(1000, 'b')}};
  packed const bytes{codec, long_texts};
  spillway::memory_budget budget{100'000};
  record_codec<record>::slot slot{&budget};
  CHECK(codec.read(bytes.view(), slot) == long_texts);
  CHECK(budget.used() > 2000);
}

TEST_CASE("damaged bytes are refused or read as something, and nothing behind them is read") {
  using record = std::tuple<std::string, std::vector<std::string>, std::optional<std::pair<std::string, bool>>,
                            std::vector<std::pair<std::int16_t, std::int8_t>>, person>;
  record_codec<record> const codec;
  record const whole{
      "text", {"a", "", "long enough for more"}, std::pair{"b", true}, {{1, 2}, {3, 4}}, {"n", {"m"}, 1, {}}};
  packed const bytes{codec, whole};
  std::mt19937 random{1};
  record_codec<record>::slot slot;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto const size = random() % 4 == 0 ? random() % (bytes.size + 1) : bytes.size;
    auto const exact = std::make_unique<char[]>(size);
    bytes.view().copy(exact.get(), size);
    for (auto flips = random() % 4; flips != 0 && size != 0; --flips) {
      exact[random() % size] = static_cast<char>(random() % 2 == 0 ? 0xff : random());
    }
    try {
      static_cast<void>(codec.read({exact.get(), size}, slot));
    } catch (spillway::value_error const&) {
      ++refused;
    }
  }
  CHECK(refused > 1000);
  CHECK(codec.read(bytes.view(), slot) == whole);
}

TEST_CASE("a length of more than all bits is refused") {
  using record = std::pair<std::string, int>;
  record_codec<record> const codec;
  record_codec<record>::slot slot;
  CHECK_THROWS_AS(codec.read(std::string(40, '\xff'), slot), spillway::value_error);
  CHECK_THROWS_AS(codec.read("", slot), spillway::value_error);
  CHECK_THROWS_AS(codec.read("\x01", slot), spillway::value_error);
}

TEST_CASE("bytes too many are refused") {
  using record = std::pair<std::string, std::int32_t>;
  record_codec<record> const codec;
  record_codec<record>::slot slot;
  packed const bytes{codec, record{"a", 1}};
  CHECK_THROWS_AS(codec.read(std::string{bytes.view()} + "x", slot), spillway::value_error);
  record_codec<std::vector<std::int32_t>> const list;
  record_codec<std::vector<std::int32_t>>::slot list_slot;
  CHECK_THROWS_AS(list.read("12345", list_slot), spillway::value_error);
}
