#include "pipeline/settings.hpp"
#include "pipeline/steps.hpp"
#include "support/program.hpp"
#include "support/sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
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
    step{"check-data", "compare the distribution of every feature in train and in eval", pipeline::check_data},
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
        ->type_name("FILE|bigquery:TABLE");
    app.add_option("--out", given.out, "Folder for train, eval, test and the reports, made if it is not there")
        ->type_name("DIR");
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
    add_check_options(app);
    given.common.add_to(app);
  }

  support::exit_code run() const {
    for (auto const& name : named_steps) {
      if (std::ranges::find(steps, name, &step::name) == steps.end()) {
        throw CLI::ValidationError{fmt::format("there is no step '{}', only {}", name, step_names())};
      }
    }
    require_files();
    support::run run{given.common};
    pipeline::step_result last;
    for (auto const& each : steps) {
      if (is_named(each.name)) last = each.perform(given, run);
    }
    run.finish(last.rows, last.details);
    return last.code;
  }

 private:
  void add_check_options(CLI::App& app) {
    auto& check = given.check;
    auto* const train = app.add_option("--train", check.train, "check-data: this file instead of train in --out");
    auto* const eval = app.add_option("--eval", check.eval, "check-data: this file instead of eval in --out");
    auto* const save = app.add_option("--save-reference", check.save_reference,
                                      "check-data: keep there what later data can be compared with");
    auto* const against = app.add_option("--against-reference", check.against_reference,
                                         "check-data: compare eval with what was kept of train");
    train->type_name("FILE")->needs(eval);
    eval->type_name("FILE");
    save->type_name("FILE");
    against->type_name("FILE")->excludes(train)->excludes(save);
    app.add_flag_callback(
        "--warn-only", [&check] { check.then = pipeline::on_difference::warn; },
        "check-data: exit with 0 also if features differ");
    app.add_option("--significance", check.significance, "check-data: adjusted p-values count up to it")
        ->type_name("P")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    using spillway::stats::adjustment;
    add_choice(app, "--adjustment", check.adjustment,
               {{"benjamini-hochberg", adjustment::benjamini_hochberg},
                {"benjamini-yekutieli", adjustment::benjamini_yekutieli},
                {"bonferroni", adjustment::bonferroni},
                {"holm", adjustment::holm},
                {"none", adjustment::none}},
               "check-data: how p-values are adjusted for the number of features", "benjamini-hochberg");
    support::add_parsed_option(app, "--thresholds",
                               "check-data: JSON with thresholds for all features and for some, and those to ignore",
                               [&check](std::string const& path) { check.thresholds.read(path); })
        ->type_name("FILE");
    add_repeated_option(app, "--threshold", "the least effect that counts, such as psi=0.25 or amount:psi=off",
                        [&check](std::string const& text) { check.thresholds.set(text); })
        ->type_name("[FEATURE:]EFFECT=VALUE");
    add_repeated_option(app, "--ignore", "leave a feature out", [&check](std::string const& name) {
      check.thresholds.ignored.insert(name);
    })->type_name("FEATURE");
  }

  static CLI::Option* add_repeated_option(CLI::App& app, std::string const& name, std::string const& help,
                                          std::function<void(std::string const&)> const& take) {
    auto const take_all = [name, take](std::vector<std::string> const& texts) {
      try {
        std::ranges::for_each(texts, take);
      } catch (spillway::value_error const& problem) {
        throw CLI::ValidationError{name, problem.what()};
      }
    };
    return app
        .add_option_function<std::vector<std::string>>(name, take_all, "check-data: " + help + "; can be given again")
        ->allow_extra_args(false);
  }

  [[nodiscard]] bool is_named(std::string_view step) const {
    return std::ranges::find(named_steps, step) != named_steps.end();
  }

  void require_files() const {
    auto const require = [](bool there, std::string_view option, std::string_view step) {
      if (!there) throw CLI::RequiredError{fmt::format("{} for {}", option, step)};
    };
    if (is_named("get-data")) {
      require(!given.source.empty(), "--source", "get-data");
      require(!given.out.empty(), "--out", "get-data");
    }
    if (is_named("check-data")) {
      auto const& check = given.check;
      auto const has_train = !check.train.empty() || !check.against_reference.empty();
      require(!given.out.empty() || (has_train && !check.eval.empty()), "--out, or --train and --eval,", "check-data");
      require(check.eval.empty() || has_train, "--train or --against-reference, with --eval,", "check-data");
    }
  }

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
      "check-data flags a feature if the difference is significant and an effect reaches its threshold: of numbers "
      "the\n"
      "Wasserstein distance in standard deviations (wasserstein, 0.1), of categories the Jensen-Shannon distance\n"
      "(jensen_shannon, 0.1), of both the population stability index (psi, 0.1), and of missing values Cohen's h\n"
      "(missing, 0.2); kolmogorov_smirnov and cramers_v are off. It exits with 1 if a feature is flagged.\n\n"
      "Examples:\n"
      "  pipeline get-data --source transactions.parquet --out data\n"
      "  pipeline get-data --source transactions.csv.gz --out data --format csv --memory 64MiB\n"
      "  zcat transactions.csv.gz | pipeline get-data --source - --out data --unknown-split skip\n"
      "  pipeline get-data check-data --source transactions.parquet --out data\n"
      "  pipeline check-data --train monday.csv.gz --eval tuesday.csv.gz --out report --threshold psi=0.25 "
      "--warn-only");
  command_line line;
  line.add_to(app);
  return support::run_program(app, {argv, argv + argc}, [&] { return line.run(); });
}
