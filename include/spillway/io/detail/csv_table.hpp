#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/csv_options.hpp>
#include <spillway/io/detail/csv_scan.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io::detail {

/// `'time', 'action'`
inline std::string list_of_names(std::span<std::string const> names) {
  std::string list;
  for (auto const& name : names) {
    if (!list.empty()) list += ", ";
    list += value_error::quoted(name);
  }
  return list;
}

/// What all rows of an input have in common.
struct csv_schema {
  std::string source;
  std::vector<std::string> names;
  csv_syntax syntax;
  /// Fields that a row should have.
  std::size_t columns = 0;
  ragged_rows ragged = ragged_rows::error;
  /// Rows with fewer fields read as if they had so many, the missing ones being empty.
  std::size_t least_size = 0;

  /// \throws argument_error if no column, or more than one, has that name.
  [[nodiscard]] std::size_t index_of(std::string_view name) const {
    auto const found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      auto const there = names.empty() ? std::string{"has no column names"} : "has " + list_of_names(names);
      throw argument_error{"no column " + value_error::quoted(name) + ": '" + source + "' " + there};
    }
    if (has_duplicates && std::find(found + 1, names.end(), name) != names.end()) {
      throw argument_error{"'" + source + "' has more than one column " + value_error::quoted(name)};
    }
    return static_cast<std::size_t>(found - names.begin());
  }

  void set_names(std::vector<std::string> all) {
    names = std::move(all);
    auto sorted = std::vector<std::string_view>(names.begin(), names.end());
    std::sort(sorted.begin(), sorted.end());
    has_duplicates = std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end();
  }

  bool has_duplicates = false;
};

/// Copies `inside`, the text between two quotes, with one quote for each two. Returns the length.
inline std::size_t unescape(std::string_view inside, char quote, char* out) noexcept {
  auto* const start = out;
  for (std::size_t at = 0; at < inside.size();) {
    auto const quote_at = std::min(inside.find(quote, at), inside.size() - 1);
    out = std::copy(inside.data() + at, inside.data() + quote_at + 1, out);
    at = quote_at + (inside[quote_at] == quote ? 2 : 1);
  }
  return static_cast<std::size_t>(out - start);
}

/// A chunk with its index, and the memory that its rows need while they are looked at. One thread at a time.
class csv_table {
 public:
  csv_table(std::shared_ptr<csv_schema const> schema, std::pmr::memory_resource* memory)
      : schema_{std::move(schema)}, index_{memory}, arena_{memory} {}

  /// `lines_before` are the lines in front of the chunk, if known.
  void load(std::string_view bytes, std::uint64_t offset, std::optional<std::uint64_t> lines_before) {
    bytes_ = bytes;
    offset_ = offset;
    lines_before_ = lines_before;
    counted_to_ = 0;
    counted_lines_ = 0;
    index_.build(bytes, schema_->syntax);
  }

  [[nodiscard]] std::shared_ptr<csv_schema const> const& schema() const noexcept { return schema_; }
  [[nodiscard]] std::string_view bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] csv_index const& index() const noexcept { return index_; }
  void set_lines_before(std::uint64_t lines) noexcept { lines_before_ = lines; }
  [[nodiscard]] std::optional<std::uint64_t> lines_before() const noexcept { return lines_before_; }

  /// Line ends in the chunk, and an unended last line.
  [[nodiscard]] std::uint64_t lines() const noexcept {
    // A row that ends the input within quotes has no line end of its own, and maybe not even an unended line.
    bool const counted_twice = index_.open() && bytes_.back() == '\n';
    return index_.rows() + index_.embedded_lines() - (counted_twice ? 1 : 0);
  }

  /// Where a byte of the chunk stands. The line counts from the chunk's start if the lines before it are not known.
  /// Complexity: linear in the chunk's size for all calls together, if the positions don't go back.
  [[nodiscard]] text_position place(std::size_t at) {
    if (at < counted_to_) counted_to_ = counted_lines_ = 0;
    auto const* const begin = bytes_.data();
    counted_lines_ += static_cast<std::uint64_t>(std::count(begin + counted_to_, begin + at, '\n'));
    counted_to_ = at;
    auto const line_start = bytes_.substr(0, at).rfind('\n') + 1;
    return {
        .line = lines_before_.value_or(0) + counted_lines_ + 1, .column = at - line_start + 1, .offset = offset_ + at};
  }

  /// At least `size` bytes, for the row at hand: they stay where they are while `size` does not grow.
  [[nodiscard]] char* arena(std::size_t size) {
    if (arena_.size() < size) arena_.resize(size);
    return arena_.data();
  }

  /// A row's bytes, without its line end.
  [[nodiscard]] std::string_view verbatim(std::size_t row) const noexcept {
    auto const* const ends = index_.ends(row);
    auto const begin = ends[0] + 1;
    auto const line = bytes_.substr(begin, ends[index_.fields(row)] - begin);
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
  }

 private:
  std::shared_ptr<csv_schema const> schema_;
  csv_index index_;
  std::pmr::vector<char> arena_;
  std::string_view bytes_;
  std::uint64_t offset_ = 0;
  std::optional<std::uint64_t> lines_before_;
  std::size_t counted_to_ = 0;
  std::uint64_t counted_lines_ = 0;
};

/// A value_error that knows where in the stream its field begins.
class field_error : public value_error {
 public:
  field_error(value_error const& problem, std::uint64_t offset) : value_error{problem}, offset_{offset} {}
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  std::uint64_t offset_;
};

}  // namespace spillway::io::detail
