#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/hash.hpp>
#include <spillway/io/detail/file.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io {

/// Scratch space would have grown past its limit.
class scratch_limit_exceeded : public error {
 public:
  scratch_limit_exceeded(std::uint64_t requested, std::uint64_t used, std::uint64_t limit)
      : error{"scratch limit of " + std::to_string(limit) + " bytes exceeded: " + std::to_string(used) + " in use, " +
              std::to_string(requested) + " more asked for"},
        requested_{requested},
        used_{used},
        limit_{limit} {}

  [[nodiscard]] std::uint64_t requested() const noexcept { return requested_; }
  [[nodiscard]] std::uint64_t used() const noexcept { return used_; }
  [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }

 private:
  std::uint64_t requested_;
  std::uint64_t used_;
  std::uint64_t limit_;
};

struct scratch_options {
  /// Folders to take turns in; one that is full is passed over. Not /tmp, which is memory on many machines.
  std::vector<std::string> folders = {"/var/tmp"};
  /// Bytes on disk at once, in all folders together.
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
};

/// Where a block was put, and what is known of it.
struct scratch_block {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  std::uint64_t checksum = 0;
  std::uint32_t folder = 0;
};

/// Blocks of bytes on disk that nobody else can see: one file without a name in each folder, gone with the process
/// however it ends.
///
/// Each block has a checksum, so that it comes back as it was written or not at all. Blocks that were released give
/// their space back to the disk (where the file system can do that), so that what is in use, not what was ever written,
/// counts against the limit. Blocks take up multiples of 4 KiB on disk: make them large.
///
/// Thread safety: all members may be called at any time from any thread; blocks are written and read at the same time.
/// Memory: nothing that grows with the data.
class scratch_space {
 public:
  /// \throws io_error if a folder does not take files; argument_error if there is none.
  explicit scratch_space(scratch_options const& options = {}) : limit_{options.limit} {
    if (options.folders.empty()) throw argument_error{"scratch space needs a folder"};
    for (auto const& folder : options.folders) files_.emplace_back(open_nameless(folder));
  }
  scratch_space(scratch_space const&) = delete;
  scratch_space& operator=(scratch_space const&) = delete;

  /// Writes a block. If it throws, nothing has changed.
  /// \throws scratch_limit_exceeded; io_error, of a full disk only if all folders are full.
  scratch_block append(std::span<char const> bytes) {
    auto const on_disk = rounded(bytes.size());
    take(on_disk);
    auto const first = next_.fetch_add(1, std::memory_order_relaxed);
    for (std::size_t tried = 1;; ++tried) {
      auto const folder = static_cast<std::uint32_t>((first + tried - 1) % files_.size());
      auto& to = files_[folder];
      auto const offset = to.end.fetch_add(on_disk, std::memory_order_relaxed);
      try {
        to.storage.write_at({bytes.data(), bytes.size()}, offset);
        written_.fetch_add(bytes.size(), std::memory_order_relaxed);
        return {offset, bytes.size(), hash64(std::as_bytes(bytes), offset), folder};
      } catch (io_error const& e) {
        punch(to, offset, on_disk);
        auto const full = e.code() == std::errc::no_space_on_device || e.code().value() == EDQUOT;
        if (full && tried < files_.size()) continue;
        used_.fetch_sub(on_disk, std::memory_order_relaxed);
        throw;
      }
    }
  }

  /// Reads a whole block to the front of `buffer`.
  /// \throws corrupt_data if it is not what was written, or was released; io_error; argument_error if `buffer` is
  ///         smaller than the block.
  void read(scratch_block const& block, std::span<char> buffer) const {
    if (buffer.size() < block.size) throw argument_error{"the buffer is smaller than the scratch block"};
    auto const& from = files_[block.folder].storage;
    auto const bytes = buffer.first(static_cast<std::size_t>(block.size));
    auto const got = from.read_at(bytes, block.offset);
    if (got != bytes.size()) throw corrupt_data{"scratch in " + from.path(), block.offset + got, "a block is cut off"};
    if (hash64(std::as_bytes(bytes), block.offset) != block.checksum) {
      throw corrupt_data{"scratch in " + from.path(), block.offset, "a block is not as it was written"};
    }
  }

  /// Gives the space of a block back. Each block at most once.
  void release(scratch_block const& block) noexcept {
    auto const on_disk = rounded(block.size);
    if (punch(files_[block.folder], block.offset, on_disk)) used_.fetch_sub(on_disk, std::memory_order_relaxed);
  }

  /// Bytes on disk now.
  [[nodiscard]] std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  /// The most bytes that were on disk at once.
  [[nodiscard]] std::uint64_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  /// Bytes of all blocks ever appended.
  [[nodiscard]] std::uint64_t written() const noexcept { return written_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }

 private:
  struct scratch_file {
    explicit scratch_file(detail::file opened) : storage{std::move(opened)} {}
    detail::file storage;
    std::atomic<std::uint64_t> end{0};
  };

  /// The unit in which file systems give space back.
  static std::uint64_t rounded(std::uint64_t size) noexcept {
    constexpr std::uint64_t unit = 4096;
    return (size + unit - 1) / unit * unit;
  }

  static detail::file open_nameless(std::string const& folder) {
    detail::file nameless{-1, folder};
    nameless.adopt(
        detail::uninterrupted([&] { return ::open(folder.c_str(), O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600); }));
    if (nameless.is_open()) return nameless;
    // What kernels and file systems say that have never heard of O_TMPFILE.
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT) {
      detail::throw_io_error("create scratch in", folder);
    }
    auto path = folder + "/.spillway.XXXXXX";
    nameless.adopt(::mkostemp(path.data(), O_CLOEXEC));
    if (!nameless.is_open()) detail::throw_io_error("create scratch in", folder);
    if (::unlink(path.c_str()) == -1) detail::throw_io_error("unlink scratch in", folder);
    return nameless;
  }

  /// The limit is checked before the sum is published, so that two threads can't pass it together.
  void take(std::uint64_t bytes) {
    auto used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit_ - used) throw scratch_limit_exceeded{bytes, used, limit_};
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    auto const now = used + bytes;
    auto peak = peak_.load(std::memory_order_relaxed);
    while (peak < now && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
  }

  static bool punch(scratch_file const& from, std::uint64_t offset, std::uint64_t size) noexcept {
    if (size == 0) return true;
    return detail::uninterrupted([&] {
             return ::fallocate(from.storage.descriptor(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                static_cast<::off_t>(offset), static_cast<::off_t>(size));
           }) == 0;
  }

  std::uint64_t limit_;
  std::deque<scratch_file> files_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint64_t> peak_{0};
  std::atomic<std::uint64_t> written_{0};
};

}  // namespace spillway::io
