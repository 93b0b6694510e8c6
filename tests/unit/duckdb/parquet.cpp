#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/duckdb/parquet.hpp>

#include <cstdint>
#include <optional>
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
      connection, folder / "it's.parquet", columns, {.compression = compression, .rows_per_group = 20'480}};
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
    duckdb::parquet_writer file{connection, folder / name, columns};
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
  CHECK_THROWS_AS((duckdb::parquet_writer{connection, folder / "no/such.parquet", columns}.finish()),
                  duckdb::database_error);
  CHECK(folder.entries() == std::vector<std::string>{"text.parquet"});
}

}  // namespace
