#include "support/catch.hpp"

#include <spillway/calendar/format.hpp>
#include <spillway/calendar/parse.hpp>

#include <chrono>
#include <cstdint>
#include <random>
#include <string>

namespace {

namespace calendar = spillway::calendar;
using std::chrono::days;
using std::chrono::sys_days;

constexpr auto first = sys_days{std::chrono::year{1} / 1 / 1};
constexpr auto last = sys_days{std::chrono::year{9999} / 12 / 31};

std::string pad(std::uint64_t value, std::size_t width) {
  auto const digits = std::to_string(value);
  return std::string(width - digits.size(), '0') + digits;
}

std::string pick(std::mt19937_64& random, std::initializer_list<char const*> from) {
  return from.begin()[random() % from.size()];
}

/// Mostly well-formed, with all lengths and marks.
std::string random_timestamp(std::mt19937_64& random) {
  auto text = pad(random() % 10000, 4) + '-' + pad(1 + random() % 12, 2) + '-' + pad(1 + random() % 31, 2);
  if (random() % 32 == 0) return text;
  text += pick(random, {"T", "T", " ", "t"}) + pad(random() % 25, 2) + ':' + pad(random() % 60, 2);
  if (random() % 32 != 0) text += ':' + pad(random() % 61, 2);
  if (random() % 2 == 0) {
    text += pick(random, {".", ".", ","});
    for (auto digits = random() % 10; digits > 0; --digits) text += static_cast<char>('0' + random() % 10);
  }
  switch (random() % 8) {
    case 0:
      return text + pick(random, {"+", "-"}) + pad(random() % 25, 2) + ':' + pad(random() % 61, 2);
    case 1:
      return text + pick(random, {"+", "-"}) + pad(random() % 25, 2) + pad(random() % 61, 2);
    case 2:
      return text + pick(random, {"+", "-"}) + pad(random() % 25, 2);
    case 3:
      return text;
    default:
      return text + pick(random, {"Z", "Z", "Z", "z"});
  }
}

bool all_paths_give(std::string_view text, calendar::detail::scanned const& expected) {
  return calendar::detail::scan_instant_by<calendar::detail::fastest_path>(text) == expected &&
         calendar::detail::scan_instant_by<calendar::detail::by_words>(text) == expected;
}

}  // namespace

TEST_CASE("every day of the years 1 to 9999 is read and written by its date") {
  std::mt19937_64 random{1};
  for (auto day = first; day <= last; day += days{1}) {
    std::chrono::year_month_day const date{day};
    auto const text = pad(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + '-' +
                      pad(static_cast<unsigned>(date.month()), 2) + '-' + pad(static_cast<unsigned>(date.day()), 2);
    auto const time = calendar::instant{day} + std::chrono::microseconds{random() % 86'400'000'000U};
    auto const whole = calendar::format_instant(time);
    bool const right = calendar::format_date(day) == text && calendar::parse_date(text) == day &&
                       whole.view().substr(0, 10) == text && calendar::parse_instant(whole) == time;
    if (!right) FAIL("wrong for " << text);
  }
}

TEST_CASE("a day that a month does not have is refused in every year") {
  for (int year = 0; year <= 9999; ++year) {
    for (unsigned month = 0; month <= 13; ++month) {
      for (unsigned day = 28; day <= 32; ++day) {
        auto const exists =
            year > 0 &&
            std::chrono::year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}}.ok();
        auto const text = pad(static_cast<unsigned>(year), 4) + '-' + pad(month, 2) + '-' + pad(day, 2) + "T12:00:00Z";
        if (calendar::try_parse_instant(text).has_value() != exists) FAIL("wrong for " << text);
      }
    }
  }
}

TEST_CASE("the path by words agrees with the path by bytes on timestamps and on damaged ones") {
  std::mt19937_64 random{2};
  int good = 0;
  for (int i = 0; i < 400'000; ++i) {
    auto text = random_timestamp(random);
    auto const damage = random() % 4;
    auto const place = random() % text.size();
    if (damage == 1) text[place] = static_cast<char>(random());
    if (damage == 2) text.erase(place, 1);
    if (damage == 3) text.insert(place, 1, "0123456789:-+.,TZ \0\xff"[random() % 19]);
    auto const by_bytes = calendar::detail::scan_instant_bytewise(text);
    good += by_bytes.problem == calendar::detail::fault::none ? 1 : 0;
    if (!all_paths_give(text, by_bytes)) FAIL("paths differ on " << text);
  }
  CHECK(good > 50'000);
}

TEST_CASE("every single byte in every place of a timestamp is judged alike by both paths") {
  for (std::string const original : {"2016-02-29T23:59:59.123456789Z", "2019-11-30 00:00:00", "2023-12-31T23:59:60Z",
                                     "1999-10-31T19:08:07.12+05:30", "2000-02-29T12:34:56-0800"}) {
    for (std::size_t place = 0; place < original.size(); ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        auto text = original;
        text[place] = static_cast<char>(byte);
        if (!all_paths_give(text, calendar::detail::scan_instant_bytewise(text))) {
          FAIL("paths differ on " << text);
        }
      }
    }
  }
}
