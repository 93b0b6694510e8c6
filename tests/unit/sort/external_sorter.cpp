#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/external.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
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
    WARN(result.runs << " runs " << result.merge_passes << " passes " << result.bytes_spilled << " spilled "
                     << result.peak_memory << " memory");
  }
}

TEST_CASE("strings of all sizes") {
  std::mt19937 random{7};
  std::vector<std::string> in;
  for (int i = 0; i < 100'000; ++i) in.push_back(std::string(random() % 30, static_cast<char>('a' + random() % 3)));
  std::vector<std::string> out;
  auto const result =
      sort::external(in, [&](std::string const& s) { out.push_back(s); }, std::ranges::less{}, std::identity{}, {.budget = std::size_t{1} << 20U});
  std::sort(in.begin(), in.end());
  CHECK(in == out);
  CHECK(result.runs > 1);
}
