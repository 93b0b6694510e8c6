#pragma once

#include "process_actions/count.hpp"
#include "process_actions/settings.hpp"

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <stop_token>
#include <string>
#include <vector>

namespace process_actions {

/// Counts of events, and what else is known of where they came from.
struct tally {
  process_actions::grouping grouping;
  std::unique_ptr<event_counter> counter;
  std::uint64_t rejected = 0;
};

/// Prints a tally as JSON lines: the grouping, the pieces, and a last line with the totals, by which a state that was
/// cut off is told.
void print_state(tally const& shard, std::stop_token const& stop);

/// Adds up the states in the files.
/// \throws spillway::parse_error for a file that is not a whole state; spillway::argument_error if they were not made
///         with the same grouping
tally merge_states(std::vector<std::string> const& paths, std::pmr::memory_resource& memory,
                   std::stop_token const& stop);

}  // namespace process_actions
