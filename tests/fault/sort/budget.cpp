#include "support/catch.hpp"
#include "support/faulty_memory.hpp"
#include "support/files.hpp"
#include "support/sort_input.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/external.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

namespace sort = spillway::sort;
using namespace spillway::literals;
using namespace spillway::test;

/// Counts what is really taken, and on scratch.
struct measured {
  sort::external_result result;
  std::size_t peak = 0;
  std::uint64_t count = 0;
  bool in_order = true;
};

template <class T>
measured sort_within(std::size_t budget, unsigned threads, std::vector<T> const& in,
                     sort::run_compression compression = sort::run_compression::none) {
  counting_resource memory;
  measured out;
  std::conditional_t<std::is_same_v<T, std::string_view>, std::string, T> last{};
  auto const sink = [&](T const& each) {
    out.in_order = out.in_order && !(each < last);
    if (last != each) last = each;
    ++out.count;
  };
  out.result = sort::external(in, sink, {}, {},
                              {.budget = budget, .memory = &memory, .threads = threads, .compression = compression});
  out.peak = memory.peak();
  return out;
}

template <class T>
void check_within(std::size_t budget, std::vector<T> const& in,
                  sort::run_compression compression = sort::run_compression::none) {
  for (auto const threads : {1U, 2U, 4U}) {
    CAPTURE(budget, threads);
    auto const got = sort_within(budget, threads, in, compression);
    CAPTURE(got.result.runs, got.result.merge_passes, got.result.bytes);
    CHECK(got.peak <= budget);
    CHECK(got.result.peak_memory == got.peak);
    CHECK(got.result.runs > 1);
    CHECK(got.count == in.size());
    CHECK(got.in_order);
    auto const overhead = 16 * got.result.runs * 4096;  // the last block of each slice, and lists
    CHECK(got.result.peak_scratch <= got.result.bytes / 20 * 21 + overhead);
  }
}

/// `bytes` in all, half of them in records of up to `large` bytes, which come in the order where `large_first` says.
std::vector<std::string_view> lopsided(std::string const& text, std::size_t bytes, std::size_t small,
                                       std::size_t large) {
  std::vector<std::string_view> out;
  for (std::size_t sum = 0; sum < bytes / 2; sum += small + 1) out.push_back(std::string_view{text}.substr(0, small));
  for (std::size_t sum = 0; sum < bytes / 2; sum += large) out.push_back(std::string_view{text}.substr(0, large));
  std::ranges::shuffle(out, std::mt19937{3});
  return out;
}

}  // namespace

TEST_CASE("records of fixed size are sorted within the budget, and little more than their size on scratch") {
  for (std::size_t const budget : {1_MiB, 2_MiB, 4_MiB, 16_MiB}) {
    std::mt19937_64 random{budget};
    std::vector<std::uint64_t> numbers(budget / 8 * (budget == 1_MiB ? 10 : 2));
    for (auto& each : numbers) each = random();
    check_within(budget, numbers);
  }
}

TEST_CASE("the smallest records are sorted within the budget") {
  std::mt19937_64 random{1};
  std::vector<std::uint8_t> bytes(1'000'000);
  for (auto& each : bytes) each = static_cast<std::uint8_t>(random());
  check_within(1_MiB, bytes);
  check_within(1_MiB + 1_MiB / 4, bytes);
  std::ranges::fill(bytes, std::uint8_t{7});
  check_within(1_MiB, bytes);
  check_within(1_MiB, std::vector<std::string_view>(700'000));
}

TEST_CASE("records of very different sizes are sorted within the budget, wherever the short ones come") {
  auto const text = std::string(200'000, 'm');
  for (std::size_t const budget : {1_MiB, 4_MiB}) {
    if (budget == 1_MiB) check_within(budget, lopsided(text, 2 * budget, 0, 20'000));
    check_within(budget, lopsided(text, 4 * budget, 20, 100'000));
    check_within(budget, lopsided(text, 6 * budget, 100, budget / 8));
    auto upside_down = lopsided(text, 2 * budget, 4, 50'000);
    auto const other = std::string(50'000, 'a');
    for (auto& each : upside_down) {
      if (each.size() != 4) each = other;
    }
    check_within(budget, upside_down);
  }
}

TEST_CASE("compressed runs are sorted within the budget, too") {
  auto const text = std::string(200'000, 'm');
  check_within(1_MiB, lopsided(text, 6_MiB, 10, 100'000), sort::run_compression::zstd);
  std::mt19937_64 random{1};
  std::vector<std::uint64_t> numbers(1'000'000);
  for (auto& each : numbers) each = random() % 1000;
  check_within(1_MiB, numbers, sort::run_compression::zstd);
}

TEST_CASE("a record may take up a sixth of the budget, and one that is larger is refused by name of both") {
  constexpr auto largest = 1_MiB / 6;
  auto const text = std::string(2_MiB, 'x');
  std::vector<std::string_view> in;
  for (std::size_t i = 0; i < 40; ++i) in.push_back(std::string_view{text}.substr(0, largest - 3 - i % 3));
  check_within(1_MiB, in);
  in.push_back(std::string_view{text}.substr(0, largest + 1));
  auto const budget = std::to_string(1_MiB);
  for (auto const size : {largest + 1, 1_MiB, 2_MiB - 1}) {
    in.back() = std::string_view{text}.substr(0, size);
    for (auto const threads : {1U, 2U}) {
      CHECK_THROWS_WITH(sort_within(1_MiB, threads, in),
                        Catch::Contains(budget) && Catch::Contains(std::to_string(size + 3)));
    }
  }
}

TEST_CASE("one record and the largest that fits the budget alone need no scratch") {
  auto const text = std::string(1_MiB, 'x');
  std::vector<std::string_view> const in{std::string_view{text}.substr(0, 700'000)};
  CHECK(sort_within(1_MiB, 2, in).result.runs == 0);
}

TEST_CASE("records of one byte and of a hundred million are sorted together") {
  auto const text = std::string(100'000'000, 'x');
  std::vector<std::string_view> in;
  for (int i = 0; i < 100'000; ++i) in.push_back(std::string_view{text}.substr(0, 1));
  in.push_back(text);
  for (int i = 0; i < 4'000'000; ++i) in.push_back("short");
  in.push_back(std::string_view{text}.substr(1));
  auto const got = sort_within(640_MiB, 2, in);
  CHECK(got.count == in.size());
  CHECK(got.in_order);
  CHECK(got.peak <= 640_MiB);
}

TEST_CASE("the first many of more records than fit are sorted within the budget") {
  std::mt19937_64 random{1};
  std::vector<std::uint64_t> numbers(1'000'000);
  for (auto& each : numbers) each = random();
  counting_resource memory;
  std::vector<std::uint64_t> out;
  auto const result = sort::top_k(numbers, [&](std::uint64_t each) { out.push_back(each); }, 30'000, {}, {},
                                  {.budget = 1_MiB, .memory = &memory});
  std::ranges::sort(numbers);
  numbers.resize(30'000);
  CHECK(out == numbers);
  CHECK(memory.peak() <= 1_MiB);
  CHECK(result.peak_scratch <= result.bytes / 2);
}

TEST_CASE("large records with few keys are reduced within the budget") {
  auto const text = std::string(150'000, 'x');
  std::vector<std::string_view> in;
  for (std::size_t i = 0; i < 400; ++i) in.push_back(std::string_view{text}.substr(0, 1_MiB / 70 - i % 7));
  for (auto const which : {sort::keep::first, sort::keep::last}) {
    for (auto const threads : {1U, 2U}) {
      counting_resource memory;
      std::size_t count = 0;
      auto const result = sort::distinct(
          in, [&](std::string_view) { ++count; }, {}, [](std::string_view each) { return each.size() % 5; }, which,
          {.budget = 1_MiB, .memory = &memory, .threads = threads});
      CHECK(count == 5);
      CHECK(result.records == 400);
      CHECK(memory.peak() <= 1_MiB);
    }
  }
}
