#pragma once

#include <spillway/sort/detail/record_arena.hpp>
#include <spillway/sort/detail/record_head.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory_resource>

namespace spillway::sort::detail {

/// A packed record of its own, for when the one it was copied from is gone.
template <class Order>
class packed_copy {
 public:
  explicit packed_copy(std::pmr::memory_resource* memory) : memory_{memory} {}
  packed_copy(packed_copy const&) = delete;
  packed_copy& operator=(packed_copy const&) = delete;
  ~packed_copy() { release(); }

  void assign(Order const& order, char const* packed) {
    auto const size = static_cast<std::size_t>(Order::after(packed) - packed);
    if (size > capacity_) {
      constexpr std::size_t small = 4096;
      auto const capacity = std::max(size, std::min(2 * capacity_, small));
      release();
      data_ = static_cast<char*>(memory_->allocate(capacity, record_arena::alignment));
      capacity_ = capacity;
    }
    std::memcpy(data_, packed, size);
    head_.look_at(order, data_);
  }

  [[nodiscard]] char const* data() const noexcept { return data_; }
  [[nodiscard]] record_head<Order> const& head() const noexcept { return head_; }

 private:
  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_, record_arena::alignment);
    data_ = nullptr;
    capacity_ = 0;
  }

  std::pmr::memory_resource* memory_;
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  record_head<Order> head_{};
};

}  // namespace spillway::sort::detail
