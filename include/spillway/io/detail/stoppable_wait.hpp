#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/io/detail/file.hpp>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <stop_token>
#include <utility>

namespace spillway::io::detail {

/// Waits for somebody to write into a pipe, which may take for ever, or for a stop request.
class stoppable_wait {
 public:
  explicit stoppable_wait(std::stop_token stop)
      : stop_{std::move(stop)},
        event_{stop_.stop_possible() ? ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) : -1, "stop request"},
        wake_{stop_, raise{event_.descriptor()}} {}

  /// \throws cancelled
  void until_readable(int descriptor) const {
    std::array<::pollfd, 2> waiting{{{descriptor, POLLIN, 0}, {event_.descriptor(), POLLIN, 0}}};
    uninterrupted([&] { return ::poll(waiting.data(), waiting.size(), -1); });
    throw_if_cancelled(stop_);
  }

 private:
  struct raise {
    int event;
    void operator()() const noexcept {
      std::uint64_t const one = 1;
      [[maybe_unused]] auto const written = ::write(event, &one, sizeof one);
    }
  };

  std::stop_token stop_;
  file event_;
  std::stop_callback<raise> wake_;
};

}  // namespace spillway::io::detail
