#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/sort_input.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/external.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sort = spillway::sort;

namespace {

using namespace spillway::literals;
using namespace spillway::test;
using sort::sorter_state;

using number_sorter = sort::external_sorter<numbered, std::ranges::less, std::uint32_t numbered::*>;

/// Owns its number, and can't be copied.
struct unique_number {
  std::unique_ptr<std::uint32_t> value;
};

/// Throws for one of the numbers.
struct picky {
  std::uint32_t refused;
  std::uint32_t operator()(numbered const& each) const {
    if (each.number == refused) throw std::domain_error{"no key"};
    return each.key;
  }
};

template <class Sorter>
std::vector<numbered> rest_of(Sorter& sorter) {
  std::vector<numbered> out;
  for (auto const& each : sorter.sorted()) out.push_back(each);
  return out;
}

}  // namespace

template <>
struct spillway::sort::spill_codec<unique_number> {
  static std::size_t size(unique_number const&) { return 4; }
  static void write(unique_number const& from, char* to) { std::memcpy(to, from.value.get(), 4); }
  static unique_number read(std::string_view bytes) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data(), 4);
    return {std::make_unique<std::uint32_t>(value)};
  }
};

TEST_CASE("options that make no sense are refused before anything is taken in") {
  CHECK_THROWS_WITH((number_sorter{{}, &numbered::key, {.threads = 0}}), Catch::Contains("thread"));
  CHECK_THROWS_WITH((number_sorter{{}, &numbered::key, {.budget = 1_MiB - 1}}),
                    Catch::Contains("1048576") && Catch::Contains("1048575"));
  spillway::memory_budget memory{100'000};
  CHECK_THROWS_WITH((number_sorter{{}, &numbered::key, {.memory = &memory}}),
                    Catch::Contains("1048576") && Catch::Contains("100000"));
}

TEST_CASE("a sorter says what state it is in, and refuses what does not go with it") {
  auto const in = numbered_records(GENERATE(0U, 1U, 1000U, 40'000U), 100);
  number_sorter sorter{{}, &numbered::key, {.budget = 1_MiB}};
  CHECK(sorter.state() == sorter_state::taking);
  for (auto const& each : in) sorter.push(each);
  CHECK(sorter.result().records == in.size());
  CHECK(sorter.result().delivered == 0);
  auto sorted = sorter.sorted();
  CHECK(sorter.state() == sorter_state::delivering);
  CHECK_THROWS_AS(sorter.sorted(), spillway::argument_error);
  CHECK_THROWS_AS(sorter.push({}), spillway::argument_error);
  CHECK_THROWS_AS(sorter.append(sorter.make_batch()), spillway::argument_error);
  CHECK(sorter.state() == sorter_state::delivering);
  std::size_t count = 0;
  for ([[maybe_unused]] auto const& each : sorted) ++count;
  CHECK(count == in.size());
  CHECK(sorter.result().delivered == in.size());
  CHECK(sorter.result().bytes == in.size() * sizeof(numbered));
}

TEST_CASE("a range that was read to its end stays at its end") {
  auto const in = numbered_records(GENERATE(0U, 1000U, 40'000U), 100);
  number_sorter sorter{{}, &numbered::key, {.budget = 1_MiB}};
  for (auto const& each : in) sorter.push(each);
  auto sorted = sorter.sorted();
  CHECK(std::ranges::distance(sorted) == static_cast<std::ptrdiff_t>(in.size()));
  CHECK(sorted.begin() == sorted.end());
  CHECK(sorted.begin() == sorted.end());
}

TEST_CASE("a range can be left and gone on with, and need not be read at all") {
  auto const in = numbered_records(40'000, 100);
  auto const expected = stably_sorted(in, {}, &numbered::key);
  number_sorter sorter{{}, &numbered::key, {.budget = 1_MiB}};
  for (auto const& each : in) sorter.push(each);
  auto sorted = sorter.sorted();
  std::vector<numbered> out;
  for (auto const& each : sorted) {
    out.push_back(each);
    if (out.size() == 20'000) break;
  }
  for (auto const& each : sorted) out.push_back(each);
  CHECK(out == expected);
}

TEST_CASE("a record whose key can't be had is not taken in, and the sorter goes on") {
  auto const in = numbered_records(40'000, 100);
  auto const refused = GENERATE(0U, 20'000U, 39'999U);
  sort::external_sorter<numbered, std::ranges::less, picky> sorter{{}, {refused}, {.budget = 1_MiB}};
  for (auto const& each : in) {
    if (each.number != refused) {
      sorter.push(each);
      continue;
    }
    CHECK_THROWS_AS(sorter.push(each), std::domain_error);
    CHECK(sorter.state() == sorter_state::taking);
    auto batch = sorter.make_batch();
    CHECK_THROWS_AS(batch.push(each), std::domain_error);
    CHECK(batch.size() == 0);
    sorter.append(batch);
  }
  auto expected = stably_sorted(in, {}, &numbered::key);
  std::erase_if(expected, [&](numbered const& each) { return each.number == refused; });
  CHECK(rest_of(sorter) == expected);
  CHECK(sorter.result().records == in.size() - 1);
}

TEST_CASE("a record that is too large is refused, and the sorter goes on") {
  sort::external_sorter<std::string> sorter{{}, {}, {.budget = 1_MiB}};
  auto const large = std::string(2_MiB, 'x');
  sorter.push("b");
  CHECK_THROWS_WITH(sorter.push(large), Catch::Contains("2097156") && Catch::Contains("1048576"));
  CHECK(sorter.state() == sorter_state::taking);
  sorter.push("a");
  std::vector<std::string> out;
  for (auto const& each : sorter.sorted()) out.push_back(each);
  CHECK(out == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a sink that throws ends a sort and leaves nothing") {
  auto const in = numbered_records(40'000, 100);
  temporary_folder const folder;
  auto const descriptors = open_descriptors();
  std::size_t left = GENERATE(1U, 20'000U, 40'000U);
  auto const sink = [&](numbered const&) {
    if (--left == 0) throw std::domain_error{"enough"};
  };
  CHECK_THROWS_AS(
      sort::external(in, sink, {}, &numbered::key, {.budget = 1_MiB, .scratch = {.folders = {folder.path()}}}),
      std::domain_error);
  CHECK(open_descriptors() == descriptors);
  CHECK(folder.entries().empty());
}

TEST_CASE("an input that throws ends a sort and leaves nothing") {
  auto const in = numbered_records(40'000, 100);
  auto const descriptors = open_descriptors();
  auto const throwing = in | std::views::transform([](numbered const& each) {
                          if (each.number == 39'000) throw std::domain_error{"can't be read"};
                          return each;
                        });
  std::size_t count = 0;
  CHECK_THROWS_AS(sort::external(throwing, [&](auto const&) { ++count; }, {}, &numbered::key, {.budget = 1_MiB}),
                  std::domain_error);
  CHECK(count == 0);
  CHECK(open_descriptors() == descriptors);
}

TEST_CASE("records and sinks that can only be moved are sorted") {
  std::vector<unique_number> in;
  for (auto const& each : numbered_records(100'000, 70'000)) {
    in.push_back({std::make_unique<std::uint32_t>(each.key)});
  }
  std::vector<unique_number> out;
  auto sink = [&out, holds = std::make_unique<int>(1)](unique_number& each) { out.push_back(std::move(each)); };
  auto const result =
      sort::external(in, std::move(sink), {}, [](unique_number const& each) { return *each.value; }, {.budget = 1_MiB});
  CHECK(result.runs > 1);
  auto const expected = stably_sorted(numbered_records(100'000, 70'000), {}, &numbered::key);
  CHECK(std::ranges::equal(
      out, expected, {}, [](unique_number const& each) { return *each.value; }, &numbered::key));
}

TEST_CASE("a stop that is requested ends a sort at the next block") {
  auto const in = numbered_records(200'000, 1000);
  auto const descriptors = open_descriptors();
  std::stop_source stop;
  number_sorter sorter{{}, &numbered::key, {.budget = 1_MiB, .threads = GENERATE(1U, 2U), .stop = stop.get_token()}};
  SECTION("while records are pushed") {
    CHECK_THROWS_AS(
        [&] {
          for (auto const& each : in) {
            if (each.number == 100'000) stop.request_stop();
            sorter.push(each);
          }
        }(),
        spillway::cancelled);
    CHECK(sorter.result().records < 120'000);
  }
  SECTION("before they are sorted") {
    for (auto const& each : in) sorter.push(each);
    stop.request_stop();
    CHECK_THROWS_AS(sorter.sorted(), spillway::cancelled);
  }
  SECTION("while they are read") {
    for (auto const& each : in) sorter.push(each);
    std::size_t count = 0;
    CHECK_THROWS_AS(
        [&] {
          for ([[maybe_unused]] auto const& each : sorter.sorted()) {
            if (++count == 1000) stop.request_stop();
          }
        }(),
        spillway::cancelled);
    CHECK(count < in.size());
  }
  CHECK(sorter.state() == sorter_state::failed);
  CHECK(open_descriptors() == descriptors);
  CHECK_THROWS_AS(sorter.push(in[0]), spillway::argument_error);
}

TEST_CASE("progress is told phase by phase, in bytes that only grow, to the end") {
  auto const in = numbered_records(200'000, 1000);
  auto const many_passes = GENERATE(false, true);
  std::vector<std::string> phases;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  auto monotone = true;
  auto const note = [&](spillway::progress const& now) {
    if (phases.empty() || phases.back() != now.phase) {
      phases.emplace_back(now.phase);
      done = 0;
    }
    monotone = monotone && now.done >= done;
    done = now.done;
    total = now.total;
  };
  std::size_t count = 0;
  auto const few = many_passes ? in : std::vector<numbered>{in.begin(), in.begin() + 50'000};
  auto const result = sort::external(few, [&](numbered const&) { ++count; }, {}, &numbered::key,
                                     {.budget = 1_MiB, .on_progress = note});
  auto const expected = result.merge_passes == 1 ? std::vector<std::string>{"form runs", "merge"}
                                                 : std::vector<std::string>{"form runs", "merge runs", "merge"};
  CHECK(phases == expected);
  CHECK(monotone);
  CHECK(done == result.bytes);
  CHECK(total == result.bytes);
}

TEST_CASE("what a progress callback throws ends a sort") {
  auto const in = numbered_records(40'000, 100);
  auto const phase = GENERATE(std::string{"form runs"}, std::string{"merge"});
  auto const descriptors = open_descriptors();
  auto const note = [&](spillway::progress const& now) {
    if (now.phase == phase) throw std::domain_error{"seen enough"};
  };
  number_sorter sorter{{}, &numbered::key, {.budget = 1_MiB, .on_progress = note}};
  CHECK_THROWS_AS(
      [&] {
        for (auto const& each : in) sorter.push(each);
        for ([[maybe_unused]] auto const& each : sorter.sorted()) {
        }
      }(),
      std::domain_error);
  CHECK(sorter.state() == sorter_state::failed);
  CHECK(open_descriptors() == descriptors);
}

TEST_CASE("without a budget of its own, a sorter takes what is left of its memory's") {
  spillway::memory_budget memory{2_MiB};
  auto const in = numbered_records(60'000, 100);
  {
    number_sorter sorter{{}, &numbered::key, {.memory = &memory}};
    for (auto const& each : in) sorter.push(each);
    CHECK(rest_of(sorter) == stably_sorted(in, {}, &numbered::key));
    CHECK(sorter.result().runs > 1);
  }
  CHECK(memory.peak() <= 2_MiB);
  CHECK(memory.peak() > 1_MiB);
  CHECK(memory.used() == 0);
}
