#include "support/catch.hpp"

#include <spillway/duckdb/appender.hpp>
#include <spillway/duckdb/transaction.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace duckdb = spillway::duckdb;

TEST_CASE("Rows are appended one by one, with nulls, over many chunks") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(a BIGINT, b VARCHAR)");
  duckdb::appender rows{connection, "", "t"};
  for (std::int64_t i = 0; i < 5000; ++i) {
    rows.append(i, i % 3 == 0 ? std::optional<std::string_view>{} : "a text longer than twelve");
  }
  rows.close();
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t") == 5000);
  CHECK(connection.value<std::int64_t>("SELECT count(b) FROM t") == 3333);
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t WHERE (b IS NULL) <> (a % 3 = 0)") == 0);
}

TEST_CASE("Chunks are appended as they are") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE SCHEMA s; CREATE TABLE s.t(a BIGINT)");
  duckdb::appender rows{connection, "s", "t"};
  duckdb::chunk_builder chunk{rows.columns()};
  for (std::size_t i = 0; i < 100; ++i) chunk.column_at<std::int64_t>(0).data()[i] = static_cast<std::int64_t>(i);
  chunk.resize(100);
  rows.append(chunk);
  rows.close();
  CHECK(connection.value<std::int64_t>("SELECT sum(a)::BIGINT FROM s.t") == 4950);
}

TEST_CASE("Rows of a transaction that is rolled back are gone") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(a BIGINT)");
  {
    duckdb::transaction const nothing{connection};
    duckdb::appender rows{connection, "", "t"};
    rows.append(std::int64_t{1});
    rows.close();
  }
  CHECK(connection.value<std::int64_t>("SELECT count(*) FROM t") == 0);
}

TEST_CASE("Values that do not fit the table and tables that are not there are refused") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(a BIGINT NOT NULL)");
  CHECK_THROWS_WITH((duckdb::appender{connection, "", "none"}), Catch::Contains("none"));
  duckdb::appender rows{connection, "", "t"};
  CHECK_THROWS_AS(rows.append("text"), spillway::argument_error);
  CHECK_THROWS_AS(rows.append(std::int64_t{1}, std::int64_t{2}), spillway::argument_error);
  rows.append(std::optional<std::int64_t>{});
  CHECK_THROWS_WITH(rows.close(), Catch::Contains("NOT NULL"));
}

}  // namespace
