#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/detail/feed_state.hpp>
#include <spillway/duckdb/error.hpp>
#include <spillway/duckdb/types.hpp>

#include <duckdb.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace spillway::duckdb {

/// A statement that reads, as a table, the chunks that are pushed to it while it runs.
///
/// The statement runs on a thread of its own, so that making rows and storing them overlap. It gets the rows in the
/// order in which they were pushed and without a copy. Until `finish()`, or the destructor, the connection can't be
/// used for anything else. The statement is abandoned, and with it its transaction, if the feed is destroyed
/// unfinished.
///
/// Memory: up to 8 chunks wait. Thread safety: `push` and `finish` by one thread at a time.
///
///     feed votes{connection, columns, "INSERT INTO votes SELECT * FROM {}"};
class feed {
 public:
  /// `{}` in `sql` stands for the table of pushed rows.
  /// \throws argument_error if there is no `{}`; database_error.
  feed(connection& to, std::vector<column> columns, std::string_view sql)
      : connection_{to}, state_{std::make_shared<detail::feed_state>(std::move(columns))} {
    auto const place = sql.find("{}");
    if (place == std::string_view::npos) throw argument_error{"a feed's statement needs a {}"};
    auto const name = detail::register_feed(to.raw(), state_);
    statement_ = std::string{sql.substr(0, place)}.append(name).append("()").append(sql.substr(place + 2));
    runner_ = std::thread{[this] { run(); }};
  }
  feed(feed const&) = delete;
  feed& operator=(feed const&) = delete;
  ~feed() {
    if (!runner_.joinable()) return;
    state_->end(detail::feed_state::abandoned);
    duckdb_interrupt(connection_.raw());
    runner_.join();
  }

  /// An empty chunk with the feed's columns, to be filled and pushed.
  [[nodiscard]] chunk_builder make_chunk() const { return chunk_builder{state_->columns()}; }

  /// Waits while too many chunks wait already.
  /// \throws database_error if the statement has failed; cancelled.
  void push(chunk_builder rows) {
    throw_if_cancelled(connection_.stop());
    if (rows.size() != 0 && !state_->push(std::move(rows))) conclude();
  }

  /// Ends the table. The statement runs on to its end; `finish` waits for it.
  void end() { state_->end(detail::feed_state::complete); }

  /// Ends the table, waits for the statement to end, and returns how many rows it stored.
  /// \throws database_error if the statement has failed; cancelled.
  std::uint64_t finish() {
    end();
    conclude();
    return rows_;
  }

 private:
  void run() noexcept {
    duckdb_result raw;
    if (duckdb_query(connection_.raw(), statement_.c_str(), &raw) == DuckDBError) {
      auto const* const message = duckdb_result_error(&raw);
      problem_ = message != nullptr ? message : "no reason given";
    } else {
      rows_ = duckdb_rows_changed(&raw);
    }
    duckdb_destroy_result(&raw);
    state_->leave();
  }

  void conclude() {
    if (runner_.joinable()) {
      std::stop_callback const interrupt{connection_.stop(), [this] { duckdb_interrupt(connection_.raw()); }};
      runner_.join();
    }
    if (!problem_.empty()) detail::fail(connection_.stop(), problem_.c_str());
  }

  connection& connection_;
  std::shared_ptr<detail::feed_state> state_;
  std::string statement_;
  std::string problem_;
  std::uint64_t rows_ = 0;
  std::thread runner_;
};

}  // namespace spillway::duckdb
