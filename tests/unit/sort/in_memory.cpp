#include "support/catch.hpp"

#include <spillway/sort/in_memory.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
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
