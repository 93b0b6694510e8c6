#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/detail/file.hpp>
#include <spillway/io/plain_file.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::io {

/// A file is not what it was when it was read before.
class file_changed : public error {
 public:
  explicit file_changed(std::string path)
      : error{"'" + path + "' changed while it was in use"}, path_{std::move(path)} {}
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// How the bytes of a file are had by position.
enum class file_access {
  mapped,    ///< where the system keeps them: no copies, nothing but page tables taken
  unmapped,  ///< copied by reads
};

/// The bytes of a regular file, by position.
///
/// A file that changes while it is open: `throw_if_changed` tells, as far as `file_state` does. Unmapped, bytes that
/// are no longer there are an error as well. Mapped, to touch bytes that somebody cut off is fatal (SIGBUS) and no
/// check before can rule that out; who can't exclude that others truncate the file should not have it mapped.
///
/// Memory: none; pages of a mapped file that were touched count as shared memory of the process, and the system takes
/// them back when it needs to. Thread safety: all const members may be called at any time from any thread.
class random_access_file {
 public:
  /// \throws io_error if there is no such file or it is no regular one.
  explicit random_access_file(std::string path, file_access access = file_access::mapped)
      : file_{detail::file::open(std::move(path), O_RDONLY | O_NOCTTY | O_NONBLOCK)} {
    auto const status = file_.status();
    if (!S_ISREG(status.st_mode)) detail::throw_io_error("read by position", file_.path(), EINVAL);
    state_ = file_state::of(status);
    if (access == file_access::unmapped || state_.size == 0) return;
    auto* const start = ::mmap(nullptr, size(), PROT_READ, MAP_SHARED, file_.descriptor(), 0);
    if (start == MAP_FAILED) detail::throw_io_error("map", file_.path());
    bytes_ = {static_cast<char const*>(start), size()};
  }
  random_access_file(random_access_file&& other) noexcept
      : file_{std::move(other.file_)}, state_{other.state_}, bytes_{std::exchange(other.bytes_, {})} {}
  random_access_file& operator=(random_access_file&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(state_, other.state_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~random_access_file() {
    if (!bytes_.empty()) ::munmap(address(0), bytes_.size());
  }

  [[nodiscard]] std::string const& path() const noexcept { return file_.path(); }
  /// When it was opened here.
  [[nodiscard]] file_state const& state() const noexcept { return state_; }
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(state_.size); }

  [[nodiscard]] bool is_mapped() const noexcept { return bytes_.size() == size(); }
  /// All bytes; none if the file is not mapped.
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }

  /// Fills `buffer` with the bytes from `offset` on, mapped or not.
  /// \throws file_changed if there are not that many; io_error.
  void read(std::span<char> buffer, std::uint64_t offset) const {
    if (file_.read_at(buffer, offset) != buffer.size()) throw file_changed{path()};
  }

  /// Says that bytes will be wanted in no order, so that nothing beside them is read ahead.
  void expect_random_access() const noexcept {
    // Advice: whether it is taken does not matter.
    ::posix_fadvise(file_.descriptor(), 0, 0, POSIX_FADV_RANDOM);
    if (!bytes_.empty()) ::madvise(address(0), size(), MADV_RANDOM);
  }

  /// Puts a part of a mapped file into the page tables at once, reading what is not in the cache, which is much faster
  /// than page by page as they are touched. Threads can do parts of the file at the same time.
  void populate(std::uint64_t offset, std::size_t length) const noexcept {
    if (bytes_.empty() || length == 0) return;
#ifdef MADV_POPULATE_READ
    auto const page = page_size();
    auto const begin = offset / page * page;
    ::madvise(address(begin), offset + length - begin, MADV_POPULATE_READ);
#endif
  }

  /// Estimates which part of the file is in the system's page cache, from 0 to 1, by asking for some pages at even
  /// distances. Takes less than a millisecond and reads nothing. Systems that won't tell about others' files say 1.
  [[nodiscard]] double share_in_cache() const {
    if (size() == 0) return 1;
    constexpr std::size_t samples = 256;
    auto const page = page_size();
    auto const pages = (size() + page - 1) / page;
    auto const asked = std::min(samples, pages);
    std::size_t cached = 0;
    for (std::size_t i = 0; i != asked; ++i) {
      auto const number = (pages - 1) * i / std::max<std::size_t>(asked - 1, 1);
      cached += is_in_cache(number * page, page) ? 1U : 0U;
    }
    return static_cast<double>(cached) / static_cast<double>(asked);
  }

  /// \throws file_changed if the file is not in the state it was opened in.
  void throw_if_changed() const { throw_if_not(state_); }
  /// The same for a state that was seen elsewhere. \throws file_changed
  void throw_if_not(file_state const& then) const {
    if (file_state::of(file_.status()) != then) throw file_changed{path()};
  }

 private:
  static std::size_t page_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

  [[nodiscard]] void* address(std::uint64_t offset) const noexcept { return const_cast<char*>(bytes_.data() + offset); }

  [[nodiscard]] bool is_in_cache(std::uint64_t offset, std::size_t page) const noexcept {
    auto* const start =
        is_mapped() ? address(offset)
                    : ::mmap(nullptr, page, PROT_READ, MAP_SHARED, file_.descriptor(), static_cast<::off_t>(offset));
    if (start == MAP_FAILED) return false;
    unsigned char cached = 0;
    bool const answered = ::mincore(start, page, &cached) == 0;
    if (!is_mapped()) ::munmap(start, page);
    return answered && (cached & 1U) != 0;
  }

  detail::file file_;
  file_state state_;
  std::string_view bytes_;
};

}  // namespace spillway::io
