#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/duckdb/database.hpp>
#include <spillway/duckdb/detail/handle.hpp>
#include <spillway/duckdb/error.hpp>
#include <spillway/duckdb/result.hpp>
#include <spillway/duckdb/types.hpp>

#include <duckdb.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::duckdb {

namespace detail {

using raw_connection = handle<duckdb_connection, duckdb_disconnect>;
using raw_statement = handle<duckdb_prepared_statement, duckdb_destroy_prepare>;

using raw_extracted = handle<duckdb_extracted_statements, duckdb_destroy_extracted>;
using raw_pending = handle<duckdb_pending_result, duckdb_destroy_pending>;

/// What a failed step means: its stop request or its error.
[[noreturn]] inline void fail(std::stop_token const& stop, char const* message) {
  throw_if_cancelled(stop);
  throw database_error{message != nullptr ? message : "no reason given"};
}

enum class fetching { at_once, while_read };

/// A stop request before or while the statement runs interrupts it: DuckDB forgets earlier interruptions when a
/// statement becomes pending, and listening starts after that.
inline result run(duckdb_connection connection, duckdb_prepared_statement statement, fetching how,
                  std::stop_token const& stop) {
  throw_if_cancelled(stop);
  raw_pending pending;
  auto const start = how == fetching::at_once ? duckdb_pending_prepared : duckdb_pending_prepared_streaming;
  if (start(statement, pending.out()) == DuckDBError) fail(stop, duckdb_pending_error(pending.get()));
  std::stop_callback const interrupt{stop, [connection] { duckdb_interrupt(connection); }};
  duckdb_result raw;
  auto const state = duckdb_execute_pending(pending.get(), &raw);
  result done{raw};
  if (state == DuckDBError) fail(stop, done.problem());
  return done;
}

}  // namespace detail

/// A statement with parameters (`?`, `$1`) that is run many times.
class statement {
 public:
  statement(duckdb_connection connection, std::string const& sql, std::stop_token stop)
      : connection_{connection}, stop_{std::move(stop)} {
    if (duckdb_prepare(connection, sql.c_str(), statement_.out()) == DuckDBError) {
      throw database_error{duckdb_prepare_error(statement_.get())};
    }
  }

  /// Gives the parameters their values, from the first on: bool, integers, double, text, date, timestamp, and nullopt
  /// or an empty optional for NULL.
  template <class... Values>
  statement& bind(Values const&... values) {
    if (sizeof...(Values) != duckdb_nparams(statement_.get())) {
      throw argument_error{"the statement has " + std::to_string(duckdb_nparams(statement_.get())) +
                           " parameters, not " + std::to_string(sizeof...(Values))};
    }
    [[maybe_unused]] idx_t index = 0;
    (check(bind_one(++index, values)), ...);
    return *this;
  }

  /// Runs it to its end and returns how many rows it inserted, updated or deleted.
  std::uint64_t execute() {
    return detail::run(connection_, statement_.get(), detail::fetching::at_once, stop_).rows_changed();
  }

  /// Starts it; the result is fetched while it is read, and must be done with before the statement runs again.
  [[nodiscard]] result query() {
    return detail::run(connection_, statement_.get(), detail::fetching::while_read, stop_);
  }

 private:
  void check(duckdb_state state) const {
    if (state == DuckDBError) throw database_error{duckdb_prepare_error(statement_.get())};
  }

  duckdb_state bind_one(idx_t index, std::nullopt_t) { return duckdb_bind_null(statement_.get(), index); }
  duckdb_state bind_one(idx_t index, bool value) { return duckdb_bind_boolean(statement_.get(), index, value); }
  template <std::signed_integral T>
  duckdb_state bind_one(idx_t index, T value) {
    return duckdb_bind_int64(statement_.get(), index, value);
  }
  template <std::unsigned_integral T>
  duckdb_state bind_one(idx_t index, T value) {
    return duckdb_bind_uint64(statement_.get(), index, value);
  }
  duckdb_state bind_one(idx_t index, double value) { return duckdb_bind_double(statement_.get(), index, value); }
  template <std::convertible_to<std::string_view> T>
  duckdb_state bind_one(idx_t index, T const& value) {
    std::string_view const text{value};
    return duckdb_bind_varchar_length(statement_.get(), index, text.data(), text.size());
  }
  duckdb_state bind_one(idx_t index, date value) {
    return duckdb_bind_date(statement_.get(), index, {detail::storage<date>::store(value)});
  }
  duckdb_state bind_one(idx_t index, timestamp value) {
    return duckdb_bind_timestamp(statement_.get(), index, {detail::storage<timestamp>::store(value)});
  }
  template <class T>
  duckdb_state bind_one(idx_t index, std::optional<T> const& value) {
    return value ? bind_one(index, *value) : bind_one(index, std::nullopt);
  }

  duckdb_connection connection_;
  std::stop_token stop_;
  detail::raw_statement statement_;
};

/// A place to run statements, one at a time, in autocommit mode unless there is a `transaction`.
///
/// Connections of one database see each other's committed work. A stop request interrupts a running statement, which
/// then throws `cancelled`. Not safe for use by several threads at once.
class connection {
 public:
  explicit connection(database const& of, std::stop_token stop = {}) : stop_{std::move(stop)} {
    if (duckdb_connect(of.raw(), connection_.out()) == DuckDBError) {
      throw database_error{"can't connect to '" + of.path() + "'", "no reason given"};
    }
  }

  /// Runs one or several statements without parameters to their end.
  /// \throws database_error in DuckDB's words; cancelled.
  void execute(std::string const& sql) {
    detail::raw_extracted statements;
    auto const count = duckdb_extract_statements(connection_.get(), sql.c_str(), statements.out());
    if (count == 0) detail::fail(stop_, duckdb_extract_statements_error(statements.get()));
    for (idx_t i = 0; i < count; ++i) {
      detail::raw_statement prepared;
      if (duckdb_prepare_extracted_statement(connection_.get(), statements.get(), i, prepared.out()) == DuckDBError) {
        detail::fail(stop_, duckdb_prepare_error(prepared.get()));
      }
      detail::run(connection_.get(), prepared.get(), detail::fetching::at_once, stop_);
    }
  }

  /// Starts a statement that gives rows. `parameters` stand for its `?`, `$1`, ….
  /// \throws database_error in DuckDB's words; argument_error for a wrong number of parameters; cancelled.
  template <class... Parameters>
  [[nodiscard]] result query(std::string const& sql, Parameters const&... parameters) {
    return prepare(sql).bind(parameters...).query();
  }

  /// The only row and column of a query: a count, a name; nothing if that is null or there is no row.
  template <column_value T, class... Parameters>
    requires(!std::same_as<T, std::string_view>)
  [[nodiscard]] std::optional<T> value(std::string const& sql, Parameters const&... parameters) {
    auto found = query(sql, parameters...);
    for (auto const& [first] : found.template rows<std::optional<T>>()) return first;
    return std::nullopt;
  }

  /// \throws database_error if the statement makes no sense.
  [[nodiscard]] statement prepare(std::string const& sql) { return statement{connection_.get(), sql, stop_}; }

  [[nodiscard]] duckdb_connection raw() const noexcept { return connection_.get(); }
  [[nodiscard]] std::stop_token const& stop() const noexcept { return stop_; }

 private:
  detail::raw_connection connection_;
  std::stop_token stop_;
};

}  // namespace spillway::duckdb
