#include "process_actions/count.hpp"

#include "support/sizes.hpp"

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/format.hpp>
#include <spillway/calendar/parse.hpp>
#include <spillway/calendar/session.hpp>
#include <spillway/calendar/slide.hpp>
#include <spillway/calendar/zone.hpp>
#include <spillway/io/csv_reader.hpp>

#include <array>
#include <functional>
#include <optional>
#include <vector>

namespace process_actions {

namespace {

namespace calendar = spillway::calendar;
namespace io = spillway::io;
using calendar::instant;

/// Reads a file with one counter for each thread, made by `make`, and adds each to the whole with `merge`.
template <class Make, class Merge>
io::read_result read_events(std::string const& path, io::csv_options options, unsigned threads, Make make,
                            Merge merge) {
  options.required_columns = {"time", "action"};
  auto reader = io::read_csv(path, options);
  auto const time_column = reader.column("time");
  auto const action_column = reader.column("action");

  // Counters of different threads must not share a cache line.
  struct alignas(128) worker_counter {
    std::invoke_result_t<Make> counts;
  };
  std::vector<worker_counter> workers;
  workers.reserve(threads);
  for (unsigned worker = 0; worker < threads; ++worker) workers.push_back({make()});

  auto const result = reader.for_each(threads, [&](io::csv_row const& row, unsigned worker) {
    auto const what = row.as<action>(action_column);
    workers[worker].counts.add(row.as<instant>(time_column), what);
  });
  for (auto const& worker : workers) merge(worker.counts);
  return result;
}

/// Counts by the buckets of a rule, with one counter an action.
template <class Rule>
class bucket_counts {
 public:
  using single = calendar::pmr::counter<Rule>;

  bucket_counts(Rule const& rule, std::pmr::memory_resource& memory)
      : of_{single{rule, &memory}, single{rule, &memory}} {}

  void add(instant time, action what, std::uint64_t count = 1) { (*this)[what].add(time, count); }
  void merge(bucket_counts const& other) {
    for (std::size_t at = 0; at < of_.size(); ++at) of_[at].merge(other.of_[at]);
  }

  [[nodiscard]] single& operator[](action what) { return of_[static_cast<std::size_t>(what)]; }
  [[nodiscard]] single const& operator[](action what) const { return of_[static_cast<std::size_t>(what)]; }
  [[nodiscard]] Rule const& rule() const { return of_[0].rule(); }

  [[nodiscard]] action_counts events() const {
    action_counts sum;
    for (std::size_t at = 0; at < of_.size(); ++at) sum.of[at] = of_[at].total();
    return sum;
  }

  /// The buckets with events, by number, in order.
  template <class Sink>
  void for_each(Sink sink) const {
    auto open = (*this)[action::open].begin();
    auto close = (*this)[action::close].begin();
    auto const open_end = (*this)[action::open].end();
    auto const close_end = (*this)[action::close].end();
    while (open != open_end || close != close_end) {
      auto const index =
          close == close_end || (open != open_end && open.index() < close.index()) ? open.index() : close.index();
      action_counts here;
      if (open != open_end && open.index() == index) here.of[0] = (*open++).count;
      if (close != close_end && close.index() == index) here.of[1] = (*close++).count;
      sink(index, here);
    }
  }

 private:
  std::array<single, action_names.size()> of_;
};

/// A wrong year among the times would otherwise fill a disk with zeros.
constexpr std::int64_t most_windows = 100'000'000;

template <class Rule>
void refuse_too_many_windows(bucket_counts<Rule> const& counts) {
  std::optional<instant> first;
  instant last;
  std::uint64_t with_events = 0;
  counts.for_each([&](std::int64_t index, action_counts const&) {
    last = counts.rule().bucket_at(index).start;
    if (!first) first = last;
    ++with_events;
  });
  if (!first || (last - *first) / counts.rule().length() < most_windows) return;
  throw spillway::argument_error{"only " + support::count_text(with_events) + " of the windows from " +
                                 calendar::format_instant(*first).str() + " to " +
                                 calendar::format_instant(last).str() +
                                 " have events, and there are too many: check the times, or leave out windows "
                                 "without events with --sparse"};
}

/// Gives the buckets to `sink`, each as the window `show` makes of it, with those in between unless `sparse`.
template <class Rule, class Show>
void give_windows(bucket_counts<Rule> const& counts, bool sparse, Show show, window_sink const& sink) {
  if (!sparse) refuse_too_many_windows(counts);
  auto const& rule = counts.rule();
  std::optional<calendar::window> before;
  counts.for_each([&](std::int64_t index, action_counts const& here) {
    auto const window = rule.bucket_at(index);
    while (!sparse && before && before->end < window.start) {
      before = rule.window_of(before->end);
      sink({show(*before), {}});
    }
    sink({show(window), here});
    before = window;
  });
}

/// Windows end to end, in UTC or in local time.
template <class Rule>
class plain_counter : public event_counter {
 public:
  plain_counter(Rule const& rule, std::pmr::memory_resource& memory) : memory_{memory}, counts_{rule, memory} {}

  io::read_result read(std::string const& path, io::csv_options const& options, unsigned threads) override {
    return read_events(
        path, options, threads,
        [&] {
          return bucket_counts<Rule>{counts_.rule(), memory_};
        },
        [&](bucket_counts<Rule> const& counts) { counts_.merge(counts); });
  }
  [[nodiscard]] action_counts events() const override { return counts_.events(); }
  void for_each_window(bool sparse, window_sink const& sink) const override {
    give_windows(counts_, sparse, std::identity{}, sink);
  }
  void for_each_piece(window_sink const& sink) const final { plain_counter::for_each_window(true, sink); }
  void add_piece(window_counts const& piece) override {
    for (auto const what : {action::open, action::close}) {
      counts_.add(piece.window.start, what, piece.counts[what]);
    }
  }

 protected:
  [[nodiscard]] bucket_counts<Rule> const& counts() const { return counts_; }
  [[nodiscard]] std::pmr::memory_resource& memory() const { return memory_; }

 private:
  std::pmr::memory_resource& memory_;
  bucket_counts<Rule> counts_;
};

/// Overlapping windows, or windows with gaps: counts the panes that windows are made of.
class sliding_counter final : public plain_counter<calendar::tumbling> {
 public:
  sliding_counter(calendar::sliding const& windows, std::pmr::memory_resource& memory)
      : plain_counter{windows.panes(), memory}, windows_{windows} {}

  void for_each_window(bool sparse, window_sink const& sink) const override {
    // Each window is counted where it starts.
    bucket_counts<calendar::tumbling> starts{calendar::tumbling{windows_.slide(), windows_.origin()}, memory()};
    for (auto const what : {action::open, action::close}) {
      calendar::slide_over(counts()[what], windows_, [&](calendar::window const& window, std::uint64_t count) {
        starts.add(window.start, what, count);
      });
    }
    auto const whole = [&](calendar::window const& start) {
      return calendar::window{start.start, start.start + windows_.length()};
    };
    give_windows(starts, sparse, whole, sink);
  }

 private:
  calendar::sliding windows_;
};

/// Windows from the first event after a gap to the gap after the last event before the next.
class session_counter final : public event_counter {
  using session_set = calendar::pmr::session_set<action>;

 public:
  session_counter(calendar::session rule, std::pmr::memory_resource& memory)
      : memory_{memory}, sessions_{rule, &memory} {}

  io::read_result read(std::string const& path, io::csv_options const& options, unsigned threads) override {
    return read_events(
        path, options, threads,
        [&] {
          return session_set{sessions_.rule(), &memory_};
        },
        [&](session_set const& sessions) { sessions_.merge(sessions); });
  }
  [[nodiscard]] action_counts events() const override {
    action_counts sum;
    for (auto const& [first, held] : sessions_) sum += counts_of(held);
    return sum;
  }
  void for_each_window(bool, window_sink const& sink) const override {
    for (auto const& [first, held] : sessions_) sink({sessions_.span(first, held), counts_of(held)});
  }
  /// A piece's window is from the first event to the last, both included.
  void for_each_piece(window_sink const& sink) const override {
    for (auto const& [first, held] : sessions_) sink({{first, held.last}, counts_of(held)});
  }
  void add_piece(window_counts const& piece) override {
    session_set::key_counts by_key{&memory_};
    for (auto const what : {action::open, action::close}) {
      if (piece.counts[what] != 0) by_key.emplace(what, piece.counts[what]);
    }
    sessions_.add_session(piece.window.start, piece.window.end, piece.counts.total(), by_key);
  }

 private:
  static action_counts counts_of(session_set::content const& held) {
    action_counts counts;
    for (auto const& [what, count] : held.by_key) counts.of[static_cast<std::size_t>(what)] = count;
    return counts;
  }

  std::pmr::memory_resource& memory_;
  session_set sessions_;
};

}  // namespace

std::unique_ptr<event_counter> make_counter(grouping const& grouping, std::pmr::memory_resource& memory) {
  if (grouping.session) {
    return std::make_unique<session_counter>(calendar::session{*grouping.session}, memory);
  }
  if (grouping.time_zone != "UTC") {
    auto const length = std::chrono::floor<std::chrono::seconds>(grouping.window);
    if (grouping.slide) throw spillway::argument_error{"windows that slide can't be aligned to a time zone"};
    if (length != grouping.window) throw spillway::argument_error{"windows in a time zone take whole seconds"};
    return std::make_unique<plain_counter<calendar::zoned_tumbling>>(
        calendar::zoned_tumbling{length, grouping.time_zone}, memory);
  }
  if (grouping.slide) {
    return std::make_unique<sliding_counter>(calendar::sliding{grouping.window, *grouping.slide}, memory);
  }
  return std::make_unique<plain_counter<calendar::tumbling>>(calendar::tumbling{grouping.window}, memory);
}

}  // namespace process_actions
