#pragma once

#include <spillway/sort/detail/record_arena.hpp>

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

class block_pool;

/// A block of packed records in memory. Shared by the windows that have a part of it.
class loaded_block {
 public:
  loaded_block(block_pool& pool, std::size_t capacity);
  loaded_block(loaded_block const&) = delete;
  loaded_block& operator=(loaded_block const&) = delete;
  ~loaded_block();

  [[nodiscard]] char* data() noexcept { return data_; }
  [[nodiscard]] char const* begin() const noexcept { return data_; }
  [[nodiscard]] char const* end() const noexcept { return data_ + size_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  void resize(std::size_t size) noexcept { size_ = size; }

 private:
  block_pool& pool_;
  char* data_;
  std::size_t size_ = 0;
  std::size_t capacity_;
};

using block_ptr = std::shared_ptr<loaded_block>;

/// Memory for loaded blocks. Those of the usual size are used again. Thread safe; outlives its blocks.
class block_pool {
 public:
  block_pool(std::size_t block_size, std::pmr::memory_resource* memory)
      : block_size_{block_size}, memory_{memory}, free_{memory} {}
  block_pool(block_pool const&) = delete;
  block_pool& operator=(block_pool const&) = delete;
  ~block_pool() {
    for (auto* const data : free_) memory_->deallocate(data, block_size_, record_arena::alignment);
  }

  [[nodiscard]] block_ptr make(std::size_t size) {
    auto block = std::allocate_shared<loaded_block>(std::pmr::polymorphic_allocator<loaded_block>{memory_}, *this,
                                                    size <= block_size_ ? block_size_ : size);
    block->resize(size);
    return block;
  }

 private:
  friend class loaded_block;

  char* take(std::size_t capacity) {
    if (capacity == block_size_) {
      std::scoped_lock const lock{mutex_};
      if (!free_.empty()) {
        auto* const data = free_.back();
        free_.pop_back();
        return data;
      }
      free_.reserve(++made_);
    } else {
      give_up(capacity);
    }
    return static_cast<char*>(memory_->allocate(capacity, record_arena::alignment));
  }
  /// A large block takes the memory of small ones that nobody needs now.
  void give_up(std::size_t bytes) noexcept {
    std::scoped_lock const lock{mutex_};
    for (std::size_t given = 0; given < bytes && !free_.empty(); given += block_size_) {
      memory_->deallocate(free_.back(), block_size_, record_arena::alignment);
      free_.pop_back();
    }
  }
  void give_back(char* data, std::size_t capacity) noexcept {
    if (capacity != block_size_) return memory_->deallocate(data, capacity, record_arena::alignment);
    std::scoped_lock const lock{mutex_};
    free_.push_back(data);
  }

  std::size_t block_size_;
  std::pmr::memory_resource* memory_;
  std::mutex mutex_;
  std::pmr::vector<char*> free_;
  std::size_t made_ = 0;
};

inline loaded_block::loaded_block(block_pool& pool, std::size_t capacity)
    : pool_{pool}, data_{pool.take(capacity)}, capacity_{capacity} {}
inline loaded_block::~loaded_block() { pool_.give_back(data_, capacity_); }

}  // namespace spillway::sort::detail
