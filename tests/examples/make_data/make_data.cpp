#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/processes.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace {

using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using strings = std::vector<std::string>;

spillway::test::program_result run(strings const& arguments) {
  temporary_folder const folder;
  auto const done = spillway::test::run_program(SPILLWAY_PROGRAM, arguments, folder.path());
  CHECK(folder.entries().empty());
  return done;
}

/// The lines that these arguments print, without the header of events.
strings made(strings arguments) {
  arguments.push_back("--quiet");
  auto const done = run(arguments);
  CAPTURE(done.err);
  REQUIRE(done.code == 0);
  CHECK(done.err.empty());
  CHECK((done.out.empty() || done.out.ends_with('\n')));
  std::istringstream text{done.out};
  strings lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  if (arguments.front() == "events") {
    REQUIRE(lines.at(0) == "time,action");
    lines.erase(lines.begin());
  }
  return lines;
}

strings with(std::string const& kind, strings arguments) {
  arguments.insert(arguments.begin(), kind);
  return arguments;
}

bool is_whole(std::string const& line) {
  if (line.starts_with('{'))
    return line.ends_with("\"}") && line.starts_with("{\"Id\":\"") && line[7] != 'x' &&
           line.find("02-30T") == std::string::npos;
  return line.size() >= 29 && line.starts_with("201") && (line.ends_with("Z,Open") || line.ends_with("Z,Close")) &&
         line.find("T25") == std::string::npos;
}

std::string id_of(std::string const& vote) { return vote.substr(7, vote.find('"', 7) - 7); }

std::string any_kind() { return GENERATE("votes", "events"); }

TEST_CASE("The same seed makes the same bytes, another one others") {
  auto const kind = any_kind();
  auto const first = made({kind, "--rows", "1000", "--unsorted", "--duplicates", "0.1", "--malformed", "0.1"});
  CHECK(first == made({kind, "--rows", "1000", "--unsorted", "--duplicates", "0.1", "--malformed", "0.1"}));
  CHECK(first ==
        made({kind, "--rows", "1000", "--unsorted", "--duplicates", "0.1", "--malformed", "0.1", "--seed", "1"}));
  CHECK(first !=
        made({kind, "--rows", "1000", "--unsorted", "--duplicates", "0.1", "--malformed", "0.1", "--seed", "2"}));
}

TEST_CASE("There are just as many rows as asked for, and all are whole") {
  auto const kind = any_kind();
  auto const rows = GENERATE("0", "1", "2", "3000");
  auto const days = GENERATE("1", "400");
  CAPTURE(kind, rows, days);
  auto const lines = made({kind, "--rows", rows, "--days", days});
  CHECK(std::to_string(lines.size()) == rows);
  CHECK(std::ranges::count_if(lines, is_whole) == static_cast<std::ptrdiff_t>(lines.size()));
}

TEST_CASE("Events come by time, or in another order if asked for, and are the same events") {
  auto sorted = made({"events", "--rows", "5000"});
  auto const time = [](std::string const& line) { return line.substr(0, 24); };
  CHECK(std::ranges::is_sorted(sorted, {}, time));
  auto unsorted = made({"events", "--rows", "5000", "--unsorted"});
  CHECK_FALSE(std::ranges::is_sorted(unsorted, {}, time));
  std::ranges::sort(sorted);
  std::ranges::sort(unsorted);
  CHECK(sorted == unsorted);
}

TEST_CASE("Votes have different Ids, in order or not, unless there are duplicates") {
  auto const ids = [](strings const& lines) {
    std::set<std::string> found;
    for (auto const& line : lines) found.insert(id_of(line));
    return found.size();
  };
  CHECK(ids(made({"votes", "--rows", "5000"})) == 5000);
  CHECK(ids(made({"votes", "--rows", "5000", "--unsorted"})) == 5000);
  auto const repeated = 5000 - ids(made({"votes", "--rows", "5000", "--duplicates", "0.1"}));
  CHECK(repeated > 350);
  CHECK(repeated < 650);
}

TEST_CASE("Duplicates of events repeat earlier rows") {
  auto const plain = made({"events", "--rows", "5000", "--days", "300"});
  std::set<std::string> const before(plain.begin(), plain.end());
  auto const lines = made({"events", "--rows", "5000", "--days", "300", "--duplicates", "0.1"});
  std::set<std::string> const distinct(lines.begin(), lines.end());
  CHECK(std::ranges::includes(before, distinct));
  auto const repeated = before.size() - distinct.size();
  CHECK(repeated > 350);
  CHECK(repeated < 650);
}

TEST_CASE("As many rows are malformed as asked for") {
  auto const kind = any_kind();
  auto const lines = made({kind, "--rows", "10000", "--malformed", "0.05"});
  CHECK(lines.size() == 10000);
  auto const malformed = 10000 - std::ranges::count_if(lines, is_whole);
  CHECK(malformed > 400);
  CHECK(malformed < 600);
  CHECK(std::ranges::count_if(made({kind, "--rows", "100", "--malformed", "1"}), is_whole) == 0);
}

TEST_CASE("Ties are windows with as many Opens as the others") {
  std::map<std::string, int> opens;
  for (auto const& line : made({"events", "--rows", "2880", "--days", "2", "--ties"})) {
    if (line.ends_with("Open")) ++opens[line.substr(0, 15)];
  }
  CHECK(opens.size() == 288);
  CHECK(std::ranges::count(opens, 5, [](auto const& one) { return one.second; }) == 288);
}

std::string records(strings const& arguments) {
  auto const done = run(with("records", arguments));
  CAPTURE(done.err);
  REQUIRE(done.code == 0);
  REQUIRE(done.out.size() % 100 == 0);
  return done.out;
}

/// The keys in the order of the rows; each row has its number in it.
strings keys(strings arguments) {
  arguments.insert(arguments.end(), {"--rows", "2000"});
  auto const bytes = records(arguments);
  REQUIRE(bytes.size() == 200'000);
  strings found;
  for (std::size_t row = 0; row < 2000; ++row) {
    CHECK(std::stoull(bytes.substr(100 * row + 12, 32), nullptr, 16) == row);
    found.push_back(bytes.substr(100 * row, 10));
  }
  return found;
}

std::size_t distinct(strings const& values) { return std::set<std::string>(values.begin(), values.end()).size(); }

TEST_CASE("Records have the keys asked for") {
  auto const form = GENERATE(strings{}, strings{"--text"});
  auto const of = [&](std::string const& pattern) {
    auto arguments = form;
    arguments.insert(arguments.end(), {"--keys", pattern});
    return keys(arguments);
  };
  CHECK(distinct(of("random")) == 2000);
  CHECK(distinct(of("few")) == 100);
  auto const skewed = distinct(of("skewed"));
  CHECK(skewed > 1000);
  CHECK(skewed < 1990);
  auto sorted = of("sorted");
  CHECK(std::ranges::is_sorted(sorted));
  CHECK(distinct(sorted) == 2000);
  std::ranges::reverse(sorted);
  CHECK(sorted == of("reversed"));
  CHECK(keys(form) == of("random"));
}

TEST_CASE("Records as text are lines of printable characters") {
  auto const bytes = records({"--rows", "500", "--text"});
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    CHECK((at % 100 == 99 ? bytes[at] == '\n' : bytes[at] >= ' ' && bytes[at] <= '~'));
  }
  CHECK(bytes == records({"--rows", "500", "--text"}));
  CHECK(bytes != records({"--rows", "500", "--text", "--seed", "2"}));
}

TEST_CASE("A file appears whole or not at all, and compressed if its name says so") {
  temporary_folder const folder;
  auto const at = [&](std::string const& name) {
    return with("events", {"--rows", "10000", "--output", folder / name});
  };
  CHECK(run(at("plain.csv")).code == 0);
  CHECK(run(at("packed.csv.gz")).code == 0);
  CHECK(read_file(folder / "packed.csv.gz").starts_with("\x1f\x8b"));
  CHECK(read_file(folder / "plain.csv").starts_with("time,action\n2016-"));
  auto const none = run(at("none/plain.csv"));
  CHECK(none.code == 2);
  CHECK_THAT(none.err, Catch::StartsWith("make_data: open '"));
  auto const limited = spillway::test::run_program(
      "/bin/sh", {"-c", "ulimit -f 8; '" SPILLWAY_PROGRAM "' events --rows 10000 --output cut.csv"}, folder.path());
  CHECK(limited.code == 2);
  CHECK(limited.err == "make_data: write 'cut.csv': File too large\n");
  CHECK(folder.entries() == strings{"packed.csv.gz", "plain.csv"});
}

TEST_CASE("The closing line tells of the rows") {
  auto const done = run({"votes", "--rows", "1234"});
  CHECK_THAT(done.err, Catch::StartsWith("1,234 rows, ") && Catch::EndsWith(" peak memory\n"));
}

TEST_CASE("Options that make no sense are one clear line") {
  auto const check = [](strings const& arguments, std::string const& message) {
    CAPTURE(arguments);
    auto const done = run(arguments);
    CHECK(done.code == 2);
    CHECK(done.out.empty());
    CHECK(std::ranges::count(done.err, '\n') == 1);
    CHECK_THAT(done.err, Catch::StartsWith("make_data: ") && Catch::Contains(message));
  };
  check({}, "subcommand");
  check({"weather"}, "subcommand");
  check({"votes", "--rows", "-1"}, "--rows: expected a whole number");
  check({"votes", "--rows", "many"}, "--rows: expected a whole number");
  check({"events", "--seed", "x"}, "--seed");
  check({"events", "--days", "0"}, "--days: expected a whole number from 1 to 100000, found '0'");
  check({"events", "--duplicates", "1.5"}, "--duplicates");
  check({"events", "--malformed", "-0.5"}, "--malformed");
  check({"votes", "--ties"}, "--ties");
  check({"records", "--keys", "odd"}, "--keys");
  check({"records", "--days", "3"}, "--days");
  check({"votes", "--output", ""}, "open ''");
  check({"transactions", "--drift", "2"}, "--drift");
  check({"transactions", "--shuffle", "text"}, "--shuffle");
  check({"transactions", "--format", "xml"}, "--format");
}

/// The fields of a row of transactions, without quotes.
strings fields_of(std::string const& line) {
  strings fields(1);
  auto quoted = false;
  for (char const c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<strings> transactions(strings arguments) {
  auto const lines = made(with("transactions", std::move(arguments)));
  std::vector<strings> rows;
  for (auto const& line : lines) rows.push_back(fields_of(line));
  REQUIRE(rows.at(0) == strings{"transaction_id", "customer_id", "day", "amount", "balance", "waiting_seconds", "score",
                                "items", "payout", "temperature", "discount", "channel", "country", "returned",
                                "_data_split", "_data_shuffle"});
  rows.erase(rows.begin());
  for (auto const& row : rows) REQUIRE(row.size() == 16);
  return rows;
}

std::ptrdiff_t count(std::vector<strings> const& rows, std::size_t column, std::string const& value) {
  return std::ranges::count(rows, value, [&](strings const& row) { return row[column]; });
}

double mean(std::vector<strings> const& rows, std::size_t column) {
  double sum = 0;
  double values = 0;
  for (auto const& row : rows) {
    if (row[column].empty()) continue;
    sum += std::stod(row[column]);
    ++values;
  }
  return sum / values;
}

TEST_CASE("Transactions have the parts, the shapes and the nulls that they should") {
  auto const rows = transactions({"--rows", "20000"});
  REQUIRE(rows.size() == 20000);
  CHECK(rows[0][0] == "1");
  CHECK(rows[19999][0] == "20000");
  std::map<std::string, int> splits;
  for (auto const& row : rows) ++splits[row[14]];
  CHECK(splits.size() == 10);
  auto const train = splits["train"] + splits["TRAIN"] + splits["Train"];
  auto const eval = splits["eval"] + splits["EVAL"] + splits["validation"] + splits["Validation"];
  CHECK(std::abs(train - 16000) < 400);
  CHECK(std::abs(eval - 2000) < 200);
  CHECK(std::abs(mean(rows, 4) - 1500) < 15);
  CHECK(std::abs(mean(rows, 5) - 45) < 2);
  CHECK(std::abs(mean(rows, 6) - 0.5) < 0.02);
  CHECK(std::abs(mean(rows, 7) - 3.28) < 0.06);
  CHECK(std::abs(static_cast<double>(count(rows, 4, "")) - 400) < 100);
  CHECK(std::abs(static_cast<double>(count(rows, 9, "")) - 1000) < 150);
  CHECK(std::abs(static_cast<double>(count(rows, 10, "0.00")) - 14000) < 400);
  CHECK(count(rows, 12, "Korea, Republic of") > 300);
  CHECK(count(rows, 13, "true") + count(rows, 13, "false") == 20000);
}

TEST_CASE("Transactions are the same bytes for the same options") {
  auto const plain = made({"transactions", "--rows", "9000"});
  CHECK(plain == made({"transactions", "--rows", "9000", "--seed", "1"}));
  CHECK(plain != made({"transactions", "--rows", "9000", "--seed", "2"}));
  CHECK(made({"transactions", "--rows", "0"}).size() == 1);
  // A change here changes every published figure.
  CHECK(plain.at(2) ==
        "2,5,2021-03-21,30.12,2048.89,72.92,0.53417,2,10.69,11.51,70.61,mobile app,United States,false,Train,"
        "0.397136130846838");
}

TEST_CASE("Drift changes the evaluation part alone, and there only some columns") {
  auto const plain = transactions({"--rows", "5000"});
  auto const drifted = transactions({"--rows", "5000", "--drift", "0.3"});
  std::set<std::size_t> columns;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    for (std::size_t column = 0; column < plain[i].size(); ++column) {
      if (plain[i][column] == drifted[i][column]) continue;
      columns.insert(column);
      CHECK((plain[i][14][0] == 'e' || plain[i][14][0] == 'E' || plain[i][14][0] == 'v' || plain[i][14][0] == 'V'));
    }
  }
  CHECK(columns == std::set<std::size_t>{3, 4, 9, 11});
}

TEST_CASE("The shuffle column of transactions may hold whole numbers, and splits may be unknown") {
  auto const rows = transactions({"--rows", "3000", "--shuffle", "integer", "--malformed", "0.1", "--unsorted"});
  for (auto const& row : rows) CHECK(row[15].find('.') == std::string::npos);
  auto const unknown = count(rows, 14, "holdout") + count(rows, 14, "trian") + count(rows, 14, "");
  CHECK(unknown > 200);
  CHECK(unknown < 400);
}

#ifdef MAKE_DATA_PARQUET
TEST_CASE("Transactions are Parquet by the name of the output, or by option") {
  temporary_folder const folder;
  CHECK(run({"transactions", "--rows", "10000", "--output", folder / "t.parquet"}).code == 0);
  CHECK(run({"transactions", "--rows", "10000", "--output", folder / "other", "--format", "parquet"}).code == 0);
  CHECK(run({"transactions", "--rows", "0", "--output", folder / "none.parquet"}).code == 0);
  CHECK(folder.entries() == strings{"none.parquet", "other", "t.parquet"});
  auto const bytes = read_file(folder / "t.parquet");
  CHECK(bytes.starts_with("PAR1"));
  CHECK(bytes == read_file(folder / "other"));
}
#endif

}  // namespace
