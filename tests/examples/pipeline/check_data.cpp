#include "examples/pipeline/running.hpp"

#include <simdjson.h>

#include <cmath>
#include <cstdlib>
#include <map>
#include <string_view>

namespace {

using namespace pipeline_test;
namespace dom = simdjson::dom;

/// A report, with its findings by name.
class check_report {
 public:
  explicit check_report(std::string const& path) {
    document_ = parser_.load(path).value();
    for (auto const& each : document_["check_data"]["findings"].get_array()) {
      std::string const name{each["feature"].get_string().value()};
      order_.push_back(name);
      by_name_[name] = each;
    }
  }

  [[nodiscard]] dom::element operator[](std::string const& feature) const { return by_name_.at(feature); }
  [[nodiscard]] dom::element document() const { return document_; }
  [[nodiscard]] strings const& order() const { return order_; }
  [[nodiscard]] std::string text(std::string const& feature, char const* member) const {
    return std::string{by_name_.at(feature)[member].get_string().value()};
  }

 private:
  dom::parser parser_;
  dom::element document_;
  std::map<std::string, dom::element> by_name_;
  strings order_;
};

/// Runs `check-data` on a.parquet and b.parquet, expecting that code.
spillway::test::program_result check(temporary_folder const& folder, int code, strings arguments = {}) {
  arguments.insert(arguments.begin(),
                   {"check-data", "--train", "a.parquet", "--eval", "b.parquet", "--out", "out", "--quiet"});
  auto done = run(folder, arguments);
  CAPTURE(arguments, done.err, done.out);
  REQUIRE(done.code == code);
  return done;
}

/// Two files of 6,000 and 4,000 rows with these columns; `n` is a number that is different in each row, spread evenly
/// from 0 to 1, and `here` is 0 in the first file and 1 in the second.
void make_pair(temporary_folder const& folder, std::string const& columns) {
  auto const query = [&](char const* rows, char const* here) {
    return "SELECT " + columns + " FROM (SELECT i, " + here +
           " AS here, (hash(i + 10000 * here)::DOUBLE / 18446744073709551616) AS n FROM range(" + rows + ") t(i))";
  };
  make_parquet(folder / "a.parquet", query("6000", "0"));
  make_parquet(folder / "b.parquet", query("4000", "1"));
}

TEST_CASE("Features that did not move are similar, and those that did come first, with what moved") {
  temporary_folder const folder;
  make_pair(
      folder,
      "n AS same, n + 0.5 * here AS shifted, n * (1 + here) AS wider, (n * 5)::INTEGER AS digit, "
      "CASE WHEN n < 0.3 + 0.3 * here THEN 'app' ELSE 'shop' END AS channel, n < 0.2 AS flag, "
      "CASE WHEN n > 0.05 + 0.2 * here THEN n END AS holes, DATE '2024-01-01' + (n * 300 + 90 * here)::INTEGER AS day");
  auto const done = check(folder, 1);
  check_report const report{folder / "out/report.json"};
  for (auto const* const name : {"same", "digit", "flag"}) CHECK(report.text(name, "verdict") == "similar");
  for (auto const* const name : {"shifted", "wider", "channel", "holes", "day"}) {
    CHECK(report.text(name, "verdict") != "similar");
  }
  CHECK(report.document()["check_data"]["flagged"].get_uint64().value() == 5);
  CHECK(report.order().front() == "shifted");
  CHECK_THAT(report.text("shifted", "what_moved"), Catch::StartsWith("mean 0.4981 → 1.0"));
  CHECK_THAT(report.text("channel", "what_moved"), Catch::Contains("shop 70.0 % → 40."));
  CHECK_THAT(report.text("holes", "what_moved"), Catch::Contains("missing 5."));
  CHECK_THAT(report.text("day", "what_moved"), Catch::Contains("mean 2024-05-"));
  CHECK_THAT(done.out, Catch::StartsWith("feature") && Catch::Contains("similar"));
  CHECK(std::ranges::count(done.out, '\n') == 9);

  CHECK(check(folder, 0, {"--warn-only"}).out == done.out);
}

TEST_CASE("Equal files are similar in everything") {
  temporary_folder const folder;
  make_parquet(folder / "a.parquet",
               "SELECT i, i % 7 AS k, i::VARCHAR AS id, i / 3 AS x, i % 2 = 0 AS b FROM range(5000) t(i)");
  std::filesystem::copy(folder / "a.parquet", folder / "b.parquet");
  check(folder, 0);
  check_report const report{folder / "out/report.json"};
  for (auto const& name : report.order()) {
    CAPTURE(name);
    CHECK(report[name]["severity"].get_double().value() == 0);
    CHECK(report[name]["values"]["adjusted_p_value"].get_double().value() == 1);
  }
}

TEST_CASE(
    "Columns that only one file has, or of types that can't be compared, are told apart and counted as different") {
  temporary_folder const folder;
  make_parquet(folder / "a.parquet", "SELECT i AS id, i AS gone, i AS changed, i AS wide FROM range(100) t(i)");
  make_parquet(folder / "b.parquet",
               "SELECT i AS id, i AS came, 'x' || i AS changed, i::FLOAT AS wide FROM range(100) t(i)");
  auto const done = check(folder, 1);
  check_report const report{folder / "out/report.json"};
  CHECK(report.text("gone", "what_moved") == "only in train");
  CHECK(report.text("came", "what_moved") == "only in eval");
  CHECK(report.text("changed", "what_moved") == "types differ");
  CHECK(report.text("changed", "type") == "integer / category");
  CHECK(report.text("wide", "verdict") == "similar");
  CHECK(report.text("wide", "type") == "number");
  CHECK(report["gone"]["severity"].is_null());
  CHECK(report.order().back() == "wide");
}

TEST_CASE("Columns without values, of one value, with infinities and NaN have results") {
  temporary_folder const folder;
  make_pair(folder,
            "NULL::INTEGER AS nothing, CASE WHEN here = 0 THEN n END AS vanished, "
            "CASE WHEN here = 0 THEN NULL::VARCHAR ELSE n::VARCHAR END AS appeared, 7 AS constant, here AS step, "
            "CASE WHEN i % 10 = 0 THEN 'inf'::DOUBLE WHEN i % 11 = 0 THEN '-inf'::DOUBLE ELSE n END AS far, "
            "CASE WHEN i % 5 < 1 + 2 * here THEN 'nan'::DOUBLE ELSE n END AS broken, 'nan'::DOUBLE AS all_nan, "
            "CASE WHEN i % 4 = here THEN -0.0::DOUBLE ELSE 0.0::DOUBLE END AS zeros, '' AS empty_text");
  check(folder, 1);
  check_report const report{folder / "out/report.json"};
  for (auto const* const name : {"nothing", "constant", "far", "all_nan", "zeros", "empty_text"}) {
    CAPTURE(name);
    CHECK(report.text(name, "verdict") == "similar");
  }
  CHECK(report.text("nothing", "what_moved") == "no values in either");
  CHECK(report.text("vanished", "what_moved") == "missing 0 % → 100 %");
  CHECK(report.text("appeared", "what_moved") == "missing 100 % → 0 %");
  CHECK(report.text("step", "verdict") == "differs strongly");
  CHECK(report["step"]["values"]["effects"]["wasserstein"]["value"].is_null());  // infinite
  CHECK(report["far"]["train"]["infinite"].get_uint64().value() == 1091);
  CHECK(std::abs(report["far"]["train"]["mean"].get_double().value() - 0.5) < 0.05);
  CHECK_THAT(report.text("far", "remarks"), Catch::Contains("infinite values: 1,091 in train"));
  CHECK(report.text("broken", "what_moved") == "missing 20.0 % → 60.0 %");
  CHECK_THAT(report.text("constant", "remarks"), Catch::Contains("one value only"));
}

TEST_CASE("Identifiers don't differ by being different, and new categories do") {
  temporary_folder const folder;
  make_pair(folder,
            "'id' || (i + 100000 * here) AS id, CASE WHEN here = 1 AND n < 0.2 THEN 'new' ELSE 'old' END AS kind, "
            "'code' || (n * 20)::INTEGER || CASE WHEN i < 3 AND here = 1 THEN 'x' ELSE '' END AS code");
  check(folder, 1);
  check_report const report{folder / "out/report.json"};
  CHECK(report.text("id", "verdict") == "similar");
  CHECK_THAT(report.text("id", "remarks"), Catch::Contains("looks like an identifier"));
  CHECK(report.text("kind", "verdict") != "similar");
  CHECK_THAT(report.text("kind", "remarks"), Catch::Contains("1 category only in eval, with 19.7 %"));
  CHECK(report.text("code", "verdict") == "similar");
}

/// A report without what is different each time.
std::string findings_of(std::string const& path) {
  auto const json = read_file(path);
  return json.substr(json.find("\"findings\""));
}

TEST_CASE("Reports are the same for all budgets and threads") {
  temporary_folder const folder;
  make_parquet(folder / "a.parquet",
               "SELECT hash(i)::DOUBLE AS x, i % 1000 AS k, 'c' || (hash(i) % 90000) AS text, CASE WHEN i % 3 = 0 THEN "
               "hash(i) % 100 / 8 END AS holes FROM range(150000) t(i)");
  make_parquet(folder / "b.parquet",
               "SELECT hash(i)::DOUBLE * 1.1 AS x, i % 900 AS k, 'c' || (hash(i) % 80000) AS text, CASE WHEN i % 4 = 0 "
               "THEN hash(i) % 101 / 8 END AS holes FROM range(200000, 300000) t(i)");
  std::string first;
  for (auto const* const memory : {"1MiB", "8MiB", "256MiB"}) {
    for (auto const* const threads : {"1", "2", "5"}) {
      CAPTURE(memory, threads);
      check(folder, 1, {"--memory", memory, "--threads", threads});
      auto const found = findings_of(folder / "out/report.json");
      if (first.empty()) first = found;
      CHECK(found == first);
    }
  }
}

TEST_CASE("CSV is compared as Parquet is, compressed or not, whatever numbers it has") {
  temporary_folder const folder;
  make_pair(folder,
            "n + here AS x, (n * 9)::INTEGER AS k, 'c' || (n * 3)::INTEGER AS text, n < 0.5 AS flag, "
            "DATE '2024-01-01' + (n * 9)::INTEGER AS day, CASE WHEN i % 9 = 0 THEN 'nan'::DOUBLE WHEN i % 10 = 0 THEN "
            "'inf'::DOUBLE ELSE n END AS odd, CASE WHEN here = 0 THEN n END AS vanished");
  check(folder, 1);
  {
    spillway::duckdb::database const database{":memory:", {.threads = 1}};
    spillway::duckdb::connection connection{database};
    for (std::string const name : {"a", "b"}) {
      connection.execute("COPY (FROM '" + folder / (name + ".parquet") + "') TO '" + folder / (name + ".csv") +
                         "' (HEADER)");
    }
  }
  REQUIRE(std::system(("gzip -k " + folder / "b.csv").c_str()) == 0);
  auto const done = run(folder, {"check-data", "--train", "a.csv", "--eval", "b.csv.gz", "--out", "csv", "--quiet"});
  CAPTURE(done.err);
  REQUIRE(done.code == 1);
  CHECK(findings_of(folder / "csv/report.json") == findings_of(folder / "out/report.json"));
  CHECK(folder.entries() == strings{"a.csv", "a.parquet", "b.csv", "b.csv.gz", "b.parquet", "csv", "out"});
}

TEST_CASE("Distances are what SQL finds them to be") {
  temporary_folder const folder;
  make_pair(folder, "(n * n * 50 + here)::INTEGER AS k, ((n * 50)::INTEGER % (7 + here))::VARCHAR AS c");
  check(folder, 1);
  check_report const report{folder / "out/report.json"};
  spillway::duckdb::database const database{":memory:", {.threads = 1}};
  spillway::duckdb::connection connection{database};
  connection.execute("SET file_search_path = " + spillway::duckdb::literal(folder.path()));
  auto const ask_number = [&](std::string const& sql) { return connection.value<double>(sql).value(); };
  auto const distance = ask_number(
      "SELECT max(abs(x / 6000 - y / 4000)) FROM (SELECT sum(count(*) FILTER (here = 0)) OVER w AS x, "
      "sum(count(*) FILTER (here = 1)) OVER w AS y FROM (SELECT k, 0 AS here FROM 'a.parquet' UNION ALL SELECT k, 1 "
      "FROM "
      "'b.parquet') GROUP BY k WINDOW w AS (ORDER BY k))");
  CHECK(report["k"]["tests"]["kolmogorov_smirnov"]["statistic"].get_double().value() ==
        Approx(distance).epsilon(1e-12));
  auto const moved = ask_number(
      "SELECT sum(abs(x / 6000 - y / 4000)) / 2 FROM (SELECT count(*) FILTER (here = 0) AS x, count(*) FILTER (here = "
      "1) "
      "AS y FROM (SELECT c, 0 AS here FROM 'a.parquet' UNION ALL SELECT c, 1 FROM 'b.parquet') GROUP BY c)");
  CHECK(report["c"]["total_variation"].get_double().value() == Approx(moved).epsilon(1e-12));
}

TEST_CASE("Thresholds are set for all features and for some, by options and by a file, and features ignored") {
  temporary_folder const folder;
  make_pair(folder, "n + 0.1 * here AS x, n + 0.1 * here AS \"a:b=c\", n + 0.1 * here AS z");
  auto const flagged = [&](int code, strings const& arguments) {
    check(folder, code, arguments);
    check_report const report{folder / "out/report.json"};
    strings names;
    for (auto const& name : report.order()) {
      if (report.text(name, "verdict") != "similar") names.push_back(name);
    }
    std::ranges::sort(names);
    return names;
  };
  CHECK(flagged(1, {}) == strings{"a:b=c", "x", "z"});
  CHECK(flagged(1, {"--threshold", "wasserstein=0.5", "--threshold", "psi=off", "--threshold", "x:wasserstein=0.2"}) ==
        strings{"x"});
  CHECK(flagged(1, {"--threshold", "a:b=c:wasserstein=0.2", "--threshold", "wasserstein=1", "--threshold", "psi=1"}) ==
        strings{"a:b=c"});
  CHECK(flagged(1, {"--ignore", "x", "--ignore", "z"}) == strings{"a:b=c"});
  write_file(
      folder / "t.json",
      R"({"thresholds": {"wasserstein": "off", "psi": 9}, "features": {"x": {"wasserstein": 0.3}, "z": "ignore"}})");
  CHECK(flagged(1, {"--thresholds", "t.json"}) == strings{"x"});
  CHECK(flagged(0, {"--thresholds", "t.json", "--ignore", "x"}).empty());
}

TEST_CASE("What makes no sense is told in a line") {
  temporary_folder const folder;
  make_pair(folder, "n");
  make_parquet(folder / "none.parquet", "SELECT 1 AS n LIMIT 0");
  using Catch::Contains;
  auto const fails = [&](strings arguments) {
    arguments.insert(arguments.begin(), "check-data");
    return problem(folder, arguments);
  };
  CHECK_THAT(fails({}), Contains("--out, or --train and --eval, for check-data"));
  CHECK_THAT(fails({"--train", "a.parquet"}), Contains("--eval"));
  CHECK_THAT(fails({"--out", "nowhere"}), Contains("nowhere/train.parquet"));
  CHECK_THAT(fails({"--train", "a.parquet", "--eval", "none.parquet"}), Contains("'none.parquet' has no rows"));
  strings const files{"--train", "a.parquet", "--eval", "b.parquet"};
  auto const with = [&](strings arguments) {
    arguments.insert(arguments.begin(), files.begin(), files.end());
    return fails(arguments);
  };
  CHECK_THAT(with({"--threshold", "psi"}), Contains("[FEATURE:]EFFECT=THRESHOLD"));
  CHECK_THAT(with({"--threshold", "psi=-1"}), Contains("a threshold from 0 on, or off"));
  CHECK_THAT(with({"--significance", "2"}), Contains("--significance"));
  CHECK_THAT(with({"--thresholds", "t.json"}), Contains("'t.json': can't be read"));
  write_file(folder / "t.json", R"({"features": {"n": {"size": 1}}})");
  CHECK_THAT(with({"--thresholds", "t.json"}), Contains("there is no effect 'size'"));
  write_file(folder / "t.json", R"({"thresholds": 1})");
  CHECK_THAT(with({"--thresholds", "t.json"}), Contains("'thresholds' is no object"));
  CHECK(!std::filesystem::exists(folder / "nowhere"));
}

TEST_CASE("Steps follow each other, and their reports stand in one file") {
  temporary_folder const folder;
  make_parquet(folder / "t.parquet",
               "SELECT hash(i) % 100 AS x, CASE i % 5 WHEN 0 THEN 'eval' WHEN 1 THEN 'test' ELSE 'train' END AS "
               "_data_split, hash(i + 1) AS _data_shuffle FROM range(20000) t(i)");
  for (auto const* const format : {"parquet", "csv"}) {
    auto const done =
        run(folder, {"check-data", "get-data", "--source", "t.parquet", "--out", format, "--format", format});
    CAPTURE(done.err);
    REQUIRE(done.code == 0);
    auto const again = run(folder, {"check-data", "--out", format, "--quiet"});
    CHECK(again.code == 0);
    CHECK(again.out == done.out);
    auto const json = read_file(folder / (std::string{format} + "/report.json"));
    check_report const report{folder / (std::string{format} + "/report.json")};
    CHECK(report.document()["rows"]["train"].get_uint64().value() == 12'000);
    CHECK(report.order() == strings{"x"});
    auto const page = read_file(folder / (std::string{format} + "/report.html"));
    CHECK_THAT(page, Catch::Contains("No feature of 1 differs") && Catch::Contains("id=\"get-data\""));
    CHECK(page.find("id=\"get-data\"") == page.rfind("id=\"get-data\""));
  }
}

TEST_CASE("The page needs nothing but itself, whatever columns and categories are called") {
  temporary_folder const folder;
  make_pair(
      folder,
      "n AS \"<b>&\"\"x\", CASE WHEN n < 0.5 THEN '<script>\"' || chr(10) || '\\' ELSE 'EOD' END AS \"set output\"");
  check(folder, 0);
  auto const page = read_file(folder / "out/report.html");
  CHECK_THAT(page, Catch::Contains("&lt;b>&amp;&quot;x") || Catch::Contains("&lt;b&gt;&amp;&quot;x"));
  for (auto const* const unwanted : {"<script", "src=", "href=\"http", "url(", "@import", "<b>&\"x"}) {
    CAPTURE(unwanted);
    CHECK(page.find(unwanted) == std::string::npos);
  }
}

TEST_CASE("Without gnuplot the page has no pictures and says so") {
  temporary_folder const folder;
  make_pair(folder, "n");
  REQUIRE(std::system(("cd '" + folder.path() +
                       "' && PATH=/nonexistent " SPILLWAY_PROGRAM
                       " check-data --train a.parquet --eval b.parquet --out out --quiet >table.txt")
                          .c_str()) == 0);
  auto const page = read_file(folder / "out/report.html");
  CHECK_THAT(page, Catch::Contains("there is no gnuplot"));
  CHECK(page.find("<svg") == std::string::npos);
}

TEST_CASE("Data are compared with a saved reference as with the data it was made of, to within a bucket") {
  temporary_folder const folder;
  make_pair(
      folder,
      "n + 0.05 * here AS x, (n * 9)::INTEGER AS k, CASE WHEN n < 0.3 + 0.3 * here THEN 'app' ELSE 'shop' END AS c, "
      "CASE WHEN n > 0.05 + 0.2 * here THEN n END AS holes, n < 0.4 AS flag, DATE '2024-01-01' + (n * 99)::INTEGER "
      "AS day, CASE WHEN i % 10 = 0 THEN 'inf'::DOUBLE ELSE n END AS far, NULL::DOUBLE AS nothing");
  auto const plain = check(folder, 1, {"--save-reference", "train.reference"});
  check_report const exact{folder / "out/report.json"};
  auto const done = run(folder, {"check-data", "--against-reference", "train.reference", "--eval", "b.parquet", "--out",
                                 "later", "--quiet"});
  CAPTURE(done.err);
  REQUIRE(done.code == 1);
  check_report const report{folder / "later/report.json"};
  for (auto const& name : exact.order()) {
    CAPTURE(name);
    CHECK(report.text(name, "verdict") == exact.text(name, "verdict"));
    auto const type = exact.text(name, "type");
    if (name == "nothing" || type == "category" || type == "boolean") continue;
    auto const distance = exact[name]["tests"]["kolmogorov_smirnov"];
    auto const bounds = report[name]["kolmogorov_smirnov_bounds"];
    auto const value = distance["statistic"].get_double().value();
    CHECK(bounds["statistic_lower"].get_double().value() <= value);
    CHECK(bounds["statistic_upper"].get_double().value() >= value);
    CHECK(bounds["log_p_value_lower"].get_double().value() <= distance["log_p_value"].get_double().value() + 1e-9);
    CHECK(bounds["log_p_value_upper"].get_double().value() >= distance["log_p_value"].get_double().value() - 1e-9);
    CHECK(report[name]["wasserstein"].get_double().value() ==
          Approx(exact[name]["wasserstein"].get_double().value()).epsilon(0.01).margin(0.001));
  }
  CHECK_THAT(report.text("x", "remarks"), Catch::Contains("from a saved reference"));
  CHECK(report["c"]["values"]["log_p_value"].get_double().value() ==
        exact["c"]["values"]["log_p_value"].get_double().value());

  auto damaged = read_file(folder / "train.reference");
  damaged[damaged.size() / 2] ^= 1;
  write_file(folder / "damaged", damaged);
  auto const against = [&](char const* reference) {
    return problem(folder, {"check-data", "--against-reference", reference, "--eval", "b.parquet"});
  };
  CHECK_THAT(against("damaged"), Catch::Contains("damaged reference"));
  CHECK_THAT(against("b.parquet"), Catch::Contains("no reference that check-data saved"));
  CHECK_THAT(against("nowhere"), Catch::Contains("nowhere"));
}

}  // namespace
