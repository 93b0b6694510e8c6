#pragma once

#include <spillway/sort/detail/merger.hpp>
#include <spillway/sort/detail/offset_code.hpp>
#include <spillway/sort/detail/runs.hpp>
#include <spillway/sort/detail/sort_entries.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace spillway::sort::detail {

/// Shares the budget out. For a budget of M bytes, a usual block of B = M / 1024 (within 16 and 256 KiB):
///
/// - while runs are formed: up to 15/16 M for records and entries; the rest for sorting them, and then, on each thread,
///   for a block and its compressed form;
/// - while f runs are merged: for each its next block, one that reaches over a cut with a pointer to each record in it,
///   and a page of its list of blocks: a little more than f (2 B + 8 KiB), which may take up 2/3 M; the rest for the
///   windows that are on their way.
class memory_plan {
 public:
  memory_plan(std::size_t budget, unsigned threads) : budget_{budget}, threads_{threads} {
    while (threads_ > 1 && beside_buffer() > budget_ / 2) --threads_;
  }

  [[nodiscard]] std::size_t budget() const noexcept { return budget_; }
  /// No more than there is memory for.
  [[nodiscard]] unsigned threads() const noexcept { return threads_; }
  [[nodiscard]] std::size_t block() const noexcept {
    return std::clamp<std::size_t>(budget_ / 1024 / page * page, 4 * page, 64 * page);
  }
  [[nodiscard]] std::size_t buffer() const noexcept { return budget_ - beside_buffer(); }
  /// Of which the list alone is no burden.
  [[nodiscard]] std::size_t most_runs() const noexcept { return budget_ / (std::size_t{16} << 10U); }
  /// The largest packed record of which two runs can be merged, and of which codes can number the words.
  [[nodiscard]] std::size_t largest_record() const noexcept {
    return std::min(budget_ / 6, 7 * offset_code::most_words);
  }

  /// How many of the runs, from the first on, can be merged at once; at least two.
  [[nodiscard]] std::size_t fan_in(std::span<run const> runs) const {
    std::size_t held = 0;
    std::size_t count = 0;
    for (auto const& each : runs) {
      held += held_by(each);
      if (count >= 2 && held > budget_ / 3 * 2) break;
      ++count;
    }
    return count;
  }

  [[nodiscard]] merge_sizes merge(std::span<run const> runs) const {
    std::size_t held = budget_ / 32 + 4 * page;
    std::size_t largest = block();
    std::size_t pointers = 0;
    std::uint64_t records = 0;
    std::uint64_t bytes = 1;
    for (auto const& each : runs) {
      held += held_by(each);
      largest = std::max(largest, each.largest_block + pointers_of(each));
      pointers += pointers_of(each);
      records += each.records;
      bytes += each.bytes;
    }
    held += 2 * largest;  // compressed, and copied
    auto const rest = budget_ - std::min(held, budget_);
    // Beside the blocks, a window holds a pointer to each record.
    auto const wanted_bytes = std::max<std::size_t>(usual_window, 4 * runs.size() * block());
    auto const wanted = wanted_bytes + static_cast<std::size_t>(static_cast<double>(wanted_bytes) *
                                                                static_cast<double>(records * sizeof(char const*)) /
                                                                static_cast<double>(bytes));
    auto in_flight = most_in_flight();
    while (in_flight > 1 && rest / in_flight < largest + pointers) --in_flight;
    return {block(), std::min(wanted, rest / in_flight), in_flight};
  }

 private:
  static constexpr std::size_t page = 4096;
  static constexpr std::size_t usual_window = std::size_t{4} << 20U;

  [[nodiscard]] std::size_t beside_buffer() const noexcept {
    auto const on_each_thread = std::max(sort_entries_memory(1), 2 * block() + page);
    return std::max(budget_ / 16, threads_ * on_each_thread + budget_ / 64);
  }

  [[nodiscard]] std::size_t most_in_flight() const noexcept {
    return threads_ == 1 ? std::size_t{1} : std::size_t{threads_} + 1;
  }

  /// To the records of the block that reaches over a cut.
  [[nodiscard]] static std::size_t pointers_of(run const& each) noexcept {
    return each.most_records * sizeof(char const*);
  }
  /// While it is merged.
  [[nodiscard]] std::size_t held_by(run const& each) const noexcept {
    return 2 * std::max(block(), each.largest_block) + pointers_of(each) + 2 * page + most_in_flight() * page / 8;
  }

  std::size_t budget_;
  unsigned threads_;
};

}  // namespace spillway::sort::detail
