#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/detail/sort_entries.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <stdexcept>
#include <tuple>
#include <vector>

namespace {

namespace detail = spillway::sort::detail;
using detail::entry;

/// Prefixes of `distinct` values in random order.
std::vector<entry> make(std::size_t size, std::uint64_t distinct, unsigned seed = 1) {
  std::mt19937_64 random{seed};
  std::vector<entry> all(size);
  for (std::size_t i = 0; i < size; ++i) all[i] = {random() % distinct * (~std::uint64_t{0} / distinct), i};
  return all;
}

bool before(entry const& a, entry const& b) {
  return a.prefix < b.prefix || (a.prefix == b.prefix && a.position < b.position);
}

bool is_permutation(std::vector<entry> a, std::vector<entry> b) {
  std::sort(a.begin(), a.end(), before);
  std::sort(b.begin(), b.end(), before);
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](entry const& x, entry const& y) { return x.prefix == y.prefix && x.position == y.position; });
}

}  // namespace

TEST_CASE("entries of equal prefix keep their order") {
  for (auto const distinct : {1U, 2U, 1000U, 1U << 30U}) {
    for (auto const size : {0U, 1U, 2U, 3U, 64U, 65U, 1000U, 100'000U}) {
      auto entries = make(size, distinct);
      detail::sort_entries(std::span{entries}, detail::no_tie{}, 2);
      REQUIRE(std::is_sorted(entries.begin(), entries.end(), before));
      REQUIRE(is_permutation(entries, make(size, distinct)));
    }
  }
}

TEST_CASE("a tie orders what the prefix leaves open, and the position what the tie leaves open") {
  auto const tie = [](entry const& a, entry const& b) { return a.position % 7 < b.position % 7; };
  for (auto const size : {2U, 100U, 5000U, 100'000U}) {
    auto entries = make(size, 10);
    detail::sort_entries(std::span{entries}, tie, 2);
    REQUIRE(std::is_sorted(entries.begin(), entries.end(), [](entry const& a, entry const& b) {
      return std::tuple{a.prefix, a.position % 7, a.position} < std::tuple{b.prefix, b.position % 7, b.position};
    }));
    REQUIRE(is_permutation(entries, make(size, 10)));
  }
}

TEST_CASE("a tie that answers at random loses no entry") {
  std::mt19937 random{3};
  auto entries = make(20'000, 3);
  detail::sort_entries(
      std::span{entries}, [&](entry const&, entry const&) { return random() % 2 == 0; }, 1);
  REQUIRE(is_permutation(entries, make(20'000, 3)));
}

TEST_CASE("a tie that throws loses no entry") {
  for (std::size_t calls = 1; calls < 100'000; calls = calls * 3 + 1) {
    auto entries = make(20'000, 3);
    std::size_t count = 0;
    auto const tie = [&](entry const& a, entry const& b) {
      if (++count == calls) throw std::runtime_error{"tie"};
      return a.position % 16 > b.position % 16;
    };
    REQUIRE_THROWS_AS(detail::sort_entries(std::span{entries}, tie, 1), std::runtime_error);
    REQUIRE(is_permutation(entries, make(20'000, 3)));
  }
}

namespace {

/// Keys of several words, of which the prefix is the first; what follows the last is 0.
struct words_tie {
  static bool is_last(std::uint64_t word) { return word == 0; }
  std::vector<std::vector<std::uint64_t>> const& keys;

  std::uint64_t word(entry const& one, std::size_t depth) const {
    auto const& key = keys[one.position];
    return depth < key.size() ? key[depth] : 0;
  }
  std::size_t first_difference(entry const& a, entry const& b, std::size_t depth) const {
    while (word(a, depth) == word(b, depth) && !is_last(word(a, depth))) ++depth;
    return depth;
  }
  bool operator()(entry const& a, entry const& b) const { return keys[a.position] < keys[b.position]; }
};

}  // namespace

TEST_CASE("a tie that knows the words of keys gives the same order, and prefixes are what they were") {
  std::mt19937_64 random{6};
  std::vector<std::vector<std::uint64_t>> keys(100'000);
  std::vector<entry> entries;
  for (auto& key : keys) {
    key = {7, 7, 7, 7, 7};
    for (auto words = random() % 6; words != 0; --words) key.push_back(1 + random() % 4);
    entries.push_back({key[0], entries.size()});
  }
  auto expected = entries;
  std::stable_sort(expected.begin(), expected.end(), words_tie{keys});
  auto const original = entries;
  for (auto const threads : {1U, 2U, 3U}) {
    spillway::memory_budget budget{detail::sort_entries_memory(threads)};
    auto sorted = original;
    detail::sort_entries(std::span{sorted}, words_tie{keys}, threads, &budget);
    REQUIRE(std::equal(sorted.begin(), sorted.end(), expected.begin(), [](entry const& a, entry const& b) {
      return a.prefix == b.prefix && a.position == b.position;
    }));
  }
}

TEST_CASE("one entry in many that differs early has its place") {
  constexpr std::size_t size = 1000;
  for (std::size_t odd = 0; odd < size; odd += 37) {
    std::vector<std::vector<std::uint64_t>> keys(size, {7, 7, 7, 7});
    std::vector<entry> entries;
    for (std::size_t i = 0; i < size; ++i) {
      keys[i].push_back(size - i);
      entries.push_back({7, i});
    }
    keys[odd] = {7, 7, 6};
    detail::sort_entries(std::span{entries}, words_tie{keys}, 1);
    REQUIRE(entries.front().position == odd);
    REQUIRE(std::is_sorted(entries.begin(), entries.end(), words_tie{keys}));
  }
}

TEST_CASE("any number of threads gives the same order, within the memory that is promised") {
  for (auto const threads : {1U, 2U, 3U, 7U}) {
    spillway::memory_budget budget{detail::sort_entries_memory(threads)};
    for (auto const distinct : {1U, 2U, 1000U, 1U << 30U}) {
      auto entries = make(300'000, distinct);
      std::shuffle(entries.begin(), entries.end(), std::mt19937{2});
      detail::sort_entries(std::span{entries}, detail::no_tie{}, threads, &budget);
      REQUIRE(std::is_sorted(entries.begin(), entries.end(), before));
      REQUIRE(is_permutation(entries, make(300'000, distinct)));
    }
  }
}
