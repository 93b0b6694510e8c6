#include "support/catch.hpp"
#include "support/sort_comparison.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sort = spillway::sort;

namespace {

using namespace spillway::test;

}  // namespace

TEST_CASE("strings of mixed sizes are sorted as std::stable_sort does") {
  auto const make = [](auto rank, auto, auto& random) {
    auto const kind = below(random, 1000);
    return kind == 0 ? some_text(rank, 100'000, random) : some_text(rank, kind < 20 ? 5000 : 20, random);
  };
  for_some_inputs(30'000, make, [](auto const& in, auto& random) {
    check(in, std::ranges::less{}, std::identity{}, std::less{}, random);
    check(in, std::greater<std::string>{}, std::identity{}, std::greater{}, random);
    auto const by_size = [](std::string const& a, std::string const& b) { return a.size() < b.size(); };
    check(in, by_size, std::identity{}, by_size, random);
    std::vector<std::string_view> const views{in.begin(), in.end()};
    check(views, std::ranges::greater{}, std::identity{}, std::greater{}, random);
    check(
        views, std::ranges::less{}, &std::string_view::size,
        [](auto const& a, auto const& b) { return a.size() < b.size(); }, random);
  });
}

TEST_CASE("a comparator for strings by name is as good as the general one") {
  for_some_inputs(
      30'000, [](auto rank, auto, auto& random) { return "a common beginning" + some_text(rank, 4, random); },
      [](auto const& in, auto& random) { check(in, std::less<std::string>{}, std::identity{}, std::less{}, random); });
}

TEST_CASE("texts of long common beginnings are sorted as std::stable_sort does, in either direction") {
  auto const make = [](auto rank, auto, auto& random) {
    std::string text = "https://www.example.org/";
    for (; rank != 0; rank /= 10) text.append(rank % 10, static_cast<char>(rank % 3)).append(1, '/');
    return text.append(below(random, 3), '\0');
  };
  for_some_inputs(30'000, make, [](auto const& in, auto& random) {
    check(in, std::ranges::less{}, std::identity{}, std::less{}, random);
    check(in, std::ranges::greater{}, std::identity{}, std::greater{}, random);
    auto const behind = [](std::string const& text) { return std::string_view{text}.substr(8); };
    check(
        in, std::ranges::less{}, behind, [](auto const& a, auto const& b) { return a.substr(8) < b.substr(8); },
        random);
    auto const copied = [](std::string const& text) { return text; };
    check(in, std::ranges::greater{}, copied, std::greater{}, random);
  });
}
