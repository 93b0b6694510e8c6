#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/detail/handle.hpp>
#include <spillway/duckdb/types.hpp>

#include <duckdb.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::duckdb {

namespace detail {
using data_chunk = handle<duckdb_data_chunk, duckdb_destroy_data_chunk>;
}

/// The values of one column in a chunk, where DuckDB left them. Valid as long as the chunk.
template <column_value T>
class column_view {
 public:
  using stored = typename detail::storage<T>::stored;

  column_view(duckdb_vector vector, std::size_t size)
      : values_{static_cast<stored const*>(duckdb_vector_get_data(vector))},
        validity_{duckdb_vector_get_validity(vector)},
        size_{size} {}
  /// `validity` may be a null pointer: no nulls.
  column_view(stored const* values, std::uint64_t const* validity, std::size_t size) noexcept
      : values_{values}, validity_{validity}, size_{size} {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_null(std::size_t row) const noexcept {
    return validity_ != nullptr && (validity_[row / 64] >> (row % 64) & 1U) == 0;
  }
  /// Anything where `is_null(row)`.
  [[nodiscard]] T operator[](std::size_t row) const noexcept { return detail::storage<T>::load(values_[row]); }
  [[nodiscard]] std::optional<T> at(std::size_t row) const noexcept {
    return is_null(row) ? std::nullopt : std::optional<T>{(*this)[row]};
  }
  /// Days and microseconds for dates and timestamps; anything where there is a null.
  [[nodiscard]] std::span<stored const> values() const noexcept { return {values_, size_}; }

 private:
  stored const* values_;
  std::uint64_t const* validity_;
  std::size_t size_;
};

/// Some rows of a result, column by column. Valid until its result is stepped on.
class chunk {
 public:
  chunk(detail::data_chunk data, std::vector<column> const& columns)
      : data_{std::move(data)}, columns_{&columns}, size_{duckdb_data_chunk_get_size(data_.get())} {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::vector<column> const& columns() const noexcept { return *columns_; }

  /// \throws argument_error if there is no such column or it is not of type `T`.
  template <column_value T>
  [[nodiscard]] column_view<T> column_at(std::size_t index) const {
    if (index >= columns_->size()) throw argument_error{"the result has no column " + std::to_string(index)};
    auto const& found = (*columns_)[index];
    if (found.type != column_type_of<T>) {
      throw argument_error{"column '" + found.name + "' is " + type_name(found.type) + ", not " +
                           type_name(column_type_of<T>)};
    }
    return {duckdb_data_chunk_get_vector(data_.get(), index), size_};
  }

  /// \throws argument_error if there is no such column or it is not of type `T`.
  template <column_value T>
  [[nodiscard]] column_view<T> column_at(std::string_view name) const {
    std::size_t index = 0;
    while (index < columns_->size() && (*columns_)[index].name != name) ++index;
    if (index == columns_->size()) throw argument_error{"the result has no column '" + std::string{name} + '\''};
    return column_at<T>(index);
  }

  [[nodiscard]] duckdb_data_chunk raw() const noexcept { return data_.get(); }

 private:
  detail::data_chunk data_;
  std::vector<column> const* columns_;
  std::size_t size_;
};

/// Writes one column of a `chunk_builder`, until that is cleared or pushed.
template <column_value T>
class column_writer {
 public:
  using stored = typename detail::storage<T>::stored;

  explicit column_writer(duckdb_vector vector)
      : vector_{vector}, values_{static_cast<stored*>(duckdb_vector_get_data(vector))} {}

  /// Where the values go, without a check for nulls; not for strings.
  [[nodiscard]] stored* data() const noexcept
    requires(!std::same_as<T, std::string_view>)
  {
    return values_;
  }

  void set(std::size_t row, T value) {
    if constexpr (std::same_as<T, std::string_view>) {
      duckdb_vector_assign_string_element_len(vector_, row, value.data(), value.size());
    } else {
      values_[row] = detail::storage<T>::store(value);
    }
  }

  void set_null(std::size_t row) {
    if (validity_ == nullptr) {
      duckdb_vector_ensure_validity_writable(vector_);
      validity_ = duckdb_vector_get_validity(vector_);
    }
    validity_[row / 64] &= ~(std::uint64_t{1} << (row % 64));
  }

  void set(std::size_t row, std::same_as<std::optional<T>> auto const& value) {
    if (value) {
      set(row, *value);
    } else {
      set_null(row);
    }
  }

 private:
  duckdb_vector vector_;
  stored* values_;
  std::uint64_t* validity_ = nullptr;
};

/// Up to `capacity()` rows to be handed to DuckDB, written column by column without copies.
///
/// Memory: DuckDB's own, about 16 KiB for each column of 8 bytes.
class chunk_builder {
 public:
  explicit chunk_builder(std::vector<column> const& columns) {
    std::vector<detail::logical_type> types;
    std::vector<duckdb_logical_type> raw;
    for (auto const& each : columns) {
      types_.push_back(each.type);
      raw.push_back(types.emplace_back(detail::make_logical_type(each)).get());
    }
    data_ = detail::data_chunk{duckdb_create_data_chunk(raw.data(), raw.size())};
    if (data_.get() == nullptr) throw argument_error{"a chunk needs columns of known types"};
  }

  /// Rows that fit; the same for all chunks.
  [[nodiscard]] static std::size_t capacity() noexcept { return duckdb_vector_size(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// How many rows count. Rows are valid unless set to null.
  void resize(std::size_t rows) {
    if (rows > capacity()) throw argument_error{"a chunk holds at most " + std::to_string(capacity()) + " rows"};
    size_ = rows;
    duckdb_data_chunk_set_size(data_.get(), rows);
  }
  /// No rows and no nulls, for the next use.
  void clear() {
    duckdb_data_chunk_reset(data_.get());
    size_ = 0;
  }

  /// \throws argument_error if there is no such column or it is not of type `T`.
  template <column_value T>
  [[nodiscard]] column_writer<T> column_at(std::size_t index) {
    if (index >= types_.size() || types_[index] != column_type_of<T>) {
      throw argument_error{"the chunk has no column " + std::to_string(index) + " of type " +
                           type_name(column_type_of<T>)};
    }
    return column_writer<T>{duckdb_data_chunk_get_vector(data_.get(), index)};
  }

  [[nodiscard]] duckdb_data_chunk raw() const noexcept { return data_.get(); }

 private:
  std::vector<column_type> types_;
  detail::data_chunk data_;
  std::size_t size_ = 0;
};

}  // namespace spillway::duckdb
