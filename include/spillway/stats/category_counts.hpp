#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/hash.hpp>
#include <spillway/stats/detail/category_table.hpp>
#include <spillway/stats/detail/category_text.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <numeric>
#include <ranges>
#include <stop_token>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::stats {

/// How often each category comes in two samples. Categories are text, which is copied, or whole numbers, truth values
/// or enumerators.
///
/// They are visited in an order that follows from the data alone: by the first byte of their hash, which is the same
/// for ever, and by their first appearance within that. If memory fails, what was added remains.
///
/// Memory: 28 bytes and the text for each category, as a rule; 40 bytes and a quarter more than the text when tables
/// have just grown; 30 KB at least. Complexity: constant for each value. Thread safety: as for standard containers.
template <detail::category T = std::string_view>
class category_counts {
 public:
  explicit category_counts(std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : category_counts{detail::category_parts{}, memory} {}

  /// Counts only the categories of these parts; of all others it knows that they are there.
  category_counts(detail::category_parts parts, std::pmr::memory_resource* memory) : tables_{memory} {
    tables_.reserve(detail::category_parts::count);
    for (std::size_t part = 0; part < detail::category_parts::count; ++part) tables_.emplace_back(memory);
    for (auto part = parts.first; part < parts.last; part += parts.step) is_mine_[part] = true;
  }

  void add_x(T category, std::uint64_t times = 1) { add(detail::sample::x, category, times); }
  void add_y(T category, std::uint64_t times = 1) { add(detail::sample::y, category, times); }

  /// All values of a range. Faster than one by one, because what the next values need is fetched from memory while
  /// others are counted.
  /// \throws cancelled
  template <detail::category_range<T> Range>
  void add_all_x(Range&& values, std::stop_token const& stop = {}) {
    add_all(detail::sample::x, values, stop);
  }
  template <detail::category_range<T> Range>
  void add_all_y(Range&& values, std::stop_token const& stop = {}) {
    add_all(detail::sample::y, values, stop);
  }

  /// Adds what another has counted.
  void merge(category_counts const& other) {
    other.for_each([&](T category, sample_sizes counts) {
      add_x(category, counts.x);
      add_y(category, counts.y);
    });
  }

  /// How many values there are.
  [[nodiscard]] sample_sizes sizes() const noexcept { return sizes_; }
  /// How many categories there are.
  [[nodiscard]] std::size_t size() const noexcept {
    return std::accumulate(tables_.begin(), tables_.end(), std::size_t{0},
                           [](std::size_t sum, auto const& table) { return sum + table.size(); });
  }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// `visit(category, counts)` for each category. Its text is valid until something is added.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t part = 0; part < tables_.size(); ++part) for_each_of_part(part, visit);
  }
  template <class Visit>
  void for_each_of_part(std::size_t part, Visit&& visit) const {
    tables_[part].for_each(
        [&](std::string_view text, sample_sizes counts) { visit(detail::category_text<T>::value(text), counts); });
  }

 private:
  /// Enough for all that is fetched in a batch to stay in the first cache.
  static constexpr std::size_t batch_size = 64;

  struct hashed {
    std::uint64_t hash;
    [[nodiscard]] std::size_t part() const noexcept { return hash >> 56U; }
    [[nodiscard]] std::uint32_t tag() const noexcept { return static_cast<std::uint32_t>(hash); }
  };

  struct batch {
    std::array<detail::category_text<T>, batch_size> texts;
    std::array<hashed, batch_size> hashes;
    std::size_t size = 0;
  };

  void count(detail::sample in, std::uint64_t times) noexcept {
    (in == detail::sample::x ? sizes_.x : sizes_.y) += times;
  }

  void add(detail::sample in, T category, std::uint64_t times) {
    if (times == 0) return;
    detail::category_text<T> const text{category};
    hashed const where{hash64(text.view())};
    if (is_mine_[where.part()]) tables_[where.part()].add(in, where.tag(), text.view(), times);
    count(in, times);
  }

  template <class Range>
  void add_all(detail::sample in, Range& values, std::stop_token const& stop) {
    if constexpr (std::ranges::forward_range<Range>) {
      batch next;
      for (auto&& value : values) {
        push(next, T(value));
        if (next.size < batch_size) continue;
        throw_if_cancelled(stop);
        add_batch(in, next);
      }
      add_batch(in, next);
    } else {
      for (auto&& value : values) add(in, T(value), 1);
    }
  }

  void push(batch& next, T category) noexcept {
    detail::category_text<T> const text{category};
    hashed const where{hash64(text.view())};
    if (is_mine_[where.part()]) {
      tables_[where.part()].prefetch_slot(where.tag());
    }
    next.texts[next.size] = text;
    next.hashes[next.size++] = where;
  }

  void add_batch(detail::sample in, batch& next) {
    for (std::size_t i = 0; i < next.size; ++i) {
      auto const& where = next.hashes[i];
      tables_[where.part()].prefetch_entry(where.tag());
    }
    for (std::size_t i = 0; i < next.size; ++i) {
      auto const& where = next.hashes[i];
      if (is_mine_[where.part()]) tables_[where.part()].add(in, where.tag(), next.texts[i].view(), 1);
      count(in, 1);
    }
    next.size = 0;
  }

  std::pmr::vector<detail::category_table> tables_;
  std::array<bool, detail::category_parts::count> is_mine_{};
  sample_sizes sizes_;
};

}  // namespace spillway::stats
