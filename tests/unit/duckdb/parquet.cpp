#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/duckdb/parquet.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace {

namespace duckdb = spillway::duckdb;
using spillway::test::temporary_folder;

std::vector<duckdb::column> const columns{{"n", duckdb::column_type::bigint},
                                          {"share", duckdb::column_type::double_precision}};

void push_numbers(duckdb::parquet_writer& into, std::int64_t count) {
  for (std::int64_t from = 0; from < count;) {
    auto chunk = into.make_chunk();
    std::size_t row = 0;
    for (; row < chunk.capacity() && from < count; ++row, ++from) {
      chunk.column_at<std::int64_t>(0).set(row, from);
      chunk.column_at<double>(1).set(row, from % 3 == 0 ? std::nullopt : std::optional{static_cast<double>(from) / 8});
    }
    chunk.resize(row);
    into.push(std::move(chunk));
  }
}

TEST_CASE("A Parquet file comes back as it was written, in its order") {
  temporary_folder const folder;
  duckdb::database const database{":memory:", {.memory_limit = 64U << 20U, .threads = 2}};
  duckdb::connection connection{database};
  auto const compression = GENERATE(duckdb::parquet_compression::zstd, duckdb::parquet_compression::snappy,
                                    duckdb::parquet_compression::uncompressed);
  duckdb::parquet_writer file{
      database, folder / "it's.parquet", columns, {.compression = compression, .rows_per_group = 20'480}};
  push_numbers(file, 100'000);
  CHECK(file.finish() == 100'000);
  CHECK(folder.entries() == std::vector<std::string>{"it's.parquet"});

  auto found = duckdb::read_parquet(connection, folder / "it's.parquet");
  CHECK(found.columns() == columns);
  std::int64_t expected = 0;
  bool same = true;
  for (auto const& [n, share] : found.rows<std::int64_t, std::optional<double>>()) {
    same = same && n == expected && share.has_value() == (n % 3 != 0) &&
           share.value_or(0) * 8 == static_cast<double>(n % 3 == 0 ? 0 : n);
    ++expected;
  }
  CHECK(same);
  CHECK(expected == 100'000);
  CHECK(duckdb::read_parquet(connection, folder / "it's.parquet", {"share"}).columns().size() == 1);
}

TEST_CASE("A Parquet file that is not finished does not appear, and an older one stays") {
  temporary_folder const folder;
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  spillway::test::write_file(folder / "old.parquet", "old");
  for (auto const* const name : {"new.parquet", "old.parquet"}) {
    duckdb::parquet_writer file{database, folder / name, columns, {.rows_per_group = 50'000, .threads = 2}};
    push_numbers(file, 300'000);
  }
  CHECK(folder.entries() == std::vector<std::string>{"old.parquet"});
  CHECK(spillway::test::read_file(folder / "old.parquet") == "old");
}

TEST_CASE("Parquet files that are missing, folders or of another kind are refused") {
  temporary_folder const folder;
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  spillway::test::write_file(folder / "text.parquet", "no Parquet file, but long enough to be one");
  CHECK_THROWS_AS(duckdb::read_parquet(connection, folder / "none.parquet"), spillway::io_error);
  CHECK_THROWS_AS(duckdb::read_parquet(connection, folder / "text.parquet"), duckdb::database_error);
  CHECK_THROWS_AS((duckdb::parquet_writer{database, folder / "no/such.parquet", columns}.finish()), spillway::io_error);
  CHECK(folder.entries() == std::vector<std::string>{"text.parquet"});
}

TEST_CASE("A Parquet file has the same bytes for every number of threads, and row groups of the size asked for") {
  temporary_folder const folder;
  duckdb::database const database{":memory:", {.threads = 1}};
  duckdb::connection connection{database};
  auto const rows = GENERATE(0, 1, 2048, 20'480, 100'000);
  std::string first;
  for (auto const threads : {1U, 2U, 3U, 8U}) {
    auto const path = folder / (std::to_string(threads) + ".parquet");
    duckdb::parquet_writer file{database, path, columns, {.rows_per_group = 20'480, .threads = threads}};
    push_numbers(file, rows);
    CHECK(file.finish() == static_cast<std::uint64_t>(rows));
    if (first.empty()) first = spillway::test::read_file(path);
    CHECK(spillway::test::read_file(path) == first);
  }
  auto const path = duckdb::literal(folder / "1.parquet");
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM " + path) == rows);
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM (SELECT n, row_number() OVER () - 1 AS i FROM " + path +
                                       ") WHERE n <> i") == 0);
  CHECK(connection.value<std::int64_t>("SELECT count(DISTINCT row_group_id) FROM parquet_metadata(" + path + ')') ==
        (rows + 20'479) / 20'480);
}

TEST_CASE("Statistics and bloom filters of all row groups are found where they are") {
  temporary_folder const folder;
  duckdb::database const database{":memory:", {.threads = 1}};
  duckdb::connection connection{database};
  auto const path = folder / "t.parquet";
  duckdb::parquet_writer file{database, path, columns, {.rows_per_group = 20'480, .threads = 2}};
  for (int group = 0; group < 4; ++group) {
    for (int i = 0; i < 10; ++i) {
      auto chunk = file.make_chunk();
      for (std::size_t row = 0; row < 2048; ++row) {
        chunk.column_at<std::int64_t>(0).set(row, group * 1'000'000 + static_cast<std::int64_t>(row % 50) * 7);
        chunk.column_at<double>(1).set(row, 0.5);
      }
      chunk.resize(2048);
      file.push(std::move(chunk));
    }
  }
  CHECK(file.finish() == 4 * 20'480);
  auto const in = " FROM parquet_metadata(" + duckdb::literal(path) + ") WHERE path_in_schema = 'n'";
  CHECK(connection.value<std::int64_t>("SELECT count(DISTINCT bloom_filter_offset)" + in) == 4);
  CHECK(connection.value<std::int64_t>("SELECT count(*)" + in +
                                       " AND stats_min_value::BIGINT = row_group_id * 1000000") == 4);
  for (int value = 0; value < 20; ++value) {
    auto const found = connection.value<std::int64_t>("SELECT count(*) FROM " + duckdb::literal(path) + " WHERE n = ?",
                                                      2'000'000 + value);
    CHECK(found == (value % 7 == 0 ? 410 : 0));
  }
}

TEST_CASE("Files become smaller by a higher level of compression, and lack the bloom filters that are not wanted") {
  temporary_folder const folder;
  duckdb::database const database{":memory:", {.threads = 1}};
  duckdb::connection connection{database};
  std::vector<std::uintmax_t> sizes;
  for (int const level : {1, 19}) {
    duckdb::parquet_writer file{database,
                                folder / "t.parquet",
                                columns,
                                {.compression_level = level, .bloom_filters = duckdb::bloom_filters::left_out}};
    push_numbers(file, 20'000);
    CHECK(file.finish() == 20'000);
    sizes.push_back(std::filesystem::file_size(folder / "t.parquet"));
    auto const in = " FROM parquet_metadata(" + duckdb::literal(folder / "t.parquet") + ')';
    CHECK(connection.value<std::int64_t>("SELECT count(bloom_filter_offset)" + in) == 0);
    CHECK(connection.value<std::int64_t>("SELECT count(*)" + in + " WHERE stats_min_value IS NOT NULL") == 2);
  }
  CHECK(sizes[1] < sizes[0]);
}

TEST_CASE("Writing ends when asked to, and nothing is left") {
  temporary_folder const folder;
  duckdb::database const database{":memory:", {.threads = 1}};
  std::stop_source stop;
  duckdb::parquet_writer file{
      database, folder / "t.parquet", columns, {.rows_per_group = 20'480, .threads = 2, .stop = stop.get_token()}};
  push_numbers(file, 100'000);
  stop.request_stop();
  CHECK_THROWS_AS((push_numbers(file, 100'000), file.finish()), spillway::cancelled);
  CHECK(folder.entries().empty());
}

}  // namespace
