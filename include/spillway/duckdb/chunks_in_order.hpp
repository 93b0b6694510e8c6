#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/result.hpp>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace spillway::duckdb {

namespace detail {

/// Hands out the chunks of a result and lets what was made of them through in the same order.
class chunk_queue {
 public:
  struct ticket {
    std::uint64_t number;
    chunk rows;
  };

  chunk_queue(result& from, std::stop_token stop) : from_{from}, stop_{std::move(stop)} {}

  /// Nothing at the end, or once something failed.
  std::optional<ticket> take() {
    std::scoped_lock const lock{taking_};
    if (ended_) return std::nullopt;
    try {
      throw_if_cancelled(stop_);
      auto next = from_.take();
      if (next) return ticket{taken_++, std::move(*next)};
    } catch (...) {
      fail(taken_, std::current_exception());
    }
    ended_ = true;
    return std::nullopt;
  }

  /// Waits for its turn. What comes after the first failure is not delivered.
  template <class Step>
  void in_turn(std::uint64_t number, Step step) {
    std::unique_lock lock{turns_};
    changed_.wait(lock, [&] { return turn_ == number || failed_at_ < number; });
    if (failed_at_ < number) return;
    try {
      step();
    } catch (...) {
      note_failure(number, std::current_exception());
    }
    ++turn_;
    changed_.notify_all();
  }

  /// Chunks before it are still delivered, so that the failure told is the first in the order.
  void fail(std::uint64_t number, std::exception_ptr why) {
    std::scoped_lock const lock{turns_};
    note_failure(number, std::move(why));
    changed_.notify_all();
  }

  [[nodiscard]] bool has_failed() {
    std::scoped_lock const lock{turns_};
    return failure_ != nullptr;
  }

  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void note_failure(std::uint64_t number, std::exception_ptr why) {
    if (failed_at_ <= number) return;
    failed_at_ = number;
    failure_ = std::move(why);
  }

  result& from_;
  std::stop_token stop_;
  std::mutex taking_;
  std::uint64_t taken_ = 0;
  bool ended_ = false;
  std::mutex turns_;
  std::condition_variable changed_;
  std::uint64_t turn_ = 0;
  std::uint64_t failed_at_ = ~std::uint64_t{0};
  std::exception_ptr failure_;
};

}  // namespace detail

/// Works on the chunks of a result on several threads, the caller's one of them: `work(chunk, worker)` is called
/// concurrently, with `worker` below `threads`, and what it returns goes to `deliver`, one at a time and in the order
/// of the result.
///
/// Memory: a chunk and what is made of it for each thread.
/// \throws of what `work`, `deliver` and the query throw the first in the order of the result: all chunks before it
///         were delivered, and none after; cancelled; argument_error if `threads` is 0.
template <class Work, class Deliver>
void chunks_in_order(result& from, unsigned threads, Work work, Deliver deliver, std::stop_token stop = {}) {
  if (threads == 0) throw argument_error{"working on chunks takes at least one thread"};
  detail::chunk_queue queue{from, std::move(stop)};
  auto const run = [&](unsigned worker) {
    while (auto next = queue.has_failed() ? std::nullopt : queue.take()) {
      try {
        auto made = work(std::as_const(next->rows), worker);
        queue.in_turn(next->number, [&] { deliver(std::move(made)); });
      } catch (...) {
        queue.fail(next->number, std::current_exception());
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < threads; ++i) others.emplace_back(run, i);
    run(0);
  }
  queue.rethrow();
}

}  // namespace spillway::duckdb
