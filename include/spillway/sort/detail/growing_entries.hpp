#pragma once

#include <spillway/sort/detail/entry.hpp>

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>

namespace spillway::sort::detail {

/// All entries of an input in one piece, which may never take more than so many bytes, also while it grows.
class growing_entries {
 public:
  growing_entries(std::size_t most_bytes, std::pmr::memory_resource* memory)
      : most_{most_bytes / sizeof(entry)}, memory_{memory} {}
  growing_entries(growing_entries const&) = delete;
  growing_entries& operator=(growing_entries const&) = delete;
  ~growing_entries() { release(); }

  /// How many there can be at most.
  [[nodiscard]] std::size_t most() const noexcept { return most_; }

  void reserve(std::size_t count) {
    count = std::min(count, most_);
    if (count <= capacity_) return;
    auto* const larger = static_cast<entry*>(memory_->allocate(count * sizeof(entry), alignment_for(count)));
    advise_huge_pages(larger, count * sizeof(entry));
    auto const size = size_;
    if (size != 0) std::memcpy(larger, data_, size * sizeof(entry));
    release();
    data_ = larger;
    capacity_ = count;
    size_ = size;
  }

  /// False if there is no room for them.
  [[nodiscard]] bool append(std::span<entry const> more) {
    if (more.size() > capacity_ - size_ && !grow(more.size())) return false;
    if (!more.empty()) std::memcpy(data_ + size_, more.data(), more.size_bytes());
    size_ += more.size();
    return true;
  }

  /// Entries up to the reserved number, to be written by whoever wants them.
  void resize(std::size_t size) noexcept { size_ = std::min(size, capacity_); }

  [[nodiscard]] std::span<entry> all() noexcept { return {data_, size_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::size_t huge_page = std::size_t{1} << 21U;
  static std::size_t alignment_for(std::size_t count) noexcept {
    return count * sizeof(entry) < huge_page ? alignof(entry) : huge_page;
  }

  static void advise_huge_pages([[maybe_unused]] void* start, [[maybe_unused]] std::size_t size) noexcept {
#ifdef MADV_HUGEPAGE
    // Sorting jumps about in them. Advice: whether it is taken does not matter.
    if (size >= huge_page) ::madvise(start, size / huge_page * huge_page, MADV_HUGEPAGE);
#endif
  }

  /// Old and new exist at the same time.
  bool grow(std::size_t more) {
    auto const room = most_ - std::min(most_, capacity_);
    if (size_ + more > room) return false;
    reserve(std::min(room, std::max(size_ + more, capacity_ + capacity_ / 2)));
    return true;
  }

  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_ * sizeof(entry), alignment_for(capacity_));
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

  std::size_t most_;
  std::pmr::memory_resource* memory_;
  entry* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace spillway::sort::detail
