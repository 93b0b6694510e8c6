#pragma once

#include "program.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/options.hpp>

#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace program {

inline spillway::sort::input_access parse_access(std::string_view text) {
  using enum spillway::sort::input_access;
  if (text == "automatic") return automatic;
  if (text == "runs") return runs;
  if (text == "mapped") return mapped;
  if (text == "unmapped") return unmapped;
  throw spillway::value_error{"automatic, runs, mapped or unmapped", text};
}

inline std::size_t memory(arguments const& arguments) {
  return arguments.number<std::size_t>("--memory", std::size_t{256} << 20U);
}

/// `--memory BYTES --threads N --scratch DIR --access automatic|runs|mapped|unmapped`. Of the memory, what the reader
/// and the writer take is left out.
inline spillway::sort::external_options sorting_options(arguments const& arguments, spillway::memory_budget& budget) {
  constexpr auto reading_and_writing = std::size_t{4} << 20U;
  return {.budget = budget.limit() - reading_and_writing,
          .memory = &budget,
          .threads = arguments.number("--threads", 2U),
          .scratch = {.folders = {arguments.text("--scratch", "/var/tmp")}},
          .access = parse_access(arguments.text("--access", "automatic"))};
}

inline char const* name_of(spillway::sort::sort_method method) {
  switch (method) {
    case spillway::sort::sort_method::in_memory:
      return "in memory";
    case spillway::sort::sort_method::runs:
      return "runs";
    case spillway::sort::sort_method::by_position:
      break;
  }
  return "by position";
}

/// One line of JSON on standard error.
inline void print(spillway::sort::external_result const& done, spillway::memory_budget const& budget) {
  std::fprintf(stderr,
               R"({"records":%)" PRIu64 R"(,"delivered":%)" PRIu64 R"(,"bytes":%)" PRIu64 R"(,"runs":%)" PRIu64
               R"(,"merge_passes":%)" PRIu64 R"(,"bytes_spilled":%)" PRIu64 R"(,"peak_scratch":%)" PRIu64
               R"(,"peak_memory":%zu,"peak_budget":%zu,"method":"%s","seconds_forming":%.3f,"seconds_merging":%.3f})"
               "\n",
               done.records, done.delivered, done.bytes, done.runs, done.merge_passes, done.bytes_spilled,
               done.peak_scratch, done.peak_memory, budget.peak(), name_of(done.method), done.seconds_forming,
               done.seconds_merging);
}

}  // namespace program
