#pragma once

#include <spillway/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace spillway::io::detail {

[[noreturn]] inline void throw_io_error(std::string operation, std::string path, int code = errno) {
  throw io_error{std::move(operation), std::move(path), {code, std::generic_category()}};
}

/// Calls again for as long as a signal gets in between.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

/// A POSIX descriptor that closes itself, with reads and writes that are whole: short transfers and signals are dealt
/// with here, and everything else is an io_error with the path and what was tried.
class file {
 public:
  enum class ownership { closes, leaves_open };

  file() = default;
  file(int descriptor, std::string path, ownership owns = ownership::closes)
      : path_{std::move(path)}, descriptor_{descriptor}, owns_{owns} {}
  file(file&& other) noexcept
      : path_{std::move(other.path_)}, descriptor_{std::exchange(other.descriptor_, -1)}, owns_{other.owns_} {}
  file& operator=(file&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    std::swap(owns_, other.owns_);
    return *this;
  }
  ~file() { adopt(-1); }

  /// Takes over a descriptor, -1 for none, in place of the one it has.
  void adopt(int descriptor) noexcept {
    if (descriptor_ != -1 && owns_ == ownership::closes) ::close(descriptor_);
    descriptor_ = descriptor;
  }

  /// \throws io_error
  static file open(std::string path, int flags, ::mode_t mode = 0) {
    auto const descriptor = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); });
    if (descriptor == -1) throw_io_error("open", std::move(path));
    return {descriptor, std::move(path)};
  }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] bool is_open() const noexcept { return descriptor_ != -1; }
  [[nodiscard]] std::string const& path() const noexcept { return path_; }

  [[nodiscard]] struct ::stat status() const {
    struct ::stat status = {};
    if (::fstat(descriptor_, &status) == -1) throw_io_error("stat", path_);
    return status;
  }

  /// Fewer bytes than asked for only at the end.
  std::size_t read(std::span<char> buffer) {
    return transfer("read", buffer,
                    [&](char* to, std::size_t size, std::size_t) { return ::read(descriptor_, to, size); });
  }

  /// The same of a pipe, terminal or socket that may have nothing to give yet: `wait()` comes before each transfer.
  template <std::invocable Wait>
  std::size_t read(std::span<char> buffer, Wait wait) {
    return transfer("read", buffer, [&](char* to, std::size_t size, std::size_t) {
      for (;;) {
        wait();
        auto const got = ::read(descriptor_, to, size);
        if (got != -1 || errno != EAGAIN) return got;
      }
    });
  }

  std::size_t read_at(std::span<char> buffer, std::uint64_t offset) const {
    return transfer("read", buffer, [&](char* to, std::size_t size, std::size_t done) {
      return ::pread(descriptor_, to, size, static_cast<::off_t>(offset + done));
    });
  }

  void write(std::string_view bytes) {
    transfer("write", bytes,
             [&](char const* from, std::size_t size, std::size_t) { return ::write(descriptor_, from, size); });
  }

  void write_at(std::string_view bytes, std::uint64_t offset) const {
    transfer("write", bytes, [&](char const* from, std::size_t size, std::size_t done) {
      return ::pwrite(descriptor_, from, size, static_cast<::off_t>(offset + done));
    });
  }

  /// Waits until the bytes are on the device. Storage that has no such notion (a pipe, some folders) is no error.
  void sync() const {
    auto const result = uninterrupted([&] { return ::fsync(descriptor_); });
    if (result == -1 && errno != EINVAL && errno != EROFS && errno != ENOTSUP) throw_io_error("sync", path_);
  }

  /// Closes and tells of errors that the system kept for this moment, as network file systems do.
  void close() {
    auto const descriptor = std::exchange(descriptor_, -1);
    if (owns_ == ownership::leaves_open) return;
    // Linux has closed the descriptor also when it says EINTR.
    if (::close(descriptor) == -1 && errno != EINTR) throw_io_error("close", path_);
  }

 private:
  template <class Buffer, class Call>
  std::size_t transfer(char const* operation, Buffer buffer, Call call) const {
    std::size_t done = 0;
    while (done != buffer.size()) {
      auto const got = uninterrupted([&] { return call(buffer.data() + done, buffer.size() - done, done); });
      if (got == -1) throw_io_error(operation, path_);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::string path_;
  int descriptor_ = -1;
  ownership owns_ = ownership::closes;
};

}  // namespace spillway::io::detail
