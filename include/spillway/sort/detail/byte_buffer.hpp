#pragma once

#include <cstddef>
#include <memory_resource>
#include <span>
#include <utility>

namespace spillway::sort::detail {

/// Bytes to be written in place, aligned for vector instructions, which may also touch `padding` bytes behind them.
class byte_buffer {
 public:
  static constexpr std::size_t padding = 64;

  explicit byte_buffer(std::pmr::memory_resource* memory) : memory_{memory} {}
  byte_buffer(byte_buffer&& other) noexcept
      : memory_{other.memory_},
        data_{std::exchange(other.data_, nullptr)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  byte_buffer& operator=(byte_buffer&&) = delete;
  ~byte_buffer() { release(); }

  /// What was in it is gone.
  void make_room(std::size_t capacity) {
    if (capacity <= capacity_) return;
    release();
    data_ = static_cast<char*>(memory_->allocate(capacity + padding, padding));
    capacity_ = capacity;
  }

  [[nodiscard]] char* data() noexcept { return data_; }
  [[nodiscard]] char const* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_ + padding, padding);
    data_ = nullptr;
    capacity_ = 0;
  }

  std::pmr::memory_resource* memory_;
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
};

}  // namespace spillway::sort::detail
