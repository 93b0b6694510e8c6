#pragma once

#include <spillway/core/progress.hpp>
#include <spillway/io/scratch.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <stop_token>

namespace spillway::sort {

/// Whether runs are compressed on their way to scratch. It saves disk and costs time.
enum class run_compression { none, zstd };

/// How the records of an input that can be read twice may be fetched once their order is known.
enum class input_access {
  automatic,  ///< by position if the keys fit the budget and the file is in the system's cache, else through runs
  runs,       ///< never by position
  mapped,     ///< by position whenever the keys fit the budget, from the mapped file
  unmapped,   ///< the same with reads: nothing is mapped
};

struct external_options {
  /// Bytes to hold at once. 0: what `memory` has left if it is a `memory_budget`, else 256 MiB.
  std::size_t budget = 0;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  unsigned threads = 2;
  io::scratch_options scratch = {};
  run_compression compression = run_compression::none;
  /// Only so many records, the first in the order.
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  input_access access = input_access::automatic;
  /// Phases: "form runs", "merge runs" if they are too many to be merged at once, and "merge"; by position "read
  /// keys" and "gather". All in bytes.
  progress_callback on_progress = {};
  std::stop_token stop = {};
};

/// Which way the records went.
enum class sort_method {
  in_memory,    ///< all fitted the budget
  runs,         ///< through sorted runs on scratch
  by_position,  ///< keys sorted in memory, records fetched from the input in order
};

/// What a sort went through.
struct external_result {
  std::uint64_t records = 0;        ///< taken in
  std::uint64_t delivered = 0;      ///< handed out: fewer if equal ones were merged, or with a limit
  std::uint64_t bytes = 0;          ///< of the records taken in, packed
  std::uint64_t runs = 0;           ///< spilled
  std::uint64_t merge_passes = 0;   ///< that the records went through at most, the last one included
  std::uint64_t bytes_spilled = 0;  ///< written to scratch, by all passes
  std::uint64_t peak_scratch = 0;   ///< the most bytes on scratch at once
  std::size_t peak_memory = 0;      ///< the most bytes held at once, of the budget
  std::uint64_t bytes_mapped = 0;   ///< of the input, to fetch records from: memory that the system can take back
  sort_method method = sort_method::in_memory;
  double seconds_forming = 0;  ///< taking in, sorting and spilling
  double seconds_merging = 0;  ///< merging and handing out
};

}  // namespace spillway::sort
