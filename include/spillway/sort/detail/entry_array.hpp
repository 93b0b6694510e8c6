#pragma once

#include <spillway/sort/detail/entry.hpp>

#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <span>

namespace spillway::sort::detail {

/// A vector of entries that tells beforehand what it would take to grow.
class entry_array {
 public:
  explicit entry_array(std::pmr::memory_resource* memory) : memory_{memory} {}
  entry_array(entry_array const&) = delete;
  entry_array& operator=(entry_array const&) = delete;
  ~entry_array() { release(); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t room() const noexcept { return capacity_ - size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::span<entry> entries() noexcept { return {data_, size_}; }
  [[nodiscard]] std::span<entry const> entries() const noexcept { return {data_, size_}; }

  /// There must be room.
  void push_back(entry const& added) noexcept { data_[size_++] = added; }
  void resize(std::size_t size) noexcept { size_ = size; }

  void reserve(std::size_t capacity) {
    auto* const data = static_cast<entry*>(memory_->allocate(capacity * sizeof(entry), alignof(entry)));
    auto const size = size_;
    if (size != 0) std::memcpy(data, data_, size * sizeof(entry));
    release();
    data_ = data;
    size_ = size;
    capacity_ = capacity;
  }

  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_ * sizeof(entry), alignof(entry));
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

 private:
  std::pmr::memory_resource* memory_;
  entry* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace spillway::sort::detail
