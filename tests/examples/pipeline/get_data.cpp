#include "examples/pipeline/running.hpp"

#include <fstream>

namespace {

using namespace pipeline_test;

TEST_CASE("CSV is split and ordered as by a stable sort, byte for byte, for all budgets and threads") {
  temporary_folder const folder;
  auto const table = make_table(GENERATE(as<std::size_t>{}, 0, 1, 2, 10, 1000, 60'000), 1);
  write_file(folder / "t.csv", table.csv);
  for (auto const* const memory : {"1KiB", "4MiB", "256MiB"}) {
    for (auto const* const threads : {"1", "2", "5"}) {
      CAPTURE(memory, threads);
      get_data(folder, {"--source", "t.csv", "--out", "out", "--format", "csv", "--memory", memory, "--threads",
                        threads, "--quiet"});
      CHECK(parts(folder, "out", ".csv") == table.expected);
    }
  }
  CHECK(folder.entries() == strings{"out", "t.csv"});
}

TEST_CASE("Sources may be compressed, or come through a pipe") {
  temporary_folder const folder;
  auto const table = make_table(3000, 2);
  write_file(folder / "t.csv", table.csv);
  REQUIRE(std::system(("cd " + folder.path() + " && gzip -k t.csv && zstd -q t.csv").c_str()) == 0);
  for (auto const* const source : {"t.csv.gz", "t.csv.zst"}) {
    get_data(folder, {"--source", source, "--out", "out", "--format", "csv"});
    CHECK(parts(folder, "out", ".csv") == table.expected);
    get_data(folder, {"--source", "-", "--out", "piped", "--format", "csv"}, folder / source);
    CHECK(parts(folder, "piped", ".csv") == table.expected);
  }
}

TEST_CASE("The last row may lack its line end, and line ends may be of Windows") {
  temporary_folder const folder;
  write_file(folder / "t.csv", "_data_split,_data_shuffle\r\ntrain,2\r\ntrain,1");
  get_data(folder, {"--source", "t.csv", "--out", "out", "--format", "csv"});
  CHECK(read_file(folder / "out/train.csv") == "_data_split,_data_shuffle\ntrain,1\ntrain,2\n");
  CHECK(read_file(folder / "out/eval.csv") == "_data_split,_data_shuffle\n");
}

/// Some of every type that Parquet files hold, with ties and nulls in the shuffle column.
constexpr char const* many_types =
    "SELECT i AS id, CASE WHEN i % 3 <> 0 THEN i / 7 END AS share, repeat('x', (i % 40)::INTEGER) AS text, "
    "(i / 100)::DECIMAL(18, 2) AS price, DATE '2020-01-01' + (i % 999)::INTEGER AS day, i % 2 = 0 AS flag, "
    "TIMESTAMP '2020-01-01' + INTERVAL (i) SECOND AS moment, 'bytes'::BLOB AS bytes, gen_random_uuid() AS uuid, "
    "CASE i % 10 WHEN 8 THEN 'Validation' WHEN 9 THEN 'TEST' ELSE 'train' END AS _data_split, "
    "CASE WHEN i % 101 <> 0 THEN hash(i) % 3000 END AS _data_shuffle FROM range(30000) t(i)";

/// How many rows of the parts are not where they should be.
std::int64_t misplaced(temporary_folder const& folder, std::string const& out, std::string const& extension) {
  std::int64_t count = 0;
  constexpr std::array<char const*, 3> conditions{"= 'train'", "= 'Validation'", "= 'TEST'"};
  for (std::size_t i = 0; i < 3; ++i) {
    auto const part = "'" + out + '/' + names[i] + extension + "'";
    auto const all = "(FROM 't.parquet' WHERE _data_split " + std::string{conditions[i]} + ')';
    // The place of a row, there and by DuckDB's sort; ids break ties, since they rise in the source.
    count += ask(folder, "WITH there AS (SELECT row_number() OVER () AS place, id FROM " + part +
                             "), wanted AS (SELECT row_number() OVER (ORDER BY _data_shuffle NULLS LAST, id) AS place, "
                             "id FROM " +
                             all +
                             ") SELECT count(*) FROM there FULL JOIN wanted USING (place) "
                             "WHERE there.id IS DISTINCT FROM wanted.id");
  }
  return count;
}

TEST_CASE("Parquet is split and ordered, with all its columns, the same for all budgets and threads") {
  temporary_folder const folder;
  make_parquet(folder / "t.parquet", many_types);
  std::array<std::string, 3> first;
  for (auto const* const memory : {"1MiB", "64MiB", "256MiB"}) {
    for (auto const* const threads : {"1", "2", "4"}) {
      CAPTURE(memory, threads);
      get_data(folder, {"--source", "t.parquet", "--out", "out", "--memory", memory, "--threads", threads,
                        "--rows-per-group", "8192"});
      CHECK(misplaced(folder, "out", ".parquet") == 0);
      CHECK(ask(folder, "SELECT count(*) FROM (FROM 't.parquet' EXCEPT ALL FROM 'out/*.parquet')") == 0);
    }
  }
  CHECK(ask(folder, "SELECT count(DISTINCT row_group_id) FROM parquet_metadata('out/train.parquet')") == 3);
  CHECK(ask(folder,
            "SELECT count(*) FROM parquet_metadata('out/train.parquet') WHERE compression <> 'ZSTD' OR "
            "(path_in_schema = 'id' AND stats_min_value IS NULL)") == 0);
  CHECK(ask(folder,
            "SELECT count(*) FROM (DESCRIBE FROM 't.parquet') a POSITIONAL JOIN (DESCRIBE FROM "
            "'out/test.parquet') b WHERE a.column_name = b.column_name AND a.column_type = b.column_type") == 11);
}

TEST_CASE("Parquet becomes CSV, and CSV Parquet") {
  temporary_folder const folder;
  make_parquet(folder / "t.parquet", many_types);
  get_data(folder, {"--source", "t.parquet", "--out", "csv", "--format", "csv"});
  CHECK(misplaced(folder, "csv", ".csv") == 0);
  CHECK(ask(folder,
            "SELECT count(*) FROM (SELECT id, share, text, price::DOUBLE, day, flag, moment, uuid FROM 't.parquet' "
            "EXCEPT ALL SELECT id, share, coalesce(text, ''), price, day, flag, moment, uuid FROM 'csv/*.csv')") == 0);
  for (auto const* const memory : {"8MiB", "100MiB"}) {
    auto const again =
        get_data(folder, {"--source", "t.parquet", "--out", "again", "--format", "csv", "--memory", memory});
    CHECK(parts(folder, "again", ".csv") == parts(folder, "csv", ".csv"));
  }
  get_data(folder, {"--source", "csv/train.csv", "--out", "back"});
  CHECK(ask(folder, "SELECT count(*) FROM (FROM 'csv/train.csv' EXCEPT ALL FROM 'back/train.parquet')") == 0);
  CHECK(ask(folder,
            "SELECT count(*) FROM 'back/train.parquet' WHERE typeof(id) = 'BIGINT' AND typeof(day) = 'DATE' AND "
            "typeof(flag) = 'BOOLEAN' AND typeof(share) = 'DOUBLE' AND typeof(text) = 'VARCHAR'") ==
        ask(folder, "SELECT count(*) FROM 'csv/train.csv'"));
  CHECK(ask(folder, "SELECT count(*) FROM 'back/eval.parquet'") == 0);
}

TEST_CASE("The first rows of a CSV file tell the types, or all, also of one that comes compressed through a pipe") {
  temporary_folder const folder;
  std::string csv = "n,_data_split,_data_shuffle\n";
  for (int i = 0; i < 150'000; ++i) csv += std::to_string(i) + ",train," + std::to_string(i) + '\n';
  csv += "\"it, at last\",train,0.5\n";
  write_file(folder / "t.csv", csv);
  CHECK_THAT(problem(folder, {"get-data", "--source", "t.csv", "--out", "out"}),
             Catch::StartsWith("pipeline: 't.csv': ") && Catch::Contains("150002") && Catch::Contains("it, at last") &&
                 Catch::EndsWith("--sample-rows=all looks at all rows for the types\n"));
  REQUIRE(std::system(("cd " + folder.path() + " && gzip t.csv").c_str()) == 0);
  get_data(folder, {"--source", "-", "--out", "out", "--sample-rows", "all"}, folder / "t.csv.gz");
  CHECK(ask(folder, "SELECT count(*) FROM 'out/train.parquet' WHERE typeof(n) = 'VARCHAR'") == 150'001);
}

TEST_CASE("A CSV file's NaN, infinities and missing values have their place in Parquet too") {
  temporary_folder const folder;
  write_file(folder / "t.csv", make_table(3000, 5).csv);
  get_data(folder, {"--source", "t.csv", "--out", "csv", "--format", "csv"});
  get_data(folder, {"--source", "t.csv", "--out", "parquet"});
  for (std::string const name : names) {
    CHECK(ask(folder, "SELECT count(*) FROM (FROM 'parquet/" + name + ".parquet') a POSITIONAL JOIN (FROM 'csv/" +
                          name + ".csv') b WHERE a.id IS DISTINCT FROM b.id") == 0);
  }
}

TEST_CASE("Nested values are carried as JSON text") {
  temporary_folder const folder;
  make_parquet(folder / "t.parquet",
               "SELECT [1, 2] AS list, {'a': 1, 'b': 'x'} AS struct, 'train' AS _data_split, 1 AS _data_shuffle");
  get_data(folder, {"--source", "t.parquet", "--out", "out"});
  CHECK(ask(folder,
            R"(SELECT count(*) FROM 'out/train.parquet' WHERE list = '[1,2]' AND struct = '{"a":1,"b":"x"}')") == 1);
}

TEST_CASE("Whole numbers are ordered exactly, also beyond what doubles hold, from CSV and from Parquet") {
  temporary_folder const folder;
  make_parquet(folder / "t.parquet",
               "SELECT 9007199254740993 + 5000 - i AS _data_shuffle, 'train' AS _data_split FROM range(10000) t(i)");
  get_data(folder, {"--source", "t.parquet", "--out", "a", "--format", "csv"});
  get_data(folder, {"--source", "a/train.csv", "--out", "b", "--format", "csv"});
  CHECK(read_file(folder / "a/train.csv") == read_file(folder / "b/train.csv"));
  CHECK(ask(folder,
            "SELECT count(*) FROM (SELECT _data_shuffle - lag(_data_shuffle) OVER () AS step FROM "
            "'a/train.csv') WHERE step = 1") == 9999);
}

TEST_CASE("Unknown splits are counted and named, and are an error unless they are to be skipped") {
  temporary_folder const folder;
  write_file(folder / "t.csv", "_data_split,_data_shuffle\ntrain,2\nholdout,1\n,3\nholdout,x\ntest,1\n");
  make_parquet(folder / "t.parquet",
               "SELECT unnest(['train', 'holdout', NULL, 'holdout', 'test']) AS _data_split, 1 AS _data_shuffle");
  CHECK(problem(folder, {"get-data", "--source", "t.csv", "--out", "out", "--format", "csv"}) ==
        "pipeline: _data_split of 3 rows is none of train, eval, validation and test: 'holdout' (2), '' (1); "
        "--unknown-split=skip leaves them out\n");
  CHECK(problem(folder, {"get-data", "--source", "t.parquet", "--out", "out"}) ==
        "pipeline: _data_split of 3 rows is none of train, eval, validation and test: 'holdout' (2), NULL (1); "
        "--unknown-split=skip leaves them out\n");
  CHECK(folder.entries() == strings{"out", "t.csv", "t.parquet"});
  CHECK(std::filesystem::is_empty(folder / "out"));
  auto const done =
      get_data(folder, {"--source", "t.csv", "--out", "out", "--format", "csv", "--unknown-split", "skip"});
  CHECK(done.err.starts_with("3 rows of unknown splits left out: 'holdout' (2), '' (1)\n5 rows, "));
  CHECK(done.err.ends_with("; 1 train, 0 eval, 1 test\n"));
  CHECK(read_file(folder / "out/train.csv") == "_data_split,_data_shuffle\ntrain,2\n");
  CHECK_THAT(read_file(folder / "out/report.json"),
             Catch::Contains(R"("rows": {"train": 1, "eval": 0, "test": 1, "unknown": 3, "rejected": 0})") &&
                 Catch::Contains(R"({"value": "'holdout'", "rows": 2})"));
  CHECK_THAT(read_file(folder / "out/report.html"), Catch::Contains("unknown: 'holdout'"));
}

TEST_CASE("A source without rows makes files without rows") {
  temporary_folder const folder;
  write_file(folder / "t.csv", "a,_data_split,_data_shuffle\n");
  make_parquet(folder / "t.parquet", "SELECT 1 AS a, 'train' AS _data_split, 0.5 AS _data_shuffle LIMIT 0");
  get_data(folder, {"--source", "t.csv", "--out", "out", "--format", "csv"});
  for (auto const& part : parts(folder, "out", ".csv")) CHECK(part == "a,_data_split,_data_shuffle\n");
  get_data(folder, {"--source", "t.parquet", "--out", "out", "--format", "csv"});
  for (auto const& part : parts(folder, "out", ".csv")) CHECK(part == "a,_data_split,_data_shuffle\n");
  get_data(folder, {"--source", "t.parquet", "--out", "out"});
  CHECK(ask(folder, "SELECT count(*) FROM 'out/*.parquet'") == 0);
}

TEST_CASE("Missing columns are named, as are those of other types") {
  temporary_folder const folder;
  write_file(folder / "none.csv", "a,b\n1,2\n");
  write_file(folder / "split.csv", "a,_data_shuffle\n1,2\n");
  write_file(folder / "empty.csv", "");
  write_file(folder / "words.csv", "_data_split,_data_shuffle\ntrain,1\ntrain,x\n");
  make_parquet(folder / "none.parquet", "SELECT 1 AS a");
  make_parquet(folder / "day.parquet", "SELECT 'train' AS _data_split, DATE '2020-01-01' AS _data_shuffle");
  auto const says = [&](std::string const& source, std::string const& format) {
    return problem(folder, {"get-data", "--source", source, "--out", "out", "--format", format});
  };
  for (auto const* const format : {"csv", "parquet"}) {
    CHECK(says("none.csv", format) == "pipeline: 'none.csv' has no column _data_split and _data_shuffle, only a, b\n");
    CHECK(says("split.csv", format) == "pipeline: 'split.csv' has no column _data_split, only a, _data_shuffle\n");
    CHECK(says("none.parquet", format) ==
          "pipeline: 'none.parquet' has no column _data_split and _data_shuffle, only a\n");
    CHECK(says("day.parquet", format) ==
          "pipeline: 'day.parquet': _data_shuffle is DATE, expected integers or floating-point numbers\n");
    CHECK_THAT(says("none", format), Catch::StartsWith("pipeline: open 'none': No such file"));
    CHECK_THAT(says("empty.csv", format), Catch::Contains("empty.csv"));
  }
  CHECK_THAT(says("words.csv", "csv"), Catch::Contains("words.csv:3:7: expected a number, found 'x'"));
  CHECK_THAT(says("words.csv", "parquet"), Catch::Contains("'words.csv': ") && Catch::Contains("Line: 3"));
  CHECK_THAT(says("bigquery:a.b.c", "csv"), Catch::Contains("'bigquery:a.b.c': this version reads Parquet and CSV"));
}

TEST_CASE("Malformed rows are an error with their place, or go to the rejects") {
  temporary_folder const folder;
  write_file(folder / "t.csv", "a,_data_split,_data_shuffle\n1,train,2\n2,train\n3,train,x\n4,train,1\n");
  CHECK_THAT(problem(folder, {"get-data", "--source", "t.csv", "--out", "out", "--format", "csv"}),
             Catch::Contains("t.csv:3"));
  CHECK_THAT(problem(folder, {"get-data", "--source", "t.csv", "--out", "out"}), Catch::Contains("t.csv"));
  auto const done = get_data(
      folder, {"--source", "t.csv", "--out", "out", "--format", "csv", "--on-error", "skip", "--rejects", "bad.jsonl"});
  CHECK(done.err.starts_with("2 rows rejected: see bad.jsonl\n4 rows, "));
  CHECK(read_file(folder / "out/train.csv") == "a,_data_split,_data_shuffle\n4,train,1\n1,train,2\n");
  CHECK_THAT(read_file(folder / "bad.jsonl"),
             Catch::Contains(R"("line":3)") && Catch::Contains(R"("record":"3,train,x")"));
}

TEST_CASE("Malformed rows of CSV that becomes Parquet go to the rejects as well, with their lines") {
  temporary_folder const folder;
  std::string csv = "a,_data_split,_data_shuffle\n";
  for (int i = 0; i < 20'000; ++i) csv += std::to_string(i) + ",train," + std::to_string(20'000 - i) + '\n';
  csv += "1,train\n2,train,x\n3,eval,1\n4,eval,2,more\n";
  write_file(folder / "t.csv", csv);
  for (auto const* const threads : {"1", "2"}) {
    auto const done = get_data(folder, {"--source", "t.csv", "--out", "out", "--on-error", "skip", "--rejects",
                                        "bad.jsonl", "--threads", threads});
    CHECK(done.err.starts_with("3 rows rejected: see bad.jsonl\n20,004 rows, "));
    CHECK(done.err.ends_with("; 20,000 train, 1 eval, 0 test\n"));
    CHECK(ask(folder,
              "SELECT count(*) FROM (SELECT a, lag(a) OVER () AS last FROM 'out/train.parquet') "
              "WHERE last - a = 1") == 19'999);
    CHECK(ask(folder, "SELECT a FROM 'out/eval.parquet'") == 3);
    auto const rejects = read_file(folder / "bad.jsonl");
    CHECK(std::ranges::count(rejects, '\n') == 3);
    CHECK_THAT(rejects, Catch::Contains(R"("line":20002)") && Catch::Contains(R"("record":"1,train")") &&
                            Catch::Contains(R"("line":20003)") && Catch::Contains(R"("record":"2,train,x")") &&
                            Catch::Contains(R"("line":20005)") && Catch::Contains(R"("record":"4,eval,2,more")"));
    CHECK_THAT(read_file(folder / "out/report.json"), Catch::Contains(R"("rejected": 3)"));
  }
}

TEST_CASE("Parquet may come through a pipe, compressed too, and if it is cut off that is an error") {
  temporary_folder const folder;
  make_parquet(folder / "t.parquet", many_types);
  get_data(folder, {"--source", "t.parquet", "--out", "out"});
  REQUIRE(std::system(("cd " + folder.path() + " && zstd -q t.parquet && head -c 20000 t.parquet > cut").c_str()) == 0);
  for (auto const* const source : {"t.parquet", "t.parquet.zst"}) {
    get_data(folder, {"--source", "-", "--out", "piped"}, folder / source);
    CHECK(parts(folder, "piped", ".parquet") == parts(folder, "out", ".parquet"));
  }
  get_data(folder, {"--source", "t.parquet.zst", "--out", "unpacked"});
  CHECK(parts(folder, "unpacked", ".parquet") == parts(folder, "out", ".parquet"));
  CHECK_THAT(problem(folder, {"get-data", "--source", "-", "--out", "none"}, folder / "cut"),
             Catch::StartsWith("pipeline: '-': ") && !Catch::Contains("/proc"));
  CHECK(std::filesystem::is_empty(folder / "none"));
}

TEST_CASE("What was there stays when a run fails, and nothing else is left") {
  temporary_folder const folder;
  auto const table = make_table(200'000, 3);
  write_file(folder / "t.csv", table.csv);
  std::filesystem::create_directory(folder / "out");
  for (auto const* const name : {"train.csv", "eval.csv", "train.parquet", "report.json"}) {
    write_file(folder / (std::string{"out/"} + name), "old");
  }
  auto const before = [&] {
    strings entries;
    for (auto const& each : std::filesystem::directory_iterator{folder / "out"}) {
      entries.push_back(each.path().filename().string() + '=' + read_file(each.path()));
    }
    std::ranges::sort(entries);
    return entries;
  };
  auto const old = before();
  for (std::string const format : {"csv", "parquet"}) {
    // A limit on the size of files stands for a full disk.
    auto const full = spillway::test::run_program(
        "/bin/sh", {"-c", "ulimit -f 100; '" SPILLWAY_PROGRAM "' get-data --source t.csv --out out --format " + format},
        folder.path());
    CAPTURE(full.err);
    CHECK(full.code == 2);
    CHECK(std::ranges::count(full.err, '\n') == 1);
    CHECK_THAT(full.err, Catch::Contains("File too large"));
    CHECK(before() == old);
  }
  CHECK_THAT(problem(folder, {"get-data", "--source", "t.csv", "--out", "t.csv/out"}), Catch::Contains("t.csv/out"));
}

TEST_CASE("A kill leaves nothing behind") {
  temporary_folder const folder;
  temporary_folder const scratch;
  std::filesystem::create_directory(folder / "out");
  auto const table = make_table(300'000, 4);
  write_file(folder / "t.csv", table.csv);
  auto const format = GENERATE("csv", "parquet");
  for (int attempt = 0; attempt < 6; ++attempt) {
    temporary_folder const logs;
    spillway::test::running_program running{SPILLWAY_PROGRAM,
                                            {"get-data", "--source", "t.csv", "--out", "out", "--format", format,
                                             "--memory", "8MiB", "--scratch", scratch.path()},
                                            folder.path(),
                                            logs};
    ::usleep(static_cast<::useconds_t>(1 << (2 * attempt)) * 200);
    running.send(SIGKILL);
    auto const code = running.wait();
    strings left;
    for (auto const& each : std::filesystem::directory_iterator{folder / "out"}) left.push_back(each.path().filename());
    CHECK((left.empty() || left.size() == 5));
    CAPTURE(attempt, format, running.err());
    CHECK((code == 0 || code == -SIGKILL));
    for (auto const& each : left) std::filesystem::remove(folder / ("out/" + each));
    CHECK(scratch.entries().empty());
  }
}

TEST_CASE("A run can be stopped, and leaves nothing behind") {
  temporary_folder const folder;
  ::mkfifo((folder / "t.csv").c_str(), 0600);
  auto const format = GENERATE("csv", "parquet");
  temporary_folder const logs;
  spillway::test::running_program running{
      SPILLWAY_PROGRAM, {"get-data", "--source", "t.csv", "--out", "out", "--format", format}, folder.path(), logs};
  std::ofstream pipe{folder / "t.csv"};  // waits for the program to read
  pipe << "_data_split,_data_shuffle\ntrain,1\n" << std::flush;
  running.send(SIGINT);
  CHECK(running.wait() == 2);
  CHECK_THAT(running.err(), Catch::Contains("cancelled"));
}

TEST_CASE("Steps are named, and those that there aren't are refused") {
  temporary_folder const folder;
  write_file(folder / "t.csv", "_data_split,_data_shuffle\ntrain,2\n");
  CHECK_THAT(problem(folder, {"get-data", "publish", "--source", "t.csv", "--out", "out"}),
             Catch::Contains("there is no step 'publish'"));
  CHECK_FALSE(std::filesystem::exists(folder / "out"));
  CHECK_THAT(problem(folder, {"--source", "t.csv", "--out", "out"}), Catch::Contains("STEP"));
  CHECK_THAT(problem(folder, {"get-data", "--out", "out"}), Catch::Contains("--source"));
  CHECK_THAT(problem(folder, {"get-data", "--source", "t.csv"}), Catch::Contains("--out"));
  CHECK_THAT(problem(folder, {"get-data", "--source", "t.csv", "--out", "out", "--format", "xml"}),
             Catch::Contains("--format"));
  auto const help = run(folder, {"--help"});
  CHECK(help.code == 0);
  CHECK_THAT(help.out, Catch::Contains("Examples:") && Catch::Contains("get-data"));
}

TEST_CASE("Transactions come the same way from CSV and from Parquet") {
  temporary_folder const folder;
  for (auto const* const name : {"t.csv", "t.parquet"}) {
    REQUIRE(spillway::test::run_program(SPILLWAY_MAKE_DATA, {"transactions", "--rows", "20000", "--output", name},
                                        folder.path())
                .code == 0);
  }
  get_data(folder, {"--source", "t.csv", "--out", "from_csv"});
  get_data(folder, {"--source", "t.parquet", "--out", "from_parquet"});
  for (std::string const name : names) {
    auto const csv = "'from_csv/" + name + ".parquet'";
    auto const parquet = "'from_parquet/" + name + ".parquet'";
    CHECK(ask(folder, "SELECT count(*) FROM (FROM " + csv + ") a POSITIONAL JOIN (FROM " + parquet +
                          ") b WHERE a IS DISTINCT FROM b") == 0);
  }
}

}  // namespace
