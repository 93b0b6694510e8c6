#include "votes/warehouse.hpp"

#include "examples/votes/data.hpp"
#include "support/catch.hpp"
#include "support/files.hpp"
#include "votes/outliers.hpp"

#include <spillway/duckdb/connection.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace duckdb = spillway::duckdb;
using spillway::test::temporary_folder;
using votes::ingest_result;

struct outcome {
  std::vector<std::pair<std::int64_t, std::int64_t>> rows;  // id and post, in the order of the table
  std::vector<ingest_result> files;
};

/// What must come out: of each id the first vote, in the order of the files.
outcome expect(std::vector<std::vector<std::int64_t>> const& files) {
  outcome expected;
  std::set<std::int64_t> before;
  std::int64_t post = 0;
  for (auto const& ids : files) {
    ingest_result result{.lines = ids.size()};
    std::set<std::int64_t> here;
    for (auto const id : ids) {
      ++post;
      if (before.contains(id)) {
        ++result.already_there;
      } else if (here.insert(id).second) {
        ++result.added;
        expected.rows.emplace_back(id, post);
      } else {
        ++result.repeated;
      }
    }
    before.merge(here);
    expected.files.push_back(result);
  }
  return expected;
}

enum class opened { once, for_each_file };

outcome ingest(std::vector<std::string> const& files, temporary_folder const& folder, std::size_t id_memory,
               opened how) {
  outcome got;
  {
    std::optional<votes::warehouse> warehouse;
    for (auto const& file : files) {
      if (!warehouse || how == opened::for_each_file) {
        warehouse.reset();
        warehouse.emplace(
            votes::warehouse_options{.path = folder / "w.db", .memory = 64U << 20U, .id_memory = id_memory});
      }
      got.files.push_back(warehouse->ingest(file, {}));
    }
  }
  duckdb::database const database{folder / "w.db"};
  duckdb::connection connection{database};
  auto found = connection.query("SELECT Id, PostId FROM blog_analysis.votes ORDER BY rowid");
  for (auto const& [id, post] : found.rows<std::int64_t, std::int64_t>()) got.rows.emplace_back(id, post);
  return got;
}

TEST_CASE("The first vote of an id wins, within and across files, whatever memory there is for ids") {
  using votes::test::ids;
  auto const kind = GENERATE(ids::dense, ids::descending, ids::sparse, ids::growing);
  auto const id_memory =
      GENERATE(std::size_t{0}, std::size_t{16} << 10U, std::size_t{4} << 20U, std::size_t{64} << 20U);
  auto const how = GENERATE(opened::once, opened::for_each_file);
  CAPTURE(static_cast<int>(kind), id_memory, static_cast<int>(how));
  auto const ids_of_files = votes::test::make_ids(kind, 3, 20'000, 7);
  temporary_folder const folder;
  std::vector<std::string> files;
  std::int64_t post = 0;
  for (auto const& ids : ids_of_files) {
    std::string text;
    for (auto const id : ids) text += votes::test::line(id, ++post);
    files.push_back(folder / std::to_string(files.size()));
    spillway::test::write_file(files.back(), text);
  }
  auto const expected = expect(ids_of_files);
  auto const got = ingest(files, folder, id_memory, how);
  CHECK(got.rows == expected.rows);
  for (std::size_t i = 0; i < files.size(); ++i) {
    CAPTURE(i);
    CHECK(got.files[i].lines == expected.files[i].lines);
    CHECK(got.files[i].added == expected.files[i].added);
    CHECK(got.files[i].repeated == expected.files[i].repeated);
    CHECK(got.files[i].already_there == expected.files[i].already_there);
  }

  // The library alone finds the same weeks, also when the ids don't fit and the files are read part by part.
  auto const from_warehouse = votes::outliers_of_warehouse(folder / "w.db", 64U << 20U, 2, {});
  auto const least = std::size_t{kind == ids::dense || kind == ids::descending ? 8U << 10U : 1U << 20U};
  for (auto const memory : {least, std::size_t{64} << 20U}) {
    auto const from_files = votes::outliers_of_files(files, memory, {});
    CHECK(text_of(from_files.weeks, votes::output_format::csv) == text_of(from_warehouse, votes::output_format::csv));
    CHECK(from_files.lines == 60'000);
  }
}

TEST_CASE("Votes that are staged on disk give the same table") {
  auto const ids_of_files = votes::test::make_ids(votes::test::ids::sparse, 1, 400'000, 3);
  temporary_folder const folder;
  std::string text;
  std::int64_t post = 0;
  for (auto const id : ids_of_files.front()) text += votes::test::line(id, ++post);
  spillway::test::write_file(folder / "file", text);
  std::filesystem::create_directory(folder / "s");
  {
    votes::warehouse warehouse{
        {.path = folder / "w.db", .memory = 40U << 20U, .id_memory = 0, .scratch = folder / "s"}};
    warehouse.ingest(folder / "file", {});
  }
  CHECK(std::filesystem::is_empty(folder / "s"));
  duckdb::database const database{folder / "w.db"};
  duckdb::connection connection{database};
  auto const expected = expect(ids_of_files);
  std::size_t row = 0;
  bool same = true;
  auto found = connection.query("SELECT Id, PostId FROM blog_analysis.votes ORDER BY rowid");
  for (auto const& [id, p] : found.rows<std::int64_t, std::int64_t>()) {
    same = same && row < expected.rows.size() && expected.rows[row] == std::pair{id, p};
    ++row;
  }
  CHECK(same);
  CHECK(row == expected.rows.size());
}

TEST_CASE("Weeks at both ends of the calendar are the same in SQL and in the library") {
  temporary_folder const folder;
  std::string text;
  int id = 0;
  auto const add = [&](std::string const& date, int times) {
    while (times-- > 0) {
      text += R"({"Id":)" + std::to_string(++id) + R"(,"PostId":1,"VoteTypeId":1,"CreationDate":")" + date + "\"}\n";
    }
  };
  for (auto const* const year : {"0001", "1900", "1969", "1970", "2000", "2024", "2027", "9999"}) {
    for (auto const* const day : {"-01-01", "-01-02", "-01-03", "-01-04", "-01-05", "-01-06", "-01-07", "-01-08",
                                  "-02-28", "-12-30", "-12-31"}) {
      add(std::string{year} + day + "T23:59:59.999999", 1 + id % 5);
    }
  }
  spillway::test::write_file(folder / "file", text);
  votes::warehouse{{.path = folder / "w.db"}}.ingest(folder / "file", {});
  auto const from_warehouse = votes::outliers_of_warehouse(folder / "w.db", 64U << 20U, 2, {});
  auto const from_files = votes::outliers_of_files({folder / "file"}, 1U << 20U, {});
  CHECK(from_warehouse.size() > 10);
  CHECK(text_of(from_files.weeks, votes::output_format::csv) == text_of(from_warehouse, votes::output_format::csv));
}

TEST_CASE("A week exactly a fifth off the mean is no outlier") {
  temporary_folder const folder;
  std::string text;
  int id = 0;
  // 8, 12 and 10 votes: mean 10.
  for (auto const& [date, votes] : {std::pair{"2022-01-03", 8}, {"2022-01-10", 12}, {"2022-01-17", 10}}) {
    for (int i = 0; i < votes; ++i) {
      text += R"({"Id":")" + std::to_string(++id) + R"(","PostId":"1","VoteTypeId":"1","CreationDate":")" + date +
              "T00:00:00.000\"}\n";
    }
  }
  spillway::test::write_file(folder / "file", text);
  votes::warehouse{{.path = folder / "w.db"}}.ingest(folder / "file", {});
  CHECK(votes::outliers_of_warehouse(folder / "w.db", 64U << 20U, 2, {}).empty());
  CHECK(votes::outliers_of_files({folder / "file"}, 1U << 20U, {}).weeks.empty());
}

}  // namespace
