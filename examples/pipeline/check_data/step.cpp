#include "pipeline/check_data/against_reference.hpp"
#include "pipeline/check_data/compare.hpp"
#include "pipeline/check_data/pictures.hpp"
#include "pipeline/check_data/report.hpp"
#include "pipeline/report_files.hpp"
#include "pipeline/steps.hpp"
#include "support/sizes.hpp"
#include "support/standard_output.hpp"

#include <spillway/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace pipeline {

namespace {

/// A page shows so many features in pictures, the most severe ones.
constexpr std::size_t most_drawn = 200;

/// A split that `get-data` wrote, in the format asked for or else in the other.
std::string split_file(settings const& given, std::string_view name) {
  auto const path = [&](std::string_view extension) {
    return (std::filesystem::path{given.out} / name).string().append(extension);
  };
  auto const* const usual = given.format == file_format::csv ? ".csv" : ".parquet";
  auto const* const other = given.format == file_format::csv ? ".parquet" : ".csv";
  return !std::filesystem::exists(path(usual)) && std::filesystem::exists(path(other)) ? path(other) : path(usual);
}

void require_rows(feature_file const& file) {
  if (file.rows() == 0) throw spillway::error{"'" + file.name() + "' has no rows to compare"};
}

checked_file describe(feature_file const& file) { return {file.name(), file.rows(), file.rejected()}; }

}  // namespace

step_result check_data(settings const& given, support::run& run) {
  auto const started = std::chrono::steady_clock::now();
  auto const& check = given.check;
  // DuckDB reads a column in little memory; to bring CSV into columns takes more.
  auto const database_memory = std::max<std::uint64_t>(given.common.memory / 8, 32U << 20U);
  support::reject_file rejects{given.common.reject_path()};
  auto const open = [&](std::string const& file, std::string_view split) {
    auto opened = std::make_unique<feature_file>(file.empty() ? split_file(given, split) : file, given, database_memory,
                                                 run, rejects.sink());
    require_rows(*opened);
    return opened;
  };
  check_report report;
  if (check.against_reference.empty()) {
    auto const train = open(check.train, "train");
    auto const eval = open(check.eval, "eval");
    auto const memory = given.common.memory - given.common.memory / 8 * 2;
    report.train = describe(*train);
    report.eval = describe(*eval);
    report.findings = compare_features({*train, *eval}, given, memory, run);
    if (!check.save_reference.empty()) save(summarise(*train, given, run), check.save_reference);
  } else {
    auto const train = load_reference(check.against_reference);
    auto const eval = open(check.eval, "eval");
    report.train.name = train.name;
    report.train.rows = train.rows;
    report.eval = describe(*eval);
    report.findings = compare_features(train, *eval, given, run);
  }
  report.ignored.assign(check.thresholds.ignored.begin(), check.thresholds.ignored.end());
  judge(report.findings, check.adjustment, check.significance);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  if (!given.out.empty()) {
    auto const drawn = draw_pictures({report.findings.data(), std::min(report.findings.size(), most_drawn)});
    write_check(given, json_of(report, check), html_of(report, check, drawn));
  }
  if (report.train.rejected + report.eval.rejected != 0 || !given.common.rejects.empty()) rejects.commit();
  support::standard_output out;
  out.append(table_of(report));
  out.commit();

  auto const differs = report.flagged() != 0;
  return {
      .code = differs && check.then == on_difference::fail ? support::exit_code::negative : support::exit_code::good,
      .rows = report.train.rows + report.eval.rows,
      .details = fmt::format("{} of {} features differ", report.flagged(), report.findings.size())};
}

}  // namespace pipeline
