#pragma once

#include <spillway/io/detail/file.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::io::detail {

/// A hidden folder within a folder, where files wait for their places: `new` has those to come, `old` second names of
/// those that they replaced. A lock on it tells that its process lives.
class staging_folder {
 public:
  /// \throws io_error
  explicit staging_folder(std::string const& target) : target_{file::open(target, O_RDONLY | O_DIRECTORY)} {
    remove_abandoned();
    make();
    try {
      new_ = make_folder("new");
      old_ = make_folder("old");
    } catch (...) {
      remove();
      throw;
    }
  }
  staging_folder(staging_folder const&) = delete;
  staging_folder& operator=(staging_folder const&) = delete;
  ~staging_folder() { remove(); }

  [[nodiscard]] file create(std::string const& name) const {
    file created{-1, target_.path() + '/' + name};
    created.adopt(uninterrupted(
        [&] { return ::openat(new_.descriptor(), name.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666); }));
    if (!created.is_open()) throw_io_error("create", created.path());
    return created;
  }

  /// Waits until all of it is on the device.
  void sync() const {
    // Of the whole file system, which is much faster than file by file if there are many.
    if (uninterrupted([&] { return ::syncfs(new_.descriptor()); }) == -1) throw_io_error("sync", target_.path());
  }
  void sync_target() const { target_.sync(); }

  void put_in_place(char const* name) const {
    auto const target = target_.descriptor();
    auto const kept = uninterrupted([&] { return ::linkat(target, name, old_.descriptor(), name, 0); });
    if (kept == -1 && errno != ENOENT) throw_io_error("replace", target_.path() + '/' + name);
    if (uninterrupted([&] { return ::renameat(new_.descriptor(), name, target, name); }) == -1) {
      auto const error = errno;
      if (kept == 0) ::unlinkat(old_.descriptor(), name, 0);
      throw_io_error("rename", target_.path() + '/' + name, error);
    }
  }

  void take_back(char const* name) const noexcept {
    auto const target = target_.descriptor();
    auto const brought_back = uninterrupted([&] { return ::renameat(old_.descriptor(), name, target, name); });
    if (brought_back == -1 && errno == ENOENT) ::unlinkat(target, name, 0);
  }

  void forget_old() noexcept { remove_entries(old_.descriptor()); }

 private:
  static constexpr std::string_view prefix = ".spillway-staging.";

  void check(char const* operation, int result) const {
    if (result == -1) throw_io_error(operation, target_.path());
  }

  [[nodiscard]] std::string hidden_name() const {
    constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuv";
    std::array<unsigned char, 10> random{};
    if (::getrandom(random.data(), random.size(), 0) == -1) throw_io_error("name a folder in", target_.path());
    auto name = std::string{prefix};
    for (auto const byte : random) name += letters[byte % letters.size()];
    return name;
  }

  void make() {
    for (;;) {
      name_ = hidden_name();
      check("create a folder in", ::mkdirat(target_.descriptor(), name_.c_str(), 0777));
      own_ = open_staging(name_.c_str());
      if (!own_.is_open() && errno != ENOENT) {
        auto const error = errno;
        ::unlinkat(target_.descriptor(), name_.c_str(), AT_REMOVEDIR);
        throw_io_error("open a folder in", target_.path(), error);
      }
      if (own_.is_open() && lock(own_)) return;
      // Another process took it for an abandoned one before it had its lock.
    }
  }

  [[nodiscard]] file open_staging(char const* name) const {
    file opened{-1, target_.path()};
    opened.adopt(::openat(target_.descriptor(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return opened;
  }

  /// False if another process has the lock, or has removed the folder.
  static bool lock(file const& staging) {
    return ::flock(staging.descriptor(), LOCK_EX | LOCK_NB) == 0 && staging.status().st_nlink != 0;
  }

  [[nodiscard]] file make_folder(char const* name) const {
    check("create a folder in", ::mkdirat(own_.descriptor(), name, 0777));
    file folder{-1, target_.path()};
    folder.adopt(::openat(own_.descriptor(), name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.is_open()) throw_io_error("open a folder in", target_.path());
    return folder;
  }

  void remove() noexcept {
    remove_entries(new_.descriptor());
    remove_staging(target_.descriptor(), own_.descriptor(), name_.c_str());
  }

  /// Leaves `old` alone if anything is in it: it was somebody's.
  static void remove_staging(int target, int staging, char const* name) noexcept {
    ::unlinkat(staging, "new", AT_REMOVEDIR);
    ::unlinkat(staging, "old", AT_REMOVEDIR);
    ::unlinkat(target, name, AT_REMOVEDIR);
  }

  /// What killed processes left.
  void remove_abandoned() const {
    each_entry(target_.descriptor(), [&](char const* name) {
      if (!std::string_view{name}.starts_with(prefix)) return;
      auto const abandoned = open_staging(name);
      if (!abandoned.is_open() || !lock(abandoned)) return;
      file const waiting{::openat(abandoned.descriptor(), "new", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), {}};
      if (waiting.is_open()) remove_entries(waiting.descriptor());
      remove_staging(target_.descriptor(), abandoned.descriptor(), name);
    });
  }

  static void remove_entries(int folder) noexcept {
    each_entry(folder, [&](char const* name) { ::unlinkat(folder, name, 0); });
  }

  template <class Step>
  static void each_entry(int folder, Step step) {
    auto const descriptor = ::fcntl(folder, F_DUPFD_CLOEXEC, 0);
    if (descriptor == -1) return;
    std::unique_ptr<::DIR, int (*)(::DIR*)> const entries{::fdopendir(descriptor), &::closedir};
    if (!entries) {
      ::close(descriptor);
      return;
    }
    ::rewinddir(entries.get());
    while (auto const* const entry = ::readdir(entries.get())) {
      std::string_view const name{entry->d_name};
      if (name != "." && name != "..") step(entry->d_name);
    }
  }

  file target_;
  std::string name_;
  file own_;
  file new_;
  file old_;
};

}  // namespace spillway::io::detail
