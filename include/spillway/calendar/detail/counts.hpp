#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

namespace spillway::calendar::detail {

/// Counts at 64-bit indices: pages of adjacent counts in an ordered map, found through a small hash table. Memory grows
/// with the number of pages touched, however far apart they are.
template <std::size_t PageSize, class Allocator>
class paged_counts {
  static_assert(std::has_single_bit(PageSize));

 public:
  struct page {
    std::array<std::uint64_t, PageSize> counts{};
  };
  using page_map =
      std::map<std::int64_t, page, std::less<>,
               typename std::allocator_traits<Allocator>::template rebind_alloc<std::pair<std::int64_t const, page>>>;

  explicit paged_counts(Allocator const& allocator) : pages_{allocator}, slots_{allocator} {}
  paged_counts(paged_counts const& other) : pages_{other.pages_}, slots_{other.slots_.get_allocator()} {
    index_pages();
  }
  paged_counts(paged_counts const& other, Allocator const& allocator)
      : pages_{other.pages_, allocator}, slots_{allocator} {
    index_pages();
  }
  paged_counts(paged_counts&& other) noexcept
      : pages_{std::move(other.pages_)}, slots_{std::move(other.slots_)}, shift_{other.shift_} {
    other.clear();
  }
  paged_counts(paged_counts&& other, Allocator const& allocator)
      : pages_{std::move(other.pages_), allocator}, slots_{allocator} {
    index_pages();
    other.clear();
  }
  paged_counts& operator=(paged_counts const& other) {
    if (this != &other) {
      pages_ = other.pages_;
      index_pages();
    }
    return *this;
  }
  paged_counts& operator=(paged_counts&& other) {
    if (this != &other) {
      pages_ = std::move(other.pages_);
      index_pages();
      other.clear();
    }
    return *this;
  }
  ~paged_counts() = default;

  [[nodiscard]] std::uint64_t& at(std::int64_t index) {
    auto const number = index >> page_bits;
    if (!slots_.empty()) [[likely]] {
      for (auto i = home(number);; i = (i + 1) & (slots_.size() - 1)) {
        auto const& here = slots_[i];
        if (here.counts == nullptr) break;
        if (here.number == number) [[likely]]
          return here.counts[offset(index)];
      }
    }
    return add_page(number).counts[offset(index)];
  }

  [[nodiscard]] std::uint64_t find(std::int64_t index) const {
    auto const found = pages_.find(index >> page_bits);
    return found == pages_.end() ? 0 : found->second.counts[offset(index)];
  }

  [[nodiscard]] page_map const& pages() const noexcept { return pages_; }
  [[nodiscard]] Allocator get_allocator() const noexcept { return Allocator{pages_.get_allocator()}; }

  void clear() noexcept {
    pages_.clear();
    slots_.clear();
    shift_ = 64;
  }

  static constexpr auto page_bits = static_cast<unsigned>(std::countr_zero(PageSize));
  static constexpr std::size_t offset(std::int64_t index) noexcept {
    return static_cast<std::size_t>(index) & (PageSize - 1);
  }

 private:
  struct slot {
    std::int64_t number = 0;
    std::uint64_t* counts = nullptr;
  };

  [[nodiscard]] std::size_t home(std::int64_t number) const noexcept {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U) >> shift_);
  }

  page& add_page(std::int64_t number) {
    if (2 * (pages_.size() + 1) > slots_.size()) grow(std::max<std::size_t>(8, 2 * slots_.size()));
    auto& added = pages_[number];
    link(number, added);
    return added;
  }

  void grow(std::size_t size) {
    decltype(slots_) slots(size, slot{}, slots_.get_allocator());
    slots_.swap(slots);
    shift_ = 64U - static_cast<unsigned>(std::countr_zero(size));
    for (auto& [number, held] : pages_) link(number, held);
  }

  void link(std::int64_t number, page& target) noexcept {
    auto i = home(number);
    while (slots_[i].counts != nullptr) i = (i + 1) & (slots_.size() - 1);
    slots_[i] = {number, target.counts.data()};
  }

  void index_pages() {
    slots_.clear();
    if (!pages_.empty()) grow(std::bit_ceil(std::max<std::size_t>(8, 2 * (pages_.size() + 1))));
  }

  page_map pages_;
  std::vector<slot, typename std::allocator_traits<Allocator>::template rebind_alloc<slot>> slots_;
  unsigned shift_ = 64;
};

}  // namespace spillway::calendar::detail
