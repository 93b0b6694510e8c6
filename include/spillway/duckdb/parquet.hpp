#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/database.hpp>
#include <spillway/duckdb/detail/nameless_file.hpp>
#include <spillway/duckdb/detail/parquet_parts.hpp>
#include <spillway/duckdb/feed.hpp>
#include <spillway/duckdb/result.hpp>
#include <spillway/duckdb/types.hpp>
#include <spillway/io/output.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace spillway::duckdb {

namespace detail {

/// Says in the system's words why a file can't be opened, if it can't.
inline void check_readable(std::string const& path) {
  auto const descriptor = ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor == -1) throw io_error{"open", path, {errno, std::generic_category()}};
  ::close(descriptor);
}

}  // namespace detail

/// Reads a Parquet file, the columns named or all of them, row group by row group in the order of the file.
///
/// Memory: within the database's memory limit.
/// \throws io_error if the file can't be opened; database_error if it is not a Parquet file or lacks a column.
[[nodiscard]] inline result read_parquet(connection& on, std::string const& path,
                                         std::vector<std::string> const& columns = {}) {
  detail::check_readable(path);
  std::string list;
  for (auto const& name : columns) list.append(list.empty() ? "" : ", ").append(identifier(name));
  return on.query("SELECT " + (list.empty() ? "*" : list) + " FROM read_parquet(" + literal(path) + ')');
}

enum class parquet_compression { zstd, snappy, uncompressed };

/// Whether columns of few different values get filters, by which a reader that looks for one can pass over row groups.
enum class bloom_filters { written, left_out };

struct parquet_options {
  parquet_compression compression = parquet_compression::zstd;
  /// Of zstd; DuckDB's own is 3. With 1 a table of numbers is written in a tenth less time and becomes 5 % larger.
  std::optional<int> compression_level = std::nullopt;
  duckdb::bloom_filters bloom_filters = duckdb::bloom_filters::written;
  /// Readers hold about a row group in memory. Rounded up to whole chunks.
  std::uint64_t rows_per_group = 122'880;
  /// Row groups that are compressed at a time.
  unsigned threads = 1;
  /// Where row groups wait for their turn, without a name.
  std::string scratch_folder = "/var/tmp";
  std::stop_token stop = {};
};

/// Writes a Parquet file from chunks, in their order.
///
/// DuckDB writes in order on one thread only, so each row group is written by a statement of its own, several at a
/// time, as a file of its own without a name; these are put together as they are done. The bytes are the same for
/// every number of threads.
///
/// The file appears whole with `finish()` or not at all, also when the process is killed. Memory: within the database's
/// memory limit, and about a row group for each thread and one more. Scratch: compressed, as many.
class parquet_writer {
 public:
  /// \throws io_error if the folder of `path`, or the one for scratch, does not take files.
  parquet_writer(database const& in, std::string path, std::vector<column> columns, parquet_options options = {})
      : parquet_writer{in, std::move(columns), std::move(options)} {
    own_.emplace(std::move(path), io::output_options{.compression = io::compression::none});
    start(*own_);
  }

  /// Writes to a file that nothing was written to, and leaves it to the caller to commit it after `finish()`.
  parquet_writer(database const& in, io::output_file& to, std::vector<column> columns, parquet_options options = {})
      : parquet_writer{in, std::move(columns), std::move(options)} {
    start(to);
  }

  [[nodiscard]] chunk_builder make_chunk() const { return chunk_builder{columns_}; }

  /// \throws database_error or io_error, for example if the disk is full; cancelled.
  void push(chunk_builder rows) {
    auto const count = rows.size();
    if (count == 0) return;
    if (open_ == nullptr) open_ = &next_part();
    open_->rows->push(std::move(rows));
    rows_in_part_ += count;
    if (rows_in_part_ >= options_.rows_per_group) close_part();
  }

  /// Returns the number of rows. If it was made with a path, the file is there then, and survives a power failure.
  std::uint64_t finish() {
    if (started_ == 0) open_ = &next_part();
    if (open_ != nullptr) close_part();
    while (joined_ != started_) join_next();
    to_->append(joined_parts_.end());
    if (own_) own_->commit();
    return static_cast<std::uint64_t>(joined_parts_.rows());
  }

 private:
  struct part {
    part(database const& in, parquet_options const& options) : on{in, options.stop}, file{options.scratch_folder} {}
    connection on;
    detail::nameless_file file;
    std::optional<feed> rows;
  };

  parquet_writer(database const& in, std::vector<column> columns, parquet_options options)
      : columns_{std::move(columns)}, options_{std::move(options)} {
    if (options_.threads == 0 || options_.rows_per_group == 0) {
      throw argument_error{"writing Parquet takes at least one thread, and one row in a group"};
    }
    for (unsigned i = 0; i <= options_.threads; ++i) parts_.push_back(std::make_unique<part>(in, options_));
  }

  void start(io::output_file& to) {
    to_ = &to;
    to.append(detail::parquet_joiner::magic);
  }

  /// Parts are taken in turn; the next one may have to be finished first.
  part& next_part() {
    if (started_ - joined_ == parts_.size()) join_next();
    auto& next = *parts_[started_++ % parts_.size()];
    next.rows.emplace(next.on, columns_, statement(next.file.path()));
    rows_in_part_ = 0;
    return next;
  }

  void close_part() {
    open_->rows->end();
    open_ = nullptr;
  }

  /// Puts the first part that was not yet behind those that were.
  void join_next() {
    auto& next = *parts_[joined_ % parts_.size()];
    next.rows->finish();
    next.rows.reset();
    ++joined_;
    using detail::parquet_joiner;
    auto const size = next.file.size();
    if (size < parquet_joiner::tail_size) throw error{"a part of a Parquet file is damaged"};
    auto const tail = size - parquet_joiner::tail_size;
    auto const footer = tail - parquet_joiner::footer_size(read(next, tail, parquet_joiner::tail_size), size);
    auto const offset = to_->bytes();
    for (std::uint64_t at = parquet_joiner::magic.size(); at < footer; at += block_.size()) {
      to_->append(read(next, at, std::min<std::uint64_t>(footer - at, 256 * 1024)));
    }
    joined_parts_.add(read(next, footer, tail - footer), offset);
  }

  std::string_view read(part const& from, std::uint64_t offset, std::uint64_t size) {
    block_.resize(static_cast<std::size_t>(size));
    from.file.read_at(block_, offset);
    return {block_.data(), block_.size()};
  }

  [[nodiscard]] std::string statement(std::string const& path) const {
    constexpr char const* names[] = {"zstd", "snappy", "uncompressed"};
    // Never two groups in a part.
    auto const rows = options_.rows_per_group + 2 * chunk_builder::capacity();
    auto sql = "COPY (SELECT * FROM {}) TO " + literal(path) + " (FORMAT parquet, USE_TMP_FILE false, COMPRESSION " +
               names[static_cast<int>(options_.compression)] + ", ROW_GROUP_SIZE " + std::to_string(rows);
    if (options_.compression_level) sql += ", COMPRESSION_LEVEL " + std::to_string(*options_.compression_level);
    if (options_.bloom_filters == bloom_filters::left_out) sql += ", WRITE_BLOOM_FILTER false";
    return sql + ')';
  }

  std::vector<column> columns_;
  parquet_options options_;
  std::optional<io::output_file> own_;
  io::output_file* to_ = nullptr;
  detail::parquet_joiner joined_parts_;
  std::vector<char> block_;
  std::vector<std::unique_ptr<part>> parts_;
  part* open_ = nullptr;
  std::uint64_t rows_in_part_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t joined_ = 0;
};

}  // namespace spillway::duckdb
