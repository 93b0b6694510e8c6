#pragma once

#include <spillway/duckdb/connection.hpp>

#include <duckdb.h>

namespace spillway::duckdb {

/// All that its connection does until `commit()`, or none of it.
class transaction {
 public:
  /// \throws database_error if the connection is in a transaction already.
  explicit transaction(connection& on) : on_{on} { on.execute("BEGIN TRANSACTION"); }
  transaction(transaction const&) = delete;
  transaction& operator=(transaction const&) = delete;
  /// Rolls back what was not committed.
  ~transaction() {
    if (!open_) return;
    duckdb_result ignored;
    duckdb_query(on_.raw(), "ROLLBACK", &ignored);
    duckdb_destroy_result(&ignored);
  }

  /// Afterwards the work survives the end of the process and of the machine.
  /// \throws database_error if it conflicts with another connection's work or can't be written: it is rolled back then.
  void commit() {
    on_.execute("COMMIT");
    open_ = false;
  }

 private:
  connection& on_;
  bool open_ = true;
};

}  // namespace spillway::duckdb
