#pragma once

#include <spillway/sort/detail/loaded_block.hpp>
#include <spillway/sort/detail/loser_tree.hpp>
#include <spillway/sort/detail/offset_code.hpp>
#include <spillway/sort/detail/record_head.hpp>
#include <spillway/sort/reduce.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory_resource>
#include <span>
#include <type_traits>
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

/// A part of the merged order: parts of blocks of several runs. Of records with equal keys that meet in it, those are
/// left out that `Reduce` has no use for, if that is known at no cost.
template <class Order, class Reduce = keep_all>
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
  static constexpr bool has_codes = Order::words::known;
  using code = std::conditional_t<has_codes, offset_code, prefix_code>;

  /// What one run has in the window.
  struct source {
    std::size_t part = 0;      // the next
    std::size_t end_part = 0;  // behind its last
    char const* end = nullptr;
    /// With codes, the last one too, in turn: each is known by how it differs from the one before.
    std::array<record_head<Order>, has_codes ? 2 : 1> heads{};
    std::size_t current = 0;

    [[nodiscard]] record_head<Order> const& head() const noexcept { return heads[has_codes ? current : 0]; }
    [[nodiscard]] record_head<Order> const& last_head() const noexcept { return heads[has_codes ? 1 - current : 0]; }
    void look_at(Order const& order, char const* at) {
      if constexpr (has_codes) current = 1 - current;
      heads[has_codes ? current : 0].look_at(order, at);
    }
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
      each.look_at(order_, next.begin);
      return true;
    }
    return false;
  }

  /// Stands it on its next record, if there is one.
  bool step(source& each) {
    auto const* const next = Order::after(each.head().at());
    if (next >= each.end) return enter(each);
    each.look_at(order_, next);
    return true;
  }

  /// What only one run has needs no comparisons.
  void copy(source const& each) {
    auto const walk = [&](char const* at, char const* end) {
      for (; at < end; at = Order::after(at)) merged_.push_back(at);
    };
    walk(each.head().at(), each.end);
    for (auto i = each.part; i != each.end_part; ++i) walk(parts_[i].begin, parts_[i].end);
  }

  void merge(std::pmr::deque<source>& of) {
    std::pmr::vector<source*> sources{memory_};
    sources.reserve(of.size());
    for (auto& each : of) sources.push_back(&each);
    auto const tie = [&](std::size_t a, std::size_t b, code& of_loser) {
      return comes_before(sources[b]->head(), sources[a]->head(), of_loser);
    };
    loser_tree tree{sources.size(), [&](std::size_t i) { return code{sources[i]->head().prefix()}; }, tie, memory_};
    while (!tree.empty()) {
      auto& top = *sources[tree.top()];
      put(top.head(), tree.top_code());
      if (step(top)) {
        tree.replace(code_of_step(top));
      } else {
        tree.remove();
      }
    }
  }

  /// Puts a record behind the others.
  void put(record_head<Order> const& head, code const& of_head) {
    if constexpr (std::is_same_v<Reduce, keep_first> || std::is_same_v<Reduce, keep_last>) {
      if (!merged_.empty() && repeats(head, of_head)) {
        if constexpr (std::is_same_v<Reduce, keep_last>) merged_.back() = head.at();
        return;
      }
      last_prefix_ = head.prefix();
    }
    merged_.push_back(head.at());
  }
  /// Whether its key is known to equal that of the last.
  [[nodiscard]] bool repeats(record_head<Order> const& head, code const& of_head) const noexcept {
    if constexpr (has_codes) return of_head.is_equal();
    return Order::ties == tie_by::nothing && head.prefix() == last_prefix_;
  }

  /// Of a source's head, with regard to the one before it.
  [[nodiscard]] code code_of_step(source const& of) const {
    auto const& head = of.head();
    if constexpr (has_codes) {
      if (head.prefix() == of.last_head().prefix()) {
        auto const [number, last_word, word] = difference(of.last_head(), head, 1);
        return last_word == word ? code{} : code{number, word};
      }
    }
    return code{head.prefix()};
  }

  /// Whether the head of an upper source comes before that of a lower one, if their codes are equal: `of_loser`, which
  /// becomes the loser's with regard to the winner.
  [[nodiscard]] bool comes_before(record_head<Order> const& upper, record_head<Order> const& lower,
                                  [[maybe_unused]] code& of_loser) const {
    if constexpr (!has_codes) {
      return upper.tie(order_, lower);
    } else {
      if (of_loser.is_equal()) return false;
      if (of_loser.number() != 0 && Order::words::is_last(of_loser.word())) {
        of_loser = {};
        return false;
      }
      auto const [number, lower_word, upper_word] = difference(lower, upper, of_loser.number() + 1);
      of_loser = lower_word == upper_word ? code{} : code{number, std::max(lower_word, upper_word)};
      return upper_word < lower_word;
    }
  }

  /// From one word on. If their keys are equal, so are the words.
  [[nodiscard]] auto difference(record_head<Order> const& a, record_head<Order> const& b, std::size_t from) const {
    return Order::words::first_difference(a.key(order_), b.key(order_), from);
  }

  Order const& order_;
  std::pmr::memory_resource* memory_;
  std::pmr::vector<merge_part> parts_;
  std::pmr::vector<char const*> merged_;
  std::uint64_t last_prefix_ = 0;
};

}  // namespace spillway::sort::detail
