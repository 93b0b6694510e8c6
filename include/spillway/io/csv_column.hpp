#pragma once

#include <spillway/core/text.hpp>
#include <spillway/io/csv_row.hpp>

#include <atomic>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io {

/// A projection: the text of the column of that name, valid as long as the row's own fields.
///
/// Complexity: one comparison of names for each row; the column is looked up when it is not where it was last time.
/// Thread safety: can be shared by threads. \throws argument_error if no column, or more than one, has that name.
class column {
 public:
  explicit column(std::string name) : name_{std::move(name)} {}
  column(column const& other) : name_{other.name_}, last_{other.last_.load(std::memory_order_relaxed)} {}
  column& operator=(column const& other) {
    name_ = other.name_;
    last_.store(other.last_.load(std::memory_order_relaxed), std::memory_order_relaxed);
    return *this;
  }
  ~column() = default;

  [[nodiscard]] std::string_view operator()(csv_row const& row) const { return row[index_in(row)]; }

  [[nodiscard]] std::string const& name() const noexcept { return name_; }

  [[nodiscard]] std::size_t index_in(csv_row const& row) const {
    auto const last = last_.load(std::memory_order_relaxed);
    auto const index = row.index_of(name_, last);
    if (index != last) last_.store(index, std::memory_order_relaxed);
    return index;
  }

 private:
  std::string name_;
  mutable std::atomic<std::size_t> last_{0};
};

/// A projection: the value of the column of that name, read by `text_parser<T>` as `csv_row::as` does. With a
/// `std::optional` an empty field is no value instead of an error.
///
/// Complexity, thread safety: as `column`. \throws what `column` and `csv_row::as` throw.
template <text_parsable T>
class column_as {
 public:
  explicit column_as(std::string name) : column_{std::move(name)} {}

  [[nodiscard]] T operator()(csv_row const& row) const { return row.as<T>(column_.index_in(row)); }

  [[nodiscard]] std::string const& name() const noexcept { return column_.name(); }

 private:
  column column_;
};

/// A projection: the texts of several columns as one key. Keys compare, byte by byte, as the lists of the fields do,
/// and are equal only if all fields are.
///
/// A field ends in two NUL bytes; a NUL byte within a field is followed by a byte of ones.
class columns {
 public:
  template <std::convertible_to<std::string>... Names>
    requires(sizeof...(Names) != 0)
  explicit columns(Names&&... names) {
    columns_.reserve(sizeof...(Names));
    (columns_.emplace_back(std::forward<Names>(names)), ...);
  }
  explicit columns(std::vector<std::string> const& names) : columns_(names.begin(), names.end()) {}

  [[nodiscard]] std::string operator()(csv_row const& row) const {
    std::string key;
    append_to(key, row);
    return key;
  }

  /// For a string that is used again and again, of any allocator.
  template <class String>
  void append_to(String& key, csv_row const& row) const {
    for (auto const& column : columns_) {
      append_field(key, column(row));
    }
  }

 private:
  template <class String>
  static void append_field(String& key, std::string_view text) {
    constexpr std::string_view end{"\0\0", 2};
    constexpr std::string_view escaped{"\0\xff", 2};
    for (auto at = text.find('\0'); at != text.npos; at = text.find('\0')) {
      key.append(text.substr(0, at)).append(escaped);
      text.remove_prefix(at + 1);
    }
    key.append(text).append(end);
  }

  std::vector<column> columns_;
};

}  // namespace spillway::io
