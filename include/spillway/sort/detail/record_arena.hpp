#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <vector>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace spillway::sort::detail {

/// Bytes for records, in segments of one size, found by offsets that grow in the order in which they were given out.
///
/// Nothing moves when it grows, and a segment is kept for the next run. A piece never crosses the end of a segment; one
/// that is larger than a segment gets a block of its own, for which that many segments' worth of offsets is used up.
class record_arena {
 public:
  struct piece {
    char* data;
    std::uint64_t offset;
  };

  /// The alignment that every piece can have.
  static constexpr std::size_t alignment = 64;

  /// `segment_size` is a power of two.
  record_arena(std::size_t segment_size, std::pmr::memory_resource* memory)
      : shift_{static_cast<unsigned>(std::countr_zero(segment_size))}, bases_{memory}, blocks_{memory}, free_{memory} {}
  record_arena(record_arena const&) = delete;
  record_arena& operator=(record_arena const&) = delete;
  ~record_arena() {
    for (auto const& each : blocks_) memory()->deallocate(each.data, each.size, block_alignment(each.size));
  }

  [[nodiscard]] std::size_t segment_size() const noexcept { return std::size_t{1} << shift_; }
  /// Bytes taken from memory.
  [[nodiscard]] std::size_t held() const noexcept { return held_; }
  /// Bytes that `allocate(size)` would take from memory.
  [[nodiscard]] std::size_t growth(std::size_t size, std::size_t align) const noexcept {
    if (size <= room(align)) return 0;
    if (size > segment_size()) return segments_for(size) << shift_;
    return free_.empty() ? segment_size() : 0;
  }
  /// Bytes left in the segment that is being filled.
  [[nodiscard]] std::size_t room(std::size_t align) const noexcept {
    auto const at = aligned(end_, align);
    return at < limit_ ? static_cast<std::size_t>(limit_ - at) : 0;
  }

  [[nodiscard]] piece allocate(std::size_t size, std::size_t align) {
    if (size > room(align)) [[unlikely]]
      next_segment(size);
    auto const offset = aligned(end_, align);
    end_ = offset + size;
    return {at(offset), offset};
  }

  /// Gives back what was allocated last.
  void shrink(std::uint64_t offset) noexcept { end_ = offset; }

  [[nodiscard]] char* at(std::uint64_t offset) const noexcept {
    return bases_[static_cast<std::size_t>(offset >> shift_)] + (offset & (segment_size() - 1));
  }

  /// Makes room for the next run. Segments are kept, larger blocks are not.
  void clear() noexcept {
    bases_.clear();
    free_.clear();
    std::erase_if(blocks_, [this](block const& each) {
      if (each.size == segment_size()) {
        free_.push_back(each.data);  // within the capacity reserved when the segment was made
        return false;
      }
      held_ -= each.size;
      memory()->deallocate(each.data, each.size, block_alignment(each.size));
      return true;
    });
    end_ = limit_ = 0;
  }

  /// Gives free segments back, of at least so many bytes if there are.
  void give_up(std::size_t bytes) noexcept {
    for (std::size_t given = 0; given < bytes && !free_.empty(); given += segment_size()) {
      auto* const data = free_.back();
      free_.pop_back();
      std::erase_if(blocks_, [data](block const& each) { return each.data == data; });
      memory()->deallocate(data, segment_size(), block_alignment(segment_size()));
      held_ -= segment_size();
    }
  }

 private:
  struct block {
    char* data;
    std::size_t size;
  };
  static constexpr std::size_t huge_page = std::size_t{2} << 20U;

  [[nodiscard]] std::pmr::memory_resource* memory() const noexcept { return bases_.get_allocator().resource(); }
  [[nodiscard]] static std::uint64_t aligned(std::uint64_t offset, std::size_t align) noexcept {
    return (offset + align - 1) & ~std::uint64_t{align - 1};
  }
  [[nodiscard]] std::size_t segments_for(std::size_t size) const noexcept {
    return (size + segment_size() - 1) >> shift_;
  }
  [[nodiscard]] static std::size_t block_alignment(std::size_t size) noexcept {
    return size >= huge_page ? huge_page : alignment;
  }

  void next_segment(std::size_t size) {
    auto const segments = std::max<std::size_t>(segments_for(size), 1);
    bases_.reserve(bases_.size() + segments);
    char* data = nullptr;
    if (segments == 1 && !free_.empty()) {
      data = free_.back();
      free_.pop_back();
    } else {
      data = take(segments << shift_);
    }
    end_ = std::uint64_t{bases_.size()} << shift_;
    for (std::size_t i = 0; i < segments; ++i) bases_.push_back(data + (i << shift_));
    limit_ = std::uint64_t{bases_.size()} << shift_;
  }

  char* take(std::size_t size) {
    if (blocks_.size() == blocks_.capacity()) blocks_.reserve(std::max<std::size_t>(64, 2 * blocks_.size()));
    if (free_.capacity() < blocks_.capacity()) free_.reserve(blocks_.capacity());
    auto* const data = static_cast<char*>(memory()->allocate(size, block_alignment(size)));
    advise(data, size);
    blocks_.push_back({data, size});
    held_ += size;
    return data;
  }

  /// Records are fetched from it in the order of their keys: with small pages, each costs a miss in the page tables
  /// too.
  static void advise([[maybe_unused]] char* data, [[maybe_unused]] std::size_t size) noexcept {
#ifdef __linux__
    if (size >= huge_page) ::madvise(data, size, MADV_HUGEPAGE);
#endif
  }

  unsigned shift_;
  std::uint64_t end_ = 0;
  std::uint64_t limit_ = 0;
  std::size_t held_ = 0;
  std::pmr::vector<char*> bases_;
  std::pmr::vector<block> blocks_;
  std::pmr::vector<char*> free_;
};

}  // namespace spillway::sort::detail
