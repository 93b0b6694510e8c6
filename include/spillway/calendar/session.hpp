#pragma once

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/calendar/window.hpp>
#include <spillway/core/error.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <memory_resource>
#include <type_traits>
#include <utility>

namespace spillway::calendar {

/// Events belong to one session as long as each is less than the gap after the one before; one that comes just the gap
/// later begins the next.
class session {
 public:
  /// \throws argument_error unless the gap is at least 1 µs
  constexpr explicit session(std::chrono::microseconds gap) : gap_{gap} {
    if (gap.count() < 1) throw argument_error{"a session needs a gap of at least 1 µs"};
  }
  [[nodiscard]] constexpr std::chrono::microseconds gap() const noexcept { return gap_; }
  friend constexpr bool operator==(session const&, session const&) = default;

 private:
  std::chrono::microseconds gap_;
};

/// Sessions and their events, counted by key if there is one.
///
/// Iterating gives (first instant, content) in the order of time. What it holds depends only on the events, not on
/// their order or on how they were spread over sets that were then merged.
///
/// Complexity: an event or a merged session costs O(log sessions). Memory: one node a session and, with keys, one a key
/// and session; all from the allocator. Counts are checked: what would reach 2^64 throws `value_error`.
template <class Key = no_key, class Allocator = std::allocator<std::byte>>
class session_set {
  template <class T>
  using rebound = typename std::allocator_traits<Allocator>::template rebind_alloc<T>;

 public:
  using allocator_type = Allocator;
  using key_counts = std::map<Key, std::uint64_t, std::less<>, rebound<std::pair<Key const, std::uint64_t>>>;

  struct content {
    instant last;
    std::uint64_t count = 0;
    /// Empty without keys.
    key_counts by_key;
  };

  explicit session_set(session rule, Allocator const& allocator = Allocator{}) : rule_{rule}, sessions_{allocator} {}

  session_set(session_set const& other)
      : session_set{other,
                    std::allocator_traits<Allocator>::select_on_container_copy_construction(other.get_allocator())} {}
  session_set(session_set const& other, Allocator const& allocator) : session_set{other.rule_, allocator} {
    merge(other);
  }
  session_set(session_set&& other) noexcept
      : rule_{other.rule_}, sessions_{std::move(other.sessions_)}, total_{std::exchange(other.total_, 0)} {}
  session_set(session_set&& other, Allocator const& allocator) : session_set{other.rule_, allocator} {
    *this = std::move(other);
  }
  /// Keeps its own allocator.
  session_set& operator=(session_set const& other) {
    if (this != &other) *this = session_set{other, get_allocator()};
    return *this;
  }
  /// Keeps its own allocator; copies if the other's is a different one.
  session_set& operator=(session_set&& other) {
    if (this == &other) return *this;
    if (sessions_.get_allocator() != other.sessions_.get_allocator()) return *this = other;
    rule_ = other.rule_;
    sessions_.swap(other.sessions_);
    std::swap(total_, other.total_);
    other.sessions_.clear();
    other.total_ = 0;
    return *this;
  }
  ~session_set() = default;

  void add(instant time, std::uint64_t count = 1)
    requires std::same_as<Key, no_key>
  {
    if (count == 0) return;
    checked_total(count);
    settle(time, time).count += count;
    total_ += count;
  }

  template <class K>
  void add(instant time, K const& key, std::uint64_t count = 1)
    requires(!std::same_as<Key, no_key>)
  {
    if (count == 0) return;
    checked_total(count);
    key_counts one{sessions_.get_allocator()};  // what can fail comes before what changes the set
    one.emplace(key, count);
    auto& target = settle(time, time);
    move_keys(target, one);
    target.count += count;
    total_ += count;
  }

  /// Adds another's sessions, which may join sessions here.
  /// \throws argument_error if the other's gap is not the same.
  void merge(session_set const& other) {
    if (!(rule_ == other.rule_)) throw argument_error{"sessions with different gaps can't be merged"};
    if (this == &other) return merge(session_set{other});
    checked_total(other.total_);
    for (auto const& [first, held] : other.sessions_) add_session(first, held.last, held.count, held.by_key);
  }

  /// Adds a whole session, as when reading back what another set held.
  /// \pre the events from `first` to `last` are less than the gap apart, `count` is not 0.
  void add_session(instant first, instant last, std::uint64_t count, key_counts const& by_key) {
    checked_total(count);
    key_counts copy{by_key, sessions_.get_allocator()};
    auto& target = settle(first, last);
    move_keys(target, copy);
    target.count += count;
    total_ += count;
  }

  /// Half-open: from the first event to the gap after the last one, and no further than the representable instants.
  [[nodiscard]] window span(instant first, content const& of) const noexcept {
    auto const room = instant::max() - rule_.gap();
    return {first, of.last > room ? instant::max() : of.last + rule_.gap()};
  }

  [[nodiscard]] session const& rule() const noexcept { return rule_; }
  [[nodiscard]] allocator_type get_allocator() const noexcept { return Allocator{sessions_.get_allocator()}; }
  [[nodiscard]] std::size_t size() const noexcept { return sessions_.size(); }
  [[nodiscard]] bool empty() const noexcept { return sessions_.empty(); }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] auto begin() const noexcept { return sessions_.begin(); }
  [[nodiscard]] auto end() const noexcept { return sessions_.end(); }

 private:
  using session_map = std::map<instant, content, std::less<>, rebound<std::pair<instant const, content>>>;

  void checked_total(std::uint64_t count) const {
    if (count > std::numeric_limits<std::uint64_t>::max() - total_) {
      throw value_error{"fewer than 2^64 events in a set of sessions", "more"};
    }
  }

  /// Whether an event at `later` continues a session that was last seen at `earlier`.
  [[nodiscard]] bool continues(instant earlier, instant later) const noexcept {
    if (later <= earlier) return true;
    auto const apart = static_cast<std::uint64_t>(later.time_since_epoch().count()) -
                       static_cast<std::uint64_t>(earlier.time_since_epoch().count());
    return apart < static_cast<std::uint64_t>(rule_.gap().count());
  }

  /// The session that covers [first, last] after joining all that touch it. Only making a new session can throw.
  content& settle(instant first, instant last) {
    auto after = sessions_.upper_bound(first);
    auto target = sessions_.end();
    if (after != sessions_.begin()) {
      auto const before = std::prev(after);
      if (continues(before->second.last, first)) target = before;
    }
    if (target == sessions_.end()) {
      if (after != sessions_.end() && continues(last, after->first)) {
        target = move_start(after, first);
        after = std::next(target);
      } else {
        return sessions_.emplace_hint(after, first, content{last, 0, key_counts{sessions_.get_allocator()}})->second;
      }
    }
    if (target->second.last < last) target->second.last = last;
    while (after != sessions_.end() && continues(target->second.last, after->first)) {
      if (target->second.last < after->second.last) target->second.last = after->second.last;
      target->second.count += after->second.count;
      move_keys(target->second, after->second.by_key);
      after = sessions_.erase(after);
    }
    return target->second;
  }

  typename session_map::iterator move_start(typename session_map::iterator from, instant start) {
    auto node = sessions_.extract(from);
    node.key() = start;
    return sessions_.insert(std::move(node)).position;
  }

  /// Moves nodes, so nothing is allocated.
  static void move_keys(content& target, key_counts& from) noexcept {
    target.by_key.merge(from);
    for (auto const& [key, count] : from) target.by_key.find(key)->second += count;
  }

  session rule_;
  session_map sessions_;
  std::uint64_t total_ = 0;
};

namespace pmr {

/// A session set that takes its memory from a `std::pmr::memory_resource`.
template <class Key = no_key>
using session_set = calendar::session_set<Key, std::pmr::polymorphic_allocator<std::byte>>;

}  // namespace pmr

}  // namespace spillway::calendar
