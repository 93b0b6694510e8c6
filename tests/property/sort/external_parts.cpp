#include "support/catch.hpp"
#include "support/sort_comparison.hpp"

#include <spillway/sort/key.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <tuple>
#include <utility>

namespace sort = spillway::sort;

namespace {

using namespace spillway::test;

struct person {
  std::string name;
  double height;
  std::uint32_t number;
  friend bool operator==(person const&, person const&) = default;
};

}  // namespace

template <>
struct spillway::sort::spill_codec<person>
    : spillway::sort::members_codec<&person::name, &person::height, &person::number> {};

TEST_CASE("pairs and tuples are sorted by their parts") {
  for_some_inputs(
      30'000,
      [](auto rank, auto number, auto& random) {
        return std::pair{some_text(rank, 12, random), number % 3};
      },
      [](auto const& in, auto& random) { check(in, std::ranges::less{}, std::identity{}, std::less{}, random); });
  for_some_inputs(
      30'000,
      [](auto rank, auto number, auto& random) {
        return std::tuple{static_cast<int>(rank % 100), "the same beginning" + some_text(rank, 3, random), number};
      },
      [](auto const& in, auto& random) {
        using record = std::tuple<int, std::string, std::uint32_t>;
        auto const number = [](record const& each) { return std::get<0>(each); };
        auto const text = [](record const& each) -> std::string const& { return std::get<1>(each); };
        check(
            in, std::ranges::less{}, sort::keys(sort::descending(number), text),
            [](record const& a, record const& b) {
              return std::get<0>(a) != std::get<0>(b) ? std::get<0>(a) > std::get<0>(b)
                                                      : std::get<1>(a) < std::get<1>(b);
            },
            random);
      });
}

TEST_CASE("members of a class are sorted by, in either direction") {
  for_some_inputs(
      30'000,
      [](auto rank, auto number, auto& random) {
        return person{"Person " + some_text(rank % 1000, 3, random), static_cast<double>(rank % 40), number};
      },
      [](auto const& in, auto& random) {
        check(
            in, std::ranges::less{}, sort::keys(&person::name, sort::descending(&person::height)),
            [](person const& a, person const& b) { return a.name != b.name ? a.name < b.name : a.height > b.height; },
            random);
        check(
            in, std::ranges::less{}, sort::keys(sort::descending(&person::height), sort::descending(&person::name)),
            [](person const& a, person const& b) {
              return a.height != b.height ? a.height > b.height : a.name > b.name;
            },
            random);
      });
}
