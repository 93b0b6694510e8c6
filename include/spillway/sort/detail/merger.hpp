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
#include <optional>
#include <span>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// How a merge shares its memory out.
struct merge_sizes {
  std::size_t block = 0;      // the usual size of a block
  std::size_t window = 0;     // memory for the blocks that a window takes in
  std::size_t in_flight = 1;  // windows that are planned, merged or handed out at once
};

/// Merges runs by windows of the merged order.
///
/// The next block of every run is in memory. A window takes in whichever of them begins first, again and again
/// (Knuth's forecasting), until it is full; it ends where the first block begins that it did not take in. That cuts the
/// order by itself, however keys are distributed, so that one window can be merged on each thread. Windows are planned
/// one after the other, merged at the same time, and handed out in order.
template <class Order>
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
    } catch (std::system_error const&) {
      // The system has no more threads to give: the one that asks for windows merges them.
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
  using window = merge_window<Order>;

  /// A run as far as it was read.
  struct source {
    source(run& of, std::pmr::memory_resource* memory) : from{&of}, page{memory} {}

    run* from;
    std::size_t next_page = 0;
    std::pmr::vector<stored_block> page;
    std::size_t next_block = 0;
    block_ptr pending = {};
    record_head<Order> head{};  // of the pending block
    block_ptr carried = {};     // may have records behind the last cut
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
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i].carried) next.add(i, sources_[i].carried);
    }
    std::size_t bytes = 0;
    std::size_t held = 0;
    while (!heap_.empty() && (held == 0 || held + sources_[heap_.front()].pending->capacity() <= sizes_.window)) {
      std::pop_heap(heap_.begin(), heap_.end(), later());
      auto const first = heap_.back();
      heap_.pop_back();
      auto& from = sources_[first];
      bytes += from.pending->size();
      held += from.pending->capacity();
      from.carried = std::move(from.pending);
      next.add(first, from.carried);
      advance(first);
    }
    auto lower = std::exchange(last_cut_, {});
    if (!heap_.empty()) {
      auto& cut = sources_[heap_.front()];
      last_cut_ = merge_cut{cut.pending, heap_.front()};
      cut.carried = nullptr;  // all of it is before the cut
    }
    next.new_bytes = bytes;
    next.set_cuts(std::move(lower), last_cut_);
    return !heap_.empty();
  }

  /// Loads the next block of a run, if there is one.
  void advance(std::size_t index) {
    auto& of = sources_[index];
    if (of.next_block == of.page.size() && !next_page(of)) return;
    auto const& stored = of.page[of.next_block++];
    of.pending = pool_.make(stored.size);
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
  std::optional<merge_cut> last_cut_;

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
