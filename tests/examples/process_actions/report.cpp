#include "examples/process_actions/running.hpp"

namespace {

using namespace process_actions::test;

std::string const sample =
    "time,action\n"
    "2016-07-26T02:45:07.000Z,Open\n"
    "2016-07-26T02:51:00.500Z,Close\n"
    "2016-07-26T02:45:07.000Z,Open\n"  // an exact repeat is an event
    "2016-07-26T02:40:00.000Z,Close\n"
    "2016-07-26T03:19:59.999Z,Open\n";

std::string const sample_windows =
    "window_start,window_end,open,close,open_per_minute,close_per_minute,mean_per_action\n"
    "2016-07-26T02:40:00.000Z,2016-07-26T02:50:00.000Z,2,1,0.2,0.1,1.5\n"
    "2016-07-26T02:50:00.000Z,2016-07-26T03:00:00.000Z,0,1,0,0.1,0.5\n"
    "2016-07-26T03:00:00.000Z,2016-07-26T03:10:00.000Z,0,0,0,0,0\n"
    "2016-07-26T03:10:00.000Z,2016-07-26T03:20:00.000Z,1,0,0.1,0,0.5\n";

std::string const sample_top =
    "rank,window_start,window_end,open\n"
    "1,2016-07-26T02:40:00.000Z,2016-07-26T02:50:00.000Z,2\n"
    "2,2016-07-26T03:10:00.000Z,2016-07-26T03:20:00.000Z,1\n"
    "3,2016-07-26T02:50:00.000Z,2016-07-26T03:00:00.000Z,0\n"
    "4,2016-07-26T03:00:00.000Z,2016-07-26T03:10:00.000Z,0\n";

std::string const sample_printed =
    "Output 1: actions per window\n" + sample_windows +
    "\n"
    "Output 2: averages over the windows\n"
    "average_actions_per_window,1.25\n"
    "average_open_per_window,0.75\n"
    "average_close_per_window,0.5\n"
    "(4 windows, counting those without events; the mean over the actions of each window is in output 1)\n"
    "\n"
    "Output 3: the 10 windows with the most Opens, the earlier first among equals\n" +
    sample_top;

std::string const sample_summary = R"({
  "events": 5, "open": 3, "close": 2, "rejected": 0,
  "window_seconds": 600, "slide_seconds": 600, "session_gap_seconds": null, "time_zone": "UTC",
  "windows": 4, "empty_windows_included": true, "first_window_start": "2016-07-26T02:40:00.000Z", "last_window_end": "2016-07-26T03:20:00.000Z",
  "average_actions_per_window": 1.25, "average_open_per_window": 0.75, "average_close_per_window": 0.5,
  "top": {"action": "open", "asked_for": 10, "listed": 4, "tie_cut": false, "tied_but_left_out": 0}
}
)";

/// Standard output for events given as the lines below the header.
std::string printed(std::string const& rows, strings arguments) {
  temporary_folder const folder;
  write_file(folder / "events.csv", "time,action\n" + rows);
  arguments.insert(arguments.begin(), {"--events-path", "events.csv"});
  auto const done = run(arguments, folder);
  CAPTURE(done.err);
  CHECK(done.code == 0);
  return done.out;
}

/// The rows of output 1.
std::string windows(std::string const& rows, strings const& arguments) {
  auto const text = printed(rows, arguments);
  auto const begin = text.find("mean_per_action\n") + 16;
  return text.substr(begin, text.find("\n\n") + 1 - begin);
}

/// Output 3 below its first two lines.
std::string top(std::string const& rows, strings const& arguments) {
  auto const text = printed(rows, arguments);
  return text.substr(text.find("window_end,open\n") + 16);
}

TEST_CASE("Every byte of the sample's report is as worked out by hand") {
  temporary_folder const folder;
  write_file(folder / "events.csv", sample);
  auto const done = run({"-events_path", "events.csv", "--out", "deep/report"}, folder);
  CHECK(done.code == 0);
  CHECK(done.out == sample_printed);
  CHECK_THAT(done.err, Catch::StartsWith("5 rows, ") && Catch::EndsWith(" peak memory\n"));
  CHECK(read_file(folder / "deep/report/windows.csv") == sample_windows);
  CHECK(read_file(folder / "deep/report/top.csv") == sample_top);
  CHECK(read_file(folder / "deep/report/summary.json") == sample_summary);
  CHECK(std::distance(std::filesystem::directory_iterator{folder / "deep/report"}, {}) == 3);
  CHECK(folder.entries() == strings{"deep", "events.csv"});

  // A report that is there already is replaced.
  write_file(folder / "deep/report/top.csv", "old");
  CHECK(run({"-events_path", "events.csv", "--out", "deep/report", "--quiet"}, folder).err.empty());
  CHECK(read_file(folder / "deep/report/top.csv") == sample_top);
}

TEST_CASE("The events' path can be spelled in every way that people spell it") {
  temporary_folder const folder;
  write_file(folder / "events.csv", sample);
  auto const arguments = GENERATE(strings{"-events_path", "events.csv"}, strings{"-events-path", "events.csv"},
                                  strings{"--events-path", "events.csv"}, strings{"--events_path", "events.csv"},
                                  strings{"-events_path=events.csv"}, strings{"--events_path=events.csv"},
                                  strings{"--events-path=events.csv"});
  CAPTURE(arguments);
  CHECK(run(arguments, folder).out == sample_printed);
}

TEST_CASE("Events come from several files, from standard input, plain or compressed") {
  temporary_folder const folder;
  auto const cut = sample.find("2016-07-26T02:45:07.000Z,Open\n2016-07-26T02:40");
  write_file(folder / "a", sample.substr(0, cut));
  write_file(folder / "b", "action,time\n");  // in any order of the columns
  write_file(folder / "c", "time,action\r\n" + sample.substr(cut, sample.size() - cut - 1));  // no end of the last line
  write_file(folder / "all", sample);
  CHECK(run({"--events-path", "a", "b", "c"}, folder).out == sample_printed);
  CHECK(run({"--events-path", "a", "--events-path", "c"}, folder).out == sample_printed);
  CHECK(run({"--events-path", "-"}, folder, folder / "all").out == sample_printed);
  CHECK(run({"--events-path", "a", "-"}, folder, folder / "c").out == sample_printed);
  CHECK(run_shell("cat a | \"$program\" -events_path - c", folder).out == sample_printed);
  CHECK(run_shell("gzip -k a && \"$program\" -events_path a.gz c", folder).out == sample_printed);
  CHECK(run_shell("gzip -c a | \"$program\" -events_path - c", folder).out == sample_printed);
}

TEST_CASE("Events come out of zstd files") {
  temporary_folder const plain;
  temporary_folder const folder;
  make_events(plain / "events.csv", {"--rows", "1000"});
  make_events(folder / "events.csv.zst", {"--rows", "1000"});
  CHECK(std::filesystem::file_size(folder / "events.csv.zst") * 2 < std::filesystem::file_size(plain / "events.csv"));
  CHECK(report_of({"--events-path", "events.csv.zst"}, folder) == report_of({"--events-path", "events.csv"}, plain));
}

TEST_CASE("Actions may be in any case, and be quoted") {
  CHECK(windows("2016-07-26T00:00:00.000Z,OPEN\n"
                "2016-07-26T00:00:00.000Z,open\n"
                "2016-07-26T00:00:00.000Z,\"oPeN\"\n"
                "\"2016-07-26T00:00:00.000Z\",cLOSe\n"
                "2016-07-26T00:00:00.000Z,CLOSE\n",
                {}) == "2016-07-26T00:00:00.000Z,2016-07-26T00:10:00.000Z,3,2,0.3,0.2,2.5\n");
}

TEST_CASE("Windows are half-open") {
  CHECK(windows("2016-07-26T00:10:00.000Z,Open\n"
                "2016-07-26T00:09:59.999999Z,Open\n",
                {}) ==
        "2016-07-26T00:00:00.000Z,2016-07-26T00:10:00.000Z,1,0,0.1,0,0.5\n"
        "2016-07-26T00:10:00.000Z,2016-07-26T00:20:00.000Z,1,0,0.1,0,0.5\n");
}

TEST_CASE("Windows start before their events also before 1970") {
  CHECK(windows("1970-01-01T00:00:00.000Z,Open\n"
                "1969-12-31T23:50:00.000Z,Close\n"
                "1969-12-31T23:49:59.999Z,Open\n",
                {}) ==
        "1969-12-31T23:40:00.000Z,1969-12-31T23:50:00.000Z,1,0,0.1,0,0.5\n"
        "1969-12-31T23:50:00.000Z,1970-01-01T00:00:00.000Z,0,1,0,0.1,0.5\n"
        "1970-01-01T00:00:00.000Z,1970-01-01T00:10:00.000Z,1,0,0.1,0,0.5\n");
}

TEST_CASE("Windows without events count as zeros, unless they are left out") {
  std::string const rows =
      "2016-07-26T00:00:00.000Z,Open\n"
      "2016-07-26T03:00:00.000Z,Open\n"
      "2016-07-26T03:00:00.000Z,Close\n";
  auto const all = printed(rows, {"--window", "1h"});
  CHECK_THAT(all, Catch::Contains("\n2016-07-26T02:00:00.000Z,2016-07-26T03:00:00.000Z,0,0,0,0,0\n") &&
                      Catch::Contains("average_actions_per_window,0.75\n") &&
                      Catch::Contains("(4 windows, counting those without events;"));
  auto const sparse = printed(rows, {"--window", "1h", "--sparse"});
  CHECK_THAT(sparse, !Catch::Contains("T02:00:00") && Catch::Contains("average_actions_per_window,1.5\n") &&
                         Catch::Contains("average_close_per_window,0.5\n") &&
                         Catch::Contains("(2 windows, leaving out those without events;"));
}

TEST_CASE("An event is counted in every sliding window that holds it") {
  CHECK(windows("2016-07-26T00:20:00.000Z,Open\n"
                "2016-07-26T00:29:59.000Z,Close\n",
                {"--window", "20m", "--slide", "10m"}) ==
        "2016-07-26T00:10:00.000Z,2016-07-26T00:30:00.000Z,1,1,0.05,0.05,1\n"
        "2016-07-26T00:20:00.000Z,2016-07-26T00:40:00.000Z,1,1,0.05,0.05,1\n");
}

TEST_CASE("A session ends when nothing happened for the gap") {
  CHECK(windows("2016-07-26T00:05:00.000Z,Open\n"
                "2016-07-26T00:09:59.000Z,Close\n"
                "2016-07-26T00:00:01.000Z,Open\n"
                "2016-07-26T00:14:59.000Z,Open\n",
                {"--session", "5m"}) ==
        "2016-07-26T00:00:01.000Z,2016-07-26T00:14:59.000Z,2,1,"
        "0.133630289532294,0.066815144766147,1.5\n"
        "2016-07-26T00:14:59.000Z,2016-07-26T00:19:59.000Z,1,0,0.2,0,0.5\n");
}

TEST_CASE("Days in Berlin are 23 and 25 hours long when the clocks change") {
  CHECK(windows("2016-03-26T22:59:59Z,Open\n"
                "2016-03-26T23:00:00Z,Open\n"
                "2016-03-27T21:59:59Z,Open\n"
                "2016-03-27T22:00:00Z,Open\n",
                {"--window", "1d", "--time-zone", "Europe/Berlin"}) ==
        "2016-03-26T00:00:00.000+01:00,2016-03-27T00:00:00.000+01:00,1,0,0.0006944444444444445,0,0.5\n"
        "2016-03-27T00:00:00.000+01:00,2016-03-28T00:00:00.000+02:00,2,0,0.0014492753623188406,0,1\n"
        "2016-03-28T00:00:00.000+02:00,2016-03-29T00:00:00.000+02:00,1,0,0.0006944444444444445,0,0.5\n");
  CHECK(windows("2016-10-29T21:59:59Z,Open\n"
                "2016-10-29T22:00:00Z,Open\n"
                "2016-10-30T22:59:59Z,Open\n"
                "2016-10-30T23:00:00Z,Open\n",
                {"--window", "1d", "--time-zone", "Europe/Berlin"}) ==
        "2016-10-29T00:00:00.000+02:00,2016-10-30T00:00:00.000+02:00,1,0,0.0006944444444444445,0,0.5\n"
        "2016-10-30T00:00:00.000+02:00,2016-10-31T00:00:00.000+01:00,2,0,0.0013333333333333333,0,1\n"
        "2016-10-31T00:00:00.000+01:00,2016-11-01T00:00:00.000+01:00,1,0,0.0006944444444444445,0,0.5\n");
}

TEST_CASE("Hours in Berlin stay hours when the clocks change") {
  CHECK(windows("2016-03-27T00:30:00Z,Open\n"
                "2016-03-27T01:30:00Z,Open\n",
                {"--window", "1h", "--time-zone", "Europe/Berlin"}) ==
        "2016-03-27T01:00:00.000+01:00,2016-03-27T03:00:00.000+02:00,1,0,0.016666666666666666,0,0.5\n"
        "2016-03-27T03:00:00.000+02:00,2016-03-27T04:00:00.000+02:00,1,0,0.016666666666666666,0,0.5\n");
  CHECK(windows("2016-10-30T00:30:00Z,Open\n"
                "2016-10-30T01:30:00Z,Open\n",
                {"--window", "1h", "--time-zone", "Europe/Berlin"}) ==
        "2016-10-30T02:00:00.000+02:00,2016-10-30T02:00:00.000+01:00,1,0,0.016666666666666666,0,0.5\n"
        "2016-10-30T02:00:00.000+01:00,2016-10-30T03:00:00.000+01:00,1,0,0.016666666666666666,0,0.5\n");
}

TEST_CASE("The top says when it cuts a tie, and only then") {
  std::string const rows =
      "2016-07-26T00:00:00Z,Open\n"
      "2016-07-26T00:10:00Z,Open\n"
      "2016-07-26T00:20:00Z,Open\n"
      "2016-07-26T00:30:00Z,Open\n"
      "2016-07-26T00:30:00Z,Open\n";
  std::string const first =
      "1,2016-07-26T00:30:00.000Z,2016-07-26T00:40:00.000Z,2\n"
      "2,2016-07-26T00:00:00.000Z,2016-07-26T00:10:00.000Z,1\n";
  CHECK(top(rows, {"--top", "2"}) == first + "(a tie is cut: 2 more with 1 Opens, as many as the last one listed)\n");
  CHECK(top(rows, {"-k", "4"}) == first +
                                      "3,2016-07-26T00:10:00.000Z,2016-07-26T00:20:00.000Z,1\n"
                                      "4,2016-07-26T00:20:00.000Z,2016-07-26T00:30:00.000Z,1\n");
  CHECK(top(rows, {"--top", "1"}) == "1,2016-07-26T00:30:00.000Z,2016-07-26T00:40:00.000Z,2\n");

  temporary_folder const folder;
  write_file(folder / "events.csv", "time,action\n" + rows);
  CHECK_THAT(report_of({"--events-path", "events.csv", "--top", "2"}, folder),
             Catch::Contains(R"("asked_for": 2, "listed": 2, "tie_cut": true, "tied_but_left_out": 2})"));
}

TEST_CASE("A header without events is an empty report") {
  auto const text = printed("", {});
  CHECK(text ==
        "Output 1: actions per window\n"
        "window_start,window_end,open,close,open_per_minute,close_per_minute,mean_per_action\n"
        "\nOutput 2: averages over the windows\n"
        "average_actions_per_window,0\naverage_open_per_window,0\naverage_close_per_window,0\n"
        "(0 windows, counting those without events; the mean over the actions of each window is in output 1)\n"
        "\nOutput 3: the 10 windows with the most Opens, the earlier first among equals\n"
        "rank,window_start,window_end,open\n");
  temporary_folder const folder;
  write_file(folder / "events.csv", "time,action\n");
  CHECK_THAT(report_of({"--events-path", "events.csv"}, folder),
             Catch::Contains(R"("windows": 0,)") && Catch::Contains(R"("first_window_start": null)"));
}

}  // namespace
