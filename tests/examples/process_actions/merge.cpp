#include "examples/process_actions/running.hpp"

#include <array>
#include <random>
#include <sstream>

namespace {

using namespace process_actions::test;

/// Every kind of windows that there is.
strings any_grouping() {
  return GENERATE(strings{}, strings{"--window", "1h", "--slide", "7m"}, strings{"--window", "5m", "--slide", "20m"},
                  strings{"--session", "90s"}, strings{"--window", "1d", "--time-zone", "Europe/Berlin"},
                  strings{"--window", "1h", "--time-zone", "America/St_Johns"});
}

strings joined(strings first, strings const& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Writes the state of files into another.
void make_state(strings const& events, strings const& grouping, temporary_folder const& folder,
                std::string const& state) {
  auto const done = run(joined(joined({"--partial", "--quiet", "--events-path"}, events), grouping), folder);
  REQUIRE(done.code == 0);
  CHECK(done.err.empty());
  write_file(folder / state, done.out);
}

TEST_CASE("Shards of any kind merge to the same bytes as one run over everything") {
  auto const grouping = any_grouping();
  CAPTURE(grouping);
  temporary_folder const folder;
  make_events(folder / "events.csv",
              {"--rows", "3000", "--days", "3", "--unsorted", "--duplicates", "0.05", "--seed", "7"});
  auto const whole = report_of(joined({"--events-path", "events.csv"}, grouping), folder);

  std::mt19937 random{11};
  std::array<std::string, 7> shards;
  std::istringstream lines{read_file(folder / "events.csv")};
  std::string line;
  std::getline(lines, line);
  shards.fill(line + '\n');
  // The last shard has no events, and the first most of them.
  while (std::getline(lines, line)) shards[random() % 3 == 0 ? random() % 6 : 0] += line + '\n';
  strings states;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    auto const name = std::to_string(i);
    write_file(folder / (name + ".csv"), shards[i]);
    make_state({name + ".csv"}, joined(grouping, {"--threads", std::to_string(1 + i % 3)}), folder, name);
    states.push_back(name);
  }
  CHECK(report_of(joined({"--merge"}, states), folder) == whole);
  std::shuffle(states.begin(), states.end(), random);
  CHECK(report_of(joined({"--memory", "1MiB", "--merge"}, states), folder) == whole);
  make_state({"4.csv", "2.csv", "0.csv"}, grouping, folder, "several");
  CHECK(report_of({"--merge", "1", "several", "3", "5"}, folder) == whole);
}

TEST_CASE("A state of everything merges to the report it stands for, and is the same for any threads and memory") {
  temporary_folder const folder;
  make_events(folder / "events.csv", {"--rows", "200000", "--unsorted"});
  make_state({"events.csv"}, {"--threads", "1"}, folder, "one");
  make_state({"events.csv"}, {"--threads", "3", "--memory", "8MiB"}, folder, "three");
  CHECK(read_file(folder / "one") == read_file(folder / "three"));
  CHECK(report_of({"--merge", "one", "--top", "3", "--sparse"}, folder) ==
        report_of({"--events-path", "events.csv", "--top", "3", "--sparse"}, folder));
  CHECK(run({"--merge", "-"}, folder, folder / "one").out == run({"--events-path", "events.csv"}, folder).out);
}

TEST_CASE("Rejected rows of shards add up") {
  temporary_folder const folder;
  write_file(folder / "a.csv", "time,action\nx,Open\ny,Open\n2016-07-26T02:45:07Z,Open\n");
  make_state({"a.csv"}, {"--on-error", "skip"}, folder, "a");
  CHECK_THAT(report_of({"--merge", "a", "a"}, folder),
             Catch::Contains(R"("events": 2, "open": 2, "close": 0, "rejected": 4)"));
}

class damaged_state {
 public:
  damaged_state() {
    make_events(folder_ / "events.csv", {"--rows", "1000"});
    make_state({"events.csv"}, {}, folder_, "state");
    bytes_ = read_file(folder_ / "state");
  }

  [[nodiscard]] std::string const& bytes() const { return bytes_; }
  [[nodiscard]] temporary_folder const& folder() const { return folder_; }

  void check(std::string_view bytes, std::string_view message) const {
    write_file(folder_ / "damaged", bytes);
    check_failure({"--merge", "state", "damaged", "--out", "report"}, folder_, message);
  }

 private:
  temporary_folder folder_;
  std::string bytes_;
};

TEST_CASE("A state that was cut off anywhere is an error") {
  damaged_state const state;
  auto const& bytes = state.bytes();
  state.check("", "damaged:1: this is not the whole of a state");
  auto const last_line = bytes.rfind('\n', bytes.size() - 2) + 1;
  state.check(bytes.substr(0, last_line), "this is not the whole of a state: its last line is missing");
  for (auto const size : {std::size_t{1}, bytes.size() / 3, last_line - 1, last_line + 5, bytes.size() - 2}) {
    state.check(bytes.substr(0, size), "damaged:");
  }
  auto const first_line = bytes.find('\n') + 1;
  state.check(bytes.substr(first_line), "damaged:1");
}

TEST_CASE("A state that was changed is an error") {
  damaged_state const state;
  auto bytes = state.bytes();
  auto const piece = bytes.find('\n') + 1;
  auto const next = bytes.find('\n', piece) + 1;
  state.check(bytes.substr(0, piece) + bytes.substr(next), "expected totals of");
  state.check(bytes + bytes, "expected nothing after the totals");
  state.check(bytes.substr(0, next) + "{}\n" + bytes.substr(next), "damaged:3");
  auto const count = bytes.find("\"open\":", piece) + 7;
  bytes[count] = bytes[count] == '9' ? '8' : static_cast<char>(bytes[count] + 1);
  state.check(bytes, "expected totals of");
  bytes[count] = '-';
  state.check(bytes, "damaged:2");
}

TEST_CASE("What is no state is an error") {
  damaged_state const state;
  state.check("time,action\n", "damaged:1");
  state.check("{\"format\":\"other\"}\n", "expected the first line of a state that --partial wrote");
  state.check("\n\n", "damaged:");
  state.check(std::string(1000, '\0'), "damaged:1");
}

TEST_CASE("States that were counted in other windows are refused") {
  damaged_state const state;
  for (auto const& grouping : {strings{"--window", "11m"}, strings{"--slide", "5m"}, strings{"--session", "10m"},
                               strings{"--time-zone", "Europe/Berlin"}}) {
    make_state({"events.csv"}, grouping, state.folder(), "other");
    check_failure({"--merge", "state", "other"}, state.folder(),
                  "'other' was counted in other windows than the states before it");
    std::filesystem::remove(state.folder() / "other");
  }
}

}  // namespace
