#include "support/program.hpp"
#include "support/sizes.hpp"
#include "support/standard_output.hpp"
#include "votes/outliers.hpp"
#include "votes/warehouse.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using votes::output_format;

struct command_line {
  support::common_options common = {};
  std::string warehouse = "warehouse.db";
  std::vector<std::string> files = {};
  output_format format = output_format::csv;

  CLI::App* add_to(CLI::App& app, std::string const& name, std::string const& help) {
    auto* const command = app.add_subcommand(name, help);
    command->add_option("--warehouse", warehouse, "The DuckDB file")->type_name("FILE")->capture_default_str();
    common.add_to(*command);
    return command;
  }
};

votes::reading_options reading(command_line const& line, support::run& run, spillway::io::reject_sink rejects) {
  return {.threads = line.common.threads,
          .lines = {.on_error = line.common.on_error,
                    .rejects = std::move(rejects),
                    .longest_record = 1U << 20U,
                    .on_progress = run.on_progress(),
                    .stop = run.stop()}};
}

void print(std::string_view text) {
  support::standard_output output;
  output.append(text);
  output.commit();
}

void finish_rejects(support::reject_file& file, command_line const& line, support::run& run, std::uint64_t rejected) {
  if (rejected == 0 && line.common.rejects.empty()) return;
  file.commit();
  if (rejected != 0) run.say(fmt::format("{} lines rejected: see {}", rejected, line.common.reject_path()));
}

support::exit_code ingest(command_line const& line) {
  support::run run{line.common};
  support::reject_file rejects{line.common.reject_path()};
  auto const options = reading(line, run, rejects.sink());
  votes::ingest_result all;
  {
    votes::warehouse warehouse{{.path = line.warehouse,
                                .memory = line.common.memory / 2,
                                .id_memory = line.common.memory / 4,
                                .threads = line.common.threads,
                                .scratch = line.common.scratch,
                                .stop = run.stop()}};
    for (auto const& file : line.files) {
      auto const done = warehouse.ingest(file, options);
      print(fmt::format("{}: {} lines, {} new, {} repeated in the file, {} already there, {} rejected\n", file,
                        done.lines, done.added, done.repeated, done.already_there, done.rejected));
      all.lines += done.lines;
      all.added += done.added;
      all.rejected += done.rejected;
    }
  }
  finish_rejects(rejects, line, run, all.rejected);
  run.finish(all.lines, fmt::format("{} new", support::count_text(all.added)));
  return support::exit_code::good;
}

support::exit_code outliers(command_line const& line) {
  support::run run{line.common};
  if (line.files.empty()) {
    auto const found =
        votes::outliers_of_warehouse(line.warehouse, line.common.memory, line.common.threads, run.stop());
    print(text_of(found, line.format));
    run.finish(found.size());
    return support::exit_code::good;
  }
  support::reject_file rejects{line.common.reject_path()};
  std::uint64_t rejected = 0;
  auto const write = rejects.sink();
  auto const found =
      votes::outliers_of_files(line.files, line.common.memory, reading(line, run, [&](spillway::io::reject const& bad) {
                                 ++rejected;
                                 if (write) write(bad);
                               }));
  print(text_of(found.weeks, line.format));
  finish_rejects(rejects, line, run, rejected);
  run.finish(found.lines);
  return support::exit_code::good;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Collect votes in a DuckDB database without repetitions, and find the weeks that stand out.", "votes"};
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  votes ingest votes.jsonl more.jsonl.gz\n"
      "  votes ingest --on-error skip --rejects rejects.jsonl votes.jsonl\n"
      "  votes outliers\n"
      "  votes outliers --format table --warehouse other.db\n"
      "  votes outliers votes.jsonl            without a database");
  command_line line;
  auto* const ingest_command =
      line.add_to(app, "ingest", "Add votes to the warehouse; of votes with the same Id the first counts");
  ingest_command->add_option("FILE", line.files, "JSON lines, plain or compressed; - is stdin")->required();
  auto* const outliers_command = line.add_to(
      app, "outliers", "Weeks whose votes are off the mean by more than 20 %: of the warehouse, or of files if given");
  outliers_command->add_option("FILE", line.files, "JSON lines, plain or compressed; - is stdin");
  outliers_command->add_option("--format", line.format, "csv, table or json")
      ->transform(CLI::Transformer(std::map<std::string, output_format>{
          {"csv", output_format::csv}, {"table", output_format::table}, {"json", output_format::json}}))
      ->type_name("csv|table|json")
      ->default_str("csv");
  return support::run_program(app, {argv, argv + argc},
                              [&] { return ingest_command->parsed() ? ingest(line) : outliers(line); });
}
