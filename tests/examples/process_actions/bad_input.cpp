#include "examples/process_actions/running.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>

namespace {

using namespace process_actions::test;

std::string const good = "2016-07-26T02:45:07.000Z,Open\n";

/// Checks that the program says so of a file with these bytes, and writes nothing.
void check_content(std::string_view bytes, std::string_view message) {
  temporary_folder const folder;
  write_file(folder / "events.csv", bytes);
  check_failure({"--events-path", "events.csv", "--rejects", "rejects.jsonl", "--out", "report"}, folder, message);
  check_failure({"--events-path", "events.csv", "--partial"}, folder, message);
}

TEST_CASE("An empty file has no header") {
  check_content("", "events.csv:1:1: expected a header with 'time', 'action', found no row");
}

TEST_CASE("A file without a header is refused") { check_content(good, "events.csv:1: no column 'time'"); }

TEST_CASE("A file with other columns is refused") {
  check_content("when,what\n" + good, "events.csv:1: no column 'time'");
  check_content("time,what\n" + good, "events.csv:1: no column 'action'");
  check_content("time,action,time\n", "events.csv:1: ");
}

TEST_CASE("A timestamp that is none is an error with its place") {
  check_content("time,action\n" + good + "2016-07-26T02:45:67.000Z,Open\n", "events.csv:3:1: expected a second");
  check_content("time,action\n" + good + "2016-02-30T02:45:07.000Z,Open\n", "events.csv:3:1: expected ");
  check_content("time,action\n" + good + ",Open\n", "events.csv:3:1: expected ");
}

TEST_CASE("An action that is neither Open nor Close is an error with its place") {
  check_content("time,action\n" + good + "2016-07-26T02:45:07.000Z,Opened\n",
                "events.csv:3:26: expected Open or Close, found 'Opened'");
  check_content("time,action\n" + good + "2016-07-26T02:45:07.000Z,\n",
                "events.csv:3:26: expected Open or Close, found ''");
  check_content("time,action\n" + good + "2016-07-26T02:45:07.000Z, Open\n", "events.csv:3:26: expected Open or Close");
}

TEST_CASE("Rows with too many or too few fields are errors with their place") {
  check_content("time,action\n2016-07-26T02:45:07.000Z,Open,3\n", "events.csv:2:31: expected 2 fields, found 3");
  check_content("time,action\n2016-07-26T02:45:07.000Z\n", "events.csv:2:25: expected 2 fields, found 1");
}

TEST_CASE("NUL bytes and bytes that are no UTF-8 are shown as hexadecimal") {
  using namespace std::string_literals;
  check_content("time,action\n2016-07-26T02:45:07.000Z,Op\0en\n"s, R"(found 'Op\x00en')");
  check_content("time,action\n2016-07-26T02:45:07.000Z,\xff\xc3(\n", R"(found '\xff\xc3()");
  check_content("\0\0\0\0"s, "events.csv:1: no column 'time'");
}

TEST_CASE("A quoted field without an end is an error where it begins") {
  check_content("time,action\n" + good + "\"2016-07-26T02:45:07.000Z,Open\n" + good, "events.csv:3:");
}

TEST_CASE("A line without an end is an error within the memory") {
  temporary_folder const folder;
  write_file(folder / "events.csv", GENERATE("", "time,action\n", "time,action\n\""));
  std::filesystem::resize_file(folder / "events.csv", std::uintmax_t{1} << 30U);  // zeros that take no space
  auto const done = run({"--events-path", "events.csv", "--memory", "64MiB"}, folder);
  check_failure(done, " longer than 8388608 bytes");
  CHECK_THAT(done.err, Catch::StartsWith("process_actions: events.csv:"));
  CHECK(done.peak_memory < std::uint64_t{128} << 20U);
  CHECK(folder.entries() == strings{"events.csv"});
}

TEST_CASE("A line without an end from a pipe is an error") {
  temporary_folder const folder;
  check_failure(
      run_shell("head -c 300000000 /dev/zero | tr '\\0' x | \"$program\" -events_path - --memory 32MiB", folder),
      "<stdin>:1: row longer than");
}

TEST_CASE("A compressed file that was cut off is an error, whatever it had before") {
  temporary_folder const folder;
  make_events(folder / "whole.csv.gz", {"--rows", "20000"});
  make_events(folder / "whole.csv.zst", {"--rows", "20000"});
  for (std::string const name : {"whole.csv.gz", "whole.csv.zst"}) {
    auto const bytes = read_file(folder / name);
    write_file(folder / ("cut" + name), std::string_view{bytes}.substr(0, bytes.size() - 5));
    check_failure({"--events-path", "cut" + name, "--out", "report"}, folder, "cut" + name + ", byte ");
    check_failure({"--events-path", "cut" + name, "--on-error", "skip"}, folder, "ends too early");
  }
}

TEST_CASE("What can't be opened is named") {
  temporary_folder const folder;
  std::filesystem::create_directory(folder / "a folder");
  write_file(folder / "events.csv", "time,action\n");
  check_failure({"--events-path", "none.csv", "--out", "report"}, folder, "open 'none.csv': No such file or directory");
  check_failure({"--events-path", "events.csv", "none.csv"}, folder, "open 'none.csv': No such file or directory");
  check_failure({"--events-path", "a folder"}, folder, "open 'a folder': Is a directory");
  check_failure({"--events-path", "a folder/none.csv"}, folder, "open 'a folder/none.csv'");
  check_failure({"--events-path", ""}, folder, "open '': No such file");
  check_failure({"--merge", "none.state"}, folder, "open 'none.state': No such file or directory");
  if (::geteuid() == 0) return;  // who may read everything
  ::chmod((folder / "events.csv").c_str(), 0);
  check_failure({"--events-path", "events.csv"}, folder, "open 'events.csv': Permission denied");
}

TEST_CASE("A report that can't be written is an error that names where") {
  temporary_folder const folder;
  write_file(folder / "events.csv", "time,action\n" + good);
  check_failure({"--events-path", "events.csv", "--out", "events.csv"}, folder, "create folder 'events.csv'");
  check_failure({"--events-path", "events.csv", "--out", "events.csv/report"}, folder,
                "create folder 'events.csv/report'");
  check_failure({"--events-path", "events.csv", "--out", "/proc/report"}, folder, "create folder '/proc/report'");
  check_failure({"--events-path", "events.csv", "--on-error=skip", "--rejects", "none/r"}, folder, "open 'none/r'");
  std::filesystem::create_directories(folder / "report/top.csv");
  check_failure({"--events-path", "events.csv", "--out", "report"}, folder, "open 'report/top.csv': Is a directory");
  CHECK(std::distance(std::filesystem::directory_iterator{folder / "report"}, {}) == 1);
}

TEST_CASE("A full disk leaves no report, and the old one as it was") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "20000"});
  auto const limited = "ulimit -f 8; exec \"$program\" --events-path events.csv --out report > /dev/null";
  check_failure(run_shell(limited, folder), "write 'report/windows.csv': File too large");
  CHECK(std::filesystem::is_empty(folder / "report"));
  write_file(folder / "report/windows.csv", "old");
  check_failure(run_shell(limited, folder), "write 'report/windows.csv': File too large");
  CHECK(read_file(folder / "report/windows.csv") == "old");
  CHECK(std::distance(std::filesystem::directory_iterator{folder / "report"}, {}) == 1);
}

TEST_CASE("Standard output that takes nothing is an error, and then there are no files either") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "100"});
  std::string const program = R"("$program" --events-path events.csv )";
  check_failure(run_shell(program + "--out report > /dev/full", folder), "write '<stdout>': No space left on device");
  check_failure(run_shell(program + "--partial > /dev/full", folder), "write '<stdout>': No space left on device");
  check_failure(run_shell(program + "--out report >&-", folder), "write '<stdout>': Bad file descriptor");
  CHECK(std::filesystem::is_empty(folder / "report"));
}

TEST_CASE("Files never get what is meant for a closed standard output or error") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "20000"});
  auto const expected = report_of({"--events-path", "events.csv"}, folder);
  std::string const program = R"("$program" --events-path events.csv --out report )";
  CHECK(run_shell(program + "2>&- >/dev/null", folder).code == 0);
  CHECK(report(folder, "report") == expected);
  CHECK(run_shell(program + "<&- 2>&- >/dev/null", folder).code == 0);
  CHECK(report(folder, "report") == expected);
  CHECK(run_shell(R"("$program" --bogus 2>&-)", folder).code == 2);
  CHECK(run_shell(R"("$program" --events-path events.csv 2>/dev/full >/dev/null)", folder).code == 0);
}

TEST_CASE("A reader that has seen enough is no error, and the files are written") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "20000", "--days", "100"});
  auto const expected = report_of({"--events-path", "events.csv"}, folder);
  auto const done =
      run_shell(R"({ "$program" --events-path events.csv --out report; echo "code $?" >&2; } | head -n 1)", folder);
  CHECK(done.out == "Output 1: actions per window\n");
  CHECK_THAT(done.err, Catch::EndsWith("code 0\n"));
  CHECK(report(folder, "report") == expected);
}

TEST_CASE("A wrong year does not fill the disk with zeros") {
  temporary_folder const folder;
  write_file(folder / "events.csv", "time,action\n" + good + "9999-12-31T23:49:59Z,Close\n");
  check_failure({"--events-path", "events.csv"}, folder, "with --sparse");
  auto const done = run({"--events-path", "events.csv", "--sparse"}, folder);
  CHECK(done.code == 0);
  CHECK_THAT(done.out, Catch::Contains("\n9999-12-31T23:40:00.000Z,9999-12-31T23:50:00.000Z,0,1,0,0.1,0.5\n"));
}

TEST_CASE("Skipped rows go to the reject file in the order of the input") {
  temporary_folder const folder;
  write_file(folder / "a.csv", "time,action\n" + good + "x,Open\n\n2016-07-26T02:45:07.000Z,Opened\n" + good +
                                   "2016-07-26T02:45:07.000Z,\"Cl\"\"\n\n");
  write_file(folder / "b.csv", "time,action\n2016-07-26T02:45:07.000Z,Open,\xff\n");
  std::string const expected =
      R"({"source":"a.csv","line":3,"problem":"expected a timestamp such as 2016-07-26T02:45:07.123Z, found 'x'","record":"x,Open"})"
      "\n"
      R"({"source":"a.csv","line":5,"problem":"expected Open or Close, found 'Opened'","record":"2016-07-26T02:45:07.000Z,Opened"})"
      "\n";
  auto const done = run({"--events-path", "a.csv", "b.csv", "--on-error=skip", "--rejects", "r", "--out", "o"}, folder);
  CHECK(done.code == 0);
  CHECK_THAT(done.err, Catch::StartsWith("6 rows, ") && Catch::EndsWith("; 4 rejected: see r\n"));
  auto const rejects = read_file(folder / "r");
  CHECK_THAT(rejects, Catch::StartsWith(expected));
  CHECK(std::count(rejects.begin(), rejects.end(), '\n') == 4);
  CHECK_THAT(rejects, Catch::Contains(R"({"source":"a.csv","line":7,"problem":"quoted field without a closing quote)"));
  CHECK_THAT(rejects, Catch::Contains(R"({"source":"b.csv","line":2,"problem":"expected 2 fields, found 3")"));
  CHECK_THAT(read_file(folder / "o/summary.json"),
             Catch::Contains(R"("events": 2, "open": 2, "close": 0, "rejected": 4)"));
}

TEST_CASE("Skipped rows are never lost, whatever the threads") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "300000", "--malformed", "0.01", "--unsorted"});
  strings const skipping{"--events-path", "events.csv", "--on-error", "skip", "--threads"};
  std::string rejects;
  std::string first_report;
  for (auto const* const threads : {"1", "2", "3"}) {
    auto arguments = skipping;
    arguments.push_back(threads);
    auto const here = report_of(arguments, folder);
    if (rejects.empty()) {
      rejects = read_file(folder / "rejects.jsonl");  // where they go unless told otherwise
      first_report = here;
    }
    CHECK(here == first_report);
    CHECK(read_file(folder / "rejects.jsonl") == rejects);
    std::filesystem::remove(folder / "rejects.jsonl");
  }
  auto const lines = std::count(rejects.begin(), rejects.end(), '\n');
  CHECK(lines > 2500);
  CHECK(lines < 3500);
  CHECK(first_report.find("\"rejected\": " + std::to_string(lines)) != std::string::npos);
}

TEST_CASE("Without bad rows the reject file is made only if it was asked for") {
  temporary_folder const folder;
  write_file(folder / "events.csv", "time,action\n" + good);
  CHECK(run({"--events-path", "events.csv", "--on-error", "skip"}, folder).code == 0);
  CHECK(folder.entries() == strings{"events.csv"});
  CHECK(run({"--events-path", "events.csv", "--on-error", "skip", "--rejects", "r"}, folder).code == 0);
  CHECK(read_file(folder / "r").empty());
}

TEST_CASE("A command line that makes no sense is told what is wrong with it") {
  temporary_folder const folder;
  write_file(folder / "events.csv", "time,action\n" + good);
  auto const check = [&](strings arguments, std::string_view message) {
    arguments.insert(arguments.begin(), {"--events-path", "events.csv"});
    check_failure(arguments, folder, message);
  };
  check_failure(strings{}, folder, "--events-path or --merge is required");
  check_failure({"-events_path"}, folder, "--events-path");
  check({"--bogus"}, "--bogus");
  check({"--window", "0m"}, "--window: expected a length of time such as 10m, 90s or 1h, found '0m'");
  check({"--window", "ten"}, "--window: expected a length of time");
  check({"--window", "-10m"}, "--window");
  check({"--slide", "10x"}, "--slide: expected a length of time");
  check({"--session", "99999999999999w"}, "--session: expected");
  check({"--session", "5m", "--window", "10m"}, "--window excludes --session");
  check({"--time-zone", "Europe/Nowhere"}, "Europe/Nowhere");
  check({"--time-zone", "Europe/Berlin", "--window", "150ms"}, "whole seconds");
  check({"--time-zone", "Europe/Berlin", "--slide", "1m"}, "time zone");
  check({"--merge", "events.csv"}, "excludes --merge");
  check({"--partial", "--out", "report"}, "--out excludes --partial");
  check({"--top", "-1"}, "--top");
  check({"--top", "many"}, "--top");
  check({"--threads", "0"}, "--threads: expected a whole number from 1 to 256, found '0'");
  check({"--threads", "257"}, "--threads");
  check({"--memory", "much"}, "--memory: expected a size such as 256MiB, found 'much'");
  check({"--memory", "1KiB"}, "memory budget of 1024 bytes exceeded");
  check({"--on-error", "maybe"}, "--on-error: expected fail or skip, found 'maybe'");
}

TEST_CASE("Help says how to use it, on standard output") {
  temporary_folder const folder;
  auto const help = run({"--help"}, folder);
  CHECK(help.code == 0);
  CHECK(help.err.empty());
  CHECK_THAT(help.out, Catch::Contains("Examples:\n") && Catch::Contains("process_actions -events_path events.csv"));
}

}  // namespace
