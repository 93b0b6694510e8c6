#include "process_actions/report.hpp"

#include "process_actions/time_labels.hpp"
#include "support/sizes.hpp"
#include "support/standard_output.hpp"

#include <spillway/calendar/top.hpp>
#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/io/json_text.hpp>
#include <spillway/io/output.hpp>

#include <fmt/compile.h>
#include <fmt/format.h>

#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>

namespace process_actions {

namespace {

using spillway::calendar::instant;
using spillway::io::output_file;

/// What output 2 and the summary tell of all windows.
struct overview {
  std::uint64_t windows = 0;
  action_counts counted;  ///< in overlapping windows an event counts in each
  instant first_start;
  instant last_end;

  void add(window_counts const& one) {
    if (windows++ == 0) first_start = one.window.start;
    last_end = one.window.end;
    counted += one.counts;
  }

  /// What `sum` over all windows is for each.
  [[nodiscard]] double mean(std::uint64_t sum) const {
    return windows == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(windows);
  }
};

constexpr std::string_view windows_header =
    "window_start,window_end,open,close,open_per_minute,close_per_minute,mean_per_action\n";

void append_window(std::string& line, window_counts const& one, time_labels const& labels) {
  auto out = std::back_inserter(line);
  auto const length = static_cast<double>((one.window.end - one.window.start).count());
  // Multiplied first, so that only the division rounds.
  auto const per_minute = [&](std::uint64_t count) { return static_cast<double>(count) * 60e6 / length; };
  labels.append(line, one.window.start);
  line += ',';
  labels.append(line, one.window.end);
  for (auto const count : one.counts.of) fmt::format_to(out, FMT_COMPILE(",{}"), count);
  for (auto const count : one.counts.of) fmt::format_to(out, FMT_COMPILE(",{}"), per_minute(count));
  auto const actions = static_cast<double>(one.counts.of.size());
  fmt::format_to(out, FMT_COMPILE(",{}\n"), static_cast<double>(one.counts.total()) / actions);
}

std::string averages_text(overview const& all, presentation const& shown) {
  return fmt::format(
      "average_actions_per_window,{}\naverage_open_per_window,{}\naverage_close_per_window,{}\n"
      "({} windows, {} without events; the mean over the actions of each window is in output 1)\n",
      all.mean(all.counted.total()), all.mean(all.counted[action::open]), all.mean(all.counted[action::close]),
      support::count_text(all.windows), shown.sparse ? "leaving out those" : "counting those");
}

struct opens_of {
  std::uint64_t operator()(window_counts const& one) const { return one.counts[action::open]; }
};
using top_windows = spillway::calendar::top_result<window_counts, std::uint64_t>;

std::string top_text(top_windows const& top, time_labels const& labels) {
  std::string text = "rank,window_start,window_end,open\n";
  std::size_t rank = 0;
  for (auto const& [window, counts] : top.items) {
    text += std::to_string(++rank) + ',';
    labels.append(text, window.start);
    text += ',';
    labels.append(text, window.end);
    text += ',' + std::to_string(counts[action::open]) + '\n';
  }
  return text;
}

std::string tie_text(top_windows const& top) {
  if (!top.cuts_a_tie()) return {};
  return fmt::format("(a tie is cut: {} more with {} Opens, as many as the last one listed)\n",
                     support::count_text(top.left_out), support::count_text(*top.last));
}

std::string json_time(bool known, instant time, time_labels const& labels) {
  if (!known) return "null";
  std::string text{'"'};
  labels.append(text, time);
  return text += '"';
}

std::string json_seconds(std::optional<std::chrono::microseconds> length) {
  return length ? fmt::format("{}", std::chrono::duration<double>{*length}.count()) : "null";
}

std::string summary_text(tally const& counted, presentation const& shown, overview const& all, top_windows const& top,
                         time_labels const& labels) {
  auto const& grouping = counted.grouping;
  auto const events = counted.counter->events();
  auto const length = grouping.session ? std::nullopt : std::optional{grouping.window};
  std::string zone;
  spillway::io::append_json_string(zone, grouping.time_zone);
  return fmt::format(
      R"({{
  "events": {}, "open": {}, "close": {}, "rejected": {},
  "window_seconds": {}, "slide_seconds": {}, "session_gap_seconds": {}, "time_zone": {},
  "windows": {}, "empty_windows_included": {}, "first_window_start": {}, "last_window_end": {},
  "average_actions_per_window": {}, "average_open_per_window": {}, "average_close_per_window": {},
  "top": {{"action": "open", "asked_for": {}, "listed": {}, "tie_cut": {}, "tied_but_left_out": {}}}
}}
)",
      events.total(), events[action::open], events[action::close], counted.rejected, json_seconds(length),
      json_seconds(grouping.slide ? grouping.slide : length), json_seconds(grouping.session), zone, all.windows,
      !shown.sparse && !grouping.session, json_time(all.windows != 0, all.first_start, labels),
      json_time(all.windows != 0, all.last_end, labels), all.mean(all.counted.total()),
      all.mean(all.counted[action::open]), all.mean(all.counted[action::close]), shown.top, top.items.size(),
      top.cuts_a_tie(), top.left_out);
}

/// Standard output, and the files if there is a folder for them.
class outputs {
 public:
  explicit outputs(std::string const& folder) {
    if (folder.empty()) return;
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem) throw spillway::io_error{"create folder", folder, problem};
    for (auto const* name : {"windows.csv", "top.csv", "summary.json"}) files_.emplace_back(folder + '/' + name);
  }

  enum file : std::uint8_t { windows, top, summary };
  void print(std::string_view text) { printed_.append(text); }
  void write(file where, std::string_view text) {
    if (!files_.empty()) files_[where].append(text);
  }
  void print_and_write(file where, std::string_view text) {
    print(text);
    write(where, text);
  }
  /// What is printed can't be taken back, so that it comes first: the files appear only if nothing failed.
  void commit() {
    printed_.commit();
    if (!files_.empty()) spillway::io::commit_together(files_[windows], files_[top], files_[summary]);
  }

 private:
  support::standard_output printed_;
  std::vector<output_file> files_;
};

}  // namespace

void write_report(tally const& counted, presentation const& shown, std::string const& folder,
                  std::pmr::memory_resource& memory, std::stop_token const& stop) {
  outputs out{folder};
  time_labels const labels{counted.grouping.time_zone};
  overview all;
  spillway::calendar::top_collector<window_counts, opens_of> highest{shown.top, {}, {.memory = &memory}};

  out.print("Output 1: actions per window\n");
  out.print_and_write(outputs::windows, windows_header);
  std::string line;
  counted.counter->for_each_window(shown.sparse, [&](window_counts const& one) {
    spillway::throw_if_cancelled(stop);
    line.clear();
    append_window(line, one, labels);
    out.print_and_write(outputs::windows, line);
    all.add(one);
    highest.add(one);
  });

  out.print("\nOutput 2: averages over the windows\n" + averages_text(all, shown));

  auto const top = std::move(highest).result();
  out.print(fmt::format("\nOutput 3: the {} windows with the most Opens, the earlier first among equals\n", shown.top));
  out.print_and_write(outputs::top, top_text(top, labels));
  out.print(tie_text(top));
  out.write(outputs::summary, summary_text(counted, shown, all, top, labels));
  out.commit();
}

}  // namespace process_actions
