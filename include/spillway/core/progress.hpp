#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

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

/// Passes reports on at most once in `interval`, whatever the size of the blocks that they come after; the first of
/// each phase and the completed ones always. Empty if `callback` is.
[[nodiscard]] inline progress_callback throttle(
    progress_callback callback, std::chrono::steady_clock::duration interval = std::chrono::milliseconds{10}) {
  if (!callback) return {};
  return [callback = std::move(callback), interval, phase = std::string{},
          due = std::chrono::steady_clock::time_point::min()](progress const& now) mutable {
    auto const time = std::chrono::steady_clock::now();
    auto const complete = now.total != 0 && now.done >= now.total;
    if (now.phase == phase && !complete && time < due) return;
    if (now.phase != phase) phase = now.phase;
    due = time + interval;
    callback(now);
  };
}

}  // namespace spillway
