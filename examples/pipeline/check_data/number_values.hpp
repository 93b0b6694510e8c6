#pragma once

#include <spillway/duckdb/chunk.hpp>

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>

namespace pipeline {

/// What of a column is no value.
struct missing_values {
  std::uint64_t nulls = 0;
  std::uint64_t nan = 0;
};

/// Copies the values of a chunk that are there, and counts the others. Returns behind the last one written.
template <class T>
T* copy_values(spillway::duckdb::column_view<T> const& from, T* to, missing_values& missing) {
  auto const values = from.values();
  for (std::size_t row = 0; row < values.size(); ++row) {
    auto const is_null = from.is_null(row);
    auto is_nan = false;
    if constexpr (std::floating_point<T>) is_nan = std::isnan(values[row]);
    *to = values[row] + T{0};  // zeros have no sign: it would keep the fast way of sorting from them
    to += is_null || is_nan ? 0 : 1;
    missing.nulls += is_null ? 1U : 0U;
    missing.nan += !is_null && is_nan ? 1U : 0U;
  }
  return to;
}

/// The values of a column, of which there are known to be no more than so many.
template <class T>
class number_values {
 public:
  number_values(std::uint64_t rows, std::pmr::memory_resource* memory)
      : memory_{memory},
        // One more: `copy_values` writes before it looks.
        capacity_{static_cast<std::size_t>(rows) + 1},
        values_{static_cast<T*>(memory->allocate(capacity_ * sizeof(T), alignof(T)))},
        end_{values_} {}
  number_values(number_values const&) = delete;
  number_values& operator=(number_values const&) = delete;
  ~number_values() { memory_->deallocate(values_, capacity_ * sizeof(T), alignof(T)); }

  void append(spillway::duckdb::column_view<T> const& from) { end_ = copy_values(from, end_, missing_); }

  [[nodiscard]] std::span<T> values() const noexcept { return {values_, end_}; }
  [[nodiscard]] missing_values missing() const noexcept { return missing_; }

 private:
  std::pmr::memory_resource* memory_;
  std::size_t capacity_;
  T* values_;
  T* end_;
  missing_values missing_;
};

}  // namespace pipeline
