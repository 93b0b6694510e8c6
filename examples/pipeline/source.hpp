#pragma once

#include "pipeline/open_source.hpp"
#include "pipeline/settings.hpp"
#include "pipeline/splits.hpp"

#include <spillway/duckdb/types.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/reading.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

inline constexpr std::string_view split_column = "_data_split";
inline constexpr std::string_view shuffle_column = "_data_shuffle";

/// What a source was found to be.
struct source_description {
  std::vector<spillway::duckdb::column> columns;
  std::uint64_t rejected = 0;
};

/// \throws spillway::error naming what is missing or there twice, and what there is
void require_columns(std::vector<std::string> const& names, std::string const& source);

/// CSV rows as they stand in the source, to be written as CSV again.
source_description collect_csv_rows(spillway::io::byte_source_ptr source, settings const& given, support::run& run,
                                    spillway::io::reject_sink const& rejects, row_collector& into);

/// Rows of a Parquet file, or of a CSV file whose columns' types DuckDB infers: packed by a `duckdb::row_codec` or, to
/// be written as CSV, as lines of text.
///
/// Nested values, and those of types that Parquet has no equal of, are carried as JSON text. `database_memory` is for
/// DuckDB.
source_description collect_table_rows(opened_source source, settings const& given, std::uint64_t database_memory,
                                      support::run& run, spillway::io::reject_sink const& rejects, row_collector& into);

}  // namespace pipeline
