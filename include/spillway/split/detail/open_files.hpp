#pragma once

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/compression.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <limits>
#include <memory_resource>
#include <system_error>

namespace spillway::split::detail {

/// What a split may hold at once.
inline std::size_t resolved_budget(std::size_t budget, std::pmr::memory_resource const* memory) {
  constexpr std::size_t usual = std::size_t{256} * 1024 * 1024;
  if (budget != 0) return budget;
  auto const* const limited = dynamic_cast<memory_budget const*>(memory);
  return limited != nullptr ? limited->remaining() : usual;
}

/// Bytes that an output takes for as long as it is open.
inline constexpr std::size_t output_buffer = std::size_t{64} * 1024;

/// A rough figure, for tables that the compressor doesn't take from our budget too.
inline std::size_t output_memory(io::compression kind) noexcept {
  constexpr std::size_t kib = 1024;
  switch (kind) {
    case io::compression::gzip:
      return output_buffer + 512 * kib;
    case io::compression::zstd:
      return output_buffer + 4 * kib * kib;
    case io::compression::bzip2:
      return output_buffer + 8 * kib * kib;
    case io::compression::xz:
      return output_buffer + 96 * kib * kib;
    case io::compression::automatic:
    case io::compression::none:
      break;
  }
  return output_buffer + 4 * kib;
}

/// How many more files the system lets this process open, some being left for others.
inline std::size_t free_descriptors() {
  constexpr std::size_t for_others = 32;
  ::rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur == RLIM_INFINITY) {
    return std::numeric_limits<std::size_t>::max();
  }
  std::error_code unknown;
  std::filesystem::directory_iterator const open{"/proc/self/fd", unknown};
  auto const used = unknown ? 3 : static_cast<std::size_t>(std::distance(begin(open), end(open)));
  auto const all = static_cast<std::size_t>(limit.rlim_cur);
  return all > used + for_others ? all - used - for_others : 0;
}

/// How many outputs may be written at the same time: within a quarter of the budget and the open files there may be, of
/// which an output takes two.
inline std::size_t most_open_outputs(std::size_t budget, io::compression kind) {
  return std::max<std::size_t>(1, std::min(budget / 4 / output_memory(kind), free_descriptors() / 2));
}

}  // namespace spillway::split::detail
