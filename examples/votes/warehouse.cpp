#include "votes/warehouse.hpp"

#include "votes/vote_feed.hpp"

#include <spillway/core/hash.hpp>
#include <spillway/duckdb/transaction.hpp>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

namespace votes {

namespace duckdb = spillway::duckdb;

namespace {

bool exists(std::string const& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// Where DuckDB puts what does not fit: each warehouse its own, so that whoever holds the warehouse owns it.
std::filesystem::path temporary_folder(warehouse_options const& options) {
  auto const path = std::filesystem::absolute(options.path).lexically_normal().string();
  if (options.scratch.empty()) return path + ".tmp";
  return std::filesystem::path{options.scratch} / ("votes-" + std::to_string(spillway::hash64(path)) + ".tmp");
}

/// A process that was killed may have left some.
void clear_temporary_folder(std::filesystem::path const& folder) {
  std::error_code ignored;
  for (auto const& entry : std::filesystem::directory_iterator{folder, ignored}) {
    if (entry.path().filename().string().starts_with("duckdb_temp_")) std::filesystem::remove(entry, ignored);
  }
  std::filesystem::remove(folder, ignored);
}

void check_table(duckdb::connection& on) {
  if (on.query("SELECT * FROM blog_analysis.votes LIMIT 0").columns() != table_columns()) {
    throw spillway::error{"the warehouse's table blog_analysis.votes has other columns than votes have"};
  }
}

void make_table(duckdb::connection& on) {
  on.execute(R"(
    CREATE SCHEMA IF NOT EXISTS blog_analysis;
    CREATE TABLE IF NOT EXISTS blog_analysis.votes(
      Id BIGINT NOT NULL, PostId BIGINT NOT NULL, VoteTypeId BIGINT NOT NULL,
      UserId BIGINT, BountyAmount BIGINT, CreationDate TIMESTAMP NOT NULL))");
}

}  // namespace

warehouse::warehouse(warehouse_options const& options)
    : options_{options}, is_temporary_{!exists(options.path)}, id_memory_{options.id_memory} {
  auto const scratch = temporary_folder(options_);
  database_.emplace(options_.path, duckdb::database_options{.memory_limit = options_.memory,
                                                            .threads = options_.threads,
                                                            .temporary_folder = scratch.string()});
  clear_temporary_folder(scratch);
  writer_.emplace(*database_, options_.stop);
  reader_.emplace(*database_, options_.stop);
}

warehouse::~warehouse() {
  reader_.reset();
  writer_.reset();
  database_.reset();
  if (!is_temporary_) return;
  std::error_code ignored;
  std::filesystem::remove(options_.path, ignored);
  std::filesystem::remove(options_.path + ".wal", ignored);
}

std::optional<warehouse::id_range> warehouse::stored_range() {
  auto const tables = reader_->value<std::int64_t>(
      "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND "
      "schema_name = 'blog_analysis' AND table_name = 'votes'");
  if (tables == 0) return std::nullopt;
  check_table(*reader_);
  auto found = reader_->query("SELECT min(Id), max(Id) FROM blog_analysis.votes");
  for (auto const& [lowest, highest] : found.rows<std::optional<std::int64_t>, std::optional<std::int64_t>>()) {
    if (lowest && highest) return id_range{*lowest, *highest};
  }
  return std::nullopt;
}

bool warehouse::is_stored(std::int64_t id) {
  if (stored_ids_state_ == stored_ids::not_needed) load_stored_ids();
  return stored_ids_.contains(id);
}

void warehouse::load_stored_ids() {
  try {
    auto found = reader_->query("SELECT Id FROM blog_analysis.votes");
    for (auto const& chunk : found) {
      for (auto const id : chunk.column_at<std::int64_t>(0).values()) stored_ids_.insert(id);
    }
    stored_ids_state_ = stored_ids::loaded;
  } catch (spillway::budget_exceeded const&) {
    stored_ids_state_ = stored_ids::too_many;
    stored_ids_.clear();
    throw;
  }
}

void warehouse::add_stored_ids(id_set const& ids) {
  if (stored_ids_state_ != stored_ids::loaded) return;
  try {
    stored_ids_.insert_all(ids);
  } catch (spillway::budget_exceeded const&) {
    stored_ids_state_ = stored_ids::too_many;
    stored_ids_.clear();
  }
}

/// The work of one file, in one transaction.
class warehouse::file_ingest {
 public:
  explicit file_ingest(warehouse& into) : into_{into}, stored_{into.stored_range()}, whole_{*into.writer_} {
    make_table(*into_.writer_);
    table_.emplace(*into_.writer_, "INSERT INTO blog_analysis.votes SELECT * FROM {}");
    if (stored_) highest_ = stored_->highest;
  }

  void add(vote const& vote) {
    if (staged_) return staged_->add(vote);
    if (remembers_) {
      try {
        return add_if_fresh(vote);
      } catch (spillway::budget_exceeded const&) {
        remembers_ = false;
        fresh_.clear();
      }
    }
    add_beyond_highest(vote);
  }

  ingest_result finish(spillway::io::read_result const& read) {
    table_ ? table_->finish() : store_staged();
    whole_.commit();
    into_.is_temporary_ = false;
    if (remembers_) {
      into_.add_stored_ids(fresh_);
    } else if (into_.stored_ids_state_ == stored_ids::loaded) {
      into_.stored_ids_state_ = stored_ids::not_needed;
      into_.stored_ids_.clear();
    }
    return {.lines = read.records + read.rejected,
            .added = added_,
            .repeated = read.records - added_ - already_there_,
            .already_there = already_there_,
            .rejected = read.rejected};
  }

 private:
  void add_if_fresh(vote const& vote) {
    auto const in_range = stored_ && stored_->lowest <= vote.id && vote.id <= stored_->highest;
    if (in_range && into_.is_stored(vote.id)) {
      ++already_there_;
    } else if (fresh_.insert(vote.id)) {
      store(vote);
    }
  }

  void add_beyond_highest(vote const& vote) {
    if (!highest_ || vote.id > *highest_) return store(vote);
    table_->finish();
    table_.reset();
    into_.writer_->execute("CREATE TEMP TABLE staged AS FROM blog_analysis.votes LIMIT 0");
    staged_.emplace(*into_.writer_, "INSERT INTO staged SELECT * FROM {}");
    staged_->add(vote);
  }

  void store(vote const& vote) {
    table_->add(vote);
    ++added_;
    highest_ = highest_ ? std::max(*highest_, vote.id) : vote.id;
  }

  /// Row numbers tell the order of the staged votes, and the votes of this transaction from those before it.
  ///
  /// DuckDB's grouping needs memory in proportion to the rows whatever its limit, some hundred bytes for each beside
  /// the table that is being staged, so it gets parts that fit.
  void store_staged() {
    staged_->finish();
    auto& on = *into_.writer_;
    auto const rows = static_cast<std::uint64_t>(on.value<std::int64_t>("SELECT count(*) FROM staged").value());
    auto const rows_in_part = into_.options_.memory / 640 + 1;
    auto const parts = rows / rows_in_part + 1;
    std::optional<std::int64_t> last_stored;
    if (stored_) last_stored = into_.reader_->value<std::int64_t>("SELECT max(rowid) FROM blog_analysis.votes");
    on.execute("CREATE TEMP TABLE places(place BIGINT)");
    for (std::uint64_t part = 0; part < parts; ++part) find_places(part, parts, last_stored);
    auto const first = on.value<std::int64_t>("SELECT min(rowid) FROM staged").value();
    for (std::uint64_t part = 0; part < parts; ++part) {
      auto const begin = first + static_cast<std::int64_t>(part * rows_in_part);
      added_ += on.prepare(
                      "INSERT INTO blog_analysis.votes SELECT staged.* FROM staged SEMI JOIN "
                      "(FROM places WHERE place >= $1 AND place < $2) ON staged.rowid = place "
                      "WHERE staged.rowid >= $1 AND staged.rowid < $2 ORDER BY staged.rowid")
                    .bind(begin, begin + static_cast<std::int64_t>(rows_in_part))
                    .execute();
    }
    on.execute("DROP TABLE firsts; DROP TABLE places; DROP TABLE staged");
  }

  /// Notes where the first votes of the ids in a part are staged, unless the table has the id.
  void find_places(std::uint64_t part, std::uint64_t parts, std::optional<std::int64_t> last_stored) {
    auto& on = *into_.writer_;
    on.execute(
        "CREATE OR REPLACE TEMP TABLE firsts AS SELECT Id, min(rowid) AS place, count(*) AS votes FROM staged "
        "WHERE hash(Id) % " +
        std::to_string(parts) + " = " + std::to_string(part) + " GROUP BY Id");
    if (last_stored) {
      already_there_ += static_cast<std::uint64_t>(
          on.value<std::int64_t>("SELECT coalesce(sum(votes), 0)::BIGINT FROM firsts SEMI JOIN "
                                 "(SELECT Id FROM blog_analysis.votes WHERE rowid <= ?) USING (Id)",
                                 *last_stored)
              .value());
    }
    on.execute("INSERT INTO places SELECT place FROM firsts ANTI JOIN blog_analysis.votes USING (Id)");
  }

  warehouse& into_;
  std::optional<id_range> stored_;
  duckdb::transaction whole_;
  /// Where votes go that are known to be new, and then, in its place, the ones to be decided on in the end.
  std::optional<vote_feed> table_;
  std::optional<vote_feed> staged_;
  /// The ids that the file added.
  id_set fresh_{&into_.id_memory_};
  bool remembers_ = into_.stored_ids_state_ != stored_ids::too_many;
  /// Of all ids in the table and so far in the file.
  std::optional<std::int64_t> highest_;
  std::uint64_t added_ = 0;
  std::uint64_t already_there_ = 0;
};

ingest_result warehouse::ingest(std::string const& file, reading_options const& reading) {
  file_ingest work{*this};
  auto const read = read_votes(file, reading, [&](std::vector<vote> const& batch) {
    for (auto const& each : batch) work.add(each);
  });
  return work.finish(read);
}

}  // namespace votes
