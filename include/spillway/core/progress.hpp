#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace spillway {

/// How far a long piece of work has come.
struct progress {
  /// What is being done: "read", "form runs", "merge", ….
  std::string_view phase;
  /// Units done so far, bytes unless the algorithm says otherwise. Never decreases within a phase.
  std::uint64_t done = 0;
  /// Units in all; 0 when that can't be known (a pipe).
  std::uint64_t total = 0;
};

/// Called at most a few hundred times a second, from one thread at a time, but not always the same thread.
/// What it throws stops the work as any other error does. Empty: nobody is told.
using progress_callback = std::function<void(progress const&)>;

}  // namespace spillway
