#pragma once

#include <cstddef>
#include <exception>
#include <memory_resource>
#include <type_traits>

namespace spillway::sort::detail {

/// Room for `size` elements, or for half as many as often as the resource has too little.
template <class T>
class optional_buffer {
  static_assert(std::is_trivially_copyable_v<T>, "nothing is constructed in it or destroyed");

 public:
  optional_buffer(std::size_t size, std::size_t least, std::pmr::memory_resource* memory)
      : size_{size}, memory_{memory} {
    while (data_ == nullptr) {
      try {
        data_ = static_cast<T*>(memory->allocate(size_ * sizeof(T), alignof(T)));
      } catch (std::exception const&) {
        if (size_ <= least) throw;
        size_ /= 2;
      }
    }
  }
  optional_buffer(optional_buffer const&) = delete;
  optional_buffer& operator=(optional_buffer const&) = delete;
  ~optional_buffer() { memory_->deallocate(data_, size_ * sizeof(T), alignof(T)); }

  [[nodiscard]] T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::size_t size_;
  std::pmr::memory_resource* memory_;
  T* data_ = nullptr;
};

}  // namespace spillway::sort::detail
