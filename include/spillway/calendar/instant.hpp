#pragma once

#include <chrono>

namespace spillway::calendar {

/// A point in time, without leap seconds, to the microsecond.
using instant = std::chrono::sys_time<std::chrono::microseconds>;

}  // namespace spillway::calendar
