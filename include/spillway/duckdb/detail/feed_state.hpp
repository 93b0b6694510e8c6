#pragma once

#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/error.hpp>
#include <spillway/duckdb/types.hpp>

#include <duckdb.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spillway::duckdb::detail {

/// The chunks between a `feed` and the statement that reads them.
class feed_state {
 public:
  enum phase { open, complete, abandoned };

  explicit feed_state(std::vector<column> columns) : columns_{std::move(columns)} {}

  [[nodiscard]] std::vector<column> const& columns() const noexcept { return columns_; }

  /// False if nobody reads any more.
  bool push(chunk_builder rows) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return waiting_.size() < most_waiting || reader_left_; });
    if (reader_left_) return false;
    waiting_.push_back(std::move(rows));
    changed_.notify_all();
    return true;
  }

  void end(phase how) {
    std::scoped_lock const lock{mutex_};
    phase_ = how;
    changed_.notify_all();
  }

  void leave() {
    std::scoped_lock const lock{mutex_};
    reader_left_ = true;
    waiting_.clear();
    changed_.notify_all();
  }

  /// Nothing at the end.
  /// \throws database_error if the feed was abandoned.
  std::optional<chunk_builder> pull() {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return !waiting_.empty() || phase_ != open || reader_left_; });
    if (phase_ == abandoned || reader_left_) throw database_error{"the feed of rows was abandoned"};
    if (waiting_.empty()) return std::nullopt;
    std::optional<chunk_builder> next{std::move(waiting_.front())};
    waiting_.pop_front();
    changed_.notify_all();
    return next;
  }

 private:
  static constexpr std::size_t most_waiting = 8;

  std::vector<column> columns_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<chunk_builder> waiting_;
  phase phase_ = open;
  bool reader_left_ = false;
};

using shared_feed_state = std::shared_ptr<feed_state>;

inline void bind_feed(duckdb_bind_info info) noexcept {
  auto const& state = *static_cast<shared_feed_state const*>(duckdb_bind_get_extra_info(info));
  for (auto const& each : state->columns()) {
    duckdb_bind_add_result_column(info, each.name.c_str(), make_logical_type(each).get());
  }
}

/// One thread at a time, so that the order is kept.
inline void init_feed(duckdb_init_info info) noexcept { duckdb_init_set_max_threads(info, 1); }

/// The output refers to the pushed chunk's buffers, which DuckDB counts the users of.
inline void pull_feed(duckdb_function_info info, duckdb_data_chunk output) noexcept {
  try {
    auto const& state = *static_cast<shared_feed_state const*>(duckdb_function_get_extra_info(info));
    auto const rows = state->pull();
    if (rows) {
      for (idx_t i = 0; i < state->columns().size(); ++i) {
        duckdb_vector_reference_vector(duckdb_data_chunk_get_vector(output, i),
                                       duckdb_data_chunk_get_vector(rows->raw(), i));
      }
    }
    duckdb_data_chunk_set_size(output, rows ? rows->size() : 0);
  } catch (std::exception const& problem) {
    duckdb_function_set_error(info, problem.what());
  }
}

/// Makes the state a table function and returns its name. Functions can't be dropped: it stays, with an unusable state,
/// until the database is closed, and its name is its own because the state stays with it.
inline std::string register_feed(duckdb_connection connection, shared_feed_state const& state) {
  auto name = "spillway_feed_" + std::to_string(reinterpret_cast<std::uintptr_t>(state.get()));
  handle<duckdb_table_function, duckdb_destroy_table_function> const function{duckdb_create_table_function()};
  duckdb_table_function_set_name(function.get(), name.c_str());
  duckdb_table_function_set_extra_info(function.get(), new shared_feed_state{state},
                                       [](void* kept) { delete static_cast<shared_feed_state*>(kept); });
  duckdb_table_function_set_bind(function.get(), bind_feed);
  duckdb_table_function_set_init(function.get(), init_feed);
  duckdb_table_function_set_function(function.get(), pull_feed);
  if (duckdb_register_table_function(connection, function.get()) == DuckDBError) {
    throw database_error{"the table function '" + name + "' could not be registered"};
  }
  return name;
}

}  // namespace spillway::duckdb::detail
