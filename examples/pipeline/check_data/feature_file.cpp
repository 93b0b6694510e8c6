#include "pipeline/check_data/feature_file.hpp"

#include <spillway/core/error.hpp>

#include <fmt/format.h>

#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
namespace io = spillway::io;

feature_file::feature_file(std::string const& name, settings const& given, std::uint64_t memory, support::run& run,
                           io::reject_sink const& rejects)
    : file_{name, open_source(name, run.stop()), given, memory, run.stop()} {
  for (auto& each : file_.columns()) {
    auto const kind = kind_of(each.type);
    columns_.push_back({std::move(each), kind});
  }
  if (file_.format() == file_format::csv) {
    store_columns(given.common.scratch_folder());
    rejected_ = file_.hand_on_rejects(rejects);
    find_numbers_among_texts();
  }
  // What is read is read by the threads that ask for it.
  file_.connection().execute("SET threads = 1");
  rows_ =
      static_cast<std::uint64_t>(file_.connection().value<std::int64_t>("SELECT count(*) FROM " + from()).value_or(0));
}

void feature_file::store_columns(std::string const& scratch_folder) {
  stored_.emplace(scratch_folder);
  file_.in_words_of_the_source([&] {
    file_.connection().execute("SET preserve_insertion_order = false");
    file_.connection().execute(
        fmt::format("COPY (SELECT * FROM {}) TO {} (FORMAT parquet, COMPRESSION lz4, USE_TMP_FILE false)", file_.from(),
                    duckdb::literal(stored_->path())));
  });
}

/// Columns in which DuckDB met NaN or infinities: these are numbers here.
void feature_file::find_numbers_among_texts() {
  for (auto& each : columns_) {
    if (each.column.type != duckdb::column_type::varchar) continue;
    auto const name = duckdb::identifier(each.column.name);
    auto const all_are_numbers = [&](std::string const& rows) {
      return file_.connection().value<bool>(
          fmt::format("SELECT count(*) > 0 AND count(*) = count(TRY_CAST({0} AS DOUBLE)) FROM "
                      "(SELECT {0} FROM {1} WHERE {0} IS NOT NULL {2})",
                      name, from(), rows));
    };
    if (all_are_numbers("LIMIT 1000").value_or(false) && all_are_numbers("").value_or(false)) {
      each.kind = feature_kind::number;
    }
  }
}

bool feature_file::is_empty(feature_column const& column) {
  auto const found = file_.connection().value<bool>(
      fmt::format("SELECT count(*) = 0 FROM (SELECT 1 FROM {} WHERE {} IS NOT NULL LIMIT 1)", from(),
                  duckdb::identifier(column.column.name)));
  return found.value_or(true);
}

duckdb::connection feature_file::connect(std::stop_token stop) const {
  return duckdb::connection{file_.database(), std::move(stop)};
}

duckdb::result feature_file::read(duckdb::connection& on, feature_column const& column, feature_kind as) const {
  return file_.in_words_of_the_source(
      [&] { return on.query(fmt::format("SELECT {} FROM {}", expression(column.column, as), from())); });
}

std::string feature_file::from() const {
  return "read_parquet(" + duckdb::literal(stored_ ? stored_->path() : file_.path()) + ')';
}

}  // namespace pipeline
