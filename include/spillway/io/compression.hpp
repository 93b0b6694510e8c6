#pragma once

#include <cstddef>
#include <string_view>

namespace spillway::io {

enum class compression {
  automatic,  ///< reading: by the first bytes, else by the name; writing: by the name
  none,
  gzip,
  zstd,
  bzip2,
  xz,
};

/// By the extension of a path: `.gz`, `.zst`, `.bz2`, `.xz`; everything else is `none`.
[[nodiscard]] constexpr compression compression_by_name(std::string_view path) noexcept {
  if (path.ends_with(".gz")) return compression::gzip;
  if (path.ends_with(".zst")) return compression::zstd;
  if (path.ends_with(".bz2")) return compression::bzip2;
  if (path.ends_with(".xz")) return compression::xz;
  return compression::none;
}

/// How many bytes `compression_by_magic` wants to see, if there are as many.
inline constexpr std::size_t longest_magic = 10;

/// By the first bytes of a file; `none` if they are no magic bytes that are known.
[[nodiscard]] constexpr compression compression_by_magic(std::string_view start) noexcept {
  using namespace std::string_view_literals;
  if (start.starts_with("\x1F\x8B\x08"sv)) return compression::gzip;
  if (start.starts_with("\x28\xB5\x2F\xFD"sv)) return compression::zstd;
  // A zstd frame to be skipped, with which pzstd and seekable files start.
  auto const skippable = start.size() >= 4 && (static_cast<unsigned char>(start[0]) >> 4U) == 5;
  if (skippable && start.substr(1, 3) == "\x2A\x4D\x18"sv) return compression::zstd;
  if (start.starts_with("\xFD"
                        "7zXZ\0"sv)) {
    return compression::xz;
  }
  // "BZh" may well start a text. The first block, or the end of an empty stream, has six bytes more.
  auto const level = start.size() >= 4 && start[3] >= '1' && start[3] <= '9';
  auto const block = start.substr(start.size() < 4 ? start.size() : 4, 6);
  if (start.starts_with("BZh"sv) && level && (block == "1AY&SY"sv || block == "\x17\x72\x45\x38\x50\x90"sv)) {
    return compression::bzip2;
  }
  return compression::none;
}

}  // namespace spillway::io
