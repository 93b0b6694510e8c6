#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>

namespace spillway::io::detail {

/// A sum over a block that is about to leave memory, to know it when it comes back. It is never stored for longer than
/// the process lives, so it may differ between versions and machines.
[[nodiscard]] inline std::uint64_t block_checksum(std::span<char const> block, std::uint64_t seed) noexcept {
  constexpr std::uint64_t odd = 0x9E3779B97F4A7C15U;
  // Four lanes, since one would wait for its multiplication at every word.
  std::array<std::uint64_t, 4> lanes{seed ^ odd, seed + odd, ~seed, block.size() * odd};
  auto const mix = [](std::uint64_t lane, std::uint64_t word) { return (std::rotl(lane, 29) ^ word) * odd; };
  auto const* at = block.data();
  auto left = block.size();
  for (; left >= sizeof(lanes); left -= sizeof(lanes), at += sizeof(lanes)) {
    std::array<std::uint64_t, 4> words;
    std::memcpy(words.data(), at, sizeof(words));
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = mix(lanes[i], words[i]);
  }
  std::array<std::uint64_t, 4> rest{};
  if (left != 0) std::memcpy(rest.data(), at, left);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < lanes.size(); ++i) sum = mix(sum, mix(lanes[i], rest[i]));
  return sum ^ sum >> 32U;
}

}  // namespace spillway::io::detail
