#pragma once

#include "votes/id_set.hpp"
#include "votes/vote.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/database.hpp>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace votes {

struct warehouse_options {
  std::string path = "warehouse.db";
  /// For DuckDB.
  std::uint64_t memory = 128U << 20U;
  /// For telling new ids from others.
  std::uint64_t id_memory = 64U << 20U;
  unsigned threads = 2;
  /// For what does not fit; empty for a folder beside the warehouse.
  std::string scratch = {};
  std::stop_token stop = {};
};

struct ingest_result {
  std::uint64_t lines = 0;          ///< votes and rejected lines
  std::uint64_t added = 0;          ///< votes that are new
  std::uint64_t repeated = 0;       ///< votes whose id came earlier in the file
  std::uint64_t already_there = 0;  ///< votes whose id the warehouse had before the file
  std::uint64_t rejected = 0;
};

/// The DuckDB file with the table `blog_analysis.votes`, held exclusively.
///
/// No two votes of the table have the same id, and that takes no index. What tells new ids from others is, for as long
/// as it fits, a set of the file's ids and, once an id in the range of the table's comes, a set of the table's, which
/// are streamed past. When the sets outgrow their memory, ids beyond all earlier ones are still known to be new; from
/// the first other one on, the file's votes go to a temporary table, which DuckDB joins with the table in the end,
/// within its memory limit. What is stored, and in which order, is the same in each case.
class warehouse {
 public:
  /// Makes the file if there is none.
  explicit warehouse(warehouse_options const& options);
  warehouse(warehouse const&) = delete;
  warehouse& operator=(warehouse const&) = delete;
  /// Removes a file that it made and that nothing was committed to.
  ~warehouse();

  /// Adds the votes of a file that are new, all or, if it throws, none.
  ingest_result ingest(std::string const& file, reading_options const& reading);

 private:
  class file_ingest;

  struct id_range {
    std::int64_t lowest;
    std::int64_t highest;
  };
  enum class stored_ids { not_needed, loaded, too_many };

  [[nodiscard]] std::optional<id_range> stored_range();
  [[nodiscard]] bool is_stored(std::int64_t id);
  void load_stored_ids();
  void add_stored_ids(id_set const& ids);

  warehouse_options options_;
  bool is_temporary_;
  spillway::memory_budget id_memory_;
  std::optional<spillway::duckdb::database> database_;
  std::optional<spillway::duckdb::connection> writer_;
  /// Sees what is committed, also while the writer is busy.
  std::optional<spillway::duckdb::connection> reader_;
  stored_ids stored_ids_state_ = stored_ids::not_needed;
  id_set stored_ids_{&id_memory_};
};

}  // namespace votes
