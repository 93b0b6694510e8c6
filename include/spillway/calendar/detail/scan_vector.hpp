#pragma once

#include <spillway/calendar/detail/civil.hpp>
#include <spillway/calendar/detail/scan.hpp>

#include <array>
#include <cstdint>

#if defined(__SSE4_1__)
#include <smmintrin.h>

/// Timestamps in two 16-byte vectors.
namespace spillway::calendar::detail {

using vector_bytes = std::array<std::uint8_t, 16>;

/// How the last 16 bytes of a text are brought into one order whatever its length: digits of the fraction in 0 to 7 and
/// 10, `.` in 8, `:` in 9, seconds in 12 and 13.
struct alignas(16) tail_form {
  vector_bytes order;     ///< for pshufb; absent bytes become 0
  vector_bytes expected;  ///< is taken away by exclusive or
};

/// For texts of 18 to 30 bytes. Those of 18, 20 and 30 are never right.
inline constexpr auto tail_forms = [] {
  std::array<tail_form, 13> forms{};
  for (std::size_t i = 0; i < 11; ++i) {
    auto& form = forms[i + 1];
    form.order.fill(0x80);
    auto const place = [&](std::size_t to, std::size_t from, char expected) {
      form.order[to] = static_cast<std::uint8_t>(from - 3 - i);
      form.expected[to] = static_cast<std::uint8_t>(expected);
    };
    place(9, 16, ':');
    place(12, 17, '0');
    place(13, 18, '0');
    if (i > 0) place(8, 19, '.');
    for (std::size_t digit = 1; digit < i; ++digit) place(digit < 9 ? digit - 1 : 10, 19 + digit, '0');
  }
  for (auto const never : {0U, 2U, 12U}) forms[never].expected[11] = 0xff;
  return forms;
}();

inline constexpr std::uint16_t rare_date = 0x8000;
inline constexpr std::uint16_t before_march = 0x4000;

/// By month * 40 + day: days from 1 March before, whether that is in the year before, or that the date is rare or
/// wrong.
inline constexpr auto days_of_dates = [] {
  std::array<std::uint16_t, 800> days{};
  for (std::size_t month = 0; month < 20; ++month) {
    for (std::size_t day = 0; day < 40; ++day) {
      auto& entry = days[month * 40 + day];
      entry = rare_date;
      if (day < 1 || day > days_in_month[month]) continue;
      entry = static_cast<std::uint16_t>((days_from_march[month] + day) | (month <= 2 ? before_march : 0U));
    }
  }
  return days;
}();

/// By year from 1 March: days from 1970 to the last of February. Of this, data of a few decades touches a few cache
/// lines.
inline constexpr auto days_of_years = [] {
  std::array<std::int32_t, 10000> days{};
  std::int32_t day = -epoch_from_march_of_year_zero - 1;
  for (std::uint32_t year = 0; year < days.size(); ++year) {
    days[year] = day;
    day += is_leap(year + 1) ? 366 : 365;
  }
  return days;
}();

inline __m128i load_vector(void const* bytes) noexcept { return _mm_loadu_si128(static_cast<__m128i const*>(bytes)); }

/// \pre 18 <= size <= 30
[[gnu::always_inline]] inline plain_time scan_plain_by_vector(char const* text, std::size_t size) noexcept {
  auto const form = _mm_setr_epi8('0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0', '0');
  auto const blank_form = _mm_setr_epi8('0', '0', '0', '0', '-', '0', '0', '-', '0', '0', ' ', '0', '0', ':', '0', '0');
  auto const limits = _mm_setr_epi8(9, 9, 9, 9, 0, 1, 9, 0, 3, 9, 0, 2, 9, 0, 5, 9);
  auto const tail_limits = _mm_setr_epi8(9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 9, 0, 5, 9, 0, 0);

  auto const head = load_vector(text);
  auto const head_digits = _mm_xor_si128(head, form);
  auto const& order = tail_forms[size - 18];
  auto const tail = _mm_xor_si128(_mm_shuffle_epi8(load_vector(text + size - 16), load_vector(order.order.data())),
                                  load_vector(order.expected.data()));
  auto const over = _mm_andnot_si128(_mm_cmpeq_epi8(head, blank_form), _mm_subs_epu8(head_digits, limits));
  auto const wrong = _mm_or_si128(over, _mm_subs_epu8(tail, tail_limits));

  // Year, month * 40 + day, seconds to the minute, seconds.
  auto const together = _mm_blend_epi16(
      _mm_shuffle_epi8(head_digits, _mm_setr_epi8(0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1)), tail, 0xc0);
  auto const pairs = _mm_maddubs_epi16(together, _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 0, 0));
  auto const parts = _mm_madd_epi16(pairs, _mm_setr_epi16(100, 1, 40, 1, 3600, 60, 1, 0));
  auto const date = static_cast<std::uint64_t>(_mm_cvtsi128_si64(parts));
  auto const time = static_cast<std::uint64_t>(_mm_extract_epi64(parts, 1));
  auto const year = static_cast<std::uint32_t>(date);
  auto const second_of_day = static_cast<std::uint32_t>(time) + static_cast<std::uint32_t>(time >> 32U);

  auto const tail_pairs = _mm_maddubs_epi16(tail, _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 0, 0, 0, 0, 0, 0, 0, 0));
  auto const fours = static_cast<std::uint64_t>(
      _mm_cvtsi128_si64(_mm_madd_epi16(tail_pairs, _mm_setr_epi16(100, 1, 100, 1, 0, 0, 0, 0))));

  plain_time result{};
  if (_mm_testz_si128(wrong, wrong) == 0) [[unlikely]]
    return {1, 0, 0, 0};
  std::uint32_t entry = days_of_dates[date >> 32U];
  if ((entry & rare_date) != 0) [[unlikely]] {
    if ((date >> 32U) != 2 * 40 + 29 || !is_leap(year)) return {1, 0, 0, 0};
    entry = (days_from_march[2] + 29U) | before_march;
  }
  if ((second_of_day >= seconds_in_day) | (year == 0)) [[unlikely]]
    return {1, 0, 0, 0};
  auto const days = days_of_years[year - (entry >> 14U)] + static_cast<std::int32_t>(entry & 0x3fffU);
  result.seconds = days * seconds_in_day + second_of_day;
  result.hundred_millionths = static_cast<std::uint32_t>(fours) * 10000 + static_cast<std::uint32_t>(fours >> 32U);
  result.ninth_digit = static_cast<std::uint32_t>(_mm_extract_epi8(tail, 10));
  return result;
}

}  // namespace spillway::calendar::detail
#endif
