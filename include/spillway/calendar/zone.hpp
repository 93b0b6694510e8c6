#pragma once

#include <spillway/calendar/detail/wide.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/calendar/window.hpp>
#include <spillway/core/error.hpp>

#include <date/tz.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace spillway::calendar {

/// The IANA zone of that name, such as `Europe/Berlin`.
/// \throws argument_error if the time zone database has no such zone or there is no database.
[[nodiscard]] inline date::time_zone const* find_zone(std::string_view name) {
  try {
    return date::locate_zone(std::string{name});
  } catch (std::runtime_error const& e) {
    throw argument_error{"time zone '" + std::string{name} + "': " + e.what()};
  }
}

/// Windows aligned to the local time of a zone: days from midnight to midnight, hours by the clock on the wall.
///
/// Windows are half-open, lie end to end, and for every instant `start <= time < end`. One begins at every instant
/// whose local time since 1970-01-01T00:00 is a multiple of the length, with two rules for the clock's jumps:
/// - Forward, over a beginning: the window begins at the jump. (A day without midnight begins at 01:00.)
/// - Back: local times that happen twice are two beginnings if the length is no more than the jump, so that ten minutes
/// stay
///   ten minutes; for longer windows only the first one counts, so that a day is 23, 24 or 25 hours long.
///
/// Events of the years 1 to 9999 only; others throw `value_error`.
/// Complexity: a binary search over the jumps of 1970 to 2100, outside of these years a look-up in the database.
/// Thread safety: a plain value that shares what is constant.
class zoned_tumbling {
 public:
  using bucket_type = window;
  /// Buckets are numbered by seconds, so a page holds few of them.
  static constexpr std::size_t buckets_in_page = 8;

  /// \throws argument_error unless the length is of whole seconds, and at most 400 days.
  zoned_tumbling(std::chrono::seconds length, date::time_zone const* zone) : length_{length}, zone_{zone} {
    if (length.count() < 1 || length > std::chrono::days{400}) {
      throw argument_error{"a window by local time needs a length from 1 second to 400 days"};
    }
    auto spans = std::make_shared<std::vector<span>>();
    auto at = year_start(1970);
    while (at < year_start(2100)) {
      spans->push_back(look_up(at));
      at = spans->back().end;
    }
    spans_ = std::move(spans);
  }
  zoned_tumbling(std::chrono::seconds length, std::string_view zone) : zoned_tumbling{length, find_zone(zone)} {}

  [[nodiscard]] std::chrono::seconds length() const noexcept { return length_; }
  [[nodiscard]] date::time_zone const& zone() const noexcept { return *zone_; }

  /// The start of the window that `time` is in, in seconds since 1970.
  [[nodiscard]] std::int64_t index_of(instant time) const {
    if (time < year_start(1) || time >= year_start(10000)) {
      throw value_error{"an instant of the years 1 to 9999", "another"};
    }
    return start_of(std::chrono::floor<std::chrono::seconds>(time)).time_since_epoch().count();
  }
  [[nodiscard]] std::int64_t index_of(window of) const { return index_of(of.start); }

  [[nodiscard]] window bucket_at(std::int64_t index) const {
    auto const start = second{std::chrono::seconds{index}};
    return {start, end_of(start)};
  }
  [[nodiscard]] window window_of(instant time) const { return bucket_at(index_of(time)); }

  friend bool operator==(zoned_tumbling const& a, zoned_tumbling const& b) noexcept {
    return a.length_ == b.length_ && a.zone_ == b.zone_;
  }

 private:
  using second = std::chrono::sys_seconds;

  /// [begin, end) with one offset from UTC.
  struct span {
    second begin;
    second end;
    std::chrono::seconds offset;
  };

  static constexpr second year_start(int year) { return std::chrono::sys_days{std::chrono::year{year} / 1 / 1}; }

  [[nodiscard]] span look_up(second time) const {
    auto const info = zone_->get_info(time);
    return {info.begin, info.end, info.offset};
  }

  [[nodiscard]] span span_at(second time) const {
    if (time < spans_->front().begin || time >= spans_->back().end) return look_up(time);
    auto const after = std::ranges::upper_bound(*spans_, time, {}, &span::begin);
    return *std::prev(after);
  }

  [[nodiscard]] std::chrono::seconds floor_local(second time, std::chrono::seconds offset) const {
    auto const local = time.time_since_epoch() + offset;
    return length_ * detail::floor_divide(local.count(), length_.count());
  }

  /// The last beginning at or before `time`.
  [[nodiscard]] second start_of(second time) const {
    auto here = span_at(time);
    while (true) {
      auto const start = second{floor_local(time, here.offset) - here.offset};
      auto const earliest = here.begin;
      if (start >= earliest && !repeats(start, here)) return start;
      if (earliest < year_start(-1)) return std::max(start, earliest);
      // The span has no beginning up to `time`, but may start with one that the jump skipped.
      auto const before = span_at(earliest - std::chrono::seconds{1});
      if (skips(before, here)) return earliest;
      time = earliest - std::chrono::seconds{1};
      here = before;
    }
  }

  /// The first beginning after `start`.
  [[nodiscard]] second end_of(second start) const {
    auto here = span_at(start);
    auto next = second{floor_local(start, here.offset) + length_ - here.offset};
    while (true) {
      if (next < here.end) {
        if (!repeats(next, here)) return next;
        next += length_;
        continue;
      }
      auto const after = span_at(here.end);
      if (skips(here, after)) return here.end;
      auto const local = here.end.time_since_epoch() + after.offset;
      auto const rounded = length_ * (detail::floor_divide(local.count() - 1, length_.count()) + 1);
      next = second{rounded - after.offset};
      here = after;
    }
  }

  /// Whether the local time at `start` happened before, and only the first time counts.
  [[nodiscard]] bool repeats(second start, span const& here) const {
    if (here.begin < year_start(-1)) return false;
    auto const before = span_at(here.begin - std::chrono::seconds{1});
    auto const back = before.offset - here.offset;
    return back.count() > 0 && length_ > back && start - here.begin < back;
  }

  /// Whether the clock jumps forward from one span to the next over a beginning, or onto one.
  [[nodiscard]] bool skips(span const& before, span const& after) const {
    if (after.offset <= before.offset) return false;
    auto const last = floor_local(before.end - std::chrono::seconds{1}, before.offset);
    return floor_local(after.begin, after.offset) > last;
  }

  std::chrono::seconds length_;
  date::time_zone const* zone_;
  std::shared_ptr<std::vector<span> const> spans_;
};

}  // namespace spillway::calendar
