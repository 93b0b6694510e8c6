#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/text.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace process_actions {

enum class action : std::uint8_t { open, close };

inline constexpr std::array<std::string_view, 2> action_names{"open", "close"};

namespace detail {

/// The first four and the last four characters, in lower case: setting bit 5 makes ASCII letters so, and makes nothing
/// else a letter.
/// \pre text.size() >= 4
constexpr std::uint64_t both_ends(std::string_view text) {
  std::array<char, 8> ends{};
  std::copy_n(text.data(), 4, ends.data());
  std::copy_n(text.data() + text.size() - 4, 4, ends.data() + 4);
  return std::bit_cast<std::uint64_t>(ends) | 0x2020202020202020U;
}

inline constexpr std::array<std::uint64_t, 2> ends_of_actions{both_ends(action_names[0]), both_ends(action_names[1])};

}  // namespace detail

/// `Open` and `Close` in any case. Without a branch on which of the two: that could not be predicted.
/// \throws spillway::value_error
inline action parse_action(std::string_view text) {
  auto const ends = text.size() < 4 ? 0 : detail::both_ends(text);
  auto const is_close = static_cast<std::size_t>(ends == detail::ends_of_actions[1]);
  if (ends != detail::ends_of_actions[is_close] || text.size() != 4 + is_close) [[unlikely]] {
    throw spillway::value_error{"Open or Close", text};
  }
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
