#pragma once

#include "pipeline/check_data/feature.hpp"
#include "pipeline/settings.hpp"
#include "pipeline/table_file.hpp"

#include <spillway/core/cancellation.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/detail/nameless_file.hpp>
#include <spillway/duckdb/result.hpp>
#include <spillway/io/reading.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pipeline {

/// A file whose columns can be read one at a time, also by several threads. CSV is read once, and put on scratch column
/// by column.
class feature_file {
 public:
  /// `memory` is for DuckDB. Rejected lines of CSV go to `rejects`.
  feature_file(std::string const& name, settings const& given, std::uint64_t memory, support::run& run,
               spillway::io::reject_sink const& rejects);

  [[nodiscard]] std::string const& name() const noexcept { return file_.name(); }
  [[nodiscard]] std::vector<feature_column> const& columns() const noexcept { return columns_; }
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::uint64_t rejected() const noexcept { return rejected_; }

  /// Whether all values of a column are null.
  [[nodiscard]] bool is_empty(feature_column const& column);

  /// For one thread, on which everything that is read by it is done.
  [[nodiscard]] spillway::duckdb::connection connect(std::stop_token stop) const;

  /// `step(spillway::duckdb::column_view<T>)` for all values of one column, in the order of the file.
  template <class T, class Step>
  void for_each_chunk(spillway::duckdb::connection& on, feature_column const& column, feature_kind as,
                      std::stop_token const& stop, Step step) const {
    auto rows = read(on, column, as);
    while (auto const chunk = rows.take()) {
      spillway::throw_if_cancelled(stop);
      step(chunk->column_at<T>(0));
    }
  }

 private:
  [[nodiscard]] spillway::duckdb::result read(spillway::duckdb::connection& on, feature_column const& column,
                                              feature_kind as) const;
  void store_columns(std::string const& scratch_folder);
  void find_numbers_among_texts();
  [[nodiscard]] std::string from() const;

  table_file file_;
  std::optional<spillway::duckdb::detail::nameless_file> stored_;
  std::vector<feature_column> columns_;
  std::uint64_t rows_ = 0;
  std::uint64_t rejected_ = 0;
};

}  // namespace pipeline
