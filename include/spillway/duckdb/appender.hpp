#pragma once

#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/error.hpp>
#include <spillway/duckdb/types.hpp>

#include <duckdb.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace spillway::duckdb {

/// Adds rows to a table, within the connection's transaction if there is one. For many millions of rows a `feed` takes
/// about half the time, since what it is given is not gathered first.
///
/// Rows are sure to be there after `close()`; without it, or after a failure, some may be: use a `transaction` for all
/// or nothing. Memory: DuckDB gathers up to 200,000 rows.
class appender {
 public:
  /// \throws database_error if there is no such table.
  appender(connection& to, std::string const& schema, std::string const& table)
      : stop_{to.stop()}, columns_{describe(to, schema, table)}, pending_{columns_} {
    if (duckdb_appender_create(to.raw(), schema.empty() ? nullptr : schema.c_str(), table.c_str(), appender_.out()) ==
        DuckDBError) {
      fail();
    }
  }

  [[nodiscard]] std::vector<column> const& columns() const noexcept { return columns_; }

  /// One row, with a value or an `optional` for each column.
  /// \throws argument_error if number or types of the values are not those of the table; database_error; cancelled.
  template <class... Values>
  void append(Values const&... values) {
    if (sizeof...(Values) != columns_.size()) {
      throw argument_error{"the table has " + std::to_string(columns_.size()) + " columns, not " +
                           std::to_string(sizeof...(Values))};
    }
    if (pending_.size() == chunk_builder::capacity()) flush();
    [[maybe_unused]] std::size_t index = 0;
    auto const row = pending_.size();
    (set(index++, row, values), ...);
    pending_.resize(row + 1);
  }

  /// Whole chunks, columns as in the table.
  void append(chunk_builder const& rows) {
    flush();
    throw_if_cancelled(stop_);
    check(duckdb_append_data_chunk(appender_.get(), rows.raw()));
  }

  /// \throws database_error, for example if a row violates a constraint: then none of the last rows counts.
  void close() {
    flush();
    check(duckdb_appender_close(appender_.get()));
  }

 private:
  static std::vector<column> describe(connection& to, std::string const& schema, std::string const& table) {
    auto const name = (schema.empty() ? "" : identifier(schema) + '.') + identifier(table);
    return to.query("SELECT * FROM " + name + " LIMIT 0").columns();
  }

  template <class T>
  void set(std::size_t index, std::size_t row, std::optional<T> const& value) {
    pending_.column_at<T>(index).set(row, value);
  }
  template <column_value T>
  void set(std::size_t index, std::size_t row, T const& value) {
    pending_.column_at<T>(index).set(row, value);
  }
  template <std::convertible_to<std::string_view> T>
    requires(!column_value<T>)
  void set(std::size_t index, std::size_t row, T const& text) {
    pending_.column_at<std::string_view>(index).set(row, std::string_view{text});
  }

  void flush() {
    if (pending_.size() == 0) return;
    throw_if_cancelled(stop_);
    check(duckdb_append_data_chunk(appender_.get(), pending_.raw()));
    pending_.clear();
  }

  void check(duckdb_state state) const {
    if (state == DuckDBError) fail();
  }
  [[noreturn]] void fail() const { throw database_error{duckdb_appender_error(appender_.get())}; }

  std::stop_token stop_;
  std::vector<column> columns_;
  chunk_builder pending_;
  detail::handle<duckdb_appender, duckdb_appender_destroy> appender_;
};

}  // namespace spillway::duckdb
