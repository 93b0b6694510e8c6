#pragma once

#include "pipeline/settings.hpp"
#include "pipeline/splits.hpp"

#include <spillway/duckdb/types.hpp>
#include <spillway/io/output.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

/// The files of a step in the output folder, which is made if it is not there. They appear together or not at all.
class output_folder {
 public:
  explicit output_folder(std::string path);

  /// \throws spillway::io_error if it can't be made there
  spillway::io::output_file& add(std::string const& name);
  void commit();

 private:
  std::string path_;
  std::vector<std::unique_ptr<spillway::io::output_file>> files_;
};

/// The three files of the splits, opened before anything is read so that a folder that can't be written to is found
/// out early.
struct split_files {
  split_files(output_folder& folder, file_format format);
  std::array<spillway::io::output_file*, split_names.size()> files;
};

/// Writes sorted rows one split after the other.
void write_csv_splits(row_collector& rows, std::vector<spillway::duckdb::column> const& columns, split_files& to,
                      std::stop_token const& stop);
void write_parquet_splits(row_collector& rows, std::vector<spillway::duckdb::column> const& columns, split_files& to,
                          settings const& given, std::uint64_t database_memory, std::stop_token const& stop);

}  // namespace pipeline
