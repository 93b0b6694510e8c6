#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spillway::io::detail {

/// Follows the frames and blocks of a zstd stream, to know whether it ended where a frame ends: the decompressor of
/// Boost.Iostreams takes a stream that was cut off for a complete one. Looks at the few bytes of each header only.
///
/// Source: RFC 8878, section 3.
class zstd_frames {
 public:
  void pass(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
      if (skip_ != 0) {
        auto const skipped = std::min<std::uint64_t>(skip_, bytes.size());
        skip_ -= skipped;
        bytes.remove_prefix(static_cast<std::size_t>(skipped));
        continue;
      }
      header_[have_++] = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      if (have_ == want_) step();
    }
  }

  /// Whether a frame, and not just a part of one, is the last thing that passed.
  [[nodiscard]] bool complete() const noexcept { return any_ && next_ == part::magic && have_ == 0 && skip_ == 0; }

 private:
  enum class part { magic, skippable_size, descriptor, block };

  void step() noexcept {
    have_ = 0;
    any_ = true;
    switch (next_) {
      case part::magic:
        // What is neither kind of frame is for the decompressor to refuse.
        (little_endian(4) & 0xFFFFFFF0U) == 0x184D2A50U ? expect(part::skippable_size, 4) : expect(part::descriptor, 1);
        break;
      case part::skippable_size:
        skip_ = little_endian(4);
        expect(part::magic, 4);
        break;
      case part::descriptor:
        read_descriptor(header_[0]);
        expect(part::block, 3);
        break;
      case part::block:
        read_block(little_endian(3));
        break;
    }
  }

  void read_descriptor(unsigned descriptor) noexcept {
    constexpr std::array<std::uint64_t, 4> dictionary_bytes{0, 1, 2, 4};
    constexpr std::array<std::uint64_t, 4> size_bytes{0, 2, 4, 8};
    auto const single_segment = (descriptor >> 5U & 1U) != 0;
    auto const size_flag = descriptor >> 6U;
    checksum_ = (descriptor >> 2U & 1U) != 0;
    skip_ = dictionary_bytes[descriptor & 3U] + (single_segment && size_flag == 0 ? 1 : size_bytes[size_flag]) +
            (single_segment ? 0 : 1);
  }

  void read_block(std::uint32_t header) noexcept {
    constexpr std::uint32_t repeated_byte = 1;
    skip_ = (header >> 1U & 3U) == repeated_byte ? 1 : header >> 3U;
    if ((header & 1U) == 0) return;
    if (checksum_) skip_ += 4;
    expect(part::magic, 4);
  }

  void expect(part next, std::size_t bytes) noexcept {
    next_ = next;
    want_ = bytes;
  }

  [[nodiscard]] std::uint32_t little_endian(std::size_t bytes) const noexcept {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= static_cast<std::uint32_t>(header_[i]) << (8 * i);
    return value;
  }

  std::array<unsigned char, 4> header_{};
  std::size_t have_ = 0;
  std::size_t want_ = 4;
  part next_ = part::magic;
  std::uint64_t skip_ = 0;
  bool checksum_ = false;
  bool any_ = false;
};

}  // namespace spillway::io::detail
