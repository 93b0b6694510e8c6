#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/text.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <string_view>

namespace process_actions {

enum class action : std::uint8_t { open, close };

inline constexpr std::array<std::string_view, 2> action_names{"open", "close"};

/// `Open` and `Close` in any case. Without a branch on which of the two: that could not be predicted.
/// \throws spillway::value_error
inline action parse_action(std::string_view text) {
  // Setting bit 5 makes ASCII letters lower case, and makes nothing else a letter.
  std::array<char, 4> word{};
  if (text.size() >= word.size()) [[likely]]
    std::memcpy(word.data(), text.data(), word.size());
  constexpr auto lower = [](std::array<char, 4> bytes) { return std::bit_cast<std::uint32_t>(bytes) | 0x20202020U; };
  constexpr auto open = lower({'o', 'p', 'e', 'n'});
  constexpr auto clos = lower({'c', 'l', 'o', 's'});
  auto const is_open = static_cast<int>(lower(word) == open) & static_cast<int>(text.size() == 4);
  auto const is_close = static_cast<int>(lower(word) == clos) & static_cast<int>(text.size() == 5) &
                        static_cast<int>((text.empty() ? '\0' : text.back() | 0x20) == 'e');
  if ((is_open | is_close) == 0) [[unlikely]]
    throw spillway::value_error{"Open or Close", text};
  return static_cast<action>(is_close);
}

/// How many of each action, in the order of `action_names`.
struct action_counts {
  std::array<std::uint64_t, action_names.size()> of{};

  [[nodiscard]] std::uint64_t total() const { return std::accumulate(of.begin(), of.end(), std::uint64_t{0}); }
  [[nodiscard]] std::uint64_t operator[](action a) const { return of[static_cast<std::size_t>(a)]; }

  action_counts& operator+=(action_counts const& other) {
    for (std::size_t at = 0; at < of.size(); ++at) of[at] += other.of[at];
    return *this;
  }
  action_counts& operator-=(action_counts const& other) {
    for (std::size_t at = 0; at < of.size(); ++at) of[at] -= other.of[at];
    return *this;
  }
};

}  // namespace process_actions

template <>
struct spillway::text_parser<process_actions::action> {
  static process_actions::action parse(std::string_view text) { return process_actions::parse_action(text); }
};
