#pragma once

#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/external_sorter.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// Records in awkward orders, and sorting them in many ways against std::stable_sort.
namespace spillway::test {

using random_engine = std::mt19937_64;

inline std::uint64_t below(random_engine& random, std::uint64_t end) { return random() % end; }

/// Numbers in the patterns that sorters are known to stumble over, with many equal ones in most.
inline std::vector<std::uint64_t> ranks(std::size_t size, random_engine& random) {
  std::vector<std::uint64_t> out(size);
  auto const pattern = below(random, 6);
  auto const distinct = pattern == 1 ? 4 : 1 + below(random, 2 * size + 1);
  for (auto& each : out) each = pattern == 2 ? 7 : below(random, distinct);
  if (pattern >= 3) std::sort(out.begin(), out.end());
  if (pattern == 4) std::reverse(out.begin(), out.end());
  if (pattern == 5) {
    for (std::size_t i = 0; i < size / 50; ++i) out[below(random, size)] = below(random, distinct);
  }
  return out;
}

inline std::size_t some_size(std::size_t most, random_engine& random) {
  auto const choice = below(random, 8);
  return choice < 2 ? choice : choice == 2 ? 1 + below(random, 100) : most / 2 + below(random, most / 2);
}

inline std::string some_text(std::uint64_t rank, std::size_t longest, random_engine& random) {
  auto text = std::to_string(rank);
  text.append(below(random, longest), static_cast<char>('a' + rank % 26));
  return text;
}

/// In which portions records are handed over, and to what sorter.
struct way {
  std::size_t budget;
  unsigned threads;
  bool in_batches;
};

inline std::vector<way> some_ways(random_engine& random) {
  auto const threads = [&] { return static_cast<unsigned>(1 + below(random, 4)); };
  return {{1_MiB, 1, false},
          {1_MiB, threads(), true},
          {1_MiB + below(random, 1_MiB), threads(), below(random, 2) == 0},
          {2_MiB + below(random, 14_MiB), threads(), below(random, 2) == 0},
          {256_MiB, 2, true}};
}

template <class Sorter, class T>
void hand_over(std::vector<T> const& in, bool in_batches, Sorter& sorter, random_engine& random) {
  for (std::size_t i = 0; i < in.size();) {
    if (!in_batches || below(random, 4) == 0) {
      sorter.push(in[i++]);
      continue;
    }
    auto batch = sorter.make_batch();
    for (auto left = below(random, 2000); left != 0 && i < in.size(); --left) batch.push(in[i++]);
    sorter.append(batch);
  }
}

template <class T>
using owned = std::conditional_t<std::is_same_v<T, std::string_view>, std::string, T>;

constexpr auto same = [](auto const& a, auto const& b) { return a == b; };

/// `before` is the order that `less` and `key` stand for, `equal` finds out about every bit.
template <class T, class Less, class Key, class Before, class Equal = decltype(same)>
void check(std::vector<T> const& in, Less const& less, Key const& key, Before const& before, random_engine& random,
           Equal const& equal = {}) {
  std::vector<T const*> expected;  // std::stable_sort does not keep the alignment of large records
  for (auto const& each : in) expected.push_back(&each);
  std::stable_sort(expected.begin(), expected.end(), [&](T const* a, T const* b) { return before(*a, *b); });
  for (auto const& way : some_ways(random)) {
    CAPTURE(in.size(), way.budget, way.threads, way.in_batches);
    sort::external_sorter<T, Less, Key> sorter{less, key, {.budget = way.budget, .threads = way.threads}};
    hand_over(in, way.in_batches, sorter, random);
    std::vector<owned<T>> out;
    for (auto&& each : sorter.sorted()) out.emplace_back(std::forward<decltype(each)>(each));
    auto const result = sorter.result();
    CAPTURE(result.runs, result.merge_passes);
    REQUIRE(std::equal(out.begin(), out.end(), expected.begin(), expected.end(),
                       [&](auto const& a, T const* b) { return equal(a, *b); }));
    CHECK(result.records == in.size());
    CHECK(result.delivered == in.size());
    CHECK(result.peak_memory <= way.budget);
    CHECK((result.runs == 0) == (result.method == sort::sort_method::in_memory));
    CHECK((result.runs == 0) == (result.bytes_spilled == 0));
  }
}

/// Makes records of ranks, a few times over.
template <class Make, class Check>
void for_some_inputs(std::size_t most, Make const& make, Check const& check_one) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    random_engine random{seed};
    std::vector<std::invoke_result_t<Make const&, std::uint64_t, std::uint32_t, random_engine&>> in;
    for (auto const rank : ranks(some_size(most, random), random)) {
      in.push_back(make(rank, static_cast<std::uint32_t>(in.size()), random));
    }
    check_one(in, random);
  }
}

}  // namespace spillway::test
