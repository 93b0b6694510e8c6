#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <string_view>
#include <utility>

namespace spillway::split::detail {

/// Bytes that are appended to: a string without an end mark and without clearing what it will overwrite.
class byte_buffer {
 public:
  explicit byte_buffer(std::pmr::memory_resource* memory) : memory_{memory} {}
  byte_buffer(byte_buffer&& other) noexcept
      : memory_{other.memory_},
        data_{std::exchange(other.data_, nullptr)},
        size_{std::exchange(other.size_, 0)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  byte_buffer& operator=(byte_buffer&&) = delete;
  ~byte_buffer() { release(); }

  /// Room for `size` more bytes, of which `advance` then takes as many as were written.
  [[nodiscard]] char* reserve(std::size_t size) {
    if (size > capacity_ - size_) [[unlikely]]
      grow(size);
    return data_ + size_;
  }
  void advance(std::size_t size) noexcept { size_ += size; }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(reserve(bytes.size()), bytes.data(), bytes.size());
    advance(bytes.size());
  }

  [[nodiscard]] std::string_view view() const noexcept { return {data_, size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  void clear() noexcept { size_ = 0; }
  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_, 1);
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

 private:
  [[gnu::noinline]] void grow(std::size_t size) {
    auto const capacity = std::max({size_ + size, capacity_ * 2, std::size_t{128}});
    auto* const larger = static_cast<char*>(memory_->allocate(capacity, 1));
    if (size_ != 0) std::memcpy(larger, data_, size_);
    if (data_ != nullptr) memory_->deallocate(data_, capacity_, 1);
    data_ = larger;
    capacity_ = capacity;
  }

  std::pmr::memory_resource* memory_;
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace spillway::split::detail
