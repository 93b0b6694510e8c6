#pragma once

#include "pipeline/settings.hpp"

#include <spillway/io/byte_source.hpp>

#include <stop_token>
#include <string>

namespace pipeline {

/// A source before anything is read of it but its first bytes.
struct opened_source {
  file_format format;
  /// The file for DuckDB to read, if it is an uncompressed one.
  std::string path;
  /// All of its bytes, decompressed; null for Parquet that can be read by its path.
  spillway::io::byte_source_ptr bytes;
};

/// What a file is, its first bytes tell.
/// \throws spillway::error for a `bigquery:` source; what `open_input` throws
[[nodiscard]] opened_source open_source(std::string const& name, std::stop_token stop);

}  // namespace pipeline
