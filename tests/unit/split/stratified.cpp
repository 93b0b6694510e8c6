#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/split/stratified.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
namespace split = spillway::split;

struct patient {
  int id;
  std::string ward;
};

split::fractions usual() { return {{"train", 0.8}, {"eval", 0.1}, {"test", 0.1}}; }
auto by_ward(std::uint64_t seed = 0) { return split::stratified{&patient::ward, &patient::id, usual(), seed}; }

/// Ward `a` has one patient, `b` two, …
std::vector<patient> patients(int wards) {
  std::vector<patient> all;
  for (int ward = 0; ward != wards; ++ward) {
    for (int i = 0; i <= ward; ++i) all.push_back({static_cast<int>(all.size()), "w" + std::to_string(ward)});
  }
  return all;
}

}  // namespace

TEST_CASE("every stratum is split by the fractions to within one record") {
  auto const all = patients(300);
  auto classifier = by_ward(7);
  classifier.learn(all);
  std::map<std::string, std::vector<double>> counts;
  std::vector<double> totals(3);
  for (auto const& each : all) {
    auto const index = classifier(each);
    ++counts.try_emplace(each.ward, 3).first->second[index];
    ++totals[index];
  }
  for (auto const& [ward, found] : counts) {
    auto const size = found[0] + found[1] + found[2];
    CHECK(std::abs(found[0] - 0.8 * size) <= 1);
    CHECK(std::abs(found[1] - 0.1 * size) <= 1);
    CHECK(std::abs(found[2] - 0.1 * size) <= 1);
  }
  auto const size = static_cast<double>(all.size());
  CHECK(std::abs(totals[0] / size - 0.8) < 0.002);
  CHECK(std::abs(totals[1] / size - 0.1) < 0.002);
}

TEST_CASE("the fractions hold for many strata of one record together") {
  std::vector<patient> all;
  for (int i = 0; i != 10'000; ++i) all.push_back({i, "ward " + std::to_string(i)});
  auto classifier = by_ward();
  classifier.learn(all);
  auto const train = std::count_if(all.begin(), all.end(), [&](patient const& each) { return classifier(each) == 0; });
  CHECK(std::abs(static_cast<double>(train) - 8000) < 200);
}

TEST_CASE("a record keeps its class whatever the order of the records") {
  auto all = patients(60);
  auto before = by_ward();
  before.learn(all);
  std::mt19937 random{1};
  std::shuffle(all.begin(), all.end(), random);
  auto after = by_ward();
  after.learn(all, {.budget = 1 << 20, .threads = 1});
  CHECK(std::all_of(all.begin(), all.end(), [&](patient const& each) { return before(each) == after(each); }));
}

TEST_CASE("a few more records move few") {
  std::vector<patient> all;
  for (int i = 0; i != 1000; ++i) all.push_back({i, "a"});
  auto before = by_ward();
  before.learn(all);
  auto more = all;
  for (int i = 1000; i != 1020; ++i) more.push_back({i, "a"});
  auto after = by_ward();
  after.learn(more);
  auto const moved =
      std::count_if(all.begin(), all.end(), [&](patient const& each) { return before(each) != after(each); });
  CHECK(moved <= 40);
}

TEST_CASE("records with equal keys stay together") {
  std::vector<patient> all;
  for (int i = 0; i != 900; ++i) all.push_back({i / 3, "a"});
  auto classifier = by_ward();
  classifier.learn(all);
  for (std::size_t i = 0; i < all.size(); i += 3) {
    CHECK(classifier(all[i]) == classifier(all[i + 2]));
  }
}

TEST_CASE("rows of a reader are learned on several threads") {
  std::string text{"id,ward\n"};
  for (auto const& each : patients(40)) text += std::to_string(each.id) + ',' + each.ward + '\n';
  auto const read = [&] { return io::read_csv(std::make_unique<io::memory_source>(text), {.chunk_size = 256}); };
  split::stratified one{io::column{"ward"}, io::column{"id"}, usual()};
  auto two = one;
  one.learn(read(), {.threads = 1});
  two.learn(read(), {.threads = 3});
  auto again = read();
  for (auto const& row : again) CHECK(one(row) == two(row));
}

TEST_CASE("what was not learned can't be classified") {
  auto classifier = by_ward();
  CHECK_THROWS_AS(classifier(patient{1, "a"}), spillway::argument_error);
  classifier.learn(patients(3));
  CHECK_THROWS_WITH(classifier(patient{1, "nowhere"}), Catch::Contains("'nowhere'"));
}
