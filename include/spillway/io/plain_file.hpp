#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace spillway::io {

/// Which file it is and what state it is in, as far as the system tells: two states of a file that was written to in
/// between differ, unless the size is the same and both times of writing fall into one tick of the file system's clock
/// (milliseconds).
struct file_state {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::uint64_t size = 0;
  std::int64_t modified_seconds = 0;
  std::int64_t modified_nanoseconds = 0;

  static file_state of(struct ::stat const& status) noexcept {
    return {.device = status.st_dev,
            .inode = status.st_ino,
            .size = static_cast<std::uint64_t>(status.st_size),
            .modified_seconds = status.st_mtim.tv_sec,
            .modified_nanoseconds = status.st_mtim.tv_nsec};
  }
  friend bool operator==(file_state const&, file_state const&) = default;
};

/// A regular file whose bytes are the very bytes of a stream, so that it can be read again, also by position.
struct plain_file {
  std::string path;
  /// When it was opened as a stream.
  file_state state;
};

}  // namespace spillway::io
