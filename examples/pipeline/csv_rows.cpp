#include "pipeline/source.hpp"

#include <spillway/core/error.hpp>
#include <spillway/io/csv_reader.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pipeline {

namespace io = spillway::io;

void require_columns(std::vector<std::string> const& names, std::string const& source) {
  std::string missing;
  for (auto const needed : {split_column, shuffle_column}) {
    auto const count = std::ranges::count(names, needed);
    if (count > 1) throw spillway::error{fmt::format("'{}' has the column {} {} times", source, needed, count)};
    if (count == 0) missing += fmt::format("{}{}", missing.empty() ? "" : " and ", needed);
  }
  if (missing.empty()) return;
  std::string there;
  for (auto const& name : names) there += fmt::format("{}{}", there.empty() ? "" : ", ", name);
  throw spillway::error{fmt::format("'{}' has no column {}, only {}", source, missing, there.empty() ? "none" : there)};
}

source_description collect_csv_rows(io::byte_source_ptr source, settings const& given, support::run& run,
                                    io::reject_sink const& rejects, row_collector& into) {
  auto reader = io::read_csv(std::move(source), {.on_error = given.common.on_error,
                                                 .rejects = rejects,
                                                 .longest_record = given.common.longest_record(),
                                                 .on_progress = run.on_progress(),
                                                 .stop = run.stop()});
  std::vector<std::string> const names(reader.header().begin(), reader.header().end());
  require_columns(names, given.source);
  auto const split_at = reader.column(split_column);
  auto const shuffle_at = reader.column(shuffle_column);
  auto const take = [&](row_batch& batch, io::csv_row const& row) {
    auto const part = batch.place(row[split_at]);
    if (!part) return;
    batch.add(in(*part, row.as<row_order>(shuffle_at)), row.verbatim());
  };
  auto const done = reader.for_each_batch(
      given.common.threads, [&] { return into.make_batch(); }, take,
      [&](row_batch const& batch) { into.append(batch); });
  source_description found{{}, done.rejected};
  for (auto const& name : names) found.columns.push_back({name, spillway::duckdb::column_type::varchar});
  return found;
}

}  // namespace pipeline
