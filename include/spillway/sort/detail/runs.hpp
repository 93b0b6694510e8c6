#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/io/scratch.hpp>
#include <spillway/sort/detail/block_store.hpp>
#include <spillway/sort/detail/parallel.hpp>
#include <spillway/sort/detail/record_buffer.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// Sorted records on scratch, as a list of blocks of whole packed records. Only the list of that list is in memory.
struct run {
  explicit run(std::pmr::memory_resource* memory) : pages{memory} {}

  std::pmr::vector<io::scratch_block> pages;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  std::size_t largest_block = 0;
  std::size_t most_records = 0;  // in a block
  std::uint64_t passes = 0;      // merges that its records went through
};

/// Writes the list of a run's blocks to scratch, page by page.
class run_lister {
 public:
  static constexpr std::size_t page_size = 128;

  run_lister(block_store& store, std::pmr::memory_resource* memory) : store_{store}, run_{memory}, page_{memory} {
    page_.reserve(page_size);
  }

  void add(stored_block const& block) {
    if (page_.size() == page_size) flush();
    page_.push_back(block);
    run_.bytes += block.size;
    run_.largest_block = std::max(run_.largest_block, block.size);
    run_.most_records = std::max(run_.most_records, block.records);
  }

  [[nodiscard]] run finish(std::uint64_t records) {
    if (!page_.empty()) flush();
    run_.records = records;
    return std::move(run_);
  }

 private:
  void flush() {
    auto const bytes = std::as_bytes(std::span{page_});
    run_.pages.push_back(store_.scratch().append({reinterpret_cast<char const*>(bytes.data()), bytes.size()}));
    page_.clear();
  }

  block_store& store_;
  run run_;
  std::pmr::vector<stored_block> page_;
};

/// Gathers packed records into blocks and stores them.
class block_filler {
 public:
  block_filler(block_store& store, std::size_t block_size, std::pmr::memory_resource* memory)
      : store_{store}, buffer_(block_size, memory) {}

  /// Hands each stored block to `list`. A record that is larger than a block becomes one of its own.
  template <class List>
  void add(std::span<char const> packed, List&& list) {
    if (packed.size() > buffer_.size() - used_) [[unlikely]] {
      flush(list);
      if (packed.size() > buffer_.size()) {
        list(store_.append(packed, 1));
        return;
      }
    }
    std::memcpy(buffer_.data() + used_, packed.data(), packed.size());
    used_ += packed.size();
    ++records_;
  }

  template <class List>
  void flush(List&& list) {
    if (used_ == 0) return;
    auto const size = std::exchange(used_, 0);
    list(store_.append({buffer_.data(), size}, std::exchange(records_, 0)));
  }

 private:
  block_store& store_;
  std::pmr::vector<char> buffer_;
  std::size_t used_ = 0;
  std::size_t records_ = 0;
};

/// Writes the sorted records of a buffer to scratch, on several threads: slices of the order are gathered at the same
/// time and listed in order.
template <class Order>
run spill(record_buffer<Order> const& buffer, block_store& store, std::size_t block_size, unsigned threads,
          std::stop_token const& stop, std::pmr::memory_resource* memory) {
  constexpr std::size_t blocks_per_slice = 16;
  constexpr std::size_t ahead = 12;
  auto const entries = buffer.entries();
  auto const slice = std::max<std::size_t>(1, blocks_per_slice * block_size / buffer.record_size());
  auto const slices = (entries.size() + slice - 1) / slice;

  std::pmr::vector<std::pmr::vector<stored_block>> stored(slices, memory);
  std::atomic<std::size_t> next{0};
  in_parallel(static_cast<unsigned>(std::min<std::size_t>(threads, slices)), [&](unsigned) {
    block_filler filler{store, block_size, memory};
    for (auto index = next.fetch_add(1); index < slices; index = next.fetch_add(1)) {
      throw_if_cancelled(stop);
      auto const list = [&](stored_block const& block) { stored[index].push_back(block); };
      auto const begin = index * slice;
      auto const end = std::min(begin + slice, entries.size());
      for (auto i = begin; i < end; ++i) {
        if (i + ahead < entries.size()) __builtin_prefetch(buffer.packed(entries[i + ahead]));
        auto const* const packed = buffer.packed(entries[i]);
        filler.add({packed, static_cast<std::size_t>(Order::after(packed) - packed)}, list);
      }
      filler.flush(list);
    }
  });

  run_lister lister{store, memory};
  for (auto const& blocks : stored) {
    for (auto const& block : blocks) lister.add(block);
  }
  return lister.finish(entries.size());
}

}  // namespace spillway::sort::detail
