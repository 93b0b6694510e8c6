#pragma once

#include <spillway/calendar/detail/civil.hpp>
#include <spillway/calendar/detail/scan.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

/// Timestamps in 64-bit words, for any little-endian machine.
namespace spillway::calendar::detail {

/// Eight bytes of text at once, the first in the lowest byte.
inline std::uint64_t load_bytes(char const* text) noexcept {
  std::uint64_t word;
  std::memcpy(&word, text, sizeof word);
  return word;
}

consteval std::uint64_t word_of(std::array<std::uint8_t, 8> bytes) { return std::bit_cast<std::uint64_t>(bytes); }

/// Not 0 if a byte of the word is over its limit; `headroom` holds 127 minus the limit for each byte.
constexpr std::uint64_t over_limits(std::uint64_t word, std::uint64_t headroom) noexcept {
  return ((word + headroom) | word) & 0x8080808080808080U;
}

/// In bytes 0, 2, 4, 6 (or 0, 3, 6): ten times the digit there plus the next digit.
constexpr std::uint64_t join_pairs(std::uint64_t digits) noexcept { return digits * 10 + (digits >> 8U); }

/// The number that eight digits make, the highest in the lowest byte.
constexpr std::uint32_t join_eight(std::uint64_t digits) noexcept {
  constexpr std::uint64_t mask = 0x000000ff000000ffU;
  auto const pairs = join_pairs(digits);
  auto const sum = (pairs & mask) * (100 + (std::uint64_t{1000000} << 32U)) +
                   ((pairs >> 16U) & mask) * (1 + (std::uint64_t{10000} << 32U));
  return static_cast<std::uint32_t>(sum >> 32U);
}

[[gnu::always_inline]] inline std::uint64_t date_by_words(char const* text, std::int64_t& days) noexcept {
  constexpr auto form = word_of({'0', '0', '-', '0', '0', '-', '0', '0'});
  constexpr auto headroom = word_of({118, 118, 127, 126, 118, 127, 124, 118});
  std::uint16_t first;
  std::memcpy(&first, text, sizeof first);
  auto const top = static_cast<std::uint32_t>(first) ^ 0x3030U;
  auto const word = load_bytes(text + 2) ^ form;
  auto const pairs = join_pairs(word);
  auto const century = (top * 10 + (top >> 8U)) & 0xffU;
  auto const year = century * 100 + static_cast<std::uint32_t>(pairs & 0xffU);
  auto const month = static_cast<std::uint32_t>(pairs >> 24U) & 31U;
  auto const day = static_cast<std::uint32_t>(pairs >> 48U) & 0xffU;
  days = days_from_civil(year, month, day);
  auto rejected = over_limits(word, headroom) | (((top + 0x7676U) | top) & 0x8080U);
  if (day - 1 >= days_in_month[month]) [[unlikely]]
    rejected |= static_cast<std::uint64_t>(!(month == 2 && day == 29 && is_leap(year)));
  return rejected | static_cast<std::uint64_t>(year == 0);
}

[[gnu::always_inline]] inline plain_time scan_plain_by_words(char const* text, std::size_t size) noexcept {
  constexpr auto form = word_of({'0', '0', ':', '0', '0', ':', '0', '0'});
  constexpr auto headroom = word_of({125, 118, 127, 122, 118, 127, 122, 118});
  plain_time result{};
  if (size == 29) [[unlikely]] {
    result.ninth_digit = static_cast<std::uint32_t>(static_cast<unsigned char>(text[28])) - '0';
    result.rejected = static_cast<std::uint64_t>(result.ninth_digit > 9);
    size = 28;
  }
  std::int64_t days = 0;
  result.rejected |= date_by_words(text, days);
  auto const separator = text[10];
  result.rejected |= static_cast<std::uint64_t>((separator != 'T') & (separator != ' ') & (separator != 't'));

  auto const word = load_bytes(text + 11) ^ form;
  auto const pairs = join_pairs(word);
  auto const hour = static_cast<std::uint32_t>(pairs) & 0xffU;
  auto const minute = static_cast<std::uint32_t>(pairs >> 24U) & 0xffU;
  auto const second = static_cast<std::uint32_t>(pairs >> 48U) & 0xffU;
  result.rejected |= over_limits(word, headroom) | static_cast<std::uint64_t>(hour > 23);
  result.seconds = days * seconds_in_day + static_cast<std::int64_t>(hour * 3600 + minute * 60 + second);

  // The last eight bytes end with the fraction; shifting out what is before it leaves its digits with zeros after them.
  auto const has_fraction = static_cast<std::size_t>(size > 19);
  auto const mark = text[18 + has_fraction];
  auto const fraction = ((load_bytes(text + size - 8) ^ 0x3030303030303030U) >> ((28 - size) * 8 % 64)) &
                        (std::uint64_t{0} - has_fraction);
  result.rejected |= over_limits(fraction, 0x7676767676767676U) |
                     (has_fraction & static_cast<std::uint64_t>((mark != '.') & (mark != ','))) |
                     static_cast<std::uint64_t>((size == 20) | (size > 28));
  result.hundred_millionths = join_eight(fraction);
  return result;
}

}  // namespace spillway::calendar::detail
