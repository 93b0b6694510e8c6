#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/duckdb/feed.hpp>
#include <spillway/duckdb/transaction.hpp>

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace {

namespace duckdb = spillway::duckdb;

std::vector<duckdb::column> const columns{{"n", duckdb::column_type::bigint}, {"text", duckdb::column_type::varchar}};

void push_numbers(duckdb::feed& into, std::int64_t from, std::int64_t to) {
  while (from < to) {
    auto chunk = into.make_chunk();
    std::size_t row = 0;
    for (; row < chunk.capacity() && from < to; ++row, ++from) {
      chunk.column_at<std::int64_t>(0).set(row, from);
      if (from % 5 == 0) {
        chunk.column_at<std::string_view>(1).set_null(row);
      } else {
        chunk.column_at<std::string_view>(1).set(row, std::to_string(from) + " with some more text");
      }
    }
    chunk.resize(row);
    into.push(std::move(chunk));
  }
}

TEST_CASE("What is pushed arrives whole and in order") {
  duckdb::database const database{":memory:", {.threads = 2}};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(n BIGINT, text VARCHAR)");
  duckdb::feed rows{connection, columns, "INSERT INTO t SELECT * FROM {}"};
  push_numbers(rows, 0, 300'000);
  CHECK(rows.finish() == 300'000);
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t WHERE n <> rowid") == 0);
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t WHERE text IS NULL") == 60'000);
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t WHERE text <> n || ' with some more text'") == 0);
}

TEST_CASE("An empty feed stores nothing, and a connection can feed many times") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(n BIGINT, text VARCHAR)");
  for (int i = 0; i < 20; ++i) {
    duckdb::feed rows{connection, columns, "INSERT INTO t SELECT * FROM {}"};
    if (i % 2 == 1) push_numbers(rows, 0, 10);
    CHECK(rows.finish() == (i % 2 == 1 ? 10 : 0));
  }
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t") == 100);
}

TEST_CASE("A feed that is not finished stores nothing, also in the middle of a row group") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(n BIGINT, text VARCHAR)");
  for (auto const count : {0, 10, 300'000}) {
    duckdb::feed rows{connection, columns, "INSERT INTO t SELECT * FROM {}"};
    push_numbers(rows, 0, count);
  }
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t") == 0);
}

TEST_CASE("Feeds of transactions that are rolled back leave nothing, not even in the way of the next") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(n BIGINT, text VARCHAR)");
  for (int i = 0; i < 20; ++i) {
    duckdb::transaction const nothing{connection};
    duckdb::feed rows{connection, columns, "INSERT INTO t SELECT * FROM {}"};
    push_numbers(rows, 0, 1000);
    CHECK(rows.finish() == 1000);
  }
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t") == 0);
}

TEST_CASE("A statement that fails is reported by the next push or at the end") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(n BIGINT CHECK (n < 200_000), text VARCHAR)");
  duckdb::feed rows{connection, columns, "INSERT INTO t SELECT * FROM {}"};
  CHECK_THROWS_WITH((push_numbers(rows, 0, 10'000'000), rows.finish()), Catch::Contains("CHECK"));
  CHECK_THROWS_WITH((duckdb::feed{connection, columns, "INSERT INTO none SELECT * FROM {}"}.finish()),
                    Catch::Contains("none"));
  CHECK_THROWS_AS((duckdb::feed{connection, columns, "INSERT INTO t"}), spillway::argument_error);
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t") == 0);
}

TEST_CASE("A stop request ends the pushing, and nothing is stored") {
  duckdb::database const database{":memory:"};
  duckdb::connection plain{database};
  plain.execute("CREATE TABLE t(n BIGINT, text VARCHAR)");
  std::stop_source stop;
  {
    duckdb::connection connection{database, stop.get_token()};
    duckdb::feed rows{connection, columns, "INSERT INTO t SELECT * FROM {}"};
    push_numbers(rows, 0, 100'000);
    stop.request_stop();
    CHECK_THROWS_AS(push_numbers(rows, 0, 1), spillway::cancelled);
  }
  CHECK(plain.value<std::int64_t>("SELECT count(*) FROM t") == 0);
}

}  // namespace
