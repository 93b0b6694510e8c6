#pragma once

#include <spillway/duckdb/chunk.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pipeline {

/// Types of which `cell_texts` writes values. Others must be cast to text in the query.
[[nodiscard]] bool has_cell_text(spillway::duckdb::column_type type) noexcept;

/// Rows of a chunk as CSV. Nulls are empty, empty texts are `""`; numbers have as few digits as it takes to read the
/// same numbers back, floating-point ones a point or an exponent.
class cell_texts {
 public:
  /// Of the first so many columns.
  cell_texts(spillway::duckdb::chunk const& rows, std::size_t columns);

  /// Without a line end.
  void append_row(std::string& to, std::size_t row) const;

 private:
  template <class... Ts>
  using any_column = std::variant<spillway::duckdb::column_view<Ts>...>;

  std::vector<any_column<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
                         std::uint32_t, std::uint64_t, float, double, std::string_view>>
      columns_;
};

/// A field as it must be written to read back as it is.
void append_csv_text(std::string& to, std::string_view text);

}  // namespace pipeline
