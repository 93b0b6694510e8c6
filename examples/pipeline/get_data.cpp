#include "pipeline/outputs.hpp"
#include "pipeline/report.hpp"
#include "pipeline/source.hpp"
#include "pipeline/steps.hpp"
#include "support/sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace pipeline {

namespace {

/// The memory in parts: sorting holds its part all the time, DuckDB the other while it reads and again while it writes.
/// Less than 32 MiB is not enough for DuckDB.
struct memory_shares {
  std::uint64_t sorting;
  std::uint64_t database;
};

memory_shares share(settings const& given, bool uses_database) {
  auto const all = given.common.memory;
  if (!uses_database) return {std::max<std::uint64_t>(all - all / 8, 1U << 20U), 0};
  return {std::max<std::uint64_t>(all / 2, 1U << 20U), std::max<std::uint64_t>(all / 2, 32U << 20U)};
}

spillway::sort::external_options sorting(settings const& given, std::uint64_t budget, support::run& run) {
  spillway::sort::external_options options{
      .budget = budget, .threads = given.common.threads, .on_progress = run.on_progress(), .stop = run.stop()};
  if (!given.common.scratch.empty()) options.scratch.folders = {given.common.scratch};
  return options;
}

class stopwatch {
 public:
  double seconds() {
    auto const now = std::chrono::steady_clock::now();
    return std::chrono::duration<double>(now - std::exchange(started_, now)).count();
  }

 private:
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace

step_result get_data(settings const& given, support::run& run) {
  auto source = open_source(given.source, run.stop());
  output_folder folder{given.out};
  split_files files{folder, given.format};
  auto const verbatim = source.format == file_format::csv && given.format == file_format::csv;
  auto const memory = share(given, !verbatim);
  support::reject_file rejects{given.common.reject_path()};
  row_collector rows{sorting(given, memory.sorting, run), given.unknown};

  stopwatch watch;
  auto found = verbatim ? collect_csv_rows(std::move(source.bytes), given, run, rejects.sink(), rows)
                        : collect_table_rows(std::move(source), given, memory.database, run, rejects.sink(), rows);
  rows.check();
  auto const reading = watch.seconds();
  if (given.format == file_format::csv) {
    write_csv_splits(rows, found.columns, files, run.stop());
  } else {
    write_parquet_splits(rows, found.columns, files, given, memory.database, run.stop());
  }
  data_report const report{rows.counts(),      found.rejected, std::move(found.columns),
                           rows.sort_result(), reading,        watch.seconds()};
  write_json(report, given, folder.add("report.json"));
  write_html(report, given, folder.add("report.html"));
  folder.commit();

  auto const& counts = report.counts;
  if (report.rejected != 0 || !given.common.rejects.empty()) rejects.commit();
  if (report.rejected != 0) {
    run.say(fmt::format("{} rows rejected: see {}", support::count_text(report.rejected), given.common.reject_path()));
  }
  if (counts.unknown != 0) {
    run.say(fmt::format("{} rows of unknown splits left out: {}", support::count_text(counts.unknown),
                        counts.unknown_text()));
  }
  return {.rows = counts.known() + counts.unknown + report.rejected,
          .details = fmt::format("{} train, {} eval, {} test", support::count_text(counts.rows[0]),
                                 support::count_text(counts.rows[1]), support::count_text(counts.rows[2]))};
}

}  // namespace pipeline
