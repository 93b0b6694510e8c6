#pragma once

#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/parallel.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

namespace spillway::sort::detail {

/// Raw memory for `size` elements, or none if the resource has too little left.
template <class T>
class optional_buffer {
 public:
  optional_buffer(std::size_t size, std::pmr::memory_resource* memory) : size_{size}, memory_{memory} {
    try {
      data_ = static_cast<T*>(memory->allocate(size * sizeof(T), alignof(T)));
    } catch (std::bad_alloc const&) {
    }
  }
  optional_buffer(optional_buffer const&) = delete;
  optional_buffer& operator=(optional_buffer const&) = delete;
  ~optional_buffer() {
    if (data_ != nullptr) memory_->deallocate(data_, size_ * sizeof(T), alignof(T));
  }

  [[nodiscard]] T* data() const noexcept { return data_; }

 private:
  std::size_t size_;
  std::pmr::memory_resource* memory_;
  T* data_ = nullptr;
};

/// Asks for the memory that will be written soon.
template <class T>
void prefetch_record(T const& record) noexcept {
  auto const* const bytes = reinterpret_cast<char const*>(std::addressof(record));
  __builtin_prefetch(bytes, 1);
  if constexpr (sizeof(T) > 16) __builtin_prefetch(bytes + sizeof(T) - 1, 1);
}

/// By way of `room`. Moves do not throw.
template <class Iterator, class T>
void apply_order_in(T* room, Iterator first, std::span<entry const> order, unsigned threads) {
  using difference = std::iter_difference_t<Iterator>;
  constexpr std::size_t ahead = 24;
  auto const record = [&](std::size_t i) -> T& { return first[static_cast<difference>(order[i].position)]; };
  auto const for_parts = [&](auto const& work) {
    in_parallel(threads, [&](unsigned thread) {
      auto const begin = part_begin(order.size(), thread, threads);
      auto const end = part_begin(order.size(), thread + 1, threads);
      for (auto i = begin; i < end; ++i) work(i, end);
    });
  };
  for_parts([&](std::size_t i, std::size_t end) {
    if (i + ahead < end) prefetch_record(record(i + ahead));
    ::new (static_cast<void*>(room + i)) T(std::move(record(i)));
  });
  for_parts([&](std::size_t i, std::size_t) {
    first[static_cast<difference>(i)] = std::move(room[i]);
    std::destroy_at(room + i);
  });
}

/// Along the cycles of the permutation, which is gone afterwards.
template <class Iterator>
void apply_order_in_place(Iterator first, std::span<entry> order) {
  using difference = std::iter_difference_t<Iterator>;
  for (std::size_t start = 0; start < order.size(); ++start) {
    for (auto at = start; order[at].position != at;) {
      auto const from = static_cast<std::size_t>(std::exchange(order[at].position, at));
      if (from == start) break;
      std::ranges::iter_swap(first + static_cast<difference>(at), first + static_cast<difference>(from));
      at = from;
    }
  }
}

/// Brings records into an order: `order[i].position` tells which comes to place i. Takes room for all records from
/// `memory` if it has so much and moves don't throw, and is about twice as fast then.
template <class Iterator>
void apply_order(Iterator first, std::span<entry> order, unsigned threads, std::pmr::memory_resource* memory) {
  using T = std::iter_value_t<Iterator>;
  if constexpr (std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                std::is_same_v<std::iter_reference_t<Iterator>, T&>) {
    optional_buffer<T> const room{order.size(), memory};
    if (room.data() != nullptr) {
      apply_order_in(room.data(), first, order, threads);
      return;
    }
  }
  apply_order_in_place(first, order);
}

}  // namespace spillway::sort::detail
