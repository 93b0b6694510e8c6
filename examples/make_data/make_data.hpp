#pragma once

#include <spillway/io/output.hpp>

#include <chrono>
#include <cstdint>

namespace make_data {

/// How the keys of records are spread.
enum class key_pattern {
  random,
  few,  ///< a hundred different ones
  sorted,
  reversed,
  skewed,  ///< many small ones, some of them very often; few large ones
};

/// Records of 100 bytes, the first 10 of them the key, after those of sortbenchmark.org.
enum class record_form {
  binary,
  text,  ///< printable, the last byte a line end: for tools that sort lines
};

/// What every kind of data is made from. The same options give the same bytes on every machine.
struct recipe {
  std::uint64_t rows = 1'000'000;
  std::uint64_t seed = 1;
  std::chrono::days days{};
  std::uint64_t duplicates_per_million = 0;
  std::uint64_t malformed_per_million = 0;
  bool unsorted = false;
  bool ties = false;                       ///< events only: the same number of each action in every window
  key_pattern keys = key_pattern::random;  ///< records only
  record_form form = record_form::binary;  ///< records only
  std::uint64_t drift_per_million = 0;     ///< transactions only: how far the evaluation part differs from the others
  bool whole_shuffle = false;              ///< transactions only: `_data_shuffle` as whole numbers, some of them equal
};

/// Votes as JSON lines, one object a line.
void write_votes(recipe const& recipe, spillway::io::output_file& output);

/// Events as CSV: `time,action`.
void write_events(recipe const& recipe, spillway::io::output_file& output);

/// Records for sorting. Each has its number in it, by which one can see whether equal keys have kept their order.
void write_records(recipe const& recipe, spillway::io::output_file& output);

}  // namespace make_data
