#pragma once

/// The library's version, for the preprocessor: `#if SPILLWAY_VERSION >= 100` asks for 0.1.0 or later.
/// `CMakeLists.txt` reads the three numbers from here, so that they are written once.
#define SPILLWAY_VERSION_MAJOR 0
#define SPILLWAY_VERSION_MINOR 1
#define SPILLWAY_VERSION_PATCH 0
#define SPILLWAY_VERSION (SPILLWAY_VERSION_MAJOR * 10000 + SPILLWAY_VERSION_MINOR * 100 + SPILLWAY_VERSION_PATCH)

#include <compare>

namespace spillway {

struct version_number {
  int major;
  int minor;
  int patch;
  friend constexpr auto operator<=>(version_number const&, version_number const&) = default;
};

inline constexpr version_number version{SPILLWAY_VERSION_MAJOR, SPILLWAY_VERSION_MINOR, SPILLWAY_VERSION_PATCH};

}  // namespace spillway
