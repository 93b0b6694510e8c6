#include "support/catch.hpp"

#include <spillway/sort/detail/loser_tree.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <random>
#include <tuple>
#include <utility>
#include <vector>

namespace {

namespace detail = spillway::sort::detail;

/// Prefix and the rest of a key.
using item = std::pair<std::uint64_t, int>;
using sources = std::vector<std::vector<item>>;

/// Item and source, in the order in which the tree gives them.
using merged = std::vector<std::pair<item, std::size_t>>;

merged merge(sources const& in) {
  std::vector<std::size_t> at(in.size(), 0);
  auto const head = [&](std::size_t source) { return in[source][at[source]]; };
  auto const code_of = [&](std::size_t source) { return detail::offset_code{0, head(source).first}; };
  auto const tie = [&](std::size_t a, std::size_t b, detail::offset_code&) { return head(b).second < head(a).second; };
  detail::loser_tree tree{in.size(), code_of, tie, std::pmr::get_default_resource()};
  merged out;
  while (!tree.empty()) {
    auto const source = tree.top();
    out.emplace_back(head(source), source);
    if (++at[source] < in[source].size()) {
      tree.replace(code_of(source));
    } else {
      tree.remove();
    }
  }
  return out;
}

merged expected(sources const& in) {
  merged out;
  for (std::size_t source = 0; source < in.size(); ++source) {
    for (auto const& each : in[source]) out.emplace_back(each, source);
  }
  std::ranges::stable_sort(out, {}, [](auto const& each) { return each.first; });
  return out;
}

}  // namespace

TEST_CASE("a loser tree merges any number of sources, equal heads by source") {
  std::mt19937 random{5};
  for (std::size_t count = 1; count < 40; ++count) {
    sources in(count);
    for (auto& each : in) {
      for (auto size = 1 + random() % 30; size != 0; --size) each.emplace_back(random() % 5, random() % 3);
      std::ranges::sort(each);
    }
    CAPTURE(count);
    CHECK(merge(in) == expected(in));
  }
}

TEST_CASE("a head with the largest prefix there is comes before sources that are exhausted") {
  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  sources const in{{{largest, 1}}, {{0, 0}, {largest, 0}, {largest, 2}}, {{3, 0}}};
  CHECK(merge(in) == expected(in));
}

TEST_CASE("a tree of no sources is empty") { CHECK(merge({}).empty()); }
