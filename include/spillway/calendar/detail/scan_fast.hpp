#pragma once

#include <spillway/calendar/detail/scan.hpp>
#include <spillway/calendar/detail/scan_vector.hpp>
#include <spillway/calendar/detail/scan_words.hpp>

#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace spillway::calendar::detail {

struct by_words {
  [[gnu::always_inline]] static plain_time scan(char const* text, std::size_t size) noexcept {
    return scan_plain_by_words(text, size);
  }
};

#if defined(__SSE4_1__)
struct by_vector {
  [[gnu::always_inline]] static plain_time scan(char const* text, std::size_t size) noexcept {
    return scan_plain_by_vector(text, size);
  }
};
using fastest_path = by_vector;
#else
using fastest_path = by_words;
#endif

/// What is left by the straight path: offsets, short and rare forms, faults.
template <class Path>
scanned scan_rare(std::string_view text) noexcept {
  auto const size = text.size();
  if (size < 22) return scan_instant_bytewise(text);
  auto const length = is_sign(text[size - 6]) ? 6U : is_sign(text[size - 5]) ? 5U : is_sign(text[size - 3]) ? 3U : 0U;
  auto const body = size - length;
  if (length == 0 || body < 19 || body > 30) return scan_instant_bytewise(text);
  text_cursor cursor{text.substr(body)};
  std::int64_t offset = 0;
  if (scan_offset(cursor, offset) != fault::none || !cursor.at_end()) return scan_instant_bytewise(text);
  auto const plain = Path::scan(text.data(), body);
  auto const seconds = plain.seconds - offset;
  if (plain.rejected != 0 || seconds < first_second || seconds > last_second) return scan_instant_bytewise(text);
  return {fault::none, seconds, plain.hundred_millionths, plain.ninth_digit};
}

/// Without offset and of a common length; the rest is rejected.
template <class Path>
[[gnu::always_inline]] inline plain_time scan_straight(std::string_view text) noexcept {
  auto const size = text.size();
  if (size - 19 > 11) [[unlikely]]
    return {1, 0, 0, 0};
  auto const last = text[size - 1];
  auto const body = size - static_cast<std::size_t>((last == 'Z') | (last == 'z'));
  if (is_sign(text[size - 6])) [[unlikely]]
    return {1, 0, 0, 0};
  return Path::scan(text.data(), body);
}

template <class Path>
inline scanned scan_instant_by(std::string_view text) noexcept {
  auto const plain = scan_straight<Path>(text);
  if (plain.rejected != 0) return scan_rare<Path>(text);
  return {fault::none, plain.seconds, plain.hundred_millionths, plain.ninth_digit};
}

constexpr scanned scan_instant(std::string_view text) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    if (!std::is_constant_evaluated()) return scan_instant_by<fastest_path>(text);
  }
  return scan_instant_bytewise(text);
}

}  // namespace spillway::calendar::detail
