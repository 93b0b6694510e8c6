#include "support/progress_bar.hpp"

#include "support/sizes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace support {

progress_bar::progress_bar(visibility visible)
    : on_terminal_{visible == visibility::terminal_only && ::isatty(STDERR_FILENO) == 1} {}

spillway::progress_callback progress_bar::callback() {
  if (!on_terminal_) return {};
  return [this](spillway::progress const& now) { draw(now); };
}

void progress_bar::draw(spillway::progress const& now) {
  auto const time = std::chrono::steady_clock::now();
  if (time < next_) return;
  next_ = time + std::chrono::milliseconds{100};
  if (now.total == 0) {
    fmt::print(stderr, "\r\x1b[K{} {}", now.phase, bytes_text(now.done));
  } else {
    constexpr std::size_t width = 30;
    auto const part = std::min(1.0, static_cast<double>(now.done) / static_cast<double>(now.total));
    auto const filled = static_cast<std::size_t>(part * static_cast<double>(width));
    fmt::print(stderr, "\r\x1b[K{} [{:#<{}}{:.<{}}] {:3.0f} %", now.phase, "", filled, "", width - filled, part * 100);
  }
  std::fflush(stderr);
  drawn_ = true;
}

void progress_bar::clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

}  // namespace support
