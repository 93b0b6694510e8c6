#pragma once

#include <spillway/io/output.hpp>

#include <chrono>
#include <cstdint>

namespace make_data {

/// What every kind of data is made from. The same options give the same bytes on every machine.
struct recipe {
  std::uint64_t rows = 1'000'000;
  std::uint64_t seed = 1;
  std::chrono::days days{};
  std::uint64_t duplicates_per_million = 0;
  std::uint64_t malformed_per_million = 0;
  bool unsorted = false;
  bool ties = false;  ///< events only: the same number of each action in every window
};

/// Votes as JSON lines, one object a line.
void write_votes(recipe const& recipe, spillway::io::output_file& output);

/// Events as CSV: `time,action`.
void write_events(recipe const& recipe, spillway::io::output_file& output);

}  // namespace make_data
