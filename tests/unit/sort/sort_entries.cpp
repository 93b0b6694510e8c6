#include "support/catch.hpp"

#include <spillway/sort/detail/sort_entries.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <stdexcept>
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
