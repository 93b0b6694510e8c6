#pragma once

#include <spillway/calendar/format.hpp>
#include <spillway/calendar/zone.hpp>

#include <fmt/compile.h>
#include <fmt/format.h>

#include <iterator>
#include <string>

namespace process_actions {

/// How times are written: to the millisecond, in UTC with `Z` or in local time with its offset.
class time_labels {
 public:
  explicit time_labels(std::string const& zone)
      : zone_{zone == "UTC" ? nullptr : spillway::calendar::find_zone(zone)} {}

  void append(std::string& text, spillway::calendar::instant time) const {
    using namespace spillway::calendar;
    constexpr auto digits = fraction_digits::three;
    if (zone_ == nullptr) {
      text += format_instant(time, {.fraction = digits}).view();
      return;
    }
    auto const offset = zone_->get_info(std::chrono::floor<std::chrono::seconds>(time)).offset;
    text += format_instant(time + offset, {.fraction = digits, .mark = utc_mark::none}).view();
    auto const minutes = std::chrono::abs(std::chrono::duration_cast<std::chrono::minutes>(offset)).count();
    fmt::format_to(std::back_inserter(text), FMT_COMPILE("{}{:02}:{:02}"), offset.count() < 0 ? '-' : '+', minutes / 60,
                   minutes % 60);
  }

 private:
  date::time_zone const* zone_;
};

}  // namespace process_actions
