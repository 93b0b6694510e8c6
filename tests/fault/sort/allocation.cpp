#include "support/catch.hpp"
#include "support/faulty_memory.hpp"
#include "support/files.hpp"
#include "support/sort_input.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/external_sorter.hpp>

#include <cstdint>
#include <new>
#include <string>
#include <vector>

namespace {

namespace sort = spillway::sort;
using namespace spillway::literals;
using namespace spillway::test;

/// What was handed out is as it should be, as far as it came.
template <class Record>
struct outcome {
  std::vector<Record> out;
  sort::sorter_state state = sort::sorter_state::taking;
  bool refused = false;
};

/// Pushes all, once more what was refused while the sorter says that it goes on, and reads until something is thrown.
template <class Sorter, class Record>
outcome<Record> attempt(Sorter& sorter, std::vector<Record> const& in) {
  outcome<Record> got;
  got.out.reserve(in.size());
  try {
    for (auto const& each : in) {
      try {
        sorter.push(each);
      } catch (std::bad_alloc const&) {
        got.refused = true;
        if (sorter.state() != sort::sorter_state::taking) throw;
        sorter.push(each);
      }
    }
    for (auto const& each : sorter.sorted()) got.out.push_back(each);
  } catch (std::bad_alloc const&) {
    got.refused = true;
  }
  got.state = sorter.state();
  return got;
}

/// Either all was well in the end, or the sorter has failed and knows it.
template <class Sorter, class Record>
void check_outcome(Sorter& sorter, std::vector<Record> const& in, std::vector<Record> const& expected,
                   temporary_folder const& folder) {
  auto const got = attempt(sorter, in);
  auto const complete = got.out == expected;
  auto const so_far = std::equal(got.out.begin(), got.out.end(), expected.begin());
  CHECK(so_far);
  CHECK((complete || got.refused));
  CHECK((complete || got.state == sort::sorter_state::failed));
  CHECK(folder.entries().empty());
  if (got.state == sort::sorter_state::failed) {
    CHECK_THROWS_AS(sorter.push(in[0]), spillway::argument_error);
    CHECK_THROWS_AS(sorter.sorted(), spillway::argument_error);
  }
}

}  // namespace

TEST_CASE("whichever allocation from its resource fails, a sorter knows and leaves nothing") {
  auto const threads = GENERATE(1U, 2U, 3U);
  auto const records = numbered_records(30'000, 5000);
  auto const expected = stably_sorted(records, {}, &numbered::key);
  temporary_folder const folder;
  auto const descriptors = open_descriptors();
  auto happened = true;
  for (std::uint64_t call = 1; happened; call += call < 64 ? 1 : 7) {
    CAPTURE(threads, call);
    counting_resource memory{call};
    {
      sort::external_options const options{
          .budget = 1_MiB, .memory = &memory, .threads = threads, .scratch = {.folders = {folder.path()}}};
      try {
        sort::external_sorter<numbered, std::ranges::less, std::uint32_t numbered::*> sorter{
            {}, &numbered::key, options};
        check_outcome(sorter, records, expected, folder);
      } catch (std::bad_alloc const&) {  // in the constructor
      }
    }
    happened = memory.failed();
    CHECK(memory.used() == 0);
    CHECK(open_descriptors() == descriptors);
  }
}

TEST_CASE("whichever allocation of any kind fails, a sorter leaves nothing") {
  auto const threads = GENERATE(1U, 2U, 3U);
  auto const records = some_strings(25'000);
  auto const expected = stably_sorted(records);
  auto const less = [](std::string const& a, std::string const& b) { return a < b; };
  temporary_folder const folder;
  auto const descriptors = open_descriptors();
  auto happened = true;
  for (std::uint64_t call = 1; happened; call += call < 64 ? 1 : call < 1000 ? 13 : 1999) {
    std::vector<std::string> out;
    out.reserve(records.size());
    sort::external_options const options{.budget = 1_MiB, .threads = threads, .scratch = {.folders = {folder.path()}}};
    auto refused = false;
    {
      injected_new_fault const fault{call, new_fault_of::all_threads};
      try {
        sort::external_sorter<std::string, decltype(less)> sorter{less, {}, options};
        for (auto const& each : records) sorter.push(each);
        for (auto& each : sorter.sorted()) out.push_back(std::move(each));
      } catch (std::bad_alloc const&) {
        refused = true;
      }
      happened = fault.happened();
    }
    CAPTURE(threads, call, refused);
    CHECK((happened || !refused));
    CHECK((refused || out == expected));
    CHECK(open_descriptors() == descriptors);
    CHECK(folder.entries().empty());
  }
}
