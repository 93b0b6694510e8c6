#include "support/catch.hpp"
#include "support/faulty_memory.hpp"

#include <spillway/core/memory_budget.hpp>

#include <cstddef>
#include <memory_resource>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace spillway::literals;
using spillway::budget_exceeded;
using spillway::memory_budget;

static_assert(1_KiB == 1024 && 1_MiB == 1024 * 1_KiB && 3_GiB == 3 * 1024 * 1_MiB);
static_assert(!std::is_copy_constructible_v<memory_budget> && !std::is_copy_assignable_v<memory_budget>);

TEST_CASE("what is allocated is counted, and no longer when it is freed") {
  memory_budget budget{1000};
  auto* const block = budget.allocate(600);
  CHECK(budget.used() == 600);
  CHECK(budget.remaining() == 400);
  budget.deallocate(block, 600);
  CHECK(budget.used() == 0);
  CHECK(budget.peak() == 600);
  budget.reset_peak();
  CHECK(budget.peak() == 0);
}

TEST_CASE("the last byte can be had, one more can't") {
  memory_budget budget{1000};
  auto* const block = budget.allocate(999);
  auto* const last = budget.allocate(1);
  CHECK_THROWS_AS(budget.allocate(1), budget_exceeded);
  budget.deallocate(last, 1);
  budget.deallocate(block, 999);
}

TEST_CASE("a refusal says what was asked for and changes nothing") {
  memory_budget budget{1000};
  auto const held = budget.reserve(300);
  try {
    static_cast<void>(budget.allocate(701));
    FAIL("not refused");
  } catch (budget_exceeded const& refused) {
    CHECK(refused.requested() == 701);
    CHECK(refused.used() == 300);
    CHECK(refused.limit() == 1000);
    CHECK(refused.what() == std::string{"memory budget of 1000 bytes exceeded: 300 in use, 701 more asked for"});
  }
  CHECK(budget.used() == 300);
  CHECK(budget.peak() == 300);
}

TEST_CASE("sizes that would overflow the sum are refused") {
  memory_budget budget{1000};
  auto const held = budget.reserve(10);
  CHECK_THROWS_AS(budget.reserve(static_cast<std::size_t>(-1)), budget_exceeded);
  CHECK_THROWS_AS(budget.reserve(static_cast<std::size_t>(-10)), budget_exceeded);
  CHECK(budget.used() == 10);
}

TEST_CASE("an upstream without memory leaves the budget as it was") {
  spillway::test::counting_resource upstream{2};
  memory_budget budget{1000, &upstream};
  auto* const block = budget.allocate(100);
  CHECK_THROWS_AS(budget.allocate(500), std::bad_alloc);
  CHECK(budget.used() == 100);
  CHECK(budget.peak() == 100);
  budget.deallocate(block, 100);
  CHECK(upstream.used() == 0);
}

TEST_CASE("alignment is passed on") {
  memory_budget budget{10'000};
  auto* const block = budget.allocate(100, 4096);
  CHECK(reinterpret_cast<std::uintptr_t>(block) % 4096 == 0);
  budget.deallocate(block, 100, 4096);
}

TEST_CASE("what a child hands out counts against its parent") {
  memory_budget parent{1000};
  memory_budget first{800, &parent};
  memory_budget second{800, &parent};
  std::pmr::vector<char> bytes(700, &first);
  CHECK(parent.used() == 700);
  CHECK(second.remaining() == 800);
  CHECK_THROWS_AS(second.allocate(301), budget_exceeded);
  CHECK(second.used() == 0);
  CHECK(second.peak() == 0);
  CHECK(parent.used() == 700);
}

TEST_CASE("a reservation counts in all parents and comes back from all") {
  memory_budget grandparent{1000};
  memory_budget parent{1000, &grandparent};
  memory_budget child{1000, &parent};
  {
    auto const held = child.reserve(400);
    CHECK(held.bytes() == 400);
    CHECK(child.used() == 400);
    CHECK(parent.used() == 400);
    CHECK(grandparent.used() == 400);
    CHECK_THROWS_AS(grandparent.reserve(601), budget_exceeded);
  }
  CHECK(child.used() == 0);
  CHECK(parent.used() == 0);
  CHECK(grandparent.used() == 0);
}

TEST_CASE("a reservation that a grandparent refuses leaves nothing behind below it") {
  memory_budget grandparent{100};
  memory_budget parent{1000, &grandparent};
  memory_budget child{1000, &parent};
  CHECK_THROWS_AS(child.reserve(101), budget_exceeded);
  CHECK(child.used() == 0);
  CHECK(parent.used() == 0);
  CHECK(child.peak() == 0);
}

TEST_CASE("a moved reservation is given back once") {
  memory_budget budget{1000};
  {
    auto first = budget.reserve(100);
    auto second = std::move(first);
    CHECK(budget.used() == 100);
    second = budget.reserve(300);
    CHECK(budget.used() == 300);
  }
  CHECK(budget.used() == 0);
}

TEST_CASE("a budget compares equal to itself only, so that blocks are not moved between budgets") {
  memory_budget one{1000};
  memory_budget other{1000};
  CHECK(one == one);
  CHECK(one != other);
}

TEST_CASE("threads that race for a budget never pass it together and give all of it back") {
  constexpr std::size_t limit = 1000;
  memory_budget parent{limit};
  memory_budget budget{limit, &parent};
  auto const race = [&] {
    for (std::size_t i = 0; i < 20'000; ++i) {
      auto const bytes = 1 + i % 700;
      try {
        auto* const block = budget.allocate(bytes);
        budget.deallocate(block, bytes);
        auto const held = budget.reserve(bytes);
      } catch (budget_exceeded const& refused) {
        if (refused.requested() <= refused.limit() - refused.used()) std::terminate();
      }
    }
  };
  {
    std::jthread const first{race};
    std::jthread const second{race};
    std::jthread const third{race};
  }
  CHECK(budget.used() == 0);
  CHECK(parent.used() == 0);
  CHECK(budget.peak() <= limit);
  CHECK(budget.peak() >= 700);
}

}  // namespace
