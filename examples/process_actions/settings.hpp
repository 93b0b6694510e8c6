#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace process_actions {

/// Which windows events are counted in. Shards can be merged only if theirs are the same.
struct grouping {
  std::chrono::microseconds window = std::chrono::minutes{10};
  std::optional<std::chrono::microseconds> slide = {};    ///< none: windows end to end
  std::optional<std::chrono::microseconds> session = {};  ///< windows that end after a gap this long, instead
  std::string time_zone = "UTC";
  friend bool operator==(grouping const&, grouping const&) = default;
};

/// What of it is shown.
struct presentation {
  bool sparse = false;  ///< leave out windows without events
  std::uint64_t top = 10;
};

}  // namespace process_actions
