#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/week.hpp>
#include <spillway/calendar/window.hpp>

#include <benchmark/benchmark.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <random>
#include <unordered_map>
#include <vector>

namespace {

namespace calendar = spillway::calendar;
using namespace std::chrono_literals;

enum class action : std::uint8_t { open, close };

struct event {
  calendar::instant time;
  action what;
};

/// A year of events in no order.
std::vector<event> make_events() {
  std::mt19937_64 random{42};
  std::vector<event> events(1'000'000);
  for (auto& one : events) {
    one.time = calendar::instant{
        std::chrono::microseconds{1'451'606'400'000'000 + static_cast<std::int64_t>(random() % 31'536'000'000'000U)}};
    one.what = random() % 2 == 0 ? action::open : action::close;
  }
  return events;
}

void report(benchmark::State& state, std::size_t rows) {
  state.counters["ns/row"] = benchmark::Counter(
      static_cast<double>(rows) * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

template <class Rule>
void count(benchmark::State& state, Rule rule) {
  auto const events = make_events();
  for (auto _ : state) {
    calendar::counter<Rule> counts{rule};
    for (auto const& one : events) counts.add(one.time);
    benchmark::DoNotOptimize(counts.total());
  }
  report(state, events.size());
}

void count_windows_by_action(benchmark::State& state) {
  auto const events = make_events();
  for (auto _ : state) {
    calendar::counter<calendar::tumbling, action> counts{calendar::tumbling{10min}};
    for (auto const& one : events) counts.add(one.time, one.what);
    benchmark::DoNotOptimize(counts.total());
  }
  report(state, events.size());
}

void count_windows(benchmark::State& state) { count(state, calendar::tumbling{10min}); }
void count_monday_weeks(benchmark::State& state) { count(state, calendar::monday_week{}); }
void count_iso_weeks(benchmark::State& state) { count(state, calendar::iso_week{}); }

/// The usual hand-made way: a hash map by window number.
void count_windows_unordered_map(benchmark::State& state) {
  auto const events = make_events();
  for (auto _ : state) {
    std::unordered_map<std::int64_t, std::uint64_t> counts;
    for (auto const& one : events)
      ++counts[std::chrono::floor<std::chrono::duration<std::int64_t, std::ratio<600>>>(one.time)
                   .time_since_epoch()
                   .count()];
    benchmark::DoNotOptimize(counts.size());
  }
  report(state, events.size());
}

/// The week alone by the C library: gmtime_r and strftime's rule for %W.
void week_by_gmtime(benchmark::State& state) {
  auto const events = make_events();
  for (auto _ : state) {
    std::int64_t sum = 0;
    for (auto const& one : events) {
      std::time_t const time = one.time.time_since_epoch() / 1s;
      std::tm parts{};
      gmtime_r(&time, &parts);
      sum += parts.tm_year * 64 + (parts.tm_yday + 7 - (parts.tm_wday + 6) % 7) / 7;
    }
    benchmark::DoNotOptimize(sum);
  }
  report(state, events.size());
}

BENCHMARK(count_windows_by_action);
BENCHMARK(count_windows);
BENCHMARK(count_windows_unordered_map);
BENCHMARK(count_monday_weeks);
BENCHMARK(count_iso_weeks);
BENCHMARK(week_by_gmtime);

}  // namespace
