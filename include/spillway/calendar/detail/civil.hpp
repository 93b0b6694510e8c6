#pragma once

#include <array>
#include <cstdint>

/// Between days since 1970-01-01 and dates of the proleptic Gregorian calendar, without branches and with divisions by
/// constants only. Years are counted from 1 March, so that the leap day comes last.
/// Source: C. Neri, L. Schneider, "Euclidean affine functions and their application to calendar algorithms",
/// Software: Practice and Experience 53 (2023).
namespace spillway::calendar::detail {

/// Days from 0000-03-01 to 1970-01-01.
inline constexpr std::int32_t epoch_from_march_of_year_zero = 719468;

inline constexpr std::int32_t first_day = -719162;  // 0001-01-01
inline constexpr std::int32_t last_day = 2932896;   // 9999-12-31

/// Indexed by month; months that don't exist have no days. February's 29th is for the caller.
inline constexpr std::array<std::uint8_t, 32> days_in_month{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0};
/// Days from 1 March to the first of the month.
inline constexpr std::array<std::uint16_t, 32> days_from_march{0,   306, 337, 0,   31,  61, 92, 122,
                                                               153, 184, 214, 245, 275, 0,  0,  0};

constexpr bool is_leap(std::uint32_t year) noexcept { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/// \pre 0 <= year <= 9999, the date exists. Year 0 has no January and February here.
constexpr std::int32_t days_from_civil(std::uint32_t year, std::uint32_t month, std::uint32_t day) noexcept {
  auto const y = year - static_cast<std::uint32_t>(month <= 2);
  auto const century = (y * 5243U) >> 19U;  // y / 100 for y < 43699
  return static_cast<std::int32_t>(365 * y + y / 4 - century + century / 4 + days_from_march[month & 31U] + day) - 1 -
         epoch_from_march_of_year_zero;
}

struct march_date {
  std::int32_t year;
  std::uint32_t day_of_year;  ///< from 1 March
  bool leap;                  ///< whether the calendar year that 1 March lies in is one
};

/// For any day of the years -320,000 to 2,600,000.
constexpr march_date march_from_days(std::int32_t days) noexcept {
  constexpr std::uint32_t eras = 800;  // of 400 years, so that all is positive
  auto const n = static_cast<std::uint32_t>(days + epoch_from_march_of_year_zero) + eras * 146097U;
  auto const n1 = 4 * n + 3;
  auto const century = n1 / 146097;
  auto const n2 = (n1 % 146097) | 3U;
  auto const product = std::uint64_t{2939745} * n2;
  auto const year_of_century = static_cast<std::uint32_t>(product >> 32U);
  auto const day_of_year = static_cast<std::uint32_t>(product) / 2939745 / 4;
  auto const leap = (year_of_century != 0 ? year_of_century % 4 : century % 4) == 0;
  return {static_cast<std::int32_t>(100 * century + year_of_century) - static_cast<std::int32_t>(eras * 400),
          day_of_year, leap};
}

struct civil_date {
  std::int32_t year;
  std::uint32_t month;
  std::uint32_t day;
};

constexpr civil_date civil_from_days(std::int32_t days) noexcept {
  auto const date = march_from_days(days);
  auto const n3 = 2141 * date.day_of_year + 197913;
  auto const next_year = date.day_of_year >= 306;
  return {date.year + static_cast<std::int32_t>(next_year), (n3 >> 16U) - (next_year ? 12U : 0U),
          (n3 & 0xffffU) / 2141 + 1};
}

struct ordinal_date {
  std::int32_t year;
  std::uint32_t day_of_year;  ///< 0 on 1 January
};

constexpr ordinal_date ordinal_from_days(std::int32_t days) noexcept {
  auto const date = march_from_days(days);
  auto const next_year = static_cast<std::uint32_t>(date.day_of_year >= 306);
  // Without a branch: January and February are not rare enough to be predicted.
  auto const before_march = 59 + static_cast<std::uint32_t>(date.leap);
  return {date.year + static_cast<std::int32_t>(next_year),
          date.day_of_year + before_march - (306 + before_march) * next_year};
}

/// 0 for Sunday, as `std::tm` has it. For any day of the years -320,000 to 2,600,000.
constexpr std::uint32_t weekday_from_days(std::int32_t days) noexcept {
  return (static_cast<std::uint32_t>(days) + 4 + 7 * 20'000'000U) % 7;
}

}  // namespace spillway::calendar::detail
