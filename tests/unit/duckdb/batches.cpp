#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/duckdb/batches.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace {

namespace duckdb = spillway::duckdb;
using spillway::test::temporary_folder;

constexpr char const* numbers =
    "(SELECT i AS n, CASE WHEN i % 3 <> 0 THEN i / 8 END AS share, CASE WHEN i % 5 <> 0 THEN repeat('x', (i % "
    "30)::INTEGER) "
    "END AS text FROM range(10000) t(i))";

TEST_CASE("Batches have the size asked for, and the rows are in the order of the file") {
  temporary_folder const folder;
  duckdb::database const database{":memory:", {.threads = 2}};
  duckdb::connection connection{database};
  auto const name = GENERATE("t.parquet", "t.csv", "t.csv.gz");
  auto const rows = GENERATE(std::size_t{1}, std::size_t{7}, std::size_t{1024}, std::size_t{2048}, std::size_t{3000},
                             std::size_t{10'000}, std::size_t{20'000});
  connection.execute("COPY " + std::string{numbers} + " TO " + duckdb::literal(folder / name));
  std::int64_t next = 0;
  bool right = true;
  std::vector<std::size_t> sizes;
  for (auto const& batch : duckdb::read_batches(connection, folder / name, {.rows = rows})) {
    sizes.push_back(batch.size());
    auto const n = batch.column_at<std::int64_t>("n");
    auto const share = batch.column_at<double>(1);
    auto const text = batch.column_at<std::string_view>("text");
    for (std::size_t row = 0; row < batch.size(); ++row, ++next) {
      right = right && n[row] == next && share.is_null(row) == (next % 3 == 0) &&
              (next % 3 == 0 || share[row] * 8 == static_cast<double>(next));
      auto const no_text = next % 5 == 0;  // CSV tells no empty text from none, but there is none here
      right = right && text.is_null(row) == no_text &&
              (no_text || text[row] == std::string(static_cast<std::size_t>(next % 30), 'x'));
    }
  }
  CHECK(right);
  CHECK(next == 10'000);
  REQUIRE_FALSE(sizes.empty());
  CHECK(std::all_of(sizes.begin(), sizes.end() - 1, [&](std::size_t size) { return size == rows; }));
}

TEST_CASE("Batches have the columns that were asked for, and none come of an empty file") {
  temporary_folder const folder;
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  auto const path = folder / "t.parquet";
  connection.execute("COPY " + std::string{numbers} + " TO " + duckdb::literal(path));
  {
    auto some = duckdb::read_batches(connection, path, {.rows = 10, .columns = {"text", "n"}});
    REQUIRE(some.columns().size() == 2);
    CHECK(some.columns()[0].name == "text");
    CHECK(some.begin()->column_at<std::int64_t>(1)[9] == 9);
    CHECK_THROWS_AS(some.begin()->column_at<double>(1), spillway::argument_error);
    CHECK_THROWS_AS(some.begin()->column_at<double>("share"), spillway::argument_error);
  }
  CHECK_THROWS_AS(duckdb::read_batches(connection, path, {.columns = {"none"}}), duckdb::database_error);
  CHECK_THROWS_AS(duckdb::read_batches(connection, path, {.rows = 0}), spillway::argument_error);
  CHECK_THROWS_AS(duckdb::read_batches(connection, folder / "none.parquet"), spillway::io_error);
  connection.execute("COPY (SELECT 1 AS n LIMIT 0) TO " + duckdb::literal(path));
  auto none = duckdb::read_batches(connection, path);
  CHECK(none.begin() == none.end());
}

}  // namespace
