#pragma once

#include <spillway/core/error.hpp>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <system_error>
#include <utility>

namespace spillway::duckdb::detail {

/// A file that is gone with the process, for DuckDB to write and for us to read.
class nameless_file {
 public:
  /// \throws io_error if the folder does not take files.
  explicit nameless_file(std::string const& folder) : folder_{folder} {
    descriptor_ = ::open(folder.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor_ != -1) return;
    // What kernels and file systems say that have never heard of O_TMPFILE.
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT) fail("create scratch in");
    auto pattern = folder + "/.spillway.XXXXXX";
    descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (descriptor_ == -1) fail("create scratch in");
    ::unlink(pattern.c_str());
  }
  nameless_file(nameless_file&& other) noexcept
      : folder_{std::move(other.folder_)}, descriptor_{std::exchange(other.descriptor_, -1)} {}
  nameless_file& operator=(nameless_file&&) = delete;
  ~nameless_file() {
    if (descriptor_ != -1) ::close(descriptor_);
  }

  /// Opens it within this process.
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  [[nodiscard]] std::uint64_t size() const {
    auto const end = ::lseek(descriptor_, 0, SEEK_END);
    if (end == -1) fail("measure scratch in");
    return static_cast<std::uint64_t>(end);
  }

  /// Fills `to`.
  void read_at(std::span<char> to, std::uint64_t offset) const {
    for (std::size_t done = 0; done != to.size();) {
      auto const got = ::pread(descriptor_, to.data() + done, to.size() - done, static_cast<::off_t>(offset + done));
      if (got == -1 && errno == EINTR) continue;
      if (got == 0) errno = EIO;
      if (got <= 0) fail("read scratch in");
      done += static_cast<std::size_t>(got);
    }
  }

 private:
  [[noreturn]] void fail(char const* operation) const {
    throw io_error{operation, folder_, {errno, std::generic_category()}};
  }

  std::string folder_;
  int descriptor_ = -1;
};

}  // namespace spillway::duckdb::detail
