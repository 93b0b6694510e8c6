#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace spillway::test {

/// What goes wrong with the system calls of a program that is linked with `faulty_files.cpp` (all `fault_*` programs
/// are). The library needs no seam for it: the linker puts the wrappers in place.
struct file_faults {
  enum class outcome { error, killed };

  /// Which call, counted from 1 over all calls that can fail, does; 0 for none.
  std::uint64_t at_call = 0;
  /// Whether it returns `error` or the process ends there, before the call.
  outcome then = outcome::error;
  int error = EIO;
  /// Only calls of this name are counted; null for all.
  char const* only = nullptr;
  /// No read or write transfers more bytes than these at once.
  std::size_t longest_transfer = std::numeric_limits<std::size_t>::max();
  /// Every so many-th call that a signal can interrupt is interrupted; 0 for none.
  std::uint64_t interrupt_every = 0;
  /// Whether the file system can make files without a name.
  bool has_nameless_files = true;
};

/// Makes system calls of all threads fail in the way it was told, for as long as it lives. One at a time.
class injected_file_faults {
 public:
  explicit injected_file_faults(file_faults const& faults);
  injected_file_faults(injected_file_faults const&) = delete;
  injected_file_faults& operator=(injected_file_faults const&) = delete;
  ~injected_file_faults();

  /// Calls counted so far.
  [[nodiscard]] std::uint64_t calls() const noexcept;
  /// Whether the fault has happened: if not, there are no more calls to fail.
  [[nodiscard]] bool happened() const noexcept;
};

}  // namespace spillway::test
