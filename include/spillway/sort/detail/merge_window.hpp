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
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// A place in the merged order: before the first record of a block of a run. Records of equal keys are ordered by run.
struct merge_cut {
  block_ptr block;
  std::size_t run = 0;
};

/// The part of the merged order between two cuts: blocks of several runs, the first and last of each of which may reach
/// beyond the cuts.
template <class Order>
class merge_window {
 public:
  merge_window(Order const& order, std::pmr::memory_resource* memory)
      : order_{order}, memory_{memory}, parts_{memory}, merged_{memory} {}

  /// Blocks are added run by run in order of their numbers. `carried` ones were in the window before, too.
  void add(std::size_t run, block_ptr block) { parts_.push_back({run, std::move(block)}); }
  void set_cuts(std::optional<merge_cut> lower, std::optional<merge_cut> upper) {
    lower_ = std::move(lower);
    upper_ = std::move(upper);
  }

  /// Puts the records in order.
  void merge() {
    std::stable_sort(parts_.begin(), parts_.end(), [](part const& a, part const& b) { return a.run < b.run; });
    std::pmr::deque<source> sources{memory_};  // heads stay where they are: they may refer to their own slots
    make_sources(sources);
    merged_.reserve(count(sources));
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
  struct part {
    std::size_t run;
    block_ptr block;
  };

  /// What one run has in the window.
  struct source {
    std::size_t part = 0;      // where its next block is
    std::size_t end_part = 0;  // behind its last
    char const* end = nullptr;
    char const* last_end = nullptr;  // where its last block ends for this window
    record_head<Order> head{};
  };

  void make_sources(std::pmr::deque<source>& sources) {
    record_head<Order> lower;
    record_head<Order> upper;
    if (lower_) lower.look_at(order_, lower_->block->begin());
    if (upper_) upper.look_at(order_, upper_->block->begin());
    for (std::size_t begin = 0, end = 0; begin < parts_.size(); begin = end) {
      auto const run = parts_[begin].run;
      end = begin + 1;
      while (end < parts_.size() && parts_[end].run == run) ++end;
      auto const& first = *parts_[begin].block;
      auto const& last = *parts_[end - 1].block;
      auto& each = sources.emplace_back();
      each.part = begin;
      each.end_part = end;
      each.last_end = upper_ && run != upper_->run ? find(last, upper, run < upper_->run) : last.end();
      if (!enter(each, lower_ && run != lower_->run ? find(first, lower, run < lower_->run) : first.begin())) {
        sources.pop_back();
      }
    }
  }

  /// Stands the source on the record at `at` of its next block, or the first after it that is in the window.
  bool enter(source& each, char const* at) {
    for (;;) {
      bool const is_last = each.part + 1 == each.end_part;
      each.end = is_last ? each.last_end : parts_[each.part].block->end();
      ++each.part;
      if (at < each.end) {
        each.head.look_at(order_, at);
        return true;
      }
      if (is_last) return false;
      at = parts_[each.part].block->begin();
    }
  }

  /// The first record of the block that does not come before the cut; equal ones do if `equal_before`.
  [[nodiscard]] char const* find(loaded_block const& in, record_head<Order> const& cut, bool equal_before) const {
    record_head<Order> head{};
    auto const before = [&](char const* at) {
      head.look_at(order_, at);
      return equal_before ? !cut.before(order_, head) : head.before(order_, cut);
    };
    if constexpr (Order::fixed_size != 0) {
      std::size_t low = 0;
      std::size_t high = in.size() / Order::fixed_size;
      while (low < high) {
        auto const middle = (low + high) / 2;
        before(in.begin() + middle * Order::fixed_size) ? low = middle + 1 : high = middle;
      }
      return in.begin() + low * Order::fixed_size;
    } else {
      auto const* at = in.begin();
      while (at < in.end() && before(at)) at = Order::after(at);
      return at;
    }
  }

  /// Records in the window, or somewhat more.
  [[nodiscard]] std::size_t count(std::pmr::deque<source> const& sources) const {
    std::size_t count = 0;
    if constexpr (Order::fixed_size != 0) {
      for (auto const& each : sources) {
        count += static_cast<std::size_t>(each.end - each.head.at());
        for (auto i = each.part; i < each.end_part; ++i) count += parts_[i].block->size();
      }
      count /= Order::fixed_size;
    } else {
      for (auto const& each : sources) count += count_records(each);
    }
    return count;
  }
  [[nodiscard]] std::size_t count_records(source const& each) const {
    std::size_t count = 0;
    auto const walk = [&](char const* at, char const* end) {
      for (; at < end; at = Order::after(at)) ++count;
    };
    walk(each.head.at(), each.end);
    for (auto i = each.part; i < each.end_part; ++i) {
      auto const& block = *parts_[i].block;
      walk(block.begin(), i + 1 == each.end_part ? each.last_end : block.end());
    }
    return count;
  }

  /// What only one run has needs no comparisons.
  void copy(source& each) {
    auto const* at = each.head.at();
    for (;;) {
      for (; at < each.end; at = Order::after(at)) merged_.push_back(at);
      if (each.part == each.end_part) return;
      auto const is_last = each.part + 1 == each.end_part;
      at = parts_[each.part].block->begin();
      each.end = is_last ? each.last_end : parts_[each.part].block->end();
      ++each.part;
    }
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
      } else if (top.part != top.end_part && enter(top, parts_[top.part].block->begin())) {
        tree.replace(top.head.prefix());
      } else {
        tree.remove();
      }
    }
  }

  Order const& order_;
  std::pmr::memory_resource* memory_;
  std::pmr::vector<part> parts_;
  std::optional<merge_cut> lower_;
  std::optional<merge_cut> upper_;
  std::pmr::vector<char const*> merged_;
};

}  // namespace spillway::sort::detail
