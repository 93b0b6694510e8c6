#pragma once

#include "pipeline/settings.hpp"
#include "pipeline/splits.hpp"

#include <spillway/duckdb/types.hpp>
#include <spillway/io/output.hpp>
#include <spillway/sort/options.hpp>

#include <cstdint>
#include <vector>

namespace pipeline {

/// What `get-data` did.
struct data_report {
  split_counts counts;
  std::uint64_t rejected = 0;
  std::vector<spillway::duckdb::column> columns;
  spillway::sort::external_result sort;
  double seconds_reading = 0;
  double seconds_writing = 0;
};

void write_json(data_report const& report, settings const& given, spillway::io::output_file& to);
/// A page that needs nothing but itself.
void write_html(data_report const& report, settings const& given, spillway::io::output_file& to);

}  // namespace pipeline
