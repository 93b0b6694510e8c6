#pragma once

#include <spillway/core/progress.hpp>

#include <chrono>

namespace support {

/// Draws progress on standard error if that is a terminal, and nothing otherwise. Erases itself at the end.
class progress_bar {
 public:
  enum class visibility { terminal_only, never };

  explicit progress_bar(visibility visible);
  progress_bar(progress_bar const&) = delete;
  progress_bar& operator=(progress_bar const&) = delete;
  ~progress_bar() { clear(); }

  /// A callback that draws here; empty if there is nothing to draw on. The bar must outlive it.
  [[nodiscard]] spillway::progress_callback callback();

  void clear();

 private:
  void draw(spillway::progress const& now);

  bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace support
