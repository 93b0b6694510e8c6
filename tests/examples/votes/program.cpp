#include "examples/votes/data.hpp"
#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/processes.hpp"

#include <spillway/duckdb/connection.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace duckdb = spillway::duckdb;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using strings = std::vector<std::string>;

auto votes_program(strings const& arguments, temporary_folder const& folder, std::string const& input = "/dev/null") {
  return spillway::test::run_program(SPILLWAY_PROGRAM, arguments, folder.path(), input);
}

/// Votes in the table, or -1 if there is no table.
std::int64_t stored(temporary_folder const& folder) {
  duckdb::database const database{folder / "warehouse.db"};
  duckdb::connection connection{database};
  if (connection.value<std::int64_t>("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'votes'") == 0) return -1;
  CHECK(connection.value<std::int64_t>("SELECT count(*) - count(DISTINCT Id) FROM blog_analysis.votes") == 0);
  return connection.value<std::int64_t>("SELECT count(*) FROM blog_analysis.votes").value();
}

void check_one_line_error(spillway::test::program_result const& result, std::string const& text) {
  CHECK(result.code == 2);
  CHECK(result.out.empty());
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK_THAT(result.err, Catch::Contains(text));
}

std::string const outliers_of_sample =
    "Year,WeekNumber,VoteCount\n2022,0,1\n2022,1,3\n2022,2,3\n2022,5,1\n2022,6,1\n2022,8,1\n";

TEST_CASE("The sample gives its outlier weeks, from the warehouse and from the file") {
  temporary_folder const folder;
  write_file(folder / "votes.jsonl", votes::test::sample);
  auto const first = votes_program({"ingest", "votes.jsonl"}, folder);
  CHECK(first.code == 0);
  CHECK(first.out == "votes.jsonl: 16 lines, 16 new, 0 repeated in the file, 0 already there, 0 rejected\n");
  auto const again = votes_program({"ingest", "votes.jsonl"}, folder);
  CHECK(again.out == "votes.jsonl: 16 lines, 0 new, 0 repeated in the file, 16 already there, 0 rejected\n");
  CHECK(stored(folder) == 16);
  CHECK(votes_program({"outliers"}, folder).out == outliers_of_sample);
  CHECK(votes_program({"outliers"}, folder).out == outliers_of_sample);
  CHECK(votes_program({"outliers", "votes.jsonl"}, folder).out == outliers_of_sample);
  CHECK(votes_program({"outliers", "-"}, folder, folder / "votes.jsonl").out == outliers_of_sample);
  CHECK(folder.entries() == strings{"votes.jsonl", "warehouse.db"});

  duckdb::database const database{folder / "warehouse.db"};
  duckdb::connection connection{database};
  CHECK(connection.query("FROM blog_analysis.outlier_weeks").columns() ==
        std::vector<duckdb::column>{{"Year", duckdb::column_type::bigint},
                                    {"WeekNumber", duckdb::column_type::bigint},
                                    {"VoteCount", duckdb::column_type::bigint}});
}

TEST_CASE("Files are read from stdin, without a last line end, with other fields and with numbers as numbers") {
  temporary_folder const folder;
  write_file(
      folder / "in",
      R"({"Id":1,"PostId":"2","VoteTypeId":3,"CreationDate":"2022-01-02","Other":{"a":[1,2]}})"
      "\n"
      R"({"CreationDate":"2022-01-02T00:00:00.5Z","UserId":"7","Id":"-2","PostId":"2","VoteTypeId":"3","BountyAmount":null})");
  auto const done = votes_program({"ingest", "-"}, folder, folder / "in");
  CHECK(done.code == 0);
  CHECK(stored(folder) == 2);
}

TEST_CASE("Malformed lines are an error with file and line, and change nothing") {
  auto const good = votes::test::line(1, 1);
  struct fault {
    char const* line;
    char const* message;
  };
  auto const [bad, message] = GENERATE(
      fault{R"({"Id":"2","PostId)", "bad.jsonl:3"}, fault{R"(["Id"])", "bad.jsonl:3"},
      fault{R"({"Id":"x","PostId":"1","VoteTypeId":"2","CreationDate":"2022-01-02T00:00:00.000"})",
            "an integer in field 'Id'"},
      fault{R"({"PostId":"1","VoteTypeId":"2","CreationDate":"2022-01-02T00:00:00.000"})", "field 'Id'"},
      fault{R"({"Id":"9223372036854775808","PostId":"1","VoteTypeId":"2","CreationDate":"2022-01-02T00:00:00.000"})",
            "in range"},
      fault{R"({"Id":"2","PostId":"1","VoteTypeId":"2","CreationDate":"2022-02-30T00:00:00.000"})", "CreationDate"},
      fault{R"({"Id":"2","PostId":"1","VoteTypeId":"2","UserId":true,"CreationDate":"2022-02-03T00:00:00.000"})",
            "UserId"},
      fault{R"({"Id":"2","PostId":"1","VoteTypeId":"2","CreationDate":"2022-02-03T00:00:00.000"} {})", "bad.jsonl:3"},
      fault{"{\"Id\":\"\xff\"}", "bad.jsonl:3"});
  temporary_folder const folder;
  write_file(folder / "bad.jsonl", good + votes::test::line(2, 2) + bad + "\n" + votes::test::line(3, 3));
  auto const first = votes_program({"ingest", "bad.jsonl"}, folder);
  check_one_line_error(first, message);
  CHECK_THAT(first.err, Catch::Contains("bad.jsonl:3"));
  CHECK(folder.entries() == strings{"bad.jsonl"});
  check_one_line_error(votes_program({"outliers", "bad.jsonl"}, folder), "bad.jsonl:3");

  write_file(folder / "good.jsonl", good);
  CHECK(votes_program({"ingest", "good.jsonl"}, folder).code == 0);
  check_one_line_error(votes_program({"ingest", "bad.jsonl"}, folder), "bad.jsonl:3");
  CHECK(stored(folder) == 1);
  CHECK(folder.entries() == strings{"bad.jsonl", "good.jsonl", "warehouse.db"});

  auto const skipping = votes_program({"ingest", "bad.jsonl", "--on-error=skip", "--rejects", "rejects.jsonl"}, folder);
  CHECK(skipping.code == 0);
  CHECK(skipping.out == "bad.jsonl: 4 lines, 2 new, 0 repeated in the file, 1 already there, 1 rejected\n");
  CHECK(stored(folder) == 3);
  auto const rejects = read_file(folder / "rejects.jsonl");
  CHECK(std::count(rejects.begin(), rejects.end(), '\n') == 1);
  CHECK_THAT(rejects, Catch::Contains("bad.jsonl") && Catch::Contains("3"));
}

TEST_CASE("A reject file appears only if the run succeeds, and by default only if there are rejects") {
  temporary_folder const folder;
  write_file(folder / "bad.jsonl", "{}\n" + votes::test::line(1, 1));
  write_file(folder / "good.jsonl", votes::test::line(2, 2));
  CHECK(votes_program({"ingest", "--on-error=skip", "--rejects", "r", "bad.jsonl", "none"}, folder).code == 2);
  CHECK_FALSE(std::filesystem::exists(folder / "r"));
  CHECK(votes_program({"ingest", "--on-error=skip", "good.jsonl"}, folder).code == 0);
  CHECK_FALSE(std::filesystem::exists(folder / "rejects.jsonl"));
  CHECK(votes_program({"ingest", "--on-error=skip", "bad.jsonl"}, folder).code == 0);
  CHECK(std::filesystem::exists(folder / "rejects.jsonl"));
}

TEST_CASE("Without a warehouse or its table there are no outliers, and nothing is made") {
  temporary_folder const folder;
  check_one_line_error(votes_program({"outliers"}, folder), "warehouse.db");
  CHECK(folder.entries().empty());
  { duckdb::database const empty{folder / "warehouse.db"}; }
  check_one_line_error(votes_program({"outliers"}, folder), "no table blog_analysis.votes");
}

TEST_CASE("Warehouses that can't be used are one clear line") {
  temporary_folder const folder;
  write_file(folder / "votes.jsonl", votes::test::sample);
  write_file(folder / "text.db", std::string(20'000, 'x'));
  auto const with = [&](std::string const& path) { return strings{"ingest", "votes.jsonl", "--warehouse", path}; };
  check_one_line_error(votes_program(with("text.db"), folder), "not a valid DuckDB");
  check_one_line_error(votes_program(with("."), folder), "Is a directory");
  check_one_line_error(votes_program(with("no/such/folder.db"), folder), "no/such/folder.db");
  check_one_line_error(votes_program({"outliers", "--warehouse", "text.db"}, folder), "not a valid DuckDB");
  {
    duckdb::database const held{folder / "held.db"};
    check_one_line_error(votes_program(with("held.db"), folder), "lock");
    check_one_line_error(votes_program({"outliers", "--warehouse", "held.db"}, folder), "lock");
  }
  {
    duckdb::database const other{folder / "other.db"};
    duckdb::connection connection{other};
    connection.execute("CREATE SCHEMA blog_analysis; CREATE TABLE blog_analysis.votes(Id VARCHAR)");
  }
  check_one_line_error(votes_program(with("other.db"), folder), "other columns");
}

TEST_CASE("Input that can't be read is one clear line and leaves nothing") {
  temporary_folder const folder;
  write_file(folder / "cut.jsonl.gz", std::string{"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xab", 11});
  std::filesystem::create_directory(folder / "d");
  check_one_line_error(votes_program({"ingest", "none.jsonl"}, folder), "none.jsonl");
  check_one_line_error(votes_program({"ingest", "d"}, folder), "Is a directory");
  check_one_line_error(votes_program({"ingest", "cut.jsonl.gz"}, folder), "cut.jsonl.gz");
  CHECK(folder.entries() == strings{"cut.jsonl.gz", "d"});
  CHECK(votes_program({"ingest"}, folder).code == 2);
  CHECK(votes_program({}, folder).code == 2);
  CHECK(votes_program({"--help"}, folder).code == 0);
}

TEST_CASE("Zeros without a line end are one clear line within the memory, and change nothing") {
  temporary_folder const folder;
  write_file(folder / "zeros.jsonl", votes::test::line(1, 1));
  std::filesystem::resize_file(folder / "zeros.jsonl", std::uintmax_t{1} << 30U);  // they take no space
  check_one_line_error(votes_program({"ingest", "zeros.jsonl"}, folder), "zeros.jsonl:2: ");
  check_one_line_error(votes_program({"outliers", "zeros.jsonl"}, folder), "zeros.jsonl:2: ");
  CHECK(folder.entries() == strings{"zeros.jsonl"});
}

TEST_CASE("An empty file is no votes") {
  temporary_folder const folder;
  write_file(folder / "empty.jsonl", "");
  CHECK(votes_program({"ingest", "empty.jsonl"}, folder).code == 0);
  CHECK(stored(folder) == 0);
  CHECK(votes_program({"outliers"}, folder).out == "Year,WeekNumber,VoteCount\n");
}

/// A named pipe to a running `votes ingest`.
class fed_ingest {
 public:
  explicit fed_ingest(temporary_folder const& folder) : fifo_{folder / "fifo"} {
    if (::mkfifo(fifo_.c_str(), 0600) != 0) throw std::runtime_error{"no fifo"};
    running_.emplace(SPILLWAY_PROGRAM, strings{"ingest", "fifo", "--memory", "64MiB"}, folder.path(), logs_);
    pipe_ = ::open(fifo_.c_str(), O_WRONLY);
  }
  fed_ingest(fed_ingest const&) = delete;
  fed_ingest& operator=(fed_ingest const&) = delete;
  ~fed_ingest() {
    end();
    ::unlink(fifo_.c_str());
  }

  /// False if nobody reads any more.
  [[nodiscard]] bool feed(std::string_view bytes) const {
    while (!bytes.empty()) {
      auto const written = ::write(pipe_, bytes.data(), bytes.size());
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  void end() {
    if (pipe_ != -1) ::close(pipe_);
    pipe_ = -1;
  }
  spillway::test::running_program& program() { return *running_; }

 private:
  temporary_folder logs_;
  std::string fifo_;
  std::optional<spillway::test::running_program> running_;
  int pipe_ = -1;
};

TEST_CASE("A kill at any moment leaves the warehouse as before the file or as after it") {
  temporary_folder const folder;
  constexpr std::int64_t before = 1000;
  constexpr std::int64_t after = 300'000;
  std::string text;
  for (std::int64_t id = 0; id < before; ++id) text += votes::test::line(id, 1);
  write_file(folder / "first.jsonl", text);
  for (std::int64_t id = before; id < after; ++id) text += votes::test::line(id, 2);
  std::mt19937 random{11};
  int kept = 0;
  for (int round = 0; round < 16; ++round) {
    CAPTURE(round);
    for (auto const* const name : {"warehouse.db", "warehouse.db.wal"}) std::filesystem::remove(folder / name);
    REQUIRE(votes_program({"ingest", "first.jsonl"}, folder).code == 0);
    {
      fed_ingest ingest{folder};
      if (round < 8) {
        REQUIRE(ingest.feed(std::string_view{text}.substr(0, random() % text.size())));
      } else {
        REQUIRE(ingest.feed(text));
        ingest.end();
        // As far as the first write to the log, which is the commit, or a change of the file, or the end.
        auto const size = std::filesystem::file_size(folder / "warehouse.db");
        for (int i = 0; i < (round - 8) * 100'000; ++i) {
          if (std::filesystem::exists(folder / "warehouse.db.wal")) break;
          if (std::filesystem::file_size(folder / "warehouse.db") != size && round % 2 == 0) break;
        }
      }
      ingest.program().send(SIGKILL);
      CHECK(ingest.program().wait() <= 0);
    }
    auto const found = stored(folder);
    CHECK((found == before || found == after));
    if (round < 8) CHECK(found == before);
    kept += found == after ? 1 : 0;

    write_file(folder / "all.jsonl", text);
    CHECK(votes_program({"ingest", "all.jsonl"}, folder).code == 0);
    CHECK(stored(folder) == after);
  }
  INFO(kept << " of 16 were committed before the kill");
}

TEST_CASE("Ctrl-C rolls the file back") {
  temporary_folder const folder;
  write_file(folder / "first.jsonl", votes::test::line(1, 1));
  REQUIRE(votes_program({"ingest", "first.jsonl"}, folder).code == 0);
  {
    fed_ingest ingest{folder};
    ingest.program().send(SIGINT);
    // It looks at the request once per block, so it gets blocks until it has.
    ::signal(SIGPIPE, SIG_IGN);
    while (ingest.feed(votes::test::line(2, 2))) {
    }
    CHECK(ingest.program().wait() == 2);
    CHECK_THAT(ingest.program().err(), Catch::Contains("cancelled"));
  }
  CHECK(stored(folder) == 1);
}

}  // namespace
