#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/error.hpp>

#include <duckdb.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <utility>
#include <vector>

namespace spillway::duckdb {

namespace detail {

/// A `T` that must not be null, or an `optional` that may.
template <class T>
struct cell {
  using value = T;
  static T read(column_view<T> const& column, std::size_t row) {
    if (column.is_null(row)) throw value_error{"a value", "NULL"};
    return column[row];
  }
};
template <class T>
struct cell<std::optional<T>> {
  using value = T;
  static std::optional<T> read(column_view<T> const& column, std::size_t row) { return column.at(row); }
};

}  // namespace detail

template <class... Ts>
class row_range;

/// What a query gives, fetched while it is read: an input range of `chunk const&`, once through.
///
/// Memory: a few chunks, whatever the size of the result. Until it is read through or destroyed its connection can't
/// run anything else.
class result {
 public:
  /// Takes over the raw result.
  explicit result(duckdb_result raw) : raw_{raw} {
    auto const count = duckdb_column_count(&raw_);
    for (idx_t i = 0; i < count; ++i) {
      detail::logical_type const type{duckdb_column_logical_type(&raw_, i)};
      columns_->push_back(detail::describe_column(duckdb_column_name(&raw_, i), type));
    }
  }
  result(result&& other) noexcept
      : raw_{std::exchange(other.raw_, {})}, columns_{std::move(other.columns_)}, current_{std::move(other.current_)} {}
  result& operator=(result&&) = delete;
  ~result() {
    current_.reset();
    duckdb_destroy_result(&raw_);
  }

  [[nodiscard]] std::vector<column> const& columns() const noexcept { return *columns_; }

  /// Of an INSERT, UPDATE or DELETE that was run to its end.
  [[nodiscard]] std::uint64_t rows_changed() { return duckdb_rows_changed(&raw_); }

  /// What went wrong so far, in DuckDB's words; a null pointer if nothing did.
  [[nodiscard]] char const* problem() noexcept { return duckdb_result_error(&raw_); }

  class iterator {
   public:
    using value_type = chunk;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(result& of) : of_{&of} {}
    [[nodiscard]] chunk const& operator*() const noexcept { return *of_->current_; }
    [[nodiscard]] chunk const* operator->() const noexcept { return &*of_->current_; }
    iterator& operator++() {
      of_->fetch();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(iterator const& it, std::default_sentinel_t) noexcept { return it.at_end(); }

   private:
    [[nodiscard]] bool at_end() const noexcept { return !of_->current_; }
    result* of_ = nullptr;
  };

  /// \throws database_error if the query fails on the way; here and in `++`.
  [[nodiscard]] iterator begin() {
    fetch();
    return iterator{*this};
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

  /// The next chunk, to be kept for as long as the result is there; nothing at the end. Instead of iterating.
  /// \throws database_error if the query fails on the way.
  [[nodiscard]] std::optional<chunk> take() {
    fetch();
    return std::exchange(current_, std::nullopt);
  }

  /// The result row by row as tuples: `for (auto [id, name] : found.rows<std::int64_t, std::string_view>())`.
  ///
  /// Strings are valid until the next step; `std::optional<T>` stands for columns that may be null.
  /// \throws argument_error if number or types of the columns are others; while iterating: value_error for a null
  ///         where none may be, and database_error.
  template <class... Ts>
  [[nodiscard]] row_range<Ts...> rows() &;

 private:
  template <class... Ts>
  friend class row_range;

  void fetch() {
    current_.reset();
    detail::data_chunk next{duckdb_fetch_chunk(raw_)};
    if (next.get() != nullptr) {
      current_.emplace(std::move(next), *columns_);
    } else if (problem() != nullptr) {
      throw database_error{problem()};
    }
  }

  duckdb_result raw_;
  /// Chunks point to it, also after the result was moved.
  std::unique_ptr<std::vector<column>> columns_ = std::make_unique<std::vector<column>>();
  std::optional<chunk> current_;
};

/// See `result::rows`.
template <class... Ts>
class row_range {
 public:
  explicit row_range(result& of) : of_{&of} {
    if (of.columns().size() != sizeof...(Ts)) {
      throw argument_error{"the result has " + std::to_string(of.columns().size()) + " columns, not " +
                           std::to_string(sizeof...(Ts))};
    }
  }

  class iterator {
   public:
    using value_type = std::tuple<Ts...>;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(row_range& range) : range_{&range} {}
    [[nodiscard]] value_type operator*() const { return range_->read(std::index_sequence_for<Ts...>{}); }
    iterator& operator++() {
      range_->step();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(iterator const& it, std::default_sentinel_t) noexcept { return it.at_end(); }

   private:
    [[nodiscard]] bool at_end() const noexcept { return !range_->columns_; }
    row_range* range_ = nullptr;
  };

  [[nodiscard]] iterator begin() {
    next_chunk();
    return iterator{*this};
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

 private:
  using views = std::tuple<column_view<typename detail::cell<Ts>::value>...>;

  void step() {
    if (++row_ == of_->current_->size()) next_chunk();
  }

  void next_chunk() {
    row_ = 0;
    columns_.reset();
    do {
      of_->fetch();
    } while (of_->current_ && of_->current_->size() == 0);
    if (of_->current_) look(std::index_sequence_for<Ts...>{});
  }

  template <std::size_t... Is>
  void look(std::index_sequence<Is...>) {
    columns_.emplace(of_->current_->template column_at<typename detail::cell<Ts>::value>(Is)...);
  }

  template <std::size_t... Is>
  std::tuple<Ts...> read(std::index_sequence<Is...>) const {
    return {detail::cell<Ts>::read(std::get<Is>(*columns_), row_)...};
  }

  result* of_;
  std::size_t row_ = 0;
  std::optional<views> columns_;
};

template <class... Ts>
row_range<Ts...> result::rows() & {
  return row_range<Ts...>{*this};
}

}  // namespace spillway::duckdb
