#include "support/catch.hpp"

#include <spillway/duckdb/chunks_in_order.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/feed.hpp>
#include <spillway/duckdb/row_codec.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace duckdb = spillway::duckdb;

/// Every scalar type, with a null here and there, short and long texts, and the extremes.
constexpr char const* all_types = R"(
  SELECT
    CASE WHEN i % 7 <> 0 THEN i % 2 = 0 END AS a_boolean,
    CASE WHEN i % 11 <> 0 THEN (i % 200 - 100)::TINYINT END AS a_tinyint,
    (i * 7 % 60000 - 30000)::SMALLINT AS a_smallint,
    CASE WHEN i % 3 <> 0 THEN (i * 12345 - 2000000000)::INTEGER END AS an_integer,
    (i * 1234567890123 - 9000000000000000000)::BIGINT AS a_bigint,
    (i % 256)::UTINYINT AS a_utinyint, (i % 65536)::USMALLINT AS a_usmallint, i::UINTEGER AS a_uinteger,
    CASE WHEN i % 5 <> 0 THEN 18446744073709551615 - i END::UBIGINT AS a_ubigint,
    (i::HUGEINT * 170141183460469231731687303715 - 1) AS a_hugeint, i::UHUGEINT * 3 AS a_uhugeint,
    (i / 7)::FLOAT AS a_float,
    CASE i % 4 WHEN 0 THEN 'nan'::DOUBLE WHEN 1 THEN '-inf'::DOUBLE WHEN 2 THEN NULL ELSE i / 3 END AS a_double,
    (i % 100 / 10)::DECIMAL(4, 1) AS a_decimal_2, (i / 100)::DECIMAL(9, 2) AS a_decimal_4,
    (i / 100)::DECIMAL(18, 5) AS a_decimal_8, (i / 100)::DECIMAL(38, 10) AS a_decimal_16,
    CASE i % 5 WHEN 0 THEN '' WHEN 1 THEN NULL WHEN 2 THEN 'twelve bytes' WHEN 3 THEN 'thirteen byte'
      ELSE repeat('é', i % 400) END AS a_varchar,
    CASE WHEN i % 3 <> 0 THEN repeat('x', i % 20)::BLOB || '\x00\xFF'::BLOB END AS a_blob,
    '0101'::BIT AS a_bit,
    DATE '1970-01-01' + (i - 5000)::INTEGER AS a_date, TIME '00:00:00' + INTERVAL (i) SECOND AS a_time,
    '12:00:00+05'::TIMETZ AS a_timetz,
    TIMESTAMP '2020-01-01' + INTERVAL (i) MINUTE AS a_timestamp,
    (TIMESTAMP '2020-01-01' + INTERVAL (i) MINUTE)::TIMESTAMP_S AS a_timestamp_s,
    (TIMESTAMP '2020-01-01' + INTERVAL (i) MINUTE)::TIMESTAMP_MS AS a_timestamp_ms,
    (TIMESTAMP '2020-01-01' + INTERVAL (i) MINUTE)::TIMESTAMP_NS AS a_timestamp_ns,
    CASE WHEN i % 2 = 0 THEN '2020-01-01 00:00:00+00'::TIMESTAMPTZ END AS a_timestamptz,
    INTERVAL (i) DAY AS an_interval,
    format('00000000-0000-0000-0000-{:012d}', i)::UUID AS a_uuid
  FROM range(5000) t(i))";

TEST_CASE("Rows of all scalar types come back as they were packed") {
  duckdb::database const database{":memory:", {.threads = 2}};
  duckdb::connection connection{database};
  duckdb::connection other{database};
  connection.execute("CREATE TABLE before AS " + std::string{all_types});
  auto rows = connection.query("FROM before");
  auto const columns = rows.columns();
  other.execute("CREATE TABLE after AS FROM before LIMIT 0");
  duckdb::row_codec const codec{columns, 3};
  {
    duckdb::feed table{other, columns, "INSERT INTO after SELECT * FROM {}"};
    duckdb::packed_rows packed;
    for (auto const& chunk : rows) {
      codec.pack(chunk, packed);
      REQUIRE(packed.size() == chunk.size());
      auto into = table.make_chunk();
      duckdb::row_unpacker unpacker{codec, into};
      for (std::size_t row = 0; row < packed.size(); ++row) {
        CHECK(packed[row].substr(0, 3) == std::string_view{"\0\0\0", 3});
        packed.writable(row)[0] = 'k';
        unpacker.set(row, std::string{packed[row]});
      }
      into.resize(packed.size());
      table.push(std::move(into));
    }
    CHECK(table.finish() == 5000);
  }
  CHECK(other.query("FROM after LIMIT 0").columns() == columns);
  CHECK(other.value<std::int64_t>("SELECT count(*) FROM (FROM before EXCEPT ALL FROM after)") == 0);
  CHECK(other.value<std::int64_t>("SELECT count(*) FROM (FROM after EXCEPT ALL FROM before)") == 0);
  CHECK(other.value<std::int64_t>("SELECT count(*) FROM before JOIN after ON before.rowid = after.rowid "
                                  "WHERE before.a_bigint <> after.a_bigint") == 0);
}

TEST_CASE("Columns of nested types can't be carried, and are named") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  auto const columns = connection.query("SELECT 1 AS fine, [1, 2] AS numbers").columns();
  CHECK(duckdb::row_codec::can_carry(columns[0]));
  CHECK_FALSE(duckdb::row_codec::can_carry(columns[1]));
  CHECK_THROWS_WITH(duckdb::row_codec{columns}, Catch::Contains("'numbers'"));
}

TEST_CASE("Chunks are worked on by several threads and delivered in order") {
  duckdb::database const database{":memory:", {.threads = 2}};
  duckdb::connection connection{database};
  auto const threads = GENERATE(1U, 2U, 5U);
  auto rows = connection.query("SELECT i FROM range(100000) t(i)");
  std::int64_t next = 0;
  bool in_order = true;
  duckdb::chunks_in_order(
      rows, threads,
      [](duckdb::chunk const& chunk, unsigned) {
        auto const values = chunk.column_at<std::int64_t>(0).values();
        return std::vector<std::int64_t>(values.begin(), values.end());
      },
      [&](std::vector<std::int64_t> const& values) {
        for (auto const value : values) in_order = in_order && value == next++;
      });
  CHECK(in_order);
  CHECK(next == 100'000);
}

TEST_CASE("The first failure in the order of the chunks is told, after all before it were delivered") {
  duckdb::database const database{":memory:", {.threads = 2}};
  duckdb::connection connection{database};
  auto rows = connection.query("SELECT i FROM range(100000) t(i)");
  std::int64_t delivered = 0;
  auto const work = [](duckdb::chunk const& chunk, unsigned) {
    auto const first = chunk.column_at<std::int64_t>(0)[0];
    if (first >= 40'960) throw spillway::error{std::to_string(first)};
    return static_cast<std::int64_t>(chunk.size());
  };
  CHECK_THROWS_WITH(duckdb::chunks_in_order(rows, 4, work, [&](std::int64_t count) { delivered += count; }), "40960");
  CHECK(delivered == 40'960);
  auto more = connection.query("SELECT i FROM range(100000) t(i)");
  CHECK_THROWS_AS(duckdb::chunks_in_order(more, 0, work, [](std::int64_t) {}), spillway::argument_error);
  std::stop_source stop;
  stop.request_stop();
  CHECK_THROWS_AS(duckdb::chunks_in_order(
                      more, 2, work, [](std::int64_t) {}, stop.get_token()),
                  spillway::cancelled);
}

TEST_CASE("What delivering throws ends the work") {
  duckdb::database const database{":memory:", {.threads = 2}};
  duckdb::connection connection{database};
  auto rows = connection.query("SELECT i FROM range(100000) t(i)");
  int delivered = 0;
  CHECK_THROWS_WITH(duckdb::chunks_in_order(
                        rows, 3, [](duckdb::chunk const&, unsigned) { return 0; },
                        [&](int) {
                          if (++delivered == 5) throw spillway::error{"enough"};
                        }),
                    "enough");
  CHECK(delivered == 5);
}

}  // namespace
