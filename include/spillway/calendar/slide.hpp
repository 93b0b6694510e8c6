#pragma once

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/detail/wide.hpp>
#include <spillway/calendar/window.hpp>
#include <spillway/core/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace spillway::calendar {

/// Joins counts by pane into counts by sliding window, and gives each window that has events to `sink(window, count)`,
/// in the order of their starts. Windows that would reach beyond the representable instants are left out.
///
/// Complexity: linear in the panes and windows that have events. Memory: constant.
/// \throws argument_error if `panes` does not count by `windows.panes()`.
template <class Allocator, class Sink>
void slide_over(counter<tumbling, no_key, Allocator> const& panes, sliding const& windows, Sink&& sink) {
  if (!(panes.rule() == windows.panes())) throw argument_error{"the counter does not count the panes of these windows"};
  using detail::int128;
  auto const pane = panes.rule().length().count();
  auto const panes_in_window = windows.length().count() / pane;
  auto const panes_in_slide = windows.slide().count() / pane;
  // Windows start at the panes of number first + k * panes_in_slide.
  auto const first = (windows.origin() - panes.rule().origin()).count() / pane;
  auto const start_of = [&](std::int64_t number) {
    return int128{panes.rule().origin().time_since_epoch().count()} + int128{number} * pane;
  };
  auto const fits = [&](std::int64_t number) {
    return start_of(number) >= std::numeric_limits<std::int64_t>::min() &&
           start_of(number) + windows.length().count() <= std::numeric_limits<std::int64_t>::max();
  };

  auto leaving = panes.begin();
  auto entering = panes.begin();
  auto const end = panes.end();
  std::uint64_t inside = 0;
  auto next = std::numeric_limits<std::int64_t>::min();
  while (leaving != end) {
    // The first window that has the oldest pane, unless that has been passed.
    auto const oldest = leaving.index();
    auto const earliest =
        first + (detail::floor_divide(oldest - panes_in_window - first, panes_in_slide) + 1) * panes_in_slide;
    next = std::max(next, earliest);
    for (; entering != end && entering.index() < next + panes_in_window; ++entering) inside += (*entering).count;
    for (; leaving != entering && leaving.index() < next; ++leaving) inside -= (*leaving).count;
    if (inside != 0 && fits(next)) {
      auto const start = instant{std::chrono::microseconds{static_cast<std::int64_t>(start_of(next))}};
      sink(window{start, start + windows.length()}, inside);
    }
    next += panes_in_slide;
  }
}

}  // namespace spillway::calendar
