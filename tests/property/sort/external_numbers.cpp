#include "support/catch.hpp"
#include "support/sort_comparison.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>

namespace sort = spillway::sort;

namespace {

using namespace spillway::test;

}  // namespace

TEST_CASE("numbers of all sizes are sorted as std::stable_sort does") {
  for_some_inputs(
      250'000, [](auto rank, auto, auto&) { return static_cast<std::uint8_t>(rank); },
      [](auto const& in, auto& random) { check(in, std::ranges::less{}, std::identity{}, std::less{}, random); });
  for_some_inputs(
      200'000, [](auto rank, auto, auto&) { return static_cast<std::int64_t>(rank) - 1000; },
      [](auto const& in, auto& random) { check(in, std::greater<>{}, std::identity{}, std::greater{}, random); });
}

TEST_CASE("floats are sorted with all NaN at the end and both zeros as one") {
  auto const make = [](std::uint64_t rank, std::uint32_t number, random_engine&) {
    constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
    switch (rank % 7) {
      case 0:
        return number % 2 == 0 ? nan : -nan;
      case 1:
        return number % 2 == 0 ? 0.0 : -0.0;
      case 2:
        return number % 2 == 0 ? std::numeric_limits<double>::infinity() : -1e300;
      default:
        return (static_cast<double>(rank) - 30000) / 3;
    }
  };
  auto const before = [](double a, double b) { return std::isnan(b) ? !std::isnan(a) : a < b; };
  auto const same_bits = [](double a, double b) {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  };
  for_some_inputs(150'000, make, [&](auto const& in, auto& random) {
    check(in, std::ranges::less{}, std::identity{}, before, random, same_bits);
  });
}
