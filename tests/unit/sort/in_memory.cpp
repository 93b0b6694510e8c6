#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/in_memory.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace {

namespace sort = spillway::sort;

struct record {
  std::uint32_t key;
  std::size_t number;
  std::array<char, 20> filling;
};

std::vector<record> make_records(std::size_t size, std::uint32_t distinct) {
  std::mt19937 random{5};
  std::vector<record> all(size);
  for (std::size_t i = 0; i < size; ++i) all[i] = {static_cast<std::uint32_t>(random() % distinct), i, {}};
  return all;
}

}  // namespace

TEST_CASE("records of equal key keep their order") {
  auto records = make_records(100'000, 100);
  sort::in_memory(records, std::ranges::less{}, &record::key);
  REQUIRE(std::is_sorted(records.begin(), records.end(), [](record const& a, record const& b) {
    return a.key < b.key || (a.key == b.key && a.number < b.number);
  }));
}

TEST_CASE("descending, records of equal key keep their order too") {
  auto records = make_records(100'000, 100);
  sort::in_memory(records, std::ranges::greater{}, &record::key);
  REQUIRE(std::is_sorted(records.begin(), records.end(), [](record const& a, record const& b) {
    return a.key > b.key || (a.key == b.key && a.number < b.number);
  }));
}

TEST_CASE("zeros of both signs and all kinds of NaN keep their order") {
  auto const nan = std::numeric_limits<double>::quiet_NaN();
  auto const infinity = std::numeric_limits<double>::infinity();
  std::vector<double> values{nan, 0.0, -0.0, 1, -nan, 0.0, -infinity, infinity, -1, -0.0};
  sort::in_memory(values);
  std::vector<double> const expected{-infinity, -1, 0.0, -0.0, 0.0, -0.0, 1, infinity, nan, -nan};
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(i);
    REQUIRE(std::bit_cast<std::uint64_t>(values[i]) == std::bit_cast<std::uint64_t>(expected[i]));
  }
}

TEST_CASE("elements that can only be moved are sorted") {
  std::vector<std::unique_ptr<int>> all;
  std::mt19937 random{1};
  for (int i = 0; i < 10'000; ++i) all.push_back(std::make_unique<int>(static_cast<int>(random() % 1000)));
  sort::in_memory(all, std::ranges::less{}, [](auto const& one) { return *one; });
  REQUIRE(std::is_sorted(all.begin(), all.end(), [](auto const& a, auto const& b) { return *a < *b; }));
}

TEST_CASE("a range need not be contiguous") {
  std::deque<std::string> all;
  std::mt19937 random{1};
  for (int i = 0; i < 10'000; ++i) all.push_back("key" + std::to_string(random() % 1000));
  sort::in_memory(all);
  REQUIRE(std::is_sorted(all.begin(), all.end()));
}

TEST_CASE("every permutation of records is undone, however its cycles run") {
  // Sorted by number, after having been turned round, exchanged in pairs, and shuffled.
  std::size_t const size = 100'000;
  for (auto const threads : {1U, 2U, 3U}) {
    auto const check = [&](auto const& number_at) {
      std::vector<std::string> all(size);
      for (std::size_t i = 0; i < size; ++i) all[i] = "a number like " + std::to_string(1'000'000 + number_at(i));
      sort::in_memory(all, {}, {}, {.threads = threads});
      for (std::size_t i = 0; i < size; ++i) {
        if (all[i] != "a number like " + std::to_string(1'000'000 + i)) FAIL(i << ": " << all[i]);
      }
    };
    check([](std::size_t i) { return i; });
    check([&](std::size_t i) { return (i + 1) % size; });
    check([&](std::size_t i) { return (i + size / 2) % size; });
    check([&](std::size_t i) { return size - 1 - i; });
    check([](std::size_t i) { return i ^ 1U; });
    check([&](std::size_t i) { return i * 7919 % size; });
    std::vector<std::size_t> shuffled(size);
    std::iota(shuffled.begin(), shuffled.end(), std::size_t{0});
    std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937{4});
    check([&](std::size_t i) { return shuffled[i]; });
  }
}

namespace {

/// Numbers that a test can find again, in all the orders that sorts have trouble with.
std::vector<std::vector<int>> make_patterns(int size) {
  std::vector<std::vector<int>> all(6, std::vector<int>(static_cast<std::size_t>(size)));
  std::mt19937 random{7};
  for (int i = 0; i < size; ++i) {
    auto const at = static_cast<std::size_t>(i);
    all[0][at] = 1;
    all[1][at] = i;
    all[2][at] = size - i;
    all[3][at] = i < size / 2 ? i : size - i;
    all[4][at] = static_cast<int>(random() % 1000);
    all[5][at] = i % 1000 == 999 ? static_cast<int>(random() % 10'000) : i;
  }
  return all;
}

template <class T>
std::vector<T> sorted_copy(std::vector<T> all) {
  std::sort(all.begin(), all.end());
  return all;
}

/// A type that takes a number, and is sorted by entries and not by value.
struct boxed {
  int number = 0;
  std::string text;
  boxed() = default;
  explicit boxed(int of) : number{of}, text{std::to_string(of)} {}
};

}  // namespace

TEST_CASE("equal, sorted, reversed, organ pipe, few and nearly sorted") {
  for (auto const& pattern : make_patterns(33'000)) {
    auto const expected = sorted_copy(pattern);
    for (auto const threads : {1U, 2U}) {
      auto values = pattern;
      sort::in_memory(values, {}, {}, {.threads = threads});
      REQUIRE(values == expected);
      auto by_lambda = pattern;
      sort::in_memory(by_lambda, [](int a, int b) { return a < b; }, {}, {.threads = threads});
      REQUIRE(by_lambda == expected);
      std::vector<boxed> boxes(pattern.begin(), pattern.end());
      sort::in_memory(boxes, {}, &boxed::number, {.threads = threads});
      REQUIRE(std::ranges::equal(boxes, expected, {}, &boxed::number));
      sort::in_memory(boxes, [](int a, int b) { return a > b; }, &boxed::number, {.threads = threads});
      REQUIRE(std::ranges::equal(boxes | std::views::reverse, expected, {}, &boxed::number));
      REQUIRE(std::ranges::all_of(boxes, [](boxed const& one) { return one.text == std::to_string(one.number); }));
    }
  }
}

TEST_CASE("a comparator that answers at random, or always yes, loses no element") {
  for (auto const threads : {1U, 2U}) {
    for (auto const& pattern : make_patterns(5'000)) {
      auto const at_random = [state = std::make_shared<std::atomic<unsigned>>(1)](int, int) {
        return (state->fetch_add(1) * 2654435761U >> 16U) % 2 == 0;
      };
      auto const always = [](int, int) { return true; };
      auto const check = [&](auto const& less) {
        auto values = pattern;
        sort::in_memory(values, less, {}, {.threads = threads});
        REQUIRE(sorted_copy(values) == sorted_copy(pattern));
        std::vector<boxed> boxes(pattern.begin(), pattern.end());
        sort::in_memory(boxes, less, &boxed::number, {.threads = threads});
        std::vector<int> numbers;
        for (auto const& one : boxes) numbers.push_back(one.number);
        REQUIRE(sorted_copy(numbers) == sorted_copy(pattern));
        REQUIRE(std::ranges::all_of(boxes, [](boxed const& one) { return one.text == std::to_string(one.number); }));
      };
      check(at_random);
      check(always);
    }
  }
}

TEST_CASE("a comparator or projection that throws loses no element, whenever it throws") {
  auto const pattern = make_patterns(20'000)[4];
  for (auto const threads : {1U, 2U}) {
    for (int calls = 1; calls < 100'000; calls = calls * 3 + 1) {
      std::atomic<int> count{0};
      auto const tick = [&] {
        if (++count == calls) throw std::runtime_error{"enough"};
      };
      auto const less = [&](int a, int b) {
        tick();
        return a < b;
      };
      auto values = pattern;
      REQUIRE_THROWS_AS(sort::in_memory(values, less, {}, {.threads = threads}), std::runtime_error);
      REQUIRE(sorted_copy(values) == sorted_copy(pattern));

      count = 0;
      auto const number = [&](boxed const& one) {
        if (calls < 20'000) tick();
        return one.number;
      };
      std::vector<boxed> boxes(pattern.begin(), pattern.end());
      if (calls < 20'000) {
        REQUIRE_THROWS_AS(sort::in_memory(boxes, {}, number, {.threads = threads}), std::runtime_error);
        REQUIRE(std::ranges::equal(boxes, pattern, {}, &boxed::number));
      }
    }
  }
}

namespace {

/// Moves that throw at the n-th, before they have done anything.
struct throwing_mover {
  static inline int left = 0;
  static void tick() {
    if (left > 0 && --left == 0) throw std::runtime_error{"move"};
  }
  int number;
  explicit throwing_mover(int of) : number{of} {}
  throwing_mover(throwing_mover&& other) : number{other.number} { tick(); }
  throwing_mover& operator=(throwing_mover&& other) {
    tick();
    number = other.number;
    return *this;
  }
  /// Exchanges or leaves as they were.
  friend void swap(throwing_mover& a, throwing_mover& b) {
    tick();
    std::swap(a.number, b.number);
  }
};

}  // namespace

TEST_CASE("a swap that throws loses no element") {
  auto const pattern = make_patterns(2'000)[4];
  for (int moves = 1; moves < 1'000; moves = moves * 2 + 1) {
    std::vector<throwing_mover> all(pattern.begin(), pattern.end());
    throwing_mover::left = moves;
    REQUIRE_THROWS_AS(sort::in_memory(all, {}, &throwing_mover::number), std::runtime_error);
    throwing_mover::left = 0;
    std::vector<int> numbers;
    for (auto const& one : all) numbers.push_back(one.number);
    REQUIRE(sorted_copy(numbers) == sorted_copy(pattern));
    sort::in_memory(all, {}, &throwing_mover::number);
    REQUIRE(std::ranges::is_sorted(all, {}, &throwing_mover::number));
  }
}

TEST_CASE("texts that share their beginning, or are one another's beginning") {
  std::mt19937 random{11};
  std::vector<std::string> all;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(random() % 40, 'a');
    if (random() % 2 == 0) text += std::string(random() % 3, '\0');
    if (random() % 2 == 0) text += "a common beginning " + std::to_string(random() % 1000);
    if (random() % 4 == 0) text += '\xff';
    all.push_back(text);
  }
  auto const expected = sorted_copy(all);
  for (auto const threads : {1U, 2U}) {
    auto ascending = all;
    sort::in_memory(ascending, {}, {}, {.threads = threads});
    REQUIRE(ascending == expected);
    sort::in_memory(all, std::ranges::greater{}, {}, {.threads = threads});
    REQUIRE(std::ranges::equal(all | std::views::reverse, expected));
  }
}

TEST_CASE("a sort that is stopped says so, and loses no element") {
  auto const pattern = make_patterns(20'000)[4];
  std::stop_source stop;
  stop.request_stop();
  std::vector<boxed> boxes(pattern.begin(), pattern.end());
  REQUIRE_THROWS_AS(sort::in_memory(boxes, {}, &boxed::number, {.stop = stop.get_token()}), spillway::cancelled);
  REQUIRE(std::ranges::equal(boxes, pattern, {}, &boxed::number));
}

TEST_CASE("memory is taken from the resource given: sixteen bytes for each record, and little else") {
  std::size_t const size = 200'000;
  spillway::memory_budget budget{16 * size + (std::size_t{200} << 10U)};
  std::vector<boxed> boxes;
  for (std::size_t i = 0; i < size; ++i) boxes.emplace_back(static_cast<int>(i * 7919 % size));
  sort::in_memory(boxes, {}, &boxed::number, {.threads = 2, .memory = &budget});
  REQUIRE(std::ranges::is_sorted(boxes, {}, &boxed::number));
  REQUIRE(budget.peak() >= 16 * size);
  REQUIRE(budget.used() == 0);
}

TEST_CASE("values are sorted with little memory, and merged with as much as there is") {
  auto const pattern = make_patterns(200'000)[4];
  spillway::memory_budget budget{std::size_t{200} << 10U};
  auto values = pattern;
  sort::in_memory(values, {}, {}, {.threads = 2, .memory = &budget});
  REQUIRE(values == sorted_copy(pattern));
  values = pattern;
  sort::in_memory(values, [](int a, int b) { return a < b; }, {}, {.threads = 2, .memory = &budget});
  REQUIRE(values == sorted_copy(pattern));
}
