#pragma once

#include "pipeline/check_data/settings.hpp"
#include "support/program.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace pipeline {

enum class file_format { parquet, csv };

/// What to do with rows whose `_data_split` is none of the three.
enum class unknown_split { error, skip };

/// What all steps are told.
struct settings {
  std::string source = {};
  std::string out = {};
  file_format format = file_format::parquet;
  unknown_split unknown = unknown_split::error;
  /// Of Parquet; fewer if the memory asks for it.
  std::uint64_t rows_per_group = 122'880;
  /// Of CSV that becomes Parquet: how many rows at the start tell the columns' types; nothing for all of them.
  std::optional<std::uint64_t> sample_rows = 100'000;
  check_settings check = {};
  support::common_options common = {};
};

}  // namespace pipeline
