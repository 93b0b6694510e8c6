#pragma once

#include <spillway/io/detail/file.hpp>

#include <stdio.h>
#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::io::detail {

/// A file that is written beside its target and then takes the target's place, whole or not at all.
///
/// It has no name for as long as it is written (O_TMPFILE), so that a killed process leaves nothing; where the file
/// system can't do that it has a hidden name. Linux can't put a nameless file over an existing one in one step, so
/// replacing goes through a hidden name too: a process that is killed between those two calls leaves a complete hidden
/// file, and the target as it was.
///
/// Through symbolic links it is the file that they lead to that is replaced. The new file has the permissions of the
/// old one, or those of the umask.
class replacement_file {
 public:
  /// \throws io_error also if an existing target is not writable, although replacing needs only the folder.
  explicit replacement_file(std::string path) : path_{std::move(path)}, folder_{-1, path_}, file_{-1, path_} {
    auto target = path_;
    if (std::unique_ptr<char, decltype(&std::free)> const real{::realpath(path_.c_str(), nullptr), &std::free}) {
      target = real.get();
      replaces_ = true;
    }
    auto const slash = target.rfind('/');
    name_ = target.substr(slash + 1);  // npos + 1 is 0
    auto const folder = slash == std::string::npos ? "." : slash == 0 ? "/" : target.substr(0, slash);
    folder_.adopt(check("open", [&] { return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
    if (replaces_) check("open", [&] { return ::faccessat(folder_.descriptor(), name_.c_str(), W_OK, AT_EACCESS); });
    create(folder);
    if (replaces_) keep_permissions();
  }
  replacement_file(replacement_file const&) = delete;
  replacement_file& operator=(replacement_file const&) = delete;
  ~replacement_file() { discard(); }

  void write(std::string_view bytes) {
    file_.write(bytes);
    written_ += bytes.size();
    if (written_ - begun_ >= write_behind) begin_to_sync();
  }
  /// Waits until the bytes are on the device.
  void sync() const { file_.sync(); }
  void sync_folder() const { folder_.sync(); }

  /// Gives it a hidden name if it has none, without which it can't replace anything.
  void give_name() {
    if (!hidden_.empty()) return;
    hidden_ = with_hidden_name("link", [&](char const* name) { return link_to(name); });
  }

  /// Puts it where nothing was. False if there is something now.
  [[nodiscard]] bool put_in_free_place() {
    if (replaces_ || !hidden_.empty()) return false;
    auto const linked = link_to(name_.c_str());
    if (linked == -1 && errno != EEXIST) throw_io_error("link", path_);
    return linked == 0;
  }

  void put_over_target() {
    check("rename",
          [&] { return ::renameat(folder_.descriptor(), hidden_.c_str(), folder_.descriptor(), name_.c_str()); });
    hidden_.clear();
  }

  /// Gives what is to be replaced a second, hidden name, so that it can be brought back.
  void keep_old() {
    auto const folder = folder_.descriptor();
    auto missing = false;
    auto name = with_hidden_name("link", [&](char const* hidden) {
      auto const linked = ::linkat(folder, name_.c_str(), folder, hidden, 0);
      missing = linked == -1 && errno == ENOENT;
      return missing ? 0 : linked;
    });
    if (!missing) old_ = std::move(name);
  }
  void bring_back_old() noexcept {
    auto const folder = folder_.descriptor();
    if (old_.empty()) {
      ::unlinkat(folder, name_.c_str(), 0);
    } else if (::renameat(folder, old_.c_str(), folder, name_.c_str()) == 0) {
      old_.clear();
    }
  }
  void forget_old() noexcept {
    if (!old_.empty()) ::unlinkat(folder_.descriptor(), old_.c_str(), 0);
    old_.clear();
  }

  /// Closes and tells of errors that come only then.
  void close() { file_.close(); }

  /// Leaves nothing behind, unless it stands in its place already.
  void discard() noexcept {
    if (!hidden_.empty()) ::unlinkat(folder_.descriptor(), hidden_.c_str(), 0);
    hidden_.clear();
    file_.adopt(-1);
  }

  [[nodiscard]] std::string const& path() const noexcept { return path_; }

 private:
  /// Bytes after which the system is told to bring them to the device: `sync` then has little left to wait for.
  static constexpr std::uint64_t write_behind = std::uint64_t{16} << 20U;

  void begin_to_sync() noexcept {
#ifdef SYNC_FILE_RANGE_WRITE
    // Advice: what goes wrong is told by `sync`.
    ::sync_file_range(file_.descriptor(), static_cast<::off_t>(begun_), static_cast<::off_t>(written_ - begun_),
                      SYNC_FILE_RANGE_WRITE);
#endif
    begun_ = written_;
  }

  template <class Call>
  int check(char const* operation, Call call) const {
    auto const result = uninterrupted(call);
    if (result == -1) throw_io_error(operation, path_);
    return result;
  }

  void create(std::string const& folder) {
    constexpr ::mode_t everybody = 0666;  // less the umask
    // Without /proc a nameless file can't get its name later.
    if (::access("/proc/self/fd", X_OK) == 0) {
      auto const descriptor =
          uninterrupted([&] { return ::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, everybody); });
      if (descriptor != -1) {
        file_.adopt(descriptor);
        return;
      }
      // ENOENT, EISDIR: kernels and file systems that have never heard of O_TMPFILE.
      if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT) throw_io_error("create", path_);
    }
    auto descriptor = -1;
    hidden_ = with_hidden_name("create", [&](char const* name) {
      return descriptor = ::openat(folder_.descriptor(), name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, everybody);
    });
    file_.adopt(descriptor);
  }

  void keep_permissions() {
    struct ::stat status = {};
    if (::fstatat(folder_.descriptor(), name_.c_str(), &status, 0) == 0) {
      ::fchmod(file_.descriptor(), status.st_mode & 0777);
    }
  }

  int link_to(char const* name) const {
    auto const self = "/proc/self/fd/" + std::to_string(file_.descriptor());
    return uninterrupted(
        [&] { return ::linkat(AT_FDCWD, self.c_str(), folder_.descriptor(), name, AT_SYMLINK_FOLLOW); });
  }

  /// Calls `make(name)` with names until one is free; that one is returned.
  template <class Make>
  std::string with_hidden_name(char const* operation, Make make) const {
    for (auto tries = 0; tries < 100; ++tries) {
      auto name = hidden_name();
      if (uninterrupted([&] { return make(name.c_str()); }) != -1) return name;
      if (errno != EEXIST) break;
    }
    throw_io_error(operation, path_);
  }

  [[nodiscard]] std::string hidden_name() const {
    constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuv";
    std::array<unsigned char, 10> random{};
    if (::getrandom(random.data(), random.size(), 0) == -1) throw_io_error("name a file beside", path_);
    auto name = '.' + name_.substr(0, 200) + '.';  // names have 255 bytes at most
    for (auto const byte : random) name += letters[byte % letters.size()];
    return name;
  }

  std::string path_;
  std::string name_;
  file folder_;
  file file_;
  std::uint64_t written_ = 0;
  std::uint64_t begun_ = 0;
  bool replaces_ = false;
  std::string hidden_;  ///< its own name until it stands in its place; empty while it has none
  std::string old_;
};

}  // namespace spillway::io::detail
