#include "support/catch.hpp"

#include <spillway/sort/external.hpp>
#include <spillway/sort/external_sorter.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace sort = spillway::sort;

namespace {

struct record {
  std::uint32_t key;
  std::uint32_t order;
  std::array<char, 24> payload;
};

}  // namespace

TEST_CASE("records that fit stay in memory and come out in stable order") {
  sort::external_sorter<record, std::ranges::less, std::uint32_t record::*> sorter{{}, &record::key};
  for (std::uint32_t i = 0; i < 1000; ++i) sorter.push({i * 7919U % 100U, i, {}});
  std::vector<record> out;
  for (auto const& each : sorter.sorted()) out.push_back(each);
  REQUIRE(out.size() == 1000);
  CHECK(std::is_sorted(out.begin(), out.end(), [](record const& a, record const& b) {
    return std::pair{a.key, a.order} < std::pair{b.key, b.order};
  }));
  CHECK(sorter.result().runs == 0);
}

TEST_CASE("records that do not fit go through runs") {
  std::mt19937 random{7};
  for (unsigned threads : {1U, 2U, 3U}) {
    sort::external_sorter<record, std::ranges::less, std::uint32_t record::*> sorter{
        {}, &record::key, {.budget = std::size_t{1} << 20U, .threads = threads}};
    for (std::uint32_t i = 0; i < 500'000; ++i) sorter.push({static_cast<std::uint32_t>(random()) % 50'000U, i, {}});
    std::vector<record> out;
    for (auto const& each : sorter.sorted()) out.push_back(each);
    REQUIRE(out.size() == 500'000);
    CHECK(std::is_sorted(out.begin(), out.end(), [](record const& a, record const& b) {
      return std::pair{a.key, a.order} < std::pair{b.key, b.order};
    }));
    auto const result = sorter.result();
    CHECK(result.runs > 10);
    CHECK(result.peak_memory <= (std::size_t{1} << 20U));
    CHECK(result.peak_scratch < 500'000 * sizeof(record) / 20 * 21);
  }
}

TEST_CASE("strings of all sizes") {
  std::mt19937 random{7};
  std::vector<std::string> in;
  for (int i = 0; i < 100'000; ++i) in.push_back(std::string(random() % 30, static_cast<char>('a' + random() % 3)));
  std::vector<std::string> out;
  auto const result = sort::external(in, [&](std::string const& s) { out.push_back(s); }, std::ranges::less{},
                                     std::identity{}, {.budget = std::size_t{1} << 20U});
  std::sort(in.begin(), in.end());
  CHECK(in == out);
  CHECK(result.runs > 1);
}

TEST_CASE("the first few of many records never touch the disk") {
  std::vector<std::uint64_t> in;
  std::mt19937_64 random{7};
  for (int i = 0; i < 500'000; ++i) in.push_back(random());
  std::vector<std::uint64_t> out;
  auto const result = sort::top_k(in, [&](std::uint64_t each) { out.push_back(each); }, 10, std::ranges::greater{}, {},
                                  {.budget = std::size_t{1} << 20U});
  std::sort(in.begin(), in.end(), std::greater{});
  in.resize(10);
  CHECK(in == out);
  CHECK(result.runs == 0);
  CHECK(result.records == 500'000);
  CHECK(result.delivered == 10);
}

TEST_CASE("distinct and aggregate") {
  std::vector<record> in;
  std::mt19937 random{7};
  for (std::uint32_t i = 0; i < 300'000; ++i) in.push_back({static_cast<std::uint32_t>(random()) % 30'000U, i, {}});
  std::vector<record> firsts(30'000, {0, ~0U, {}});
  std::vector<record> lasts(30'000);
  std::vector<std::uint64_t> sums(30'000);
  for (auto const& each : in) {
    if (firsts[each.key].order == ~0U) firsts[each.key] = each;
    lasts[each.key] = each;
    ++sums[each.key];
  }
  std::vector<record> out;
  auto const take = [&](record const& each) { out.push_back(each); };
  auto const same = [&](std::vector<record> const& expected) {
    return std::equal(out.begin(), out.end(), expected.begin(), expected.end(),
                      [](record const& a, record const& b) { return a.key == b.key && a.order == b.order; });
  };
  sort::external_options const options{.budget = std::size_t{1} << 20U};
  auto const result = sort::distinct(in, take, {}, &record::key, sort::keep::first, options);
  CHECK(same(firsts));
  CHECK(result.runs > 1);
  out.clear();
  sort::distinct(in, take, {}, &record::key, sort::keep::last, options);
  CHECK(same(lasts));
  out.clear();
  for (auto& each : in) each.order = 1;
  sort::aggregate(
      in, take, std::ranges::less{}, &record::key, [](record& into, record const& other) { into.order += other.order; },
      options);
  REQUIRE(out.size() == 30'000);
  CHECK(std::all_of(out.begin(), out.end(), [&](record const& each) { return each.order == sums[each.key]; }));
}

TEST_CASE("compressed runs give the same records from less scratch") {
  std::vector<record> in;
  std::mt19937 random{7};
  for (std::uint32_t i = 0; i < 300'000; ++i) in.push_back({static_cast<std::uint32_t>(random()), i, {}});
  std::vector<record> out;
  auto const take = [&](record const& each) { out.push_back(each); };
  auto const result = sort::external(in, take, {}, &record::key,
                                     {.budget = std::size_t{1} << 20U, .compression = sort::run_compression::zstd});
  std::stable_sort(in.begin(), in.end(), [](record const& a, record const& b) { return a.key < b.key; });
  CHECK(std::equal(out.begin(), out.end(), in.begin(), in.end(), [](record const& a, record const& b) {
    return a.key == b.key && a.order == b.order && a.payload == b.payload;
  }));
  CHECK(result.peak_scratch < result.bytes);
  CHECK(result.peak_memory <= std::size_t{1} << 20U);
}

namespace {

/// Orders in a way of its own, so that nothing can be told from the first bits.
struct person {
  std::string name;
  int age = 0;
};

struct person_codec {
  static std::size_t size(person const& of) { return sizeof(int) + of.name.size(); }
  static void write(person const& from, char* to) {
    std::memcpy(to, &from.age, sizeof(int));
    std::memcpy(to + sizeof(int), from.name.data(), from.name.size());
  }
  static person read(std::string_view bytes) {
    person into;
    std::memcpy(&into.age, bytes.data(), sizeof(int));
    into.name = bytes.substr(sizeof(int));
    return into;
  }
};

}  // namespace

TEST_CASE("records of a user's type are compared by the user's comparator") {
  std::mt19937 random{7};
  std::vector<person> in;
  for (int i = 0; i < 60'000; ++i) in.push_back({std::string(random() % 40, 'x') + std::to_string(random() % 100), i});
  auto const by_length = [](person const& a, person const& b) { return a.name.size() < b.name.size(); };
  sort::external_sorter<person, decltype(by_length), std::identity, sort::keep_all, person_codec> sorter{
      by_length, {}, {.budget = std::size_t{1} << 20U}};
  for (auto const& each : in) sorter.push(each);
  std::vector<person> out;
  for (auto& each : sorter.sorted()) out.push_back(std::move(each));
  std::stable_sort(in.begin(), in.end(), by_length);
  CHECK(std::equal(out.begin(), out.end(), in.begin(), in.end(),
                   [](person const& a, person const& b) { return a.age == b.age && a.name == b.name; }));
  CHECK(sorter.result().runs > 1);
  CHECK(sorter.result().peak_memory <= std::size_t{1} << 20U);
}
