#include "votes/id_set.hpp"

#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <set>

namespace {

using votes::id_set;

TEST_CASE("An id set holds what a std::set holds, dense or sparse, negative and extreme ids too") {
  std::mt19937_64 random{1};
  for (auto const range : {std::uint64_t{1} << 10U, std::uint64_t{1} << 20U, std::uint64_t{0}}) {
    id_set ids{std::pmr::get_default_resource()};
    std::set<std::int64_t> expected;
    for (int i = 0; i < 20'000; ++i) {
      auto const bits = range == 0 ? random() : random() % range - range / 2;
      auto const id = i % 1000 == 0   ? std::numeric_limits<std::int64_t>::min() + i / 1000
                      : i % 1000 == 1 ? std::numeric_limits<std::int64_t>::max() - i / 1000
                                      : static_cast<std::int64_t>(bits);
      CHECK(ids.contains(id) == expected.contains(id));
      CHECK(ids.insert(id) == expected.insert(id).second);
    }
    CHECK(ids.size() == expected.size());
    id_set more{std::pmr::get_default_resource()};
    for (std::int64_t id = 0; id < 1000; ++id) {
      more.insert(id);
      expected.insert(id);
    }
    more.insert_all(ids);
    CHECK(more.size() == expected.size());
  }
}

TEST_CASE("An id set that outgrows its memory stays as it was") {
  spillway::memory_budget budget{64 * 1024};
  id_set ids{&budget};
  std::int64_t inserted = 0;
  CHECK_THROWS_AS(
      [&] {
        for (;; ++inserted) ids.insert(inserted * 1'000'000);
      }(),
      spillway::budget_exceeded);
  CHECK(ids.size() == static_cast<std::size_t>(inserted));
  for (std::int64_t i = 0; i < inserted; ++i) CHECK(ids.contains(i * 1'000'000));
  CHECK_FALSE(ids.contains(inserted * 1'000'000));
  ids.clear();
  CHECK(budget.used() == 0);
}

TEST_CASE("Dense ids cost little more than a bit each") {
  spillway::memory_budget budget{std::size_t{1} << 20U};
  id_set ids{&budget};
  for (std::int64_t id = 0; id < 1'000'000; ++id) ids.insert(id);
  CHECK(budget.used() <= 300'000);
}

TEST_CASE("Every id is in one of the parts, and the parts are of a size") {
  std::array<int, 8> sizes{};
  for (std::int64_t id = 0; id < 1'000'000; ++id) ++sizes.at(id_set::part_of(id, 8));
  for (auto const size : sizes) CHECK((size > 100'000 && size < 150'000));
}

}  // namespace
