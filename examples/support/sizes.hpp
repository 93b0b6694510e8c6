#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace support {

/// Bytes from `256MiB`, `64 KiB`, `1GB`, `4096`: binary units with an i, decimal ones without, case ignored.
/// \throws spillway::value_error
std::uint64_t parse_bytes(std::string_view text);

/// A whole number from `least` to `most`.
/// \throws spillway::value_error
std::uint64_t parse_count(std::string_view text, std::uint64_t least = 0,
                          std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// A length of time from `10m`, `90s`, `1h`, `250ms`, `1d`, `1w`; a bare number is seconds.
/// \throws spillway::value_error, also for zero and negative lengths
std::chrono::microseconds parse_duration(std::string_view text);

/// `12.3 MiB`
std::string bytes_text(std::uint64_t bytes);

/// `10,000,000`
std::string count_text(std::uint64_t count);

}  // namespace support
