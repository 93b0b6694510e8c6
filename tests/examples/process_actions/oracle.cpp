#include "examples/process_actions/running.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <map>
#include <sstream>
#include <vector>

namespace {

using namespace process_actions::test;
using std::chrono::milliseconds;

struct event {
  milliseconds time;
  bool open;
};

struct counts {
  std::uint64_t open = 0;
  std::uint64_t close = 0;
};

struct period {
  milliseconds start;
  milliseconds end;
  friend auto operator<=>(period const&, period const&) = default;
};

using table = std::map<period, counts>;

std::vector<event> read_events(std::string const& path) {
  std::istringstream lines{read_file(path)};
  std::string line;
  std::getline(lines, line);
  std::vector<event> events;
  while (std::getline(lines, line)) {
    std::tm parts{};
    int fraction = 0;
    REQUIRE(std::sscanf(line.c_str(), "%d-%d-%dT%d:%d:%d.%dZ", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                        &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &fraction) == 7);
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    events.push_back({std::chrono::seconds{::timegm(&parts)} + milliseconds{fraction}, line.ends_with("Open")});
  }
  return events;
}

void count(counts& here, event const& one) { ++(one.open ? here.open : here.close); }

/// Every window that starts at a multiple of `slide`, from the first with an event to the last.
table count_by_windows(std::vector<event> const& events, milliseconds length, milliseconds slide, bool sparse) {
  table windows;
  for (auto const& one : events) {
    for (auto start = one.time / slide * slide; start + length > one.time; start -= slide) {
      count(windows[{start, start + length}], one);
    }
  }
  if (!sparse && !windows.empty()) {
    for (auto start = windows.begin()->first.start; start < windows.rbegin()->first.start; start += slide) {
      windows[{start, start + length}];
    }
  }
  return windows;
}

table count_by_sessions(std::vector<event> events, milliseconds gap) {
  std::ranges::sort(events, {}, &event::time);
  table sessions;
  for (std::size_t first = 0, next = 0; first < events.size(); first = next) {
    counts here;
    for (; next < events.size() && (next == first || events[next].time - events[next - 1].time < gap); ++next) {
      count(here, events[next]);
    }
    sessions[{events[first].time, events[next - 1].time + gap}] = here;
  }
  return sessions;
}

std::string time_text(milliseconds time) {
  auto const seconds = static_cast<std::time_t>(time.count() / 1000);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text(40, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts));
  return text + fmt::format(".{:03}Z", time.count() % 1000);
}

std::string windows_text(table const& windows) {
  std::string text = "window_start,window_end,open,close,open_per_minute,close_per_minute,mean_per_action\n";
  for (auto const& [when, here] : windows) {
    auto const length = static_cast<double>((when.end - when.start).count());
    text +=
        fmt::format("{},{},{},{},{},{},{}\n", time_text(when.start), time_text(when.end), here.open, here.close,
                    static_cast<double>(here.open * 60'000) / length, static_cast<double>(here.close * 60'000) / length,
                    static_cast<double>(here.open + here.close) / 2);
  }
  return text;
}

std::string top_text(table const& windows, std::size_t limit) {
  std::vector<std::pair<period, counts>> order(windows.begin(), windows.end());
  std::ranges::stable_sort(order, std::ranges::greater{}, [](auto const& one) { return one.second.open; });
  if (order.size() > limit) order.resize(limit);
  std::string text = "rank,window_start,window_end,open\n";
  for (std::size_t i = 0; i < order.size(); ++i) {
    auto const& [when, here] = order[i];
    text += fmt::format("{},{},{},{}\n", i + 1, time_text(when.start), time_text(when.end), here.open);
  }
  return text;
}

std::string average_text(table const& windows) {
  std::uint64_t all = 0;
  for (auto const& [when, here] : windows) all += here.open + here.close;
  auto const mean = windows.empty() ? 0 : static_cast<double>(all) / static_cast<double>(windows.size());
  return fmt::format("\"average_actions_per_window\": {},", mean);
}

void check(strings arguments, temporary_folder const& folder, table const& expected) {
  CAPTURE(arguments);
  arguments.insert(arguments.begin(), {"--events-path", "events.csv", "--out", "report", "--quiet"});
  REQUIRE(run(arguments, folder).code == 0);
  CHECK(read_file(folder / "report/windows.csv") == windows_text(expected));
  CHECK(read_file(folder / "report/top.csv") == top_text(expected, 10));
  CHECK_THAT(read_file(folder / "report/summary.json"), Catch::Contains(average_text(expected)));
}

TEST_CASE("The report is what counting the simplest way gives") {
  using namespace std::chrono_literals;
  temporary_folder const folder;
  auto const& options = GENERATE(strings{"--rows", "1"}, strings{"--rows", "5000", "--days", "2", "--unsorted"},
                                 strings{"--rows", "2000", "--days", "40", "--unsorted", "--duplicates", "0.2"},
                                 strings{"--rows", "3000", "--days", "1", "--ties"});
  make_events(folder / "events.csv", options);
  auto const events = read_events(folder / "events.csv");
  REQUIRE_FALSE(events.empty());
  check({}, folder, count_by_windows(events, 10min, 10min, false));
  check({"--sparse"}, folder, count_by_windows(events, 10min, 10min, true));
  check({"--window", "90s", "--sparse"}, folder, count_by_windows(events, 90s, 90s, true));
  check({"--window", "1w"}, folder, count_by_windows(events, 168h, 168h, false));
  check({"--window", "1h", "--slide", "25m"}, folder, count_by_windows(events, 1h, 25min, false));
  check({"--window", "7m", "--slide", "20m"}, folder, count_by_windows(events, 7min, 20min, false));
  check({"--window", "2h", "--slide", "1h", "--sparse"}, folder, count_by_windows(events, 2h, 1h, true));
  check({"--session", "47s"}, folder, count_by_sessions(events, 47s));
  check({"--session", "20m"}, folder, count_by_sessions(events, 20min));
}

TEST_CASE("The report is the same for any number of threads and any memory") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "300000", "--unsorted", "--duplicates", "0.01"});
  std::string first;
  for (auto const* const threads : {"1", "2", "4"}) {
    for (auto const* const memory : {"8MiB", "1GiB"}) {
      auto const here = report_of({"--events-path", "events.csv", "--threads", threads, "--memory", memory}, folder);
      if (first.empty()) first = here;
      CHECK(here == first);
    }
  }
  CHECK_THAT(first, Catch::Contains(R"("events": 300000,)"));
}

TEST_CASE("Memory does not grow with the events") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "2000000", "--unsorted"});
  auto const done = run({"--events-path", "events.csv", "--memory", "32MiB"}, folder);
  CHECK(done.code == 0);
  // `2,000,000 rows, 0.15 s, 5.8 MiB peak memory`
  double peak = 0;
  CHECK(std::sscanf(done.err.c_str(), "2,000,000 rows, %*f s, %lf MiB peak memory", &peak) == 1);
  CHECK(peak > 1);
  CHECK(peak < 64);
}

TEST_CASE("A top that does not fit is an error") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "5000", "--days", "300"});
  strings const arguments{"--events-path", "events.csv", "--out", "report", "--memory", "4MiB"};
  CHECK(run(arguments, folder).code == 0);
  auto more = arguments;
  more.insert(more.end(), {"--top", "1000000"});
  CHECK_THAT(run(more, folder).err, Catch::StartsWith("process_actions: memory budget of 4194304 bytes exceeded"));
}

}  // namespace
