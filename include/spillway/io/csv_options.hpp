#pragma once

#include <spillway/core/progress.hpp>
#include <spillway/io/reading.hpp>

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace spillway::io {

/// Whether the first row has the names of the columns.
enum class csv_header { present, absent };

/// What to do with a row that has not as many fields as there are columns: as the header has, or, without a header,
/// as `column_names` or else the first row has.
enum class ragged_rows {
  error,  ///< it is malformed
  pad,    ///< missing fields at the end read as empty; too many are still malformed
  keep,   ///< take it as it is; `csv_row::size()` tells
};

struct csv_options {
  char delimiter = ',';
  /// None: quotes are data like any other character.
  std::optional<char> quote = '"';
  csv_header header = csv_header::present;
  /// For an input without a header: what its columns are called.
  std::vector<std::string> column_names = {};
  /// Columns without which the input makes no sense; it is refused if one is missing or there more than once.
  std::vector<std::string> required_columns = {};
  ragged_rows ragged = ragged_rows::error;
  error_policy on_error = error_policy::fail;
  /// Takes the rows that `error_policy::skip` skips.
  reject_sink rejects = {};
  /// Bytes read and worked on at a time. A chunk and its index should stay within the second-level cache.
  std::size_t chunk_size = 256 * 1024;
  /// The longest row that is accepted, with its line end; must be below 4 GiB.
  std::size_t longest_record = 16 * 1024 * 1024;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  progress_callback on_progress = {};
  std::stop_token stop = {};
};

}  // namespace spillway::io
