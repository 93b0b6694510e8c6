#pragma once

#include <spillway/calendar/detail/counts.hpp>
#include <spillway/calendar/detail/wide.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/calendar/window.hpp>
#include <spillway/core/error.hpp>

#include <array>
#include <compare>
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

template <class Bucket>
struct bucket_count {
  Bucket bucket;
  std::uint64_t count;
  friend constexpr bool operator==(bucket_count const&, bucket_count const&) = default;
};

/// Says that a counter counts by bucket alone.
struct no_key {
  friend constexpr auto operator<=>(no_key const&, no_key const&) = default;
};

namespace detail {

template <class Rule>
constexpr std::size_t page_size = 128;
template <class Rule>
  requires requires { Rule::buckets_in_page; }
constexpr std::size_t page_size<Rule> = Rule::buckets_in_page;

}  // namespace detail

/// Counts events by bucket, and by key if there is one: `counter<monday_week>`, `counter<tumbling, std::string>`.
///
/// A counter is a sequence of (bucket, count) in the order of time; buckets without events are not in it. What it holds
/// depends only on what was added, in any order and split over any number of counters that are then merged.
///
/// Complexity: constant an event; some 2 ns for events that are near each other in time. Memory: 8 bytes a bucket where
/// buckets are dense, at most about 1.2 KiB for a bucket that is far from all others; an event in year 9999 costs no
/// more than that. Everything comes from the allocator. If an allocation throws, the counter is as it was. The sum of
/// all counts is kept below 2^64: what would pass it throws `value_error` and changes nothing. Thread safety: as for
/// standard containers.
template <bucket_rule Rule, class Key = no_key, class Allocator = std::allocator<std::byte>>
class counter;

template <bucket_rule Rule, class Allocator>
class counter<Rule, no_key, Allocator> {
  using counts = detail::paged_counts<detail::page_size<Rule>, Allocator>;

 public:
  using rule_type = Rule;
  using bucket_type = typename Rule::bucket_type;
  using allocator_type = Allocator;
  using value_type = bucket_count<bucket_type>;
  class iterator;
  using const_iterator = iterator;

  counter()
    requires std::default_initializable<Rule>
      : counter{Rule{}} {}
  explicit counter(Allocator const& allocator)
    requires std::default_initializable<Rule>
      : counter{Rule{}, allocator} {}
  explicit counter(Rule rule, Allocator const& allocator = Allocator{}) : rule_{std::move(rule)}, counts_{allocator} {}

  counter(counter const&) = default;
  counter(counter&& other) noexcept
      : rule_{std::move(other.rule_)}, counts_{std::move(other.counts_)}, total_{std::exchange(other.total_, 0)} {}
  counter(counter const& other, Allocator const& allocator)
      : rule_{other.rule_}, counts_{other.counts_, allocator}, total_{other.total_} {}
  counter(counter&& other, Allocator const& allocator)
      : rule_{other.rule_}, counts_{std::move(other.counts_), allocator}, total_{std::exchange(other.total_, 0)} {}
  counter& operator=(counter const&) = default;
  counter& operator=(counter&& other) {
    rule_ = other.rule_;
    counts_ = std::move(other.counts_);
    if (this != &other) total_ = std::exchange(other.total_, 0);
    return *this;
  }
  ~counter() = default;

  /// \throws value_error if the rule has no bucket for `time`, or the total would reach 2^64.
  void add(instant time, std::uint64_t count = 1) { add_at(rule_.index_of(time), count); }
  /// Adds to the bucket itself, as when reading back what another counter held.
  void add(bucket_type const& bucket, std::uint64_t count)
    requires(!std::same_as<bucket_type, instant>)
  {
    add_at(rule_.index_of(bucket), count);
  }

  /// Adds by the rule's number of the bucket.
  /// \pre `index` came from `rule().index_of`
  void add_at(std::int64_t index, std::uint64_t count = 1) {
    if (count > std::numeric_limits<std::uint64_t>::max() - total_) [[unlikely]]
      refuse();
    if (count == 0) return;
    counts_.at(index) += count;
    total_ += count;
  }

  /// Adds another's counts.
  /// \throws argument_error if the other's buckets are not the same, value_error if the total would reach 2^64; nothing
  /// has changed then. If an allocation fails, some of the other's buckets have been added and some not.
  void merge(counter const& other)
    requires std::equality_comparable<Rule> || std::is_empty_v<Rule> || std::default_initializable<Rule>
  {
    if constexpr (!std::default_initializable<Rule>) {
      if (!(rule_ == other.rule_)) throw argument_error{"counters with different buckets can't be merged"};
    }
    if (other.total_ > std::numeric_limits<std::uint64_t>::max() - total_) refuse();
    if (this == &other) return merge(counter{other});
    other.for_each_index([&](std::int64_t index, std::uint64_t count) { add_at(index, count); });
  }

  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  [[nodiscard]] allocator_type get_allocator() const noexcept { return counts_.get_allocator(); }

  /// Events in all buckets.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] bool empty() const noexcept { return total_ == 0; }
  /// How many buckets have events. Complexity: linear in the pages.
  [[nodiscard]] std::size_t size() const {
    std::size_t buckets = 0;
    for_each_index([&](std::int64_t, std::uint64_t) { ++buckets; });
    return buckets;
  }
  [[nodiscard]] std::uint64_t count(bucket_type const& bucket) const { return counts_.find(rule_.index_of(bucket)); }
  /// By the rule's number of the bucket, for walking over empty buckets too.
  [[nodiscard]] std::uint64_t count_at(std::int64_t index) const { return counts_.find(index); }

  [[nodiscard]] iterator begin() const { return iterator{*this, counts_.pages().begin()}; }
  [[nodiscard]] iterator end() const { return iterator{*this, counts_.pages().end()}; }

  void clear() noexcept {
    counts_.clear();
    total_ = 0;
  }

  friend bool operator==(counter const& a, counter const& b) {
    if (a.total_ != b.total_) return false;
    auto i = a.begin();
    auto j = b.begin();
    for (; i != a.end() && j != b.end(); ++i, ++j) {
      if (!(*i == *j)) return false;
    }
    return i == a.end() && j == b.end();
  }

  /// Walks over the buckets with events in the order of time.
  class iterator {
   public:
    using iterator_concept = std::forward_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using value_type = bucket_count<bucket_type>;
    using difference_type = std::ptrdiff_t;
    using reference = value_type;
    using pointer = void;

    iterator() = default;
    [[nodiscard]] value_type operator*() const { return {owner_->rule_.bucket_at(index()), page_->second.counts[at_]}; }
    /// The rule's number of the bucket.
    [[nodiscard]] std::int64_t index() const noexcept {
      return page_->first * static_cast<std::int64_t>(detail::page_size<Rule>) + static_cast<std::int64_t>(at_);
    }
    iterator& operator++() {
      ++at_;
      settle();
      return *this;
    }
    iterator operator++(int) {
      auto const before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(iterator const& a, iterator const& b) noexcept {
      return a.page_ == b.page_ && a.at_ == b.at_;
    }

   private:
    friend class counter;
    using page_iterator = typename counts::page_map::const_iterator;
    iterator(counter const& owner, page_iterator page) : owner_{&owner}, page_{page} { settle(); }

    void settle() {
      for (; page_ != owner_->counts_.pages().end(); ++page_, at_ = 0) {
        for (; at_ < detail::page_size<Rule>; ++at_) {
          if (page_->second.counts[at_] != 0) return;
        }
      }
      at_ = 0;
    }

    counter const* owner_ = nullptr;
    page_iterator page_{};
    std::size_t at_ = 0;
  };

 private:
  template <class Step>
  void for_each_index(Step step) const {
    for (auto i = begin(); i != end(); ++i) step(i.index(), (*i).count);
  }

  [[noreturn]] static void refuse() { throw value_error{"fewer than 2^64 events in a counter", "more"}; }

  Rule rule_;
  counts counts_;
  std::uint64_t total_ = 0;
};

/// Counts by bucket and key: one counter for each key, in the order of the keys, which is the order of `<`.
///
/// A row with a key of known place is fastest through that key's own counter, which stays where it is:
/// `auto& opened = actions["Open"]; … opened.add(time);`. Keys that convert to each other (`std::string_view` for
/// `std::string`) are looked up without a copy.
template <bucket_rule Rule, class Key, class Allocator>
class counter {
 public:
  using rule_type = Rule;
  using bucket_type = typename Rule::bucket_type;
  using key_type = Key;
  using allocator_type = Allocator;
  using single = counter<Rule, no_key, Allocator>;

 private:
  using key_map =
      std::map<Key, single, std::less<>,
               typename std::allocator_traits<Allocator>::template rebind_alloc<std::pair<Key const, single>>>;
  /// Small whole-number keys are found through a table instead of the map.
  static constexpr std::size_t direct_keys = std::integral<Key> || std::is_enum_v<Key> ? 64 : 0;

 public:
  counter()
    requires std::default_initializable<Rule>
      : counter{Rule{}} {}
  explicit counter(Allocator const& allocator)
    requires std::default_initializable<Rule>
      : counter{Rule{}, allocator} {}
  explicit counter(Rule rule, Allocator const& allocator = Allocator{}) : rule_{std::move(rule)}, keys_{allocator} {}

  counter(counter const& other) : rule_{other.rule_}, keys_{other.keys_} {}
  counter(counter&& other) noexcept : rule_{other.rule_}, keys_{std::move(other.keys_)} { other.clear(); }
  counter(counter const& other, Allocator const& allocator) : rule_{other.rule_}, keys_{other.keys_, allocator} {}
  counter(counter&& other, Allocator const& allocator) : rule_{other.rule_}, keys_{std::move(other.keys_), allocator} {
    other.clear();
  }
  counter& operator=(counter const& other) {
    if (this != &other) {
      direct_.fill(nullptr);
      rule_ = other.rule_;
      keys_ = other.keys_;
    }
    return *this;
  }
  counter& operator=(counter&& other) {
    if (this != &other) {
      direct_.fill(nullptr);
      rule_ = other.rule_;
      keys_ = std::move(other.keys_);
      other.clear();
    }
    return *this;
  }
  ~counter() = default;

  /// The counter of one key, made if it is new. It stays valid until the whole is cleared, assigned or destroyed.
  template <class K>
  [[nodiscard]] single& operator[](K const& key) {
    if constexpr (direct_keys != 0) {
      auto const place = static_cast<std::size_t>(key);
      if (place < direct_keys) {
        if (direct_[place] == nullptr) direct_[place] = &of_key(key);
        return *direct_[place];
      }
    }
    return of_key(key);
  }

  /// \throws as `counter<Rule>::add`
  template <class K>
  void add(instant time, K const& key, std::uint64_t count = 1) {
    auto const index = rule_.index_of(time);
    (*this)[key].add_at(index, count);
  }

  /// Adds another's counts.
  /// \throws argument_error if the other's buckets are not the same, value_error if a key's total would reach 2^64.
  void merge(counter const& other) {
    if (this == &other) return merge(counter{other});
    if constexpr (!std::default_initializable<Rule>) {
      if (!(rule_ == other.rule_)) throw argument_error{"counters with different buckets can't be merged"};
    }
    for (auto const& [key, counts] : other.keys_) of_key(key).merge(counts);
  }

  [[nodiscard]] Rule const& rule() const noexcept { return rule_; }
  [[nodiscard]] allocator_type get_allocator() const noexcept { return Allocator{keys_.get_allocator()}; }
  [[nodiscard]] bool empty() const noexcept { return total() == 0; }
  /// Events of all keys.
  [[nodiscard]] std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (auto const& [key, counts] : keys_) sum += counts.total();
    return sum;
  }
  /// 0 if there is no such key or bucket.
  template <class K>
  [[nodiscard]] std::uint64_t count(bucket_type const& bucket, K const& key) const {
    auto const found = keys_.find(key);
    return found == keys_.end() ? 0 : found->second.count(bucket);
  }

  /// (key, counter of that key) in the order of the keys.
  [[nodiscard]] auto begin() const noexcept { return keys_.begin(); }
  [[nodiscard]] auto end() const noexcept { return keys_.end(); }
  /// How many keys there are.
  [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }

  /// Events by bucket, whatever their key.
  /// \throws value_error if there are 2^64 or more.
  [[nodiscard]] single totals() const {
    single sum{rule_, get_allocator()};
    for (auto const& [key, counts] : keys_) sum.merge(counts);
    return sum;
  }

  void clear() noexcept {
    direct_.fill(nullptr);
    keys_.clear();
  }

  /// Keys that have no events don't count.
  friend bool operator==(counter const& a, counter const& b) {
    auto i = a.keys_.begin();
    auto j = b.keys_.begin();
    while (true) {
      while (i != a.keys_.end() && i->second.empty()) ++i;
      while (j != b.keys_.end() && j->second.empty()) ++j;
      if (i == a.keys_.end() || j == b.keys_.end()) return i == a.keys_.end() && j == b.keys_.end();
      if (!(i->first == j->first) || !(i->second == j->second)) return false;
      ++i;
      ++j;
    }
  }

 private:
  template <class K>
  single& of_key(K const& key) {
    auto const found = keys_.lower_bound(key);
    if (found != keys_.end() && !(key < found->first)) return found->second;
    return keys_.emplace_hint(found, key, single{rule_, get_allocator()})->second;
  }

  Rule rule_;
  key_map keys_;
  std::array<single*, direct_keys> direct_{};
};

namespace pmr {

/// A counter that takes its memory from a `std::pmr::memory_resource`, such as a `memory_budget`.
template <bucket_rule Rule, class Key = no_key>
using counter = calendar::counter<Rule, Key, std::pmr::polymorphic_allocator<std::byte>>;

}  // namespace pmr

}  // namespace spillway::calendar
