#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <new>

namespace spillway::test {

/// Counts what passes through it, of all threads, and optionally fails at the n-th allocation, from 1.
class counting_resource : public std::pmr::memory_resource {
 public:
  explicit counting_resource(std::uint64_t fails_at = 0,
                             std::pmr::memory_resource* upstream = std::pmr::new_delete_resource())
      : fails_at_{fails_at}, upstream_{upstream} {}
  counting_resource(counting_resource const&) = delete;
  counting_resource& operator=(counting_resource const&) = delete;
  ~counting_resource() override = default;

  [[nodiscard]] std::uint64_t allocations() const noexcept { return allocations_; }
  /// Bytes in use now; 0 at the end if nothing leaked.
  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] std::size_t peak() const noexcept { return peak_; }
  [[nodiscard]] bool failed() const noexcept { return fails_at_ != 0 && allocations_ >= fails_at_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    if (++allocations_ == fails_at_) throw std::bad_alloc{};
    auto* const block = upstream_->allocate(bytes, alignment);
    auto const now = used_ += bytes;
    auto peak = peak_.load();
    while (peak < now && !peak_.compare_exchange_weak(peak, now)) {
    }
    return block;
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    upstream_->deallocate(block, bytes, alignment);
    used_ -= bytes;
  }
  [[nodiscard]] bool do_is_equal(std::pmr::memory_resource const& other) const noexcept override {
    return this == &other;
  }

  std::uint64_t fails_at_;
  std::pmr::memory_resource* upstream_;
  std::atomic<std::uint64_t> allocations_ = 0;
  std::atomic<std::size_t> used_ = 0;
  std::atomic<std::size_t> peak_ = 0;
};

/// Fails at the n-th allocation, from 1.
class bombing_resource : public counting_resource {
 public:
  explicit bombing_resource(std::uint64_t fails_at) : counting_resource{fails_at} {}
};

/// An allocator that is not `std::pmr`'s and not the default: it has no default constructor and compares by resource.
template <class T>
class counting_allocator {
 public:
  using value_type = T;

  explicit counting_allocator(counting_resource& resource) noexcept : resource_{&resource} {}
  template <class U>
  explicit(false) counting_allocator(counting_allocator<U> const& other) noexcept : resource_{other.resource()} {}

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length{};
    return static_cast<T*>(resource_->allocate(count * sizeof(T), alignof(T)));
  }
  void deallocate(T* block, std::size_t count) noexcept { resource_->deallocate(block, count * sizeof(T), alignof(T)); }
  [[nodiscard]] counting_resource* resource() const noexcept { return resource_; }

  friend bool operator==(counting_allocator const& a, counting_allocator const& b) noexcept {
    return a.resource_ == b.resource_;
  }

 private:
  counting_resource* resource_;
};

/// Reads better where the resource is a `bombing_resource`.
template <class T>
using bombing_allocator = counting_allocator<T>;

/// Whose allocations an `injected_new_fault` counts.
enum class new_fault_of { this_thread, all_threads };

/// Makes the n-th `operator new` fail, for as long as it lives: also those of standard strings and other parts that
/// take no memory resource. Only in programs linked with `faulty_memory.cpp`, as all `fault_*` programs are.
class injected_new_fault {
 public:
  explicit injected_new_fault(std::uint64_t at_call, new_fault_of whose = new_fault_of::this_thread) noexcept;
  injected_new_fault(injected_new_fault const&) = delete;
  injected_new_fault& operator=(injected_new_fault const&) = delete;
  ~injected_new_fault();

  [[nodiscard]] bool happened() const noexcept;
};

}  // namespace spillway::test
