#pragma once

#include <spillway/sort/detail/loaded_block.hpp>
#include <spillway/sort/detail/loser_tree.hpp>
#include <spillway/sort/detail/record_head.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// What a window has of a block: whole records, one after the other.
struct merge_part {
  std::size_t run;
  block_ptr block;
  char const* begin;
  char const* end;
  std::size_t records;
};

/// A part of the merged order: parts of blocks of several runs.
template <class Order>
class merge_window {
 public:
  merge_window(Order const& order, std::pmr::memory_resource* memory)
      : order_{order}, memory_{memory}, parts_{memory}, merged_{memory} {}

  /// Parts of the same run in their order. Returns the number of the part, for `shorten`.
  std::size_t add(merge_part part) {
    parts_.push_back(std::move(part));
    return parts_.size() - 1;
  }
  void shorten(std::size_t number, char const* end, std::size_t records) noexcept {
    parts_[number].end = end;
    parts_[number].records = records;
  }

  /// Puts the records in order.
  void merge() {
    std::ranges::stable_sort(parts_, {}, &merge_part::run);
    std::pmr::deque<source> sources{memory_};  // heads stay where they are: they may refer to their own slots
    make_sources(sources);
    std::size_t records = 0;
    for (auto const& each : parts_) records += each.records;
    merged_.reserve(records);
    if (sources.size() == 1) {
      copy(sources.front());
    } else if (!sources.empty()) {
      merge(sources);
    }
  }

  /// The packed records in order, when merged.
  [[nodiscard]] std::span<char const* const> records() const noexcept { return merged_; }

  // Of the merger.
  std::size_t new_bytes = 0;  // of blocks that were in no window before
  std::exception_ptr failure;
  bool done = false;

 private:
  /// What one run has in the window.
  struct source {
    std::size_t part = 0;      // the next
    std::size_t end_part = 0;  // behind its last
    char const* end = nullptr;
    record_head<Order> head{};
  };

  void make_sources(std::pmr::deque<source>& sources) {
    for (std::size_t begin = 0, end = 0; begin < parts_.size(); begin = end) {
      end = begin + 1;
      while (end < parts_.size() && parts_[end].run == parts_[begin].run) ++end;
      auto& each = sources.emplace_back();
      each.part = begin;
      each.end_part = end;
      if (!enter(each)) sources.pop_back();
    }
  }

  /// Stands the source on the first record of its next part, if there is one.
  bool enter(source& each) {
    while (each.part != each.end_part) {
      auto const& next = parts_[each.part++];
      if (next.begin == next.end) continue;
      each.end = next.end;
      each.head.look_at(order_, next.begin);
      return true;
    }
    return false;
  }

  /// What only one run has needs no comparisons.
  void copy(source const& each) {
    auto const walk = [&](char const* at, char const* end) {
      for (; at < end; at = Order::after(at)) merged_.push_back(at);
    };
    walk(each.head.at(), each.end);
    for (auto i = each.part; i != each.end_part; ++i) walk(parts_[i].begin, parts_[i].end);
  }

  void merge(std::pmr::deque<source>& of) {
    std::pmr::vector<source*> sources{memory_};
    sources.reserve(of.size());
    for (auto& each : of) sources.push_back(&each);
    auto const tie = [&](std::size_t a, std::size_t b) { return sources[a]->head.tie(order_, sources[b]->head); };
    loser_tree tree{sources.size(), [&](std::size_t i) { return sources[i]->head.prefix(); }, tie, memory_};
    while (!tree.empty()) {
      auto& top = *sources[tree.top()];
      auto const* const at = top.head.at();
      merged_.push_back(at);
      auto const* const next = Order::after(at);
      if (next < top.end) {
        top.head.look_at(order_, next);
        tree.replace(top.head.prefix());
      } else if (enter(top)) {
        tree.replace(top.head.prefix());
      } else {
        tree.remove();
      }
    }
  }

  Order const& order_;
  std::pmr::memory_resource* memory_;
  std::pmr::vector<merge_part> parts_;
  std::pmr::vector<char const*> merged_;
};

}  // namespace spillway::sort::detail
