#include "pipeline/settings.hpp"
#include "pipeline/steps.hpp"
#include "support/program.hpp"
#include "support/sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace {

using pipeline::settings;

struct step {
  std::string_view name;
  std::string_view help;
  pipeline::step_result (*perform)(settings const&, support::run&);
};

/// In the order in which they run.
constexpr std::array steps{
    step{"get-data", "split the source into train, eval and test, each in the order of _data_shuffle",
         pipeline::get_data},
};

std::string step_names() {
  std::string names;
  for (auto const& each : steps) names.append(names.empty() ? "" : ", ").append(each.name);
  return names;
}

struct command_line {
  settings given = {};
  std::vector<std::string> named_steps = {};

  void add_to(CLI::App& app) {
    std::string help = "What to do, in this order whatever the order here:";
    for (auto const& each : steps) help += fmt::format(" {}: {};", each.name, each.help);
    help.back() = '.';
    app.add_option("STEP", named_steps, help)->required();
    app.add_option("--source", given.source, "A Parquet or CSV file, CSV plain or compressed; - is stdin")
        ->type_name("FILE|bigquery:TABLE")
        ->required();
    app.add_option("--out", given.out, "Folder for train, eval, test and the reports, made if it is not there")
        ->type_name("DIR")
        ->required();
    add_choice(app, "--format", given.format,
               {{"parquet", pipeline::file_format::parquet}, {"csv", pipeline::file_format::csv}}, "What to write",
               "parquet");
    add_choice(app, "--unknown-split", given.unknown,
               {{"error", pipeline::unknown_split::error}, {"skip", pipeline::unknown_split::skip}},
               "What to do with rows whose _data_split is none of train, eval, validation and test", "error");
    support::add_parsed_option(
        app, "--rows-per-group", "Rows in a row group of Parquet",
        [this](std::string const& text) { given.rows_per_group = support::parse_count(text, 2048, 10'000'000); })
        ->type_name("N")
        ->default_str("122880");
    support::add_parsed_option(app, "--sample-rows", "Rows of CSV that tell the types of Parquet columns, or all",
                               [this](std::string const& text) {
                                 given.sample_rows.reset();
                                 if (text != "all") given.sample_rows = support::parse_count(text, 1);
                               })
        ->type_name("N|all")
        ->default_str("100000");
    given.common.add_to(app);
  }

  support::exit_code run() const {
    for (auto const& name : named_steps) {
      if (std::ranges::find(steps, name, &step::name) == steps.end()) {
        throw CLI::ValidationError{fmt::format("there is no step '{}', only {}", name, step_names())};
      }
    }
    support::run run{given.common};
    pipeline::step_result last;
    for (auto const& each : steps) {
      if (std::ranges::find(named_steps, each.name) == named_steps.end()) continue;
      last = each.perform(given, run);
    }
    run.finish(last.rows, last.details);
    return last.code;
  }

 private:
  template <class T>
  static void add_choice(CLI::App& app, std::string const& name, T& value, std::map<std::string, T> const& choices,
                         std::string const& help, std::string const& usual) {
    std::string names;
    for (auto const& [choice, meaning] : choices) names.append(names.empty() ? "" : "|").append(choice);
    app.add_option(name, value, help)->transform(CLI::Transformer(choices))->type_name(names)->default_str(usual);
  }
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Prepare data for the training of models.", "pipeline"};
  app.footer(
      "Rows go to the split that _data_split names, in any case, validation being eval; within a split they are in "
      "the\n"
      "order of _data_shuffle, an integer or floating-point number: NaN behind all others, missing ones last, equal "
      "ones\n"
      "in the order of the source.\n\n"
      "Examples:\n"
      "  pipeline get-data --source transactions.parquet --out data\n"
      "  pipeline get-data --source transactions.csv.gz --out data --format csv --memory 64MiB\n"
      "  zcat transactions.csv.gz | pipeline get-data --source - --out data --unknown-split skip");
  command_line line;
  line.add_to(app);
  return support::run_program(app, {argv, argv + argc}, [&] { return line.run(); });
}
