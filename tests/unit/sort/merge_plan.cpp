#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/detail/merge_plan.hpp>

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <vector>

namespace {

using namespace spillway::literals;
namespace detail = spillway::sort::detail;

std::vector<detail::run> alike_runs(std::size_t count, std::size_t block, std::size_t record_size) {
  std::vector<detail::run> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto& each = out.emplace_back(std::pmr::get_default_resource());
    each.records = 100 * block / record_size;
    each.bytes = 100 * block;
    each.largest_block = std::max(block, record_size);
    each.most_records = std::max<std::size_t>(block / record_size, 1);
  }
  return out;
}

}  // namespace

TEST_CASE("what runs take while they are merged is within the budget for all sizes") {
  for (auto const budget : {1_MiB, 3_MiB, 16_MiB, 100_MiB, 1_GiB, 20_GiB}) {
    for (auto const threads : {1U, 2U, 8U, 64U}) {
      detail::memory_plan const plan{budget, threads};
      CAPTURE(budget, threads, plan.threads(), plan.block());
      CHECK(plan.buffer() >= budget / 2);
      CHECK(plan.threads() >= 1);
      CHECK(plan.threads() <= threads);
      for (std::size_t const record_size :
           {std::size_t{1}, std::size_t{100}, plan.block() + 1, plan.largest_record()}) {
        auto const runs = alike_runs(1000, plan.block(), record_size);
        auto const count = plan.fan_in(runs);
        CAPTURE(record_size, count);
        CHECK(count >= 2);
        auto const merged = std::span{runs}.first(count);
        auto const sizes = plan.merge(merged);
        CHECK(sizes.in_flight >= 1);
        // A block that is next and one that reaches over a cut, for each run, and the windows.
        auto const held = 2 * count * runs[0].largest_block + sizes.in_flight * sizes.window;
        CHECK(held <= budget);
        CHECK((sizes.in_flight == 1 || sizes.window >= runs[0].largest_block));
      }
    }
  }
}

TEST_CASE("hundreds of runs are merged at once with an ordinary budget") {
  detail::memory_plan const plan{256_MiB, 2};
  CHECK(plan.fan_in(alike_runs(1000, plan.block(), 100)) > 200);
  auto const some = alike_runs(200, plan.block(), 100);
  CHECK(plan.merge(some).in_flight > 1);
}

TEST_CASE("fewer runs than could be merged at once are all merged") {
  detail::memory_plan const plan{16_MiB, 2};
  CHECK(plan.fan_in({}) == 0);
  CHECK(plan.fan_in(alike_runs(1, plan.block(), 100)) == 1);
  CHECK(plan.fan_in(alike_runs(3, plan.block(), 100)) == 3);
}
