#include "process_actions/report.hpp"
#include "process_actions/state.hpp"
#include "support/program.hpp"
#include "support/sizes.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace {

using namespace process_actions;

struct command_line {
  support::common_options common = {};
  process_actions::grouping grouping = {};
  presentation shown = {};
  std::vector<std::string> events = {};
  std::vector<std::string> states = {};
  std::string out = {};
  bool partial = false;
};

CLI::Option* add_length(CLI::App& app, std::string const& name, std::string const& help,
                        std::function<void(std::chrono::microseconds)> const& take) {
  auto const parse = [take](std::string const& text) { take(support::parse_duration(text)); };
  return support::add_parsed_option(app, name, help, parse)->type_name("LENGTH");
}

void add_options(CLI::App& app, command_line& given) {
  auto* const events = app.add_option("--events-path,--events_path", given.events,
                                      "CSV files with the columns time and action; - is standard input")
                           ->type_name("FILE");
  auto* const merge = app.add_option("--merge", given.states,
                                     "Add up the counts that --partial wrote for shards, instead of reading events")
                          ->type_name("STATE")
                          ->excludes(events);
  auto* const out =
      app.add_option("--out", given.out, "Also write windows.csv, top.csv and summary.json there")->type_name("DIR");
  app.add_flag("--partial", given.partial, "Write counts for --merge to standard output, instead of the report")
      ->excludes(merge)
      ->excludes(out);

  auto* const window = add_length(app, "--window", "Length of a window (default: 10m)",
                                  [&](auto length) { given.grouping.window = length; });
  auto* const slide = add_length(app, "--slide", "Start a window every so often (default: the length of a window)",
                                 [&](auto length) { given.grouping.slide = length; });
  auto* const session = add_length(app, "--session", "Instead, windows that end when nothing happens for so long",
                                   [&](auto gap) { given.grouping.session = gap; })
                            ->excludes(window)
                            ->excludes(slide);
  auto* const zone = app.add_option("--time-zone", given.grouping.time_zone,
                                    "Align windows to the local time of an IANA zone, for example Europe/Berlin")
                         ->type_name("ZONE")
                         ->capture_default_str();
  for (auto* const of_states : {window, slide, session, zone}) of_states->excludes(merge);
  app.add_flag("--sparse", given.shown.sparse, "Leave out windows without events");
  support::add_parsed_option(app, "--top,-k", "How many of the windows with the most Opens",
                             [&](std::string const& text) { given.shown.top = support::parse_count(text); })
      ->type_name("N")
      ->default_str(std::to_string(given.shown.top));
  given.common.add_to(app);
}

tally count_events(command_line const& given, spillway::memory_budget& budget, support::run& run,
                   spillway::io::reject_sink const& rejects) {
  tally sum{given.grouping, make_counter(given.grouping, budget), 0};
  for (auto const& path : given.events) {
    spillway::io::csv_options const options{.on_error = given.common.on_error,
                                            .rejects = rejects,
                                            .longest_record = given.common.longest_record(),
                                            .memory = &budget,
                                            .on_progress = run.on_progress(),
                                            .stop = run.stop()};
    sum.rejected += sum.counter->read(path, options, given.common.threads).rejected;
  }
  return sum;
}

std::string rejected_text(std::uint64_t rejected, command_line const& given) {
  if (rejected == 0) return {};
  auto const text = support::count_text(rejected) + " rejected";
  return given.states.empty() ? text + ": see " + given.common.reject_path() : text;
}

support::exit_code process(command_line const& given) {
  if (given.events.empty() && given.states.empty()) throw CLI::RequiredError("--events-path or --merge");
  support::run run{given.common};
  spillway::memory_budget budget{given.common.memory};
  auto const counts_events = given.states.empty();
  support::reject_file rejects{counts_events ? given.common.reject_path() : ""};
  auto const sum =
      counts_events ? count_events(given, budget, run, rejects.sink()) : merge_states(given.states, budget, run.stop());
  if (given.partial) {
    print_state(sum, run.stop());
  } else {
    write_report(sum, given.shown, given.out, budget, run.stop());
  }
  if (sum.rejected != 0 || !given.common.rejects.empty()) rejects.commit();
  run.finish(sum.counter->events().total() + sum.rejected, rejected_text(sum.rejected, given));
  return support::exit_code::good;
}

/// `-events_path FILE` and `-events_path=FILE`, as the task spells it: one dash before a long name.
std::vector<std::string> with_two_dashes(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  for (auto& argument : arguments) {
    if (argument.starts_with("-events_path") || argument.starts_with("-events-path")) argument.insert(0, 1, '-');
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Count Open and Close events per window of time.", "process_actions"};
  app.footer(
      "Examples:\n"
      "  process_actions -events_path events.csv --out report\n"
      "  process_actions --events-path events.csv.gz --window 1h --slide 10m\n"
      "  process_actions --events-path events.csv --window 1d --time-zone Europe/Berlin\n"
      "  process_actions --events-path shard1.csv --partial > shard1.state\n"
      "  process_actions --merge shard1.state shard2.state --out report");
  command_line given;
  add_options(app, given);
  return support::run_program(app, with_two_dashes(argc, argv), [&] { return process(given); });
}
