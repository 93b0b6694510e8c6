#include "process_actions/state.hpp"

#include <spillway/calendar/format.hpp>
#include <spillway/calendar/parse.hpp>
#include <spillway/core/cancellation.hpp>
#include <spillway/io/json_lines.hpp>
#include <spillway/io/json_text.hpp>
#include <spillway/io/output.hpp>

#include <fmt/compile.h>
#include <fmt/format.h>

#include <optional>

namespace process_actions {

namespace {

using spillway::calendar::instant;
using spillway::io::json_row;
using microseconds = std::chrono::microseconds;

constexpr std::string_view format_name = "process_actions state 1";

std::string first_line(grouping const& grouping) {
  std::string line{R"({"format":)"};
  spillway::io::append_json_string(line, format_name);
  line += fmt::format(R"(,"window_us":{})", grouping.window.count());
  if (grouping.slide) line += fmt::format(R"(,"slide_us":{})", grouping.slide->count());
  if (grouping.session) line += fmt::format(R"(,"session_us":{})", grouping.session->count());
  line += R"(,"time_zone":)";
  spillway::io::append_json_string(line, grouping.time_zone);
  return line += "}\n";
}

grouping read_first_line(json_row const& row) {
  if (row.find<std::string_view>("format") != format_name) {
    throw spillway::value_error{"the first line of a state that --partial wrote", row.verbatim()};
  }
  auto const length = [&](std::string_view name) -> std::optional<microseconds> {
    auto const count = row.find<std::int64_t>(name);
    return count ? std::optional{microseconds{*count}} : std::nullopt;
  };
  return {microseconds{row.as<std::int64_t>("window_us")}, length("slide_us"), length("session_us"),
          row.as<std::string>("time_zone")};
}

window_counts read_piece(json_row const& row) {
  return {{row.as<instant>("start"), row.as<instant>("end")},
          {{row.as<std::uint64_t>("open"), row.as<std::uint64_t>("close")}}};
}

/// Adds one file to the sum, which the first file's grouping decides about.
class state_reader {
 public:
  state_reader(tally& sum, std::string const& path, std::pmr::memory_resource& memory)
      : sum_{sum}, path_{path == "-" ? "<stdin>" : path}, memory_{memory} {}

  void read(spillway::io::json_lines_reader lines) {
    for (auto const& row : lines) {
      line_ = *row.line();
      try {
        take(row);
      } catch (spillway::value_error const& problem) {
        throw spillway::parse_error{path_, {.line = line_}, problem.what()};
      }
    }
    if (!complete_) {
      throw spillway::parse_error{path_, {.line = line_}, "this is not the whole of a state: its last line is missing"};
    }
  }

 private:
  void take(json_row const& row) {
    if (complete_) throw spillway::value_error{"nothing after the totals", row.verbatim()};
    if (!begun_) {
      begin(read_first_line(row));
    } else if (row.find<std::uint64_t>("pieces")) {
      end(row);
    } else {
      auto const piece = read_piece(row);
      sum_.counter->add_piece(piece);
      events_ += piece.counts;
      ++pieces_;
    }
  }

  void begin(grouping const& mine) {
    begun_ = true;
    if (!sum_.counter) {
      sum_.counter = make_counter(mine, memory_);
      sum_.grouping = mine;
    }
    if (!(sum_.grouping == mine)) {
      throw spillway::argument_error{"'" + path_ + "' was counted in other windows than the states before it"};
    }
  }

  void end(json_row const& row) {
    if (row.as<std::uint64_t>("pieces") != pieces_ || row.as<std::uint64_t>("events") != events_.total()) {
      throw spillway::value_error{fmt::format("totals of {} pieces and {} events", pieces_, events_.total()),
                                  row.verbatim()};
    }
    sum_.rejected += row.as<std::uint64_t>("rejected");
    complete_ = true;
  }

  tally& sum_;
  std::string path_;
  std::pmr::memory_resource& memory_;
  std::uint64_t line_ = 1;
  std::uint64_t pieces_ = 0;
  action_counts events_;
  bool begun_ = false;
  bool complete_ = false;
};

}  // namespace

void print_state(tally const& shard, std::stop_token const& stop) {
  spillway::io::output_file out{"-"};
  out.append(first_line(shard.grouping));
  std::string line;
  std::uint64_t pieces = 0;
  shard.counter->for_each_piece([&](window_counts const& piece) {
    spillway::throw_if_cancelled(stop);
    line.clear();
    fmt::format_to(std::back_inserter(line),
                   FMT_COMPILE(R"({{"start":"{}","end":"{}","open":{},"close":{}}})"
                               "\n"),
                   spillway::calendar::format_instant(piece.window.start).view(),
                   spillway::calendar::format_instant(piece.window.end).view(), piece.counts[action::open],
                   piece.counts[action::close]);
    out.append(line);
    ++pieces;
  });
  out.append(fmt::format(R"({{"pieces":{},"events":{},"rejected":{}}})"
                         "\n",
                         pieces, shard.counter->events().total(), shard.rejected));
  out.commit();
}

tally merge_states(std::vector<std::string> const& paths, std::pmr::memory_resource& memory,
                   std::stop_token const& stop) {
  tally sum;
  for (auto const& path : paths) {
    state_reader{sum, path, memory}.read(spillway::io::read_jsonl(path, {.memory = &memory, .stop = stop}));
  }
  return sum;
}

}  // namespace process_actions
