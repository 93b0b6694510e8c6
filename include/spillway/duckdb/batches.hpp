#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/parquet.hpp>
#include <spillway/duckdb/result.hpp>
#include <spillway/duckdb/row_codec.hpp>
#include <spillway/duckdb/types.hpp>

#include <duckdb.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::duckdb {

/// So many rows, each column in one piece of memory. Valid until its reader steps on.
class batch {
 public:
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::vector<column> const& columns() const noexcept { return *columns_; }

  /// \throws argument_error if there is no such column or it is not of type `T`.
  template <column_value T>
  [[nodiscard]] column_view<T> column_at(std::size_t index) const {
    if (index >= columns_->size()) throw argument_error{"the batch has no column " + std::to_string(index)};
    auto const& found = (*columns_)[index];
    if (found.type != column_type_of<T>) {
      throw argument_error{"column '" + found.name + "' is " + type_name(found.type) + ", not " +
                           type_name(column_type_of<T>)};
    }
    using stored = typename column_view<T>::stored;
    auto const& data = data_[index];
    return {reinterpret_cast<stored const*>(data.values.data()), data.has_nulls ? data.validity.data() : nullptr,
            size_};
  }
  template <column_value T>
  [[nodiscard]] column_view<T> column_at(std::string_view name) const {
    auto const found = std::ranges::find(*columns_, name, &column::name);
    if (found == columns_->end()) throw argument_error{"the batch has no column '" + std::string{name} + '\''};
    return column_at<T>(static_cast<std::size_t>(found - columns_->begin()));
  }

 private:
  friend class batch_reader;

  struct column_data {
    std::size_t width;
    bool is_text;
    std::vector<std::max_align_t> values;
    std::vector<std::uint64_t> validity;
    bool has_nulls = false;
  };

  batch(std::vector<column> const& columns, std::size_t rows) : columns_{&columns} {
    for (auto const& each : columns) {
      auto const width = detail::stored_width(each);
      if (width == detail::not_carried) {
        throw argument_error{"column '" + each.name + "' is of " + type_name(each.type) + ", which no batch can hold"};
      }
      auto& data = data_.emplace_back();
      data.is_text = width == 0;
      data.width = data.is_text ? sizeof(duckdb_string_t) : width;
      data.values.resize((rows * data.width + sizeof(std::max_align_t) - 1) / sizeof(std::max_align_t));
      data.validity.resize((rows + 63) / 64);
    }
  }

  void clear() {
    size_ = 0;
    texts_->release();
    for (auto& data : data_) {
      data.has_nulls = false;
      std::ranges::fill(data.validity, ~std::uint64_t{0});
    }
  }

  void append(chunk const& from, std::size_t first, std::size_t count) {
    for (std::size_t i = 0; i < data_.size(); ++i) {
      auto* const vector = duckdb_data_chunk_get_vector(from.raw(), i);
      append(data_[i], static_cast<char const*>(duckdb_vector_get_data(vector)), duckdb_vector_get_validity(vector),
             first, count);
    }
    size_ += count;
  }

  void append(column_data& to, char const* values, std::uint64_t const* validity, std::size_t first,
              std::size_t count) {
    auto* const place = reinterpret_cast<char*>(to.values.data()) + size_ * to.width;
    std::memcpy(place, values + first * to.width, count * to.width);
    for (std::size_t i = 0; i < count; ++i) {
      if (validity != nullptr && (validity[(first + i) / 64] >> ((first + i) % 64) & 1U) == 0) {
        auto const row = size_ + i;
        to.validity[row / 64] &= ~(std::uint64_t{1} << (row % 64));
        to.has_nulls = true;
      } else if (to.is_text) {
        keep_text(reinterpret_cast<duckdb_string_t*>(place)[i]);
      }
    }
  }

  /// Long texts lie outside.
  void keep_text(duckdb_string_t& text) {
    auto const bytes = detail::storage<std::string_view>::load(text);
    if (bytes.size() <= sizeof text.value.inlined.inlined) return;
    auto* const kept = static_cast<char*>(texts_->allocate(bytes.size(), 1));
    bytes.copy(kept, bytes.size());
    text.value.pointer.ptr = kept;
  }

  std::vector<column> const* columns_;
  std::vector<column_data> data_;
  std::unique_ptr<std::pmr::monotonic_buffer_resource> texts_ = std::make_unique<std::pmr::monotonic_buffer_resource>();
  std::size_t size_ = 0;
};

struct batch_options {
  /// In each batch but the last.
  std::size_t rows = 1024;
  /// All if none are named.
  std::vector<std::string> columns = {};
};

/// What a query gives in batches of equal size, in its order: an input range of `batch const&`, once through.
///
/// Memory: one batch, and the query's.
class batch_reader {
 public:
  /// \throws argument_error if a batch should have no rows, or the result has columns of nested types.
  batch_reader(result from, std::size_t rows) : from_{std::move(from)}, rows_{rows}, batch_{from_.columns(), rows} {
    if (rows == 0) throw argument_error{"a batch needs at least one row"};
  }

  [[nodiscard]] std::vector<column> const& columns() const noexcept { return from_.columns(); }

  class iterator {
   public:
    using value_type = batch;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    [[nodiscard]] batch const& operator*() const noexcept { return of_->batch_; }
    [[nodiscard]] batch const* operator->() const noexcept { return &of_->batch_; }
    /// \throws database_error if the query fails on the way.
    iterator& operator++() {
      of_->fill();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(iterator const& it, std::default_sentinel_t) noexcept { return it->size() == 0; }

   private:
    friend class batch_reader;
    explicit iterator(batch_reader* of) : of_{of} {}
    batch_reader* of_ = nullptr;
  };

  [[nodiscard]] iterator begin() { return ++iterator{this}; }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

 private:
  void fill() {
    batch_.clear();
    while (batch_.size() < rows_) {
      if (!chunk_ || taken_ == chunk_->size()) {
        taken_ = 0;
        chunk_ = from_.take();
        if (!chunk_) return;
      }
      auto const count = std::min(rows_ - batch_.size(), chunk_->size() - taken_);
      batch_.append(*chunk_, taken_, count);
      taken_ += count;
    }
  }

  result from_;
  std::size_t rows_;
  batch batch_;
  std::optional<chunk> chunk_;
  std::size_t taken_ = 0;
};

/// Streams a file in the order of its rows, as training does: Parquet, or CSV with a header by the extension `.csv`
/// (compressed or not), whose types DuckDB infers from all of it.
///
///     for (auto const& batch : read_batches(connection, "train.parquet", {.rows = 1024, .columns = {"amount"}})) …
///
/// \throws io_error if the file can't be opened; database_error if it is not what it seems, or lacks a column.
[[nodiscard]] inline batch_reader read_batches(connection& on, std::string const& path,
                                               batch_options const& options = {}) {
  detail::check_readable(path);
  std::string list;
  for (auto const& name : options.columns) list.append(list.empty() ? "" : ", ").append(identifier(name));
  auto const is_csv = path.ends_with(".csv") || path.find(".csv.") != std::string::npos;
  auto const from = is_csv ? "read_csv(" + literal(path) + ", header = true, sample_size = -1)"
                           : "read_parquet(" + literal(path) + ')';
  return batch_reader{on.query("SELECT " + (list.empty() ? "*" : list) + " FROM " + from), options.rows};
}

}  // namespace spillway::duckdb
