#pragma once

#include "pipeline/open_source.hpp"
#include "pipeline/settings.hpp"

#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/database.hpp>
#include <spillway/duckdb/error.hpp>
#include <spillway/duckdb/types.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/reading.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace pipeline {

/// What can't be read by its path, put where it can: a nameless file on scratch.
class spool {
 public:
  spool(spillway::io::byte_source& from, std::string const& folder, std::stop_token const& stop);
  spool(spool const&) = delete;
  spool& operator=(spool const&) = delete;
  ~spool();

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// A Parquet or CSV file as DuckDB reads it, with a database of its own.
class table_file {
 public:
  /// `name` is what messages call it. `memory` is for DuckDB.
  table_file(std::string name, opened_source source, settings const& given, std::uint64_t memory,
             std::stop_token const& stop);

  [[nodiscard]] std::string const& name() const noexcept { return name_; }
  [[nodiscard]] file_format format() const noexcept { return format_; }
  /// The file itself, or its contents on scratch: readable as long as this object lives.
  [[nodiscard]] std::string const& path() const noexcept { return path_; }
  [[nodiscard]] spillway::duckdb::database const& database() const noexcept { return database_; }
  [[nodiscard]] spillway::duckdb::connection& connection() noexcept { return connection_; }

  /// As it stands behind FROM. `more` are options for reading CSV, after a comma.
  [[nodiscard]] std::string from(std::string const& more = {}) const;

  /// The columns as they will be read.
  [[nodiscard]] std::vector<spillway::duckdb::column> columns();

  /// Hands on the lines of CSV that DuckDB did not take, and tells how many there were.
  std::uint64_t hand_on_rejects(spillway::io::reject_sink const& rejects);

  /// DuckDB's messages name the file that it read and go on over lines.
  template <class Step>
  auto in_words_of_the_source(Step step) const {
    try {
      return step();
    } catch (spillway::duckdb::database_error const& problem) {
      fail(problem);
    }
  }

 private:
  [[noreturn]] void fail(spillway::duckdb::database_error const& problem) const;

  std::string name_;
  settings const& given_;
  std::uint64_t memory_;
  file_format format_;
  std::string path_;
  std::optional<spool> spool_;
  spillway::duckdb::database database_;
  spillway::duckdb::connection connection_;
};

}  // namespace pipeline
