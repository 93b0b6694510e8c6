#pragma once

#include "process_actions/settings.hpp"
#include "process_actions/state.hpp"

#include <memory_resource>
#include <stop_token>
#include <string>

namespace process_actions {

/// Prints the three outputs and, unless `folder` is empty, writes `windows.csv`, `top.csv` and `summary.json` into it,
/// all or none. Memory does not grow with the number of windows, only with how many the top is to have.
void write_report(tally const& counted, presentation const& shown, std::string const& folder,
                  std::pmr::memory_resource& memory, std::stop_token const& stop);

}  // namespace process_actions
