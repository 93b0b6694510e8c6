#pragma once

#include <spillway/core/error.hpp>

#include <stop_token>

namespace spillway {

/// For loops that can run for seconds: call it once per block, not once per record.
/// \throws cancelled if a stop was requested.
inline void throw_if_cancelled(std::stop_token const& stop) {
  if (stop.stop_requested()) throw cancelled{};
}

}  // namespace spillway
