#include "support/catch.hpp"
#include "support/sort_comparison.hpp"

#include <spillway/sort/external.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sort = spillway::sort;

namespace {

using namespace spillway::test;

/// The number is summed up, or tells records of the same text apart.
using record = std::pair<std::string, std::uint64_t>;

std::vector<record> some_records(random_engine& random) {
  std::vector<record> out;
  auto const longest = 1 + below(random, 30);
  for (auto const rank : ranks(some_size(60'000, random), random)) {
    // All of one rank have the same text, of a length that depends on it.
    random_engine own{rank};
    out.emplace_back(some_text(rank, longest, own), out.size() + 1);
  }
  return out;
}

/// Of each key one record, by way of a function that puts the later ones into it.
template <class Combine>
std::vector<record> one_of_each(std::vector<record> in, Combine const& combine) {
  std::ranges::stable_sort(in, {}, &record::first);
  std::vector<record> out;
  for (auto const& each : in) {
    if (out.empty() || out.back().first != each.first) {
      out.push_back(each);
    } else {
      combine(out.back(), each);
    }
  }
  return out;
}

template <class Sort>
void check(std::vector<record> const& in, std::vector<record> const& expected, random_engine& random,
           Sort const& sort) {
  for (auto const& way : some_ways(random)) {
    CAPTURE(in.size(), way.budget, way.threads);
    std::vector<record> out;
    auto const result = sort([&](record const& each) { out.push_back(each); },
                             sort::external_options{.budget = way.budget, .threads = way.threads});
    CAPTURE(result.runs, result.merge_passes);
    REQUIRE(out == expected);
    CHECK(result.records == in.size());
    CHECK(result.delivered == expected.size());
    CHECK(result.peak_memory <= way.budget);
  }
}

}  // namespace

TEST_CASE("the first or last record of each key is kept, whatever the runs are") {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    CAPTURE(seed);
    random_engine random{seed};
    auto const in = some_records(random);
    check(in, one_of_each(in, [](auto&, auto const&) {}), random, [&](auto const& sink, auto const& options) {
      return sort::distinct(in, sink, {}, &record::first, sort::keep::first, options);
    });
    check(in, one_of_each(in, [](auto& into, auto const& later) { into = later; }), random,
          [&](auto const& sink, auto const& options) {
            return sort::distinct(in, sink, {}, &record::first, sort::keep::last, options);
          });
  }
}

TEST_CASE("records of equal keys are combined in the order of the input, whatever the runs are") {
  auto const sum = [](record& into, record const& later) { into.second += later.second; };
  // Associative and not commutative: of the first the lower half, of the last the upper.
  auto const ends = [](record& into, record const& later) {
    auto const last = later.second >> 32U;
    into.second = (into.second & 0xFFFFFFFFU) | (last != 0 ? last : later.second) << 32U;
  };
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    random_engine random{seed};
    auto const in = some_records(random);
    check(in, one_of_each(in, sum), random, [&](auto const& sink, auto const& options) {
      return sort::aggregate(in, sink, std::ranges::less{}, &record::first, sum, options);
    });
    check(in, one_of_each(in, ends), random, [&](auto const& sink, auto const& options) {
      return sort::aggregate(in, sink, std::ranges::less{}, &record::first, ends, options);
    });
  }
}

TEST_CASE("the first few of all records are those that std::stable_sort puts first") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    random_engine random{seed};
    auto const in = some_records(random);
    auto const choice = below(random, 5);
    auto const k = choice == 0   ? below(random, 3)
                   : choice == 1 ? in.size()
                   : choice == 2 ? std::numeric_limits<std::uint64_t>::max()
                                 : below(random, in.size() + 1);
    CAPTURE(seed, k);
    auto expected = in;
    std::ranges::stable_sort(expected, std::ranges::greater{}, &record::first);
    if (k < expected.size()) expected.resize(k);
    check(in, expected, random, [&](auto const& sink, auto const& options) {
      return sort::top_k(in, sink, k, std::ranges::greater{}, &record::first, options);
    });
  }
}
