#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/feed.hpp>
#include <spillway/duckdb/result.hpp>
#include <spillway/duckdb/types.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace spillway::duckdb {

namespace detail {

/// Opens a file, has `step(descriptor)` return 0, and says what went wrong in the system's words.
template <class Step>
void with_file(char const* operation, std::string const& path, Step step) {
  auto const descriptor = ::open(path.c_str(), O_RDONLY | O_NOCTTY | O_CLOEXEC);
  auto const failed = descriptor == -1 || step(descriptor) != 0;
  auto const code = errno;
  if (descriptor != -1) ::close(descriptor);
  if (failed) throw io_error{operation, path, {code, std::generic_category()}};
}

}  // namespace detail

/// Reads a Parquet file, the columns named or all of them, row group by row group in the order of the file.
///
/// Memory: within the database's memory limit.
/// \throws io_error if the file can't be opened; database_error if it is not a Parquet file or lacks a column.
[[nodiscard]] inline result read_parquet(connection& on, std::string const& path,
                                         std::vector<std::string> const& columns = {}) {
  detail::with_file("open", path, [](int) { return 0; });
  std::string list;
  for (auto const& name : columns) list.append(list.empty() ? "" : ", ").append(identifier(name));
  return on.query("SELECT " + (list.empty() ? "*" : list) + " FROM read_parquet(" + literal(path) + ')');
}

enum class parquet_compression { zstd, snappy, uncompressed };

struct parquet_options {
  parquet_compression compression = parquet_compression::zstd;
  /// Readers hold about a row group in memory.
  std::uint64_t rows_per_group = 122'880;
};

/// Writes a Parquet file from chunks, in their order. The file appears whole with `finish()` or not at all; a kill may
/// leave `<path>.part`, which the next writer replaces.
///
/// Memory: within the database's memory limit; about two row groups.
class parquet_writer {
 public:
  /// \throws database_error if the file can't be made.
  parquet_writer(connection& on, std::string path, std::vector<column> columns, parquet_options const& options = {})
      : path_{std::move(path)}, part_{path_}, feed_{on, std::move(columns), statement(part_.path, options)} {}

  [[nodiscard]] chunk_builder make_chunk() const { return feed_.make_chunk(); }

  /// \throws database_error, for example if the disk is full; cancelled.
  void push(chunk_builder rows) { feed_.push(std::move(rows)); }

  /// Returns the number of rows. The file survives a power failure then.
  std::uint64_t finish() {
    auto const rows = feed_.finish();
    detail::with_file("sync", part_.path, ::fsync);
    if (std::rename(part_.path.c_str(), path_.c_str()) != 0) {
      throw io_error{"replace", path_, {errno, std::generic_category()}};
    }
    part_.path.clear();
    auto const folder = std::filesystem::path{path_}.parent_path();
    detail::with_file("sync", folder.empty() ? "." : folder.string(), ::fsync);
    return rows;
  }

 private:
  /// Gone with the writer unless it was renamed. Declared before the feed, so that its file is closed by then.
  struct part_file {
    explicit part_file(std::string const& target) : path{target + ".part"} {}
    part_file(part_file const&) = delete;
    part_file& operator=(part_file const&) = delete;
    ~part_file() {
      if (!path.empty()) ::unlink(path.c_str());
    }
    std::string path;
  };

  static std::string statement(std::string const& path, parquet_options const& options) {
    constexpr char const* names[] = {"zstd", "snappy", "uncompressed"};
    return "COPY (SELECT * FROM {}) TO " + literal(path) + " (FORMAT parquet, USE_TMP_FILE false, COMPRESSION " +
           names[static_cast<int>(options.compression)] + ", ROW_GROUP_SIZE " + std::to_string(options.rows_per_group) +
           ')';
  }

  std::string path_;
  part_file part_;
  feed feed_;
};

}  // namespace spillway::duckdb
