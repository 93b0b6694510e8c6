#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/hash.hpp>
#include <spillway/stats/value_grid.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How a summary is written: a mark, a version, numbers of eight bytes and counts of one to ten, seven bits in each and
/// the lowest first, and at the end a checksum of all before it.
namespace spillway::stats::detail {

inline constexpr std::array<unsigned char, 8> summary_mark{'s', 'p', 'i', 'l', 'l', 's', 'u', 'm'};
inline constexpr std::uint64_t summary_version = 1;

class summary_writer {
 public:
  explicit summary_writer(std::pmr::memory_resource* memory) : bytes_{memory} {
    for (auto const c : summary_mark) bytes_.push_back(std::byte{c});
    count(summary_version);
  }

  void number(std::uint64_t value) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes_.push_back(static_cast<std::byte>(value >> shift));
  }
  void count(std::uint64_t value) {
    for (; value >= 128; value >>= 7U) bytes_.push_back(static_cast<std::byte>(value | 128U));
    bytes_.push_back(static_cast<std::byte>(value));
  }
  std::pmr::vector<std::byte> finish() {
    number(hash64(bytes_));
    return std::move(bytes_);
  }

 private:
  std::pmr::vector<std::byte> bytes_;
};

class summary_reader {
 public:
  explicit summary_reader(std::span<std::byte const> bytes) : bytes_{bytes} {
    for (auto const c : summary_mark) {
      if (next() != c) fail("this is no summary of a distribution");
    }
    auto const version = count(~std::uint64_t{0});
    if (version > summary_version) {
      throw argument_error{"the summary of a distribution is of version " + std::to_string(version) +
                           ", and this is made for versions up to " + std::to_string(summary_version)};
    }
    if (version == 0) fail("there is no version 0");
  }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 8) value |= std::uint64_t{next()} << shift;
    return value;
  }

  std::uint64_t count(std::uint64_t most) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      auto const byte = next();
      value |= std::uint64_t{byte & 127U} << shift;
      if (byte >= 128) continue;
      if (value > most) fail("a count is too large");
      return value;
    }
    fail("a count is too long");
  }

  value_grid grid(value_grid::shape_type const& shape, std::pmr::memory_resource* memory) const {
    try {
      return value_grid{shape, memory};
    } catch (argument_error const& error) {
      fail(error.what());
    }
  }

  /// To be called when all has been read, with whether it makes sense.
  void finish(bool consistent) {
    auto const sum = hash64(bytes_.first(place_));
    if (number() != sum) fail("the checksum is wrong");
    if (place_ != bytes_.size()) fail("there is more behind the end");
    if (!consistent) fail("the least or the greatest value is not where the counts say");
  }

 private:
  unsigned next() {
    if (place_ == bytes_.size()) fail("the end is missing");
    return std::to_integer<unsigned>(bytes_[place_++]);
  }
  [[noreturn]] void fail(std::string_view problem) const {
    throw corrupt_data{"distribution summary", place_, problem};
  }

  std::span<std::byte const> bytes_;
  std::size_t place_ = 0;
};

}  // namespace spillway::stats::detail
