#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <system_error>
#include <thread>
#include <vector>

namespace spillway::sort::detail {

/// Slices of a job, worked on by several threads at once and delivered in order. Who has worked on a slice whose turn
/// has not come leaves it in its slot and goes on with the next one, as long as there are slots.
template <class Slot, class Next, class Work, class Deliver>
class slice_pipeline {
 public:
  slice_pipeline(std::span<Slot> slots, Next const& next, Work const& work, Deliver const& deliver)
      : slots_{slots}, states_(slots.size()), next_{next}, work_{work}, deliver_{deliver} {}

  void run(unsigned threads) {
    {
      std::vector<std::jthread> others;
      try {
        for (unsigned worker = 1; worker < threads; ++worker) others.emplace_back([this] { run_worker(); });
      } catch (std::system_error const&) {
        // The system has no more threads to give: those that there are do the work.
      }
      run_worker();
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  struct state {
    bool ready = false;
    std::exception_ptr failure;
  };

  void run_worker() noexcept {
    std::unique_lock lock{mutex_};
    while (!failure_) {
      if (!delivering_ && states_[delivered_ % slots_.size()].ready) {
        deliver_next(lock);
      } else if (!at_end_ && taken_ < delivered_ + slots_.size()) {
        work_on_next(lock);
      } else if (at_end_ && delivered_ == taken_) {
        return;
      } else {
        changed_.wait(lock);
      }
    }
  }

  void deliver_next(std::unique_lock<std::mutex>& lock) noexcept {
    auto const slot = delivered_ % slots_.size();
    delivering_ = true;
    auto failure = states_[slot].failure;
    lock.unlock();
    if (!failure) failure = failure_of([&] { deliver_(slots_[slot]); });
    lock.lock();
    delivering_ = false;
    states_[slot].ready = false;
    ++delivered_;
    failure_ = failure;
    changed_.notify_all();
  }

  void work_on_next(std::unique_lock<std::mutex>& lock) noexcept {
    auto const slot = taken_ % slots_.size();
    auto& held = states_[slot];
    held.failure = failure_of([&] { at_end_ = !next_(slots_[slot]); });
    if (at_end_) {
      changed_.notify_all();
      return;
    }
    ++taken_;
    if (!held.failure) {
      lock.unlock();
      held.failure = failure_of([&] { work_(slots_[slot]); });
      lock.lock();
    }
    at_end_ = at_end_ || held.failure;
    held.ready = true;
    changed_.notify_all();
  }

  template <class Call>
  static std::exception_ptr failure_of(Call const& call) noexcept {
    try {
      call();
      return {};
    } catch (...) {
      return std::current_exception();
    }
  }

  std::span<Slot> slots_;
  std::vector<state> states_;
  Next const& next_;
  Work const& work_;
  Deliver const& deliver_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t taken_ = 0;
  std::uint64_t delivered_ = 0;
  bool at_end_ = false;
  bool delivering_ = false;
  std::exception_ptr failure_;
};

/// `next(slot)` says what the slot's slice is, one call at a time, and false if there is none left; `work(slot)` runs
/// at the same time on several threads, the caller's one of them; `deliver(slot)` is called by one thread at a time,
/// slice after slice. Of what they throw, what is first in the order of the slices reaches the caller: all slices
/// before it were delivered, none after.
template <class Slot, class Next, class Work, class Deliver>
void run_in_order(unsigned threads, std::span<Slot> slots, Next const& next, Work const& work, Deliver const& deliver) {
  slice_pipeline<Slot, Next, Work, Deliver>{slots, next, work, deliver}.run(threads);
}

}  // namespace spillway::sort::detail
