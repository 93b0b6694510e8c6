#pragma once

#include <spillway/core/error.hpp>

#include <boost/iostreams/filter/zstd.hpp>

#include <cstddef>
#include <ios>
#include <span>

namespace spillway::io {

/// Compresses blocks of bytes each by itself, as zstd frames of level 1, and decompresses them into memory of the
/// caller's. zstd's own tables, about 1 MiB, come from the default heap.
struct block_compression {
  /// How many bytes at the front of `into` are the compressed block; 0 if it does not fit there.
  [[nodiscard]] static std::size_t compress(std::span<char const> bytes, std::span<char> into) {
    boost::iostreams::zstd_compressor compressor{boost::iostreams::zstd_params{1}, boosts_own_buffer};
    auto const* from = bytes.data();
    auto const* const from_end = from + bytes.size();
    auto* to = into.data();
    auto* const to_end = to + into.size();
    while (from != from_end) {
      if (to == to_end) return 0;
      compressor.filter().filter(from, from_end, to, to_end, false);
    }
    for (auto more = true; more;) {
      if (to == to_end) return 0;
      more = compressor.filter().filter(from, from_end, to, to_end, true);
    }
    return static_cast<std::size_t>(to - into.data());
  }

  /// \throws corrupt_data if `compressed` is not what `compress` made of `into.size()` bytes.
  static void decompress(std::span<char const> compressed, std::span<char> into) {
    boost::iostreams::zstd_decompressor decompressor{boosts_own_buffer};
    auto const* from = compressed.data();
    auto const* const from_end = from + compressed.size();
    auto* to = into.data();
    auto* const to_end = to + into.size();
    try {
      while (from != from_end && to != to_end) decompressor.filter().filter(from, from_end, to, to_end, false);
    } catch (std::ios_base::failure const& problem) {
      throw corrupt_data{"a compressed block", 0, problem.what()};
    }
    if (to != to_end) throw corrupt_data{"a compressed block", compressed.size(), "it is cut off"};
  }

 private:
  /// Stays unused.
  static constexpr std::streamsize boosts_own_buffer = 1;
};

}  // namespace spillway::io
