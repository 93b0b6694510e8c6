#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/detail/handle.hpp>
#include <spillway/duckdb/error.hpp>

#include <duckdb.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace spillway::duckdb {

enum class access {
  read_write,     ///< make the file if there is none
  existing_only,  ///< read and write a file that is there
  read_only,      ///< several processes may do so at once
};

struct database_options {
  duckdb::access access = access::read_write;
  /// Bytes for DuckDB's buffers and operators; by default most of the machine's memory. Beside them the library takes
  /// some 30 MiB, and allocations within an operator may overshoot a little.
  std::optional<std::uint64_t> memory_limit = std::nullopt;
  /// By default one for each core.
  std::optional<unsigned> threads = std::nullopt;
  /// A folder for what does not fit, made when it is needed; by default `<path>.tmp`.
  std::string temporary_folder = {};
};

/// An open DuckDB file, or with the path `:memory:` none. Held exclusively by this process unless read only.
///
/// Everything that comes from it keeps it open. Thread safety: connections may be made on several threads.
class database {
 public:
  /// \throws io_error if the file is not there though it must be, or is a folder; database_error in DuckDB's words if
  ///         another process holds it, it is not a DuckDB file, or it can't be made; argument_error for options that
  ///         DuckDB refuses.
  explicit database(std::string path, database_options const& options = {}) : path_{std::move(path)} {
    check_path(options.access);
    handle_config config;
    duckdb_create_config(config.out());
    if (options.access == access::read_only) set(config, "access_mode", "READ_ONLY");
    if (options.memory_limit) set(config, "memory_limit", std::to_string(*options.memory_limit) + "B");
    if (options.threads) set(config, "threads", std::to_string(*options.threads));
    if (!options.temporary_folder.empty()) set(config, "temp_directory", options.temporary_folder);
    char* problem = nullptr;
    if (duckdb_open_ext(path_.c_str(), database_.out(), config.get(), &problem) == DuckDBError) {
      std::string const message{problem != nullptr ? problem : "no reason given"};
      duckdb_free(problem);
      throw database_error{"can't open '" + path_ + "'", message};
    }
  }

  [[nodiscard]] std::string const& path() const noexcept { return path_; }
  [[nodiscard]] duckdb_database raw() const noexcept { return database_.get(); }

 private:
  using handle_config = detail::handle<duckdb_config, duckdb_destroy_config>;

  static void set(handle_config& config, char const* name, std::string const& value) {
    if (duckdb_set_config(config.get(), name, value.c_str()) == DuckDBError) {
      throw argument_error{std::string{"DuckDB does not take '"} + value + "' for " + name};
    }
  }

  void check_path(access access) const {
    if (path_.empty() || path_ == ":memory:") return;
    struct ::stat status = {};
    auto const exists = ::stat(path_.c_str(), &status) == 0;
    auto const refuse = [&](int code) { throw io_error{"open", path_, {code, std::generic_category()}}; };
    if (!exists && (access != access::read_write || errno != ENOENT)) refuse(errno);
    if (exists && S_ISDIR(status.st_mode)) refuse(EISDIR);
  }

  std::string path_;
  detail::handle<duckdb_database, duckdb_close> database_;
};

}  // namespace spillway::duckdb
