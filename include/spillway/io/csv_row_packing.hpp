#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/detail/csv_row_scan.hpp>
#include <spillway/io/detail/csv_table.hpp>

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace spillway::io {

/// Rows of CSV as bytes that can be stored anywhere and made rows again: those they were read from, and nothing more.
///
/// Rows of several readers can be packed and unpacked by one packing if they have the same columns and dialect. Columns
/// keep their names, and errors the name of the input, of the reader that the packing was made for.
///
/// Thread safety: can be shared by threads; each needs a `buffer` of its own.
class csv_row_packing {
 public:
  explicit csv_row_packing(csv_reader const& reader) : schema_{reader.input_->shared_schema()} {}

  /// Where a row is unpacked. Memory: 4 bytes for each field of the longest row it held, and its length once more if
  /// it had quotes.
  class buffer {
   public:
    buffer() : buffer{std::pmr::get_default_resource()} {}
    explicit buffer(std::pmr::memory_resource* memory) : scan_{memory}, unescaped_{memory} {}

   private:
    friend class csv_row_packing;
    detail::csv_row_scan scan_;
    std::pmr::vector<char> unescaped_;
    csv_row row_;
  };

  /// \throws argument_error if the row has other columns or another dialect than the reader of the packing.
  [[nodiscard]] std::size_t size(csv_row const& row) const {
    check(row);
    auto const bytes = row.verbatim();
    return bytes.size() + (ends_in_return(bytes) ? 1 : 0);
  }

  /// Writes `size(row)` bytes.
  void write(csv_row const& row, char* to) const noexcept {
    auto const bytes = row.verbatim();
    bytes.copy(to, bytes.size());
    // One at the end of a row is taken for a part of its line end.
    if (ends_in_return(bytes)) to[bytes.size()] = '\r';
  }

  /// A view of the bytes, valid until they or the buffer are used for something else; a copy of it owns its bytes. Its
  /// `line()` is not known, and its `offset()` means nothing.
  ///
  /// Complexity: the bytes are looked at once, 64 at a time.
  /// \throws value_error for bytes that are not what `write` wrote.
  [[nodiscard]] csv_row const& read(std::string_view bytes, buffer& into) const {
    if (!into.scan_.build(bytes, schema_->syntax) || !has_right_size(into.scan_.fields())) [[unlikely]]
      refuse(bytes);
    char* unescaped = nullptr;
    if (into.scan_.has_quotes()) [[unlikely]] {
      if (into.unescaped_.size() < bytes.size()) into.unescaped_.resize(bytes.size());
      unescaped = into.unescaped_.data();
    }
    into.row_.show(schema_, bytes.data(), into.scan_.ends(), into.scan_.fields(), unescaped);
    return into.row_;
  }

 private:
  [[nodiscard]] static bool ends_in_return(std::string_view bytes) noexcept { return bytes.ends_with('\r'); }

  [[nodiscard]] bool has_right_size(std::size_t fields) const noexcept {
    if (fields == schema_->columns) [[likely]]
      return true;
    return schema_->ragged == ragged_rows::keep || (schema_->ragged == ragged_rows::pad && fields < schema_->columns);
  }

  [[noreturn, gnu::cold]] static void refuse(std::string_view bytes) { throw value_error{"a row of CSV", bytes}; }

  void check(csv_row const& row) const {
    if (row.schema_ != schema_.get() && !is_alike(row)) [[unlikely]] {
      auto const of = row.schema_ == nullptr ? std::string{"an empty row"} : "a row of '" + row.schema_->source + "'";
      throw argument_error{of + " has other columns or another dialect than those of '" + schema_->source + "'"};
    }
  }

  [[nodiscard]] bool is_alike(csv_row const& row) const {
    if (row.schema_ == nullptr) return false;
    auto const& other = *row.schema_;
    return other.columns == schema_->columns && other.ragged == schema_->ragged &&
           other.syntax.delimiter == schema_->syntax.delimiter && other.syntax.quote == schema_->syntax.quote &&
           other.names == schema_->names;
  }

  std::shared_ptr<detail::csv_schema const> schema_;
};

}  // namespace spillway::io
