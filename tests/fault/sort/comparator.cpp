#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/sort_input.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/external.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace sort = spillway::sort;
using namespace spillway::literals;
using namespace spillway::test;

/// An answer that has nothing to do with the question. Thread safe.
bool any_answer() {
  thread_local std::uint64_t state = 88172645463325252U;
  state ^= state << 13U;
  state ^= state >> 7U;
  state ^= state << 17U;
  return (state & 64U) != 0;
}

/// One type for all, so that one sorter is compiled.
template <class Record>
using comparator = std::function<bool(Record const&, Record const&)>;

template <class Record>
sort::external_result sort_by(comparator<Record> const& less, std::vector<Record> const& in, std::vector<Record>& out,
                              unsigned threads) {
  return sort::external(in, [&](Record const& each) { out.push_back(each); }, less, {},
                        {.budget = 1_MiB, .threads = threads});
}

/// Whatever the comparator says, all records come out, each once.
template <class Record, class Less>
void check_permutation(std::vector<Record> const& in, comparator<Record> const& less, Less const& by_identity) {
  auto const expected = stably_sorted(in, by_identity);
  for (auto const threads : {1U, 2U, 3U}) {
    std::vector<Record> out;
    auto const result = sort_by(less, in, out, threads);
    CHECK(result.runs > 1);
    CHECK(out.size() == in.size());
    CHECK(stably_sorted(out, by_identity) == expected);
  }
}

auto const by_number = [](numbered const& a, numbered const& b) { return a.number < b.number; };

}  // namespace

TEST_CASE("a comparator that is no order gives some order of all the records") {
  auto const records = numbered_records(40'000, 5000);
  SECTION("always true") {
    check_permutation<numbered>(
        records, [](auto const&, auto const&) { return true; }, by_number);
  }
  SECTION("less or equal") {
    check_permutation<numbered>(
        records, [](auto const& a, auto const& b) { return a.key <= b.key; }, by_number);
  }
  SECTION("in a circle") {
    check_permutation<numbered>(
        records, [](auto const& a, auto const& b) { return (b.key - a.key) % 3 == 1; }, by_number);
  }
  SECTION("at random") {
    check_permutation<numbered>(
        records, [](auto const&, auto const&) { return any_answer(); }, by_number);
  }
  SECTION("of strings, at random") {
    check_permutation<std::string>(
        some_strings(40'000), [](auto const&, auto const&) { return any_answer(); }, std::less<>{});
  }
}

TEST_CASE("what a comparator throws comes out of a sort, whenever it does, and nothing is left") {
  auto const records = numbered_records(40'000, 5000);
  auto const threads = GENERATE(1U, 2U, 3U);
  auto const descriptors = open_descriptors();
  std::atomic<std::uint64_t> calls{0};
  std::uint64_t throws_at = 0;
  comparator<numbered> const less = [&](numbered const& a, numbered const& b) {
    if (++calls == throws_at) throw std::domain_error{"not comparable"};
    return a.key < b.key;
  };
  std::vector<numbered> out;
  sort_by(less, records, out, threads);
  CHECK(out == stably_sorted(records, {}, &numbered::key));
  auto const all = calls.load();
  for (std::uint64_t i = 0; i < 40; ++i) {
    throws_at = 1 + i * (all - all / 50) / 40;
    calls = 0;
    out.clear();
    CAPTURE(threads, throws_at);
    CHECK_THROWS_AS(sort_by(less, records, out, threads), std::domain_error);
    CHECK(open_descriptors() == descriptors);
  }
}
