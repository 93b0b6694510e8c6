#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/sort/detail/block_store.hpp>
#include <spillway/sort/detail/loaded_block.hpp>
#include <spillway/sort/detail/merge_window.hpp>
#include <spillway/sort/detail/record_head.hpp>
#include <spillway/sort/detail/runs.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// How a merge shares its memory out.
struct merge_sizes {
  std::size_t block = 0;      // the usual size of a block
  std::size_t window = 0;     // memory for the blocks that a window takes in, and a pointer to each record
  std::size_t in_flight = 1;  // windows that are planned, merged or handed out at once
};

/// Merges runs by windows of the merged order.
///
/// The next block of every run is in memory. A window takes in whichever of them begins first, again and again
/// (Knuth's forecasting), until it is full; it ends where the first block begins that it did not take in. That cuts the
/// order by itself, however keys are distributed, so that one window can be merged on each thread. Windows are planned
/// one after the other, merged at the same time, and handed out in order.
template <class Order, class Reduce = keep_all>
class merger {
 public:
  /// `on_bytes(sum)` is told, by `next`, of how many bytes of blocks there were.
  merger(Order const& order, block_store& store, std::pmr::vector<run> runs, merge_sizes const& sizes, unsigned threads,
         std::stop_token stop, std::pmr::memory_resource* memory, std::function<void(std::uint64_t)> on_bytes)
      : order_{order},
        store_{store},
        sizes_{sizes},
        stop_{std::move(stop)},
        memory_{memory},
        on_bytes_{std::move(on_bytes)},
        pool_{sizes.block, memory},
        runs_{std::move(runs)},
        sources_{memory},
        heap_{memory},
        windows_{memory} {
    heap_.reserve(runs_.size());
    for (auto& each : runs_) {
      sources_.emplace_back(each, memory);
      advance(sources_.size() - 1);
    }
    try {
      for (unsigned i = 1; i < std::min<std::size_t>(threads, sizes.in_flight); ++i) {
        helpers_.emplace_back([this] { help(); });
      }
    } catch (std::exception const&) {
      // The system has no more threads to give, or no memory for them: the one that asks for windows merges them.
    }
  }
  merger(merger const&) = delete;
  merger& operator=(merger const&) = delete;
  ~merger() {
    {
      std::scoped_lock const lock{mutex_};
      at_end_ = true;
    }
    changed_.notify_all();
  }

  /// The packed records of the next window in order, valid until the next call; none at the end.
  /// \throws what the order and scratch throw, and cancelled.
  [[nodiscard]] std::span<char const* const> next() {
    std::unique_lock lock{mutex_};
    if (handed_out_) pop(lock);
    for (;;) {
      if (!windows_.empty() && windows_.front()->done) {
        auto& first = *windows_.front();
        if (first.failure) std::rethrow_exception(first.failure);
        if (first.records().empty()) {
          pop(lock);
          continue;
        }
        handed_out_ = true;
        bytes_ += first.new_bytes;
        lock.unlock();
        on_bytes_(bytes_);
        return first.records();
      }
      if (can_begin()) {
        make_window(lock);
      } else if (windows_.empty() && at_end_) {
        if (failure_) std::rethrow_exception(failure_);
        return {};
      } else {
        changed_.wait(lock);
      }
    }
  }

 private:
  using window = merge_window<Order, Reduce>;

  /// A run as far as it was read.
  struct source {
    source(run& of, std::pmr::memory_resource* memory) : from{&of}, page{memory} {}

    run* from;
    std::size_t next_page = 0;
    std::pmr::vector<stored_block> page;
    std::size_t next_block = 0;
    block_ptr pending = {};
    std::size_t pending_records = 0;
    record_head<Order> head{};  // of the pending block
    block_ptr carried = {};     // has records behind the last cut
    char const* rest = nullptr;
    std::size_t rest_records = 0;
    std::size_t part = 0;  // the last in the window that is being planned
  };

  void pop(std::unique_lock<std::mutex>& lock) {
    // Its memory is free before another one begins.
    auto finished = std::move(windows_.front());
    lock.unlock();
    finished.reset();
    lock.lock();
    windows_.pop_front();
    handed_out_ = false;
    changed_.notify_all();
  }

  void help() {
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [this] { return can_begin() || at_end_; });
      if (at_end_) return;
      try {
        make_window(lock);
      } catch (...) {
        // No memory even for an empty window.
        failure_ = std::current_exception();
        at_end_ = true;
        changed_.notify_all();
        return;
      }
    }
  }

  [[nodiscard]] bool can_begin() const noexcept { return !planning_ && !at_end_ && windows_.size() < sizes_.in_flight; }

  void make_window(std::unique_lock<std::mutex>& lock) {
    auto made = std::allocate_shared<window>(std::pmr::polymorphic_allocator<window>{memory_}, order_, memory_);
    windows_.push_back(made);
    planning_ = true;
    lock.unlock();
    bool more = false;
    guarded(*made, [&] { more = plan(*made); });
    lock.lock();
    planning_ = false;
    at_end_ = at_end_ || !more;
    lock.unlock();
    changed_.notify_all();
    if (!made->failure) guarded(*made, [&] { made->merge(); });
    lock.lock();
    made->done = true;
    made.reset();
    changed_.notify_all();
  }

  template <class Step>
  static void guarded(window& of, Step step) noexcept {
    try {
      step();
    } catch (...) {
      of.failure = std::current_exception();
    }
  }

  /// Fills the window with blocks; false if none will follow it. One at a time.
  bool plan(window& next) {
    throw_if_cancelled(stop_);
    std::size_t held = 0;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      auto& from = sources_[i];
      if (from.carried) held += add(next, i);
    }
    while (!heap_.empty()) {
      auto const first = heap_.front();
      auto& from = sources_[first];
      auto const added = from.pending->capacity() + from.pending_records * sizeof(char const*);
      if (next.new_bytes != 0 && held + added > sizes_.window) break;
      std::pop_heap(heap_.begin(), heap_.end(), later());
      heap_.pop_back();
      held += added;
      next.new_bytes += from.pending->size();
      from.carried = std::move(from.pending);
      from.rest = from.carried->begin();
      from.rest_records = from.pending_records;
      add(next, first);
      advance(first);
    }
    if (heap_.empty()) return false;
    cut(next);
    return true;
  }

  /// What is left of the carried block of a run; returns what its pointers take up.
  std::size_t add(window& to, std::size_t run) {
    auto& from = sources_[run];
    from.part = to.add({run, from.carried, from.rest, from.carried->end(), from.rest_records});
    return from.rest_records * sizeof(char const*);
  }

  /// Ends the window before the first block that it did not take in; of equal records, with those of earlier runs.
  /// Where that is in the blocks of other runs is found once and for both windows, so that every record is in one of
  /// them even if the comparator is no order.
  void cut(window& at) {
    auto const first = heap_.front();
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      auto& each = sources_[i];
      if (!each.carried) continue;
      if (i != first) {
        auto const before = split(each, sources_[first].head, i < first);
        at.shorten(each.part, each.rest, before);
      }
      if (i == first || each.rest == each.carried->end()) each.carried = nullptr;
    }
  }

  /// Moves the rest of a block to the first record that does not come before the cut; equal ones do if `equal_before`.
  /// Returns how many do.
  std::size_t split(source& of, record_head<Order> const& cut, bool equal_before) const {
    record_head<Order> head{};
    auto const before = [&](char const* at) {
      head.look_at(order_, at);
      return equal_before ? !cut.before(order_, head) : head.before(order_, cut);
    };
    std::size_t count = 0;
    if constexpr (Order::fixed_size != 0) {
      auto end = of.rest_records;
      while (count < end) {
        auto const middle = (count + end) / 2;
        before(of.rest + middle * Order::fixed_size) ? count = middle + 1 : end = middle;
      }
      of.rest += count * Order::fixed_size;
    } else {
      for (; of.rest < of.carried->end() && before(of.rest); of.rest = Order::after(of.rest)) ++count;
    }
    of.rest_records -= count;
    return count;
  }

  /// Loads the next block of a run, if there is one.
  void advance(std::size_t index) {
    auto& of = sources_[index];
    if (of.next_block == of.page.size() && !next_page(of)) return;
    auto const& stored = of.page[of.next_block++];
    of.pending = pool_.make(stored.size);
    of.pending_records = stored.records;
    store_.take(stored, {of.pending->data(), stored.size});
    of.head.look_at(order_, of.pending->begin());
    heap_.push_back(index);
    std::push_heap(heap_.begin(), heap_.end(), later());
  }

  bool next_page(source& of) {
    if (of.next_page == of.from->pages.size()) return false;
    auto const& where = of.from->pages[of.next_page++];
    of.page.resize(where.size / sizeof(stored_block));
    auto const bytes = std::as_writable_bytes(std::span{of.page});
    store_.scratch().read(where, {reinterpret_cast<char*>(bytes.data()), bytes.size()});
    store_.scratch().release(where);
    of.next_block = 0;
    return true;
  }

  /// For a heap with the first head on top.
  [[nodiscard]] auto later() const {
    return [this](std::size_t a, std::size_t b) {
      auto const& head_a = sources_[a].head;
      auto const& head_b = sources_[b].head;
      if (head_b.before(order_, head_a)) return true;
      return a > b && !head_a.before(order_, head_b);
    };
  }

  Order const& order_;
  block_store& store_;
  merge_sizes sizes_;
  std::stop_token stop_;
  std::pmr::memory_resource* memory_;
  std::function<void(std::uint64_t)> on_bytes_;
  std::uint64_t bytes_ = 0;
  block_pool pool_;  // outlives all that has blocks

  // Of whoever plans.
  std::pmr::vector<run> runs_;
  std::pmr::deque<source> sources_;
  std::pmr::vector<std::size_t> heap_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::pmr::deque<std::shared_ptr<window>> windows_;
  bool planning_ = false;
  bool at_end_ = false;
  bool handed_out_ = false;
  std::exception_ptr failure_;

  std::vector<std::jthread> helpers_;  // last: they use all of the above
};

}  // namespace spillway::sort::detail
