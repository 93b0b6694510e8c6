#include "make_data/make_data.hpp"
#include "make_data/transactions.hpp"
#include "support/program.hpp"
#include "support/sizes.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace {

using make_data::recipe;

/// A fraction of the rows, from 0 to 1, in parts per million.
CLI::Option* add_fraction(CLI::App& app, std::string const& name, std::uint64_t& per_million, std::string const& help) {
  return app
      .add_option_function<double>(
          name,
          [&per_million](double fraction) { per_million = static_cast<std::uint64_t>(std::llround(fraction * 1e6)); },
          help)
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("FRACTION");
}

CLI::Option* add_count(CLI::App& app, std::string const& name, std::uint64_t& count, std::string const& help,
                       std::uint64_t least = 0, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  auto const take = [&count, least, most](std::string const& text) { count = support::parse_count(text, least, most); };
  return support::add_parsed_option(app, name, help, take)->type_name("N")->default_str(std::to_string(count));
}

make_data::key_pattern parse_key_pattern(std::string const& text) {
  using enum make_data::key_pattern;
  if (text == "random") return random;
  if (text == "few") return few;
  if (text == "sorted") return sorted;
  if (text == "reversed") return reversed;
  if (text == "skewed") return skewed;
  throw spillway::value_error{"random, few, sorted, reversed or skewed", text};
}

struct command_line {
  recipe what;
  std::uint64_t days = 0;
  std::string output = "-";
  bool quiet = false;

  CLI::App* add_to(CLI::App& app, std::string const& kind, std::string const& help) {
    auto* const command = app.add_subcommand(kind, help);
    add_count(*command, "--rows", what.rows, "How many rows");
    add_count(*command, "--seed", what.seed, "The same seed gives the same bytes everywhere");
    command->add_option("--output", output, "File to write; .gz, .zst, .bz2 and .xz compress")->capture_default_str();
    command->add_flag("--quiet", quiet, "No closing line");
    return command;
  }

  /// The options of rows that have a time.
  void add_times_to(CLI::App& command, std::uint64_t usual_days) {
    days = usual_days;
    add_count(command, "--days", days, "How many days they spread over, 1 to 100,000", 1, 100'000);
    add_fraction(command, "--duplicates", what.duplicates_per_million, "Rows that repeat an earlier one");
    add_fraction(command, "--malformed", what.malformed_per_million, "Rows with something wrong");
    command.add_flag("--unsorted", what.unsorted, "In random order instead of by time");
  }

  void add_keys_to(CLI::App& command) {
    support::add_parsed_option(command, "--keys", "How the keys are spread",
                               [this](std::string const& text) { what.keys = parse_key_pattern(text); })
        ->type_name("random|few|sorted|reversed|skewed")
        ->default_str("random");
    command.add_flag_callback(
        "--text", [this] { what.form = make_data::record_form::text; }, "Lines of printable characters");
  }

  template <class Write>
  support::exit_code run(Write write) {
    support::run run{{.quiet = quiet}};
    what.days = std::chrono::days{static_cast<std::int64_t>(days)};
    write(what);
    run.finish(what.rows);
    return support::exit_code::good;
  }

  template <class Write>
  support::exit_code run_to_file(Write write) {
    return run([&](recipe const& with) {
      spillway::io::output_file file{output, {.durability = spillway::io::durability::cached}};
      write(with, file);
      file.commit();
    });
  }
};

struct transactions_line : command_line {
  std::string format;

  CLI::App* add_to(CLI::App& app) {
    what.rows = 5'000'000;
    auto* const command = command_line::add_to(app, "transactions", "A table to train on, as CSV or Parquet");
    add_times_to(*command, 1096);
    command->add_option("--format", format, "csv or parquet (default: by the name of the output)")
        ->check(CLI::IsMember({"csv", "parquet"}))
        ->type_name("csv|parquet");
    add_fraction(*command, "--drift", what.drift_per_million, "How far the evaluation part differs from the others");
    auto const take = [this](std::string const& text) { what.whole_shuffle = text == "integer"; };
    command->add_option_function<std::string>("--shuffle", take, "The type of _data_shuffle")
        ->check(CLI::IsMember({"float", "integer"}))
        ->type_name("float|integer")
        ->default_str("float");
    command->get_option("--malformed")->description("Rows with an unknown _data_split");
    return command;
  }

  support::exit_code run() {
    auto const parquet = format.empty() ? output.ends_with(".parquet") : format == "parquet";
    if (!parquet) return run_to_file(make_data::write_transactions_csv);
#ifdef MAKE_DATA_PARQUET
    return command_line::run([&](recipe const& with) { make_data::write_transactions_parquet(with, output); });
#else
    throw spillway::error{"this program was built without DuckDB and can't write Parquet"};
#endif
  }
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Make data of any size for the other programs, the same for the same options.", "make_data"};
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  make_data votes --rows 10000000 --output votes.jsonl\n"
      "  make_data votes --rows 1000 --duplicates 0.01 --malformed 0.001 --unsorted --output votes.jsonl.gz\n"
      "  make_data events --rows 10000000 --unsorted --output events.csv\n"
      "  make_data records --rows 10000000 --keys skewed --output records.bin\n"
      "  make_data transactions --output transactions.parquet\n"
      "  make_data transactions --rows 10000 --drift 0.2 --shuffle integer --output transactions.csv.zst");
  command_line votes;
  auto* const votes_command = votes.add_to(app, "votes", "Votes as JSON lines");
  votes.add_times_to(*votes_command, 3653);
  command_line events;
  auto* const events_command = events.add_to(app, "events", "Events as CSV: time,action");
  events.add_times_to(*events_command, 30);
  events_command->add_flag("--ties", events.what.ties, "The same number of each action in every window");
  command_line records;
  auto* const records_command = records.add_to(app, "records", "Records of 100 bytes with a key of 10, for sorting");
  records.add_keys_to(*records_command);
  transactions_line transactions;
  auto* const transactions_command = transactions.add_to(app);

  return support::run_program(app, {argv, argv + argc}, [&] {
    if (transactions_command->parsed()) return transactions.run();
    if (records_command->parsed()) return records.run_to_file(make_data::write_records);
    return votes_command->parsed() ? votes.run_to_file(make_data::write_votes)
                                   : events.run_to_file(make_data::write_events);
  });
}
