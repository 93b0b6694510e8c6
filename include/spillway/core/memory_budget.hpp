#pragma once

#include <spillway/core/error.hpp>

#include <atomic>
#include <cstddef>
#include <memory_resource>
#include <utility>

namespace spillway {

inline namespace literals {

consteval std::size_t operator""_KiB(unsigned long long n) { return static_cast<std::size_t>(n) << 10U; }
consteval std::size_t operator""_MiB(unsigned long long n) { return static_cast<std::size_t>(n) << 20U; }
consteval std::size_t operator""_GiB(unsigned long long n) { return static_cast<std::size_t>(n) << 30U; }

}  // namespace literals

/// A memory resource that counts what it hands out and refuses to be exceeded.
///
/// Guarantees: the sum of live allocations never passes `limit()`, not even for a moment and not with several threads
/// allocating at once; a refused allocation throws `budget_exceeded` and changes nothing. Budgets nest: give a child
/// its parent as upstream, and what the child hands out counts against both.
///
/// Complexity: one atomic update per allocation beside the upstream's own cost. Thread safety: all members may be
/// called at any time from any thread, provided the upstream allows it. The upstream must outlive the budget, and the
/// budget everything allocated from it.
class memory_budget : public std::pmr::memory_resource {
 public:
  explicit memory_budget(std::size_t limit, std::pmr::memory_resource* upstream = std::pmr::new_delete_resource())
      : limit_{limit}, upstream_{upstream}, parent_{dynamic_cast<memory_budget*>(upstream)} {}

  memory_budget(memory_budget const&) = delete;
  memory_budget& operator=(memory_budget const&) = delete;

  /// Bytes that may be in use at once.
  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
  /// Bytes in use now.
  [[nodiscard]] std::size_t used() const noexcept { return used_.load(std::memory_order_relaxed); }
  /// The most bytes that were in use at once since construction or `reset_peak()`.
  [[nodiscard]] std::size_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  /// Bytes that can still be had, from this budget alone; a parent may have less.
  [[nodiscard]] std::size_t remaining() const noexcept { return limit_ - used(); }
  [[nodiscard]] std::pmr::memory_resource* upstream() const noexcept { return upstream_; }

  void reset_peak() noexcept { peak_.store(used(), std::memory_order_relaxed); }

  /// Counts bytes that are held elsewhere (a mapped file, a foreign library's buffers) for as long as it lives.
  class reservation {
   public:
    reservation(memory_budget& budget, std::size_t bytes) : budget_{&budget}, bytes_{bytes} { budget.take(bytes); }
    reservation(reservation&& other) noexcept : budget_{other.budget_}, bytes_{std::exchange(other.bytes_, 0)} {}
    reservation& operator=(reservation&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~reservation() { budget_->give_back(bytes_); }

    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

   private:
    memory_budget* budget_;
    std::size_t bytes_;
  };

  /// \throws budget_exceeded if fewer than `bytes` remain here or in a parent budget. A parent counts as one only if it
  /// is the upstream itself, with no other resource between.
  [[nodiscard]] reservation reserve(std::size_t bytes) { return {*this, bytes}; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    auto const now = count(bytes);
    try {
      auto* const block = upstream_->allocate(bytes, alignment);
      raise_peak(now);
      return block;
    } catch (...) {
      used_.fetch_sub(bytes, std::memory_order_relaxed);
      throw;
    }
  }

  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    upstream_->deallocate(block, bytes, alignment);
    used_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  [[nodiscard]] bool do_is_equal(std::pmr::memory_resource const& other) const noexcept override {
    return this == &other;
  }

  /// What is in use with `bytes` more. The limit is checked before the sum is published, so that two threads can't pass
  /// it together.
  std::size_t count(std::size_t bytes) {
    auto used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > limit_ - used) throw budget_exceeded{bytes, used, limit_};
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return used + bytes;
  }

  /// Only once the upstream has agreed, so that what was refused leaves no trace.
  void raise_peak(std::size_t now) noexcept {
    auto peak = peak_.load(std::memory_order_relaxed);
    while (peak < now && !peak_.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
  }

  void take(std::size_t bytes) {
    auto const now = count(bytes);
    if (parent_ != nullptr) {
      try {
        parent_->take(bytes);
      } catch (...) {
        used_.fetch_sub(bytes, std::memory_order_relaxed);
        throw;
      }
    }
    raise_peak(now);
  }

  void give_back(std::size_t bytes) noexcept {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    if (parent_ != nullptr) parent_->give_back(bytes);
  }

  std::size_t limit_;
  std::pmr::memory_resource* upstream_;
  memory_budget* parent_;
  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> peak_{0};
};

}  // namespace spillway
