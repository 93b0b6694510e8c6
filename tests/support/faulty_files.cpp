#include "support/faulty_files.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

namespace spillway::test {

namespace {

file_faults active;
std::atomic<bool> is_active{false};
std::atomic<std::uint64_t> counted{0};
std::atomic<std::uint64_t> interruptible{0};

/// True if the call must fail, with errno set.
bool fails(char const* call) noexcept {
  if (!is_active.load()) return false;
  if (active.only != nullptr && std::strcmp(active.only, call) != 0) return false;
  if (counted.fetch_add(1) + 1 != active.at_call) return false;
  if (active.then == file_faults::outcome::killed) static_cast<void>(std::raise(SIGKILL));
  errno = active.error;
  return true;
}

/// For calls of which a program can't do anything about a failure: they end the process, but never fail.
void passes(char const* call) noexcept {
  if (is_active.load() && active.then == file_faults::outcome::killed) static_cast<void>(fails(call));
}

bool is_interrupted() noexcept {
  if (!is_active.load() || active.interrupt_every == 0) return false;
  if ((interruptible.fetch_add(1) + 1) % active.interrupt_every != 0) return false;
  errno = EINTR;
  return true;
}

bool goes_wrong(char const* call) noexcept { return is_interrupted() || fails(call); }

bool is_refused(int flags) noexcept {
  if (!is_active.load() || active.has_nameless_files || (flags & O_TMPFILE) != O_TMPFILE) return false;
  errno = EOPNOTSUPP;
  return true;
}

std::size_t shortened(std::size_t size) noexcept {
  return is_active.load() ? std::min(size, active.longest_transfer) : size;
}

}  // namespace

injected_file_faults::injected_file_faults(file_faults const& faults) {
  active = faults;
  counted = 0;
  interruptible = 0;
  is_active = true;
}

injected_file_faults::~injected_file_faults() { is_active = false; }

std::uint64_t injected_file_faults::calls() const noexcept { return counted; }
bool injected_file_faults::happened() const noexcept { return active.at_call != 0 && counted >= active.at_call; }

}  // namespace spillway::test

// The names are those of the linker's --wrap.
// NOLINTBEGIN(bugprone-reserved-identifier,cert-*)
extern "C" {

int __real_open(char const* path, int flags, ...);
int __real_openat(int folder, char const* path, int flags, ...);
int __real_mkostemp(char* pattern, int flags);
ssize_t __real_read(int descriptor, void* to, size_t size);
ssize_t __real_pread(int descriptor, void* to, size_t size, off_t offset);
ssize_t __real_write(int descriptor, void const* from, size_t size);
ssize_t __real_pwrite(int descriptor, void const* from, size_t size, off_t offset);
int __real_fsync(int descriptor);
int __real_fdatasync(int descriptor);
int __real_ftruncate(int descriptor, off_t size);
int __real_fallocate(int descriptor, int mode, off_t offset, off_t size);
int __real_rename(char const* from, char const* to);
int __real_renameat(int from_folder, char const* from, int to_folder, char const* to);
int __real_linkat(int from_folder, char const* from, int to_folder, char const* to, int flags);
int __real_unlink(char const* path);
int __real_unlinkat(int folder, char const* path, int flags);
int __real_close(int descriptor);

int __wrap_open(char const* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto const mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (spillway::test::is_refused(flags)) return -1;
  return spillway::test::goes_wrong("open") ? -1 : __real_open(path, flags, mode);
}

int __wrap_openat(int folder, char const* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  auto const mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return spillway::test::goes_wrong("openat") ? -1 : __real_openat(folder, path, flags, mode);
}

int __wrap_mkostemp(char* pattern, int flags) {
  return spillway::test::fails("mkostemp") ? -1 : __real_mkostemp(pattern, flags);
}

ssize_t __wrap_read(int descriptor, void* to, size_t size) {
  return spillway::test::goes_wrong("read") ? -1 : __real_read(descriptor, to, spillway::test::shortened(size));
}

ssize_t __wrap_pread(int descriptor, void* to, size_t size, off_t offset) {
  return spillway::test::goes_wrong("pread") ? -1
                                             : __real_pread(descriptor, to, spillway::test::shortened(size), offset);
}

ssize_t __wrap_write(int descriptor, void const* from, size_t size) {
  return spillway::test::goes_wrong("write") ? -1 : __real_write(descriptor, from, spillway::test::shortened(size));
}

ssize_t __wrap_pwrite(int descriptor, void const* from, size_t size, off_t offset) {
  return spillway::test::goes_wrong("pwrite")
             ? -1
             : __real_pwrite(descriptor, from, spillway::test::shortened(size), offset);
}

int __wrap_fsync(int descriptor) { return spillway::test::goes_wrong("fsync") ? -1 : __real_fsync(descriptor); }

int __wrap_fdatasync(int descriptor) {
  return spillway::test::goes_wrong("fdatasync") ? -1 : __real_fdatasync(descriptor);
}

int __wrap_ftruncate(int descriptor, off_t size) {
  return spillway::test::goes_wrong("ftruncate") ? -1 : __real_ftruncate(descriptor, size);
}

int __wrap_fallocate(int descriptor, int mode, off_t offset, off_t size) {
  return spillway::test::goes_wrong("fallocate") ? -1 : __real_fallocate(descriptor, mode, offset, size);
}

int __wrap_rename(char const* from, char const* to) {
  return spillway::test::fails("rename") ? -1 : __real_rename(from, to);
}

int __wrap_renameat(int from_folder, char const* from, int to_folder, char const* to) {
  return spillway::test::fails("renameat") ? -1 : __real_renameat(from_folder, from, to_folder, to);
}

int __wrap_linkat(int from_folder, char const* from, int to_folder, char const* to, int flags) {
  return spillway::test::fails("linkat") ? -1 : __real_linkat(from_folder, from, to_folder, to, flags);
}

int __wrap_unlink(char const* path) {
  spillway::test::passes("unlink");
  return __real_unlink(path);
}

int __wrap_unlinkat(int folder, char const* path, int flags) {
  spillway::test::passes("unlinkat");
  return __real_unlinkat(folder, path, flags);
}

int __wrap_close(int descriptor) {
  spillway::test::passes("close");
  return __real_close(descriptor);
}
}
// NOLINTEND(bugprone-reserved-identifier,cert-*)
