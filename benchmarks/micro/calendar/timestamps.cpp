#include <spillway/calendar/format.hpp>
#include <spillway/calendar/parse.hpp>

#include <benchmark/benchmark.h>

#include <charconv>
#include <chrono>
#include <ctime>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#if __has_include(<date/date.h>)
#include <date/date.h>

#include <sstream>
#endif

namespace {

namespace calendar = spillway::calendar;

/// Timestamps of 2000 to 2040 as rows of one buffer, as a reader hands them out.
struct rows {
  std::string text;
  std::vector<std::string_view> fields;
};

enum class kind : int { milliseconds, seconds, micros_no_mark, offset, mixed };

std::string render(calendar::instant time, kind wanted) {
  using calendar::fraction_digits;
  switch (wanted) {
    case kind::milliseconds:
      return calendar::format_instant(time, {.fraction = fraction_digits::three}).str();
    case kind::seconds:
      return calendar::format_instant(time, {.fraction = fraction_digits::none}).str();
    case kind::micros_no_mark:
      return calendar::format_instant(time, {.fraction = fraction_digits::six,
                                             .separator = calendar::date_time_separator::blank,
                                             .mark = calendar::utc_mark::none})
          .str();
    default:
      return calendar::format_instant(time, {.fraction = fraction_digits::none, .mark = calendar::utc_mark::none})
                 .str() +
             "+05:30";
  }
}

rows make_rows(kind wanted) {
  constexpr int count = 100'000;
  std::mt19937_64 random{42};
  std::vector<std::string> texts;
  rows made;
  for (int i = 0; i < count; ++i) {
    auto const milliseconds = static_cast<std::int64_t>(946684800'000U + random() % (40U * 31557600'000U));
    auto const one = wanted == kind::mixed ? static_cast<kind>(random() % 10 == 0 ? 3U : random() % 3) : wanted;
    texts.push_back(render(calendar::instant{std::chrono::milliseconds{milliseconds}}, one));
  }
  for (auto const& text : texts) made.text += text + '\n';
  std::string_view rest{made.text};
  for (auto const& text : texts) {
    made.fields.push_back(rest.substr(0, text.size()));
    rest.remove_prefix(text.size() + 1);
  }
  return made;
}

template <class Parse>
void over_rows(benchmark::State& state, Parse parse) {
  auto const made = make_rows(static_cast<kind>(state.range(0)));
  for (auto _ : state) {
    std::int64_t sum = 0;
    for (auto const field : made.fields) sum += parse(field);
    benchmark::DoNotOptimize(sum);
  }
  state.counters["ns/row"] =
      benchmark::Counter(static_cast<double>(made.fields.size()) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void parse_spillway(benchmark::State& state) {
  over_rows(state, [](std::string_view text) { return calendar::parse_instant(text).time_since_epoch().count(); });
}

void parse_by_words(benchmark::State& state) {
  over_rows(state, [](std::string_view text) {
    return calendar::detail::scan_instant_by<calendar::detail::by_words>(text).seconds;
  });
}

void parse_bytewise(benchmark::State& state) {
  over_rows(state, [](std::string_view text) { return calendar::detail::scan_instant_bytewise(text).seconds; });
}

/// What a careful person writes by hand: from_chars for the numbers, chrono for the calendar.
void parse_from_chars(benchmark::State& state) {
  over_rows(state, [](std::string_view text) {
    auto const number = [&](std::size_t at, std::size_t size) {
      int value = -1;
      std::from_chars(text.data() + at, text.data() + at + size, value);
      return value;
    };
    std::chrono::year_month_day const date{std::chrono::year{number(0, 4)},
                                           std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                           std::chrono::day{static_cast<unsigned>(number(8, 2))}};
    if (!date.ok()) return std::int64_t{-1};
    auto const time = std::chrono::sys_days{date} + std::chrono::hours{number(11, 2)} +
                      std::chrono::minutes{number(14, 2)} + std::chrono::seconds{number(17, 2)} +
                      std::chrono::microseconds{text.size() > 19 && text[19] == '.' ? number(20, 3) * 1000 : 0};
    return std::chrono::sys_time<std::chrono::microseconds>{time}.time_since_epoch().count();
  });
}

/// Whole seconds only; strptime knows no fractions.
void parse_strptime(benchmark::State& state) {
  over_rows(state, [](std::string_view text) {
    std::tm parts{};
    strptime(text.data(), "%Y-%m-%dT%H:%M:%S", &parts);
    return static_cast<std::int64_t>(timegm(&parts));
  });
}

#if __has_include(<date/date.h>)
void parse_date_library(benchmark::State& state) {
  auto const made = make_rows(static_cast<kind>(state.range(0)));
  std::istringstream stream;
  over_rows(state, [&](std::string_view text) {
    stream.clear();
    stream.str(std::string{text});
    calendar::instant time{};
    stream >> date::parse("%FT%T", time);
    return time.time_since_epoch().count();
  });
}
BENCHMARK(parse_date_library)->Arg(0)->ArgName("kind");
#endif

void format_spillway(benchmark::State& state) {
  std::vector<calendar::instant> times;
  for (auto const field : make_rows(kind::milliseconds).fields) times.push_back(calendar::parse_instant(field));
  std::vector<char> out(times.size() * calendar::longest_instant);
  for (auto _ : state) {
    auto* end = out.data();
    for (auto const time : times) end = calendar::write_instant(end, time);
    benchmark::DoNotOptimize(*out.data());
    benchmark::ClobberMemory();
  }
  state.counters["ns/row"] =
      benchmark::Counter(static_cast<double>(times.size()) * 1e-9,
                         benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

// Kinds: 0 YYYY-MM-DDTHH:MM:SS.fffZ, 1 without fraction, 2 blank and .ffffff without Z, 3 with +05:30, 4 a mix of all.
BENCHMARK(parse_spillway)->DenseRange(0, 4)->ArgName("kind");
BENCHMARK(parse_by_words)->DenseRange(0, 4)->ArgName("kind");
BENCHMARK(parse_bytewise)->DenseRange(0, 4)->ArgName("kind");
BENCHMARK(parse_from_chars)->Arg(0)->Arg(1)->ArgName("kind");
BENCHMARK(parse_strptime)->Arg(0)->ArgName("kind");
BENCHMARK(format_spillway);

}  // namespace
