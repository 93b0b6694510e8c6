#pragma once

#include <cstdint>

namespace spillway::sort::detail {

/// What is moved about while records are sorted: the first bits of a record's key, and which record it is.
struct entry {
  /// Orders as the keys do, as far as it goes.
  std::uint64_t prefix;
  /// Grows with the order of the input, so that it decides between equal keys.
  std::uint64_t position;
};

}  // namespace spillway::sort::detail
