#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/duckdb.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <numeric>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace {

namespace duckdb = spillway::duckdb;
using spillway::test::temporary_folder;
using namespace std::chrono_literals;

TEST_CASE("A missing file that must exist is an io_error, and nothing is made") {
  temporary_folder const folder;
  REQUIRE_THROWS_AS((duckdb::database{folder / "none.db", {.access = duckdb::access::existing_only}}),
                    spillway::io_error);
  REQUIRE_THROWS_AS((duckdb::database{folder / "none.db", {.access = duckdb::access::read_only}}), spillway::io_error);
  CHECK(folder.entries().empty());
}

TEST_CASE("A folder is no database") {
  temporary_folder const folder;
  REQUIRE_THROWS_WITH((duckdb::database{folder.path()}), Catch::Contains("Is a directory"));
}

TEST_CASE("A file of another kind is refused in one line and stays as it was") {
  temporary_folder const folder;
  auto const text = std::string(10'000, 'x');
  spillway::test::write_file(folder / "text.db", text);
  REQUIRE_THROWS_AS((duckdb::database{folder / "text.db"}), duckdb::database_error);
  REQUIRE_THROWS_WITH((duckdb::database{folder / "text.db"}),
                      Catch::Contains("text.db") && !Catch::Contains("\n") && Catch::Contains("not a valid DuckDB"));
  CHECK(spillway::test::read_file(folder / "text.db") == text);
}

TEST_CASE("A database in an unknown folder can't be made") {
  temporary_folder const folder;
  REQUIRE_THROWS_AS((duckdb::database{folder / "no/such.db"}), spillway::error);
}

TEST_CASE("A database that another process holds is refused in one line") {
  temporary_folder const folder;
  int to_child[2];
  int to_parent[2];
  REQUIRE(::pipe(to_child) == 0);
  REQUIRE(::pipe(to_parent) == 0);
  auto const child = ::fork();
  if (child == 0) {
    ::close(to_child[1]);
    auto const held = std::make_unique<duckdb::database>(folder / "held.db");
    char byte = 'h';
    static_cast<void>(::write(to_parent[1], &byte, 1) == 1 && ::read(to_child[0], &byte, 1) == 0);
    ::_exit(0);
  }
  ::close(to_child[0]);
  char byte = 0;
  REQUIRE(::read(to_parent[0], &byte, 1) == 1);
  CHECK_THROWS_WITH((duckdb::database{folder / "held.db"}),
                    Catch::Contains("held.db") && Catch::Contains("lock") && !Catch::Contains("http"));
  ::close(to_child[1]);
  ::waitpid(child, nullptr, 0);
  ::close(to_parent[0]);
  ::close(to_parent[1]);
  CHECK_NOTHROW(duckdb::database{folder / "held.db"});
}

TEST_CASE("Options reach DuckDB, and senseless ones are refused") {
  temporary_folder const folder;
  duckdb::database const database{folder / "a.db",
                                  {.memory_limit = 64U << 20U, .threads = 1, .temporary_folder = folder / "scratch"}};
  duckdb::connection connection{database};
  auto found = connection.query(
      "SELECT current_setting('memory_limit'), current_setting('threads')::BIGINT, "
      "current_setting('temp_directory')");
  for (auto const& [limit, threads, scratch] : found.rows<std::string_view, std::int64_t, std::string_view>()) {
    CHECK(limit == "64.0 MiB");
    CHECK(threads == 1);
    CHECK(scratch == folder / "scratch");
  }
  CHECK_THROWS_AS((duckdb::database{":memory:", {.threads = 0}}), spillway::error);
}

TEST_CASE("Values of every type come back as they went in, null or not") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  duckdb::date const day{2024y / 2 / 29};
  duckdb::timestamp const time{duckdb::date{1969y / 12 / 31} + 23h + 59min + 59s + 999999us};
  auto const expected = std::tuple{true, std::int64_t{-7}, 2.5, std::string_view{"it's"}, day, time};
  auto found = connection.query("SELECT ?, ?, ?, ?, ?, ?, ?::BIGINT", true, -7, 2.5, "it's", day, time, std::nullopt);
  int rows = 0;
  for (auto const& [a, b, c, d, e, f, g] : found.rows<bool, std::int64_t, double, std::string_view, duckdb::date,
                                                      duckdb::timestamp, std::optional<std::int64_t>>()) {
    CHECK(std::tuple{a, b, c, d, e, f} == expected);
    CHECK(g == std::nullopt);
    ++rows;
  }
  CHECK(rows == 1);
}

TEST_CASE("Integers of every width keep their extremes") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  auto found = connection.query(
      "SELECT (-128)::TINYINT, (-32768)::SMALLINT, (-2147483648)::INTEGER, 255::UTINYINT, "
      "65535::USMALLINT, 4294967295::UINTEGER, 18446744073709551615::UBIGINT, 1.5::FLOAT");
  for (auto const& row : found.rows<std::int8_t, std::int16_t, std::int32_t, std::uint8_t, std::uint16_t, std::uint32_t,
                                    std::uint64_t, float>()) {
    CHECK(row == std::tuple{std::int8_t{-128}, std::int16_t{-32768}, INT32_MIN, std::uint8_t{255}, std::uint16_t{65535},
                            UINT32_MAX, UINT64_MAX, 1.5F});
  }
}

TEST_CASE("Strings on both sides of DuckDB's inlining limit are whole") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  auto found = connection.query("SELECT repeat('ab', n::INTEGER) FROM range(0, 20) t(n)");
  std::size_t n = 0;
  for (auto const& [text] : found.rows<std::string_view>()) {
    CHECK(text.size() == 2 * n);
    CHECK(text.find_first_not_of("ab") == std::string_view::npos);
    ++n;
  }
  CHECK(n == 20);
}

TEST_CASE("A large result comes in chunks, column by column") {
  duckdb::database const database{":memory:", {.memory_limit = 32U << 20U}};
  duckdb::connection connection{database};
  std::int64_t sum = 0;
  std::size_t chunks = 0;
  for (auto found = connection.query("SELECT n FROM range(5_000_000) t(n)"); auto const& chunk : found) {
    auto const values = chunk.column_at<std::int64_t>("n").values();
    sum = std::accumulate(values.begin(), values.end(), sum);
    ++chunks;
  }
  CHECK(sum == std::int64_t{5'000'000} * 4'999'999 / 2);
  CHECK(chunks > 1);
}

TEST_CASE("A result that is moved or left early does no harm") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  {
    auto found = connection.query("SELECT n FROM range(1_000_000) t(n)");
    auto moved = std::move(found);
    CHECK(moved.begin()->columns() == std::vector<duckdb::column>{{"n", duckdb::column_type::bigint}});
  }
  CHECK(connection.value<std::int64_t>("SELECT 1::BIGINT") == 1);
}

TEST_CASE("Columns asked for as what they are not are refused by name") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  auto found = connection.query("SELECT 1::INTEGER AS small, 2::HUGEINT AS huge");
  auto const& chunk = *found.begin();
  CHECK_THROWS_WITH(chunk.column_at<std::int64_t>("small"), Catch::Contains("'small' is INTEGER, not BIGINT"));
  CHECK_THROWS_AS(chunk.column_at<std::int64_t>("huge"), spillway::argument_error);
  CHECK_THROWS_AS(chunk.column_at<std::int64_t>("none"), spillway::argument_error);
  CHECK_THROWS_AS(chunk.column_at<std::int64_t>(2), spillway::argument_error);
}

TEST_CASE("A null where none may be is an error") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  auto found = connection.query("SELECT NULL::BIGINT");
  auto rows = found.rows<std::int64_t>();
  auto const first = rows.begin();
  CHECK_THROWS_AS(*first, spillway::value_error);
}

TEST_CASE("Errors in SQL are one line") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  CHECK_THROWS_WITH(connection.execute("SELEC 1"), Catch::Contains("syntax error") && !Catch::Contains("\n"));
  CHECK_THROWS_WITH(connection.query("SELECT * FROM nowhere"), Catch::Contains("nowhere") && !Catch::Contains("\n"));
  CHECK_THROWS_AS(connection.query("SELECT ?"), spillway::argument_error);
}

TEST_CASE("An error in the middle of a result is thrown while it is read") {
  duckdb::database const database{":memory:", {.threads = 1}};
  duckdb::connection connection{database};
  auto const read = [&] {
    std::size_t rows = 0;
    auto found =
        connection.query("SELECT CASE WHEN n = 3_000_000 THEN error('here') ELSE n END FROM range(4_000_000) t(n)");
    for (auto const& chunk : found) rows += chunk.size();
    return rows;
  };
  CHECK_THROWS_WITH(read(), Catch::Contains("here"));
}

TEST_CASE("A prepared statement runs again and again and tells what it changed") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(a INTEGER, b VARCHAR)");
  auto insert = connection.prepare("INSERT INTO t VALUES (?, ?)");
  for (int i = 0; i < 10; ++i) CHECK(insert.bind(i, i % 2 ? std::optional<std::string>{} : "even").execute() == 1);
  CHECK(connection.prepare("DELETE FROM t WHERE b IS NULL").execute() == 5);
  CHECK(connection.value<std::int64_t>("SELECT sum(a)::BIGINT FROM t") == 20);
}

TEST_CASE("A transaction that is not committed leaves nothing") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  connection.execute("CREATE TABLE t(a INTEGER)");
  {
    duckdb::transaction const nothing{connection};
    connection.execute("INSERT INTO t VALUES (1)");
  }
  {
    duckdb::transaction all{connection};
    connection.execute("INSERT INTO t VALUES (2)");
    all.commit();
  }
  CHECK(connection.value<std::int64_t>("SELECT sum(a)::BIGINT FROM t") == 2);
}

TEST_CASE("A transaction after a failed statement can be rolled back and the connection goes on") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  CHECK_THROWS([&] {
    duckdb::transaction const broken{connection};
    connection.execute("SELECT * FROM nowhere");
  }());
  CHECK(connection.value<std::int64_t>("SELECT 1::BIGINT") == 1);
}

TEST_CASE("A stop request ends a statement that runs and those that come") {
  duckdb::database const database{":memory:"};
  std::stop_source stop;
  duckdb::connection connection{database, stop.get_token()};
  auto const endless = [&] {
    return connection.value<std::int64_t>(
        "SELECT count(*) FROM range(100_000_000_000) a, range(1000) b WHERE a.range % 7 = b.range");
  };
  std::jthread const stopper{[&] { stop.request_stop(); }};
  CHECK_THROWS_AS(endless(), spillway::cancelled);
  CHECK_THROWS_AS(connection.execute("SELECT 1"), spillway::cancelled);
}

TEST_CASE("Text becomes a literal and a name an identifier, whatever is in them") {
  duckdb::database const database{":memory:"};
  duckdb::connection connection{database};
  auto found = connection.query("SELECT " + duckdb::literal("it's") + " AS " + duckdb::identifier("a \"b\""));
  CHECK(found.columns().front().name == "a \"b\"");
  for (auto const& [text] : found.rows<std::string_view>()) CHECK(text == "it's");
}

}  // namespace
