#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/compression.hpp>
#include <spillway/io/detail/decompressing_source.hpp>
#include <spillway/io/detail/file.hpp>
#include <spillway/io/detail/stoppable_wait.hpp>
#include <spillway/io/plain_file.hpp>
#include <spillway/io/read_ahead.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::io {

/// Whether a second thread reads (and decompresses) ahead.
enum class read_ahead {
  automatic,  ///< for compressed input
  always,
  never,
};

struct input_options {
  io::compression compression = io::compression::automatic;
  io::read_ahead read_ahead = io::read_ahead::automatic;
  /// Blocks that the second thread keeps filled, and their size.
  std::size_t blocks = 4;
  std::size_t block_size = 256 * 1024;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  /// Ends waiting for a pipe that nobody writes to.
  std::stop_token stop = {};
};

namespace detail {

/// A file, pipe or device as it is.
///
/// Not mapped into memory. Looking at the bytes where they lie would save a copy (newlines of a cached file: 5.3 GB/s
/// mapped, 3.7 GB/s read, see this header's micro benchmark), but readers need whole records with padding behind them,
/// which takes that copy anyway. A file that somebody truncates meanwhile is a short file here, not a SIGBUS. Nor does
/// a second thread pay for plain files: copying its blocks costs what it saves.
class file_source final : public byte_source {
 public:
  file_source(file opened, std::stop_token stop) : file_{std::move(opened)} {
    auto const status = file_.status();
    if (S_ISDIR(status.st_mode)) throw_io_error("open", file_.path(), EISDIR);
    seekable_ = S_ISREG(status.st_mode);
    if (!seekable_) {
      if (S_ISFIFO(status.st_mode)) enlarge_pipe();
      wait_.emplace(std::move(stop));
      return;
    }
    auto const at = ::lseek(file_.descriptor(), 0, SEEK_CUR);  // not 0 if somebody has read from stdin already
    position_ = {"read", static_cast<std::uint64_t>(std::max<::off_t>(at, 0)),
                 static_cast<std::uint64_t>(status.st_size)};
    state_ = file_state::of(status);
    ::posix_fadvise(file_.descriptor(), 0, 0, POSIX_FADV_SEQUENTIAL);  // advice: whether it is taken does not matter
  }

  std::size_t read(std::span<char> buffer) override {
    auto const replayed = std::min(buffer.size(), peeked_ - replayed_);
    std::memcpy(buffer.data(), start_.data() + replayed_, replayed);
    replayed_ += replayed;
    auto const got = replayed + (at_end_ ? 0 : take(buffer.subspan(replayed)));
    at_end_ = at_end_ || got < buffer.size();  // so that a terminal is not asked again behind its end
    position_.done += got;
    return got;
  }

  /// The first bytes, which will be read again.
  std::string_view peek() {
    peeked_ = seekable_ ? file_.read_at(start_, position_.done) : take(start_);
    at_end_ = !seekable_ && peeked_ < start_.size();
    if (seekable_) replayed_ = peeked_;
    return {start_.data(), peeked_};
  }

  [[nodiscard]] std::string const& name() const noexcept override { return file_.path(); }
  [[nodiscard]] progress position() const noexcept override { return position_; }
  [[nodiscard]] std::optional<plain_file> reread() const override {
    if (!seekable_ || file_.descriptor() == STDIN_FILENO) return std::nullopt;
    return plain_file{file_.path(), state_};
  }

 private:
  std::size_t take(std::span<char> buffer) {
    if (!wait_) return file_.read(buffer);
    return file_.read(buffer, [&] { wait_->until_readable(file_.descriptor()); });
  }

  /// With more room than the usual 64 KiB, the writer goes on while we do something else, and switches are rarer.
  void enlarge_pipe() const noexcept {
#ifdef F_SETPIPE_SZ
    constexpr int usual_limit = 1 << 20;
    ::fcntl(file_.descriptor(), F_SETPIPE_SZ, usual_limit);  // advice: whether it is taken does not matter
#endif
  }

  file file_;
  std::optional<stoppable_wait> wait_;
  bool seekable_ = false;
  bool at_end_ = false;
  file_state state_;
  progress position_{"read", 0, 0};
  std::array<char, longest_magic> start_{};
  std::size_t peeked_ = 0;
  std::size_t replayed_ = 0;
};

}  // namespace detail

/// Opens a file for reading; `-` is stdin, which stays open afterwards.
///
/// Compressed files (gzip, zstd, bzip2, xz; several members or frames too) are decompressed on a second thread. What
/// they are is told by their first bytes, also on pipes, and only where those say nothing by their extension, so that
/// an empty `.gz` file is an error as any other truncated one.
///
/// Memory: `blocks` × `block_size` for the second thread and 128 KiB for compressed bytes from `options.memory`; the
/// decompressor's own window beside that (gzip 40 KiB, bzip2 4 MiB, zstd and xz as the writer chose: 8 MiB is usual,
/// and more than 128 MiB is refused).
/// \throws io_error if there is no such file, it is a folder or it can't be read. Reading from the source throws
///         corrupt_data, with the path and the place in the compressed file, if that is damaged or cut off. Both throw
///         cancelled if a stop is requested while they wait for a pipe, a terminal or a socket.
[[nodiscard]] inline byte_source_ptr open_input(std::string const& path, input_options const& options = {}) {
  using detail::file;
  // With O_NONBLOCK a named pipe opens at once: it is waited for where that can be stopped.
  auto source =
      std::make_unique<detail::file_source>(path == "-" ? file{STDIN_FILENO, "<stdin>", file::ownership::leaves_open}
                                                        : file::open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK),
                                            options.stop);
  auto kind = options.compression;
  if (kind == compression::automatic) {
    kind = compression_by_magic(source->peek());
    if (kind == compression::none) kind = compression_by_name(path);
  }
  auto opened = detail::decompress(std::move(source), kind, options.memory);
  auto const automatic = kind != compression::none ? read_ahead::always : read_ahead::never;
  if ((options.read_ahead == read_ahead::automatic ? automatic : options.read_ahead) == read_ahead::never)
    return opened;
  return std::make_unique<read_ahead_source>(
      std::move(opened),
      read_ahead_options{.block_size = options.block_size, .blocks = options.blocks, .memory = options.memory});
}

}  // namespace spillway::io
