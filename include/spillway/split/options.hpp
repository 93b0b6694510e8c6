#pragma once

#include <spillway/core/progress.hpp>
#include <spillway/io/compression.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/output.hpp>
#include <spillway/io/scratch.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/split/classifier.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <optional>
#include <stop_token>
#include <string>

namespace spillway::split {

struct options {
  /// For a classifier that says which classes there are.
  unknown_class unknown = unknown_class::error;
  /// With `unknown_class::divert`, what the output for all unknown classes is called.
  std::string diverted = "unknown";
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  std::stop_token stop = {};
};

struct sorted_options {
  /// For a classifier that says which classes there are.
  unknown_class unknown = unknown_class::error;
  /// With `unknown_class::divert`, what the output for all unknown classes is called.
  std::string diverted = "unknown";
  sort::external_options sorting = {};
};

struct csv_files_options {
  /// For a classifier that says which classes there are.
  unknown_class unknown = unknown_class::error;
  /// With `unknown_class::divert`, what the output for all unknown classes is called.
  std::string diverted = "unknown";
  unsigned threads = 2;
  /// None: rows are written as they are read, byte for byte, apart from line ends, which become line feeds.
  std::optional<io::csv_format> format = std::nullopt;
  /// `automatic`: by the extension of the outputs.
  io::compression compression = io::compression::automatic;
  std::optional<int> level = std::nullopt;
  io::durability durability = io::durability::synced;
  /// Files that are written at the same time; those of further classes are written afterwards, one after the other, and
  /// their rows wait on scratch. 0: as many as the system's limit on open files and the budget allow.
  std::size_t open_files = 0;
  /// Bytes to hold at once. 0: what `memory` has left if it is a `memory_budget`, else 256 MiB.
  std::size_t budget = 0;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  /// Where rows wait that have no open file, or to be sorted.
  io::scratch_options scratch = {};
  /// Of rows that wait there.
  sort::run_compression run_compression = sort::run_compression::none;
  /// For sorted files: whether rows may be fetched from the input in order.
  sort::input_access access = sort::input_access::automatic;
  /// Of what comes after reading, which the reader's own options are for. Phase: "write".
  progress_callback on_progress = {};
  std::stop_token stop = {};
};

/// What one output got.
struct output_result {
  std::string name;  ///< of its class
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  ///< of a file, with its header, before compression; else 0
};

/// What a split went through.
struct result {
  std::uint64_t records = 0;  ///< that went into outputs
  /// First the classes that the classifier lists, in its order, then that of diverted records, then those that came up
  /// in the input, by name.
  std::deque<output_result> outputs;
  std::uint64_t unknown = 0;   ///< of an unknown class: skipped or diverted
  std::uint64_t rejected = 0;  ///< by the reader
  std::uint64_t spilled = 0;   ///< that waited on scratch
  double seconds = 0;
};

/// What a sorted split went through.
struct sorted_result : result {
  sort::external_result sorting;
};

}  // namespace spillway::split
