#include "pipeline/cell_text.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace pipeline {

namespace duckdb = spillway::duckdb;
using duckdb::column_type;

namespace {

/// Calls `step` with the C++ type of the column; false if values of that type are not written here.
template <class Step>
bool with_type(column_type type, Step step) {
  switch (type) {
    case column_type::boolean:
      step(std::type_identity<bool>{});
      return true;
    case column_type::tinyint:
      step(std::type_identity<std::int8_t>{});
      return true;
    case column_type::smallint:
      step(std::type_identity<std::int16_t>{});
      return true;
    case column_type::integer:
      step(std::type_identity<std::int32_t>{});
      return true;
    case column_type::bigint:
      step(std::type_identity<std::int64_t>{});
      return true;
    case column_type::utinyint:
      step(std::type_identity<std::uint8_t>{});
      return true;
    case column_type::usmallint:
      step(std::type_identity<std::uint16_t>{});
      return true;
    case column_type::uinteger:
      step(std::type_identity<std::uint32_t>{});
      return true;
    case column_type::ubigint:
      step(std::type_identity<std::uint64_t>{});
      return true;
    case column_type::real:
      step(std::type_identity<float>{});
      return true;
    case column_type::double_precision:
      step(std::type_identity<double>{});
      return true;
    case column_type::varchar:
      step(std::type_identity<std::string_view>{});
      return true;
    default:
      return false;
  }
}

template <class T>
  requires std::integral<T> || std::floating_point<T>
void append_cell(std::string& to, T value) {
  std::array<char, 32> text;
  auto const* const end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  std::string_view const digits{text.data(), static_cast<std::size_t>(end - text.data())};
  to += digits;
  if constexpr (std::floating_point<T>) {
    // So that a column of whole ones is still seen to be one of floating-point numbers.
    if (digits.find_first_not_of("-0123456789") == std::string_view::npos) to += ".0";
  }
}

void append_cell(std::string& to, bool value) { to += value ? "true" : "false"; }
void append_cell(std::string& to, std::string_view value) { append_csv_text(to, value); }

}  // namespace

bool has_cell_text(column_type type) noexcept {
  return with_type(type, [](auto) {});
}

cell_texts::cell_texts(duckdb::chunk const& rows, std::size_t columns) {
  for (std::size_t i = 0; i < columns; ++i) {
    with_type(rows.columns()[i].type,
              [&]<class T>(std::type_identity<T>) { columns_.emplace_back(rows.column_at<T>(i)); });
  }
}

void cell_texts::append_row(std::string& to, std::size_t row) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (i != 0) to += ',';
    std::visit(
        [&](auto const& column) {
          if (!column.is_null(row)) append_cell(to, column[row]);
        },
        columns_[i]);
  }
}

void append_csv_text(std::string& to, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\n\r") == std::string_view::npos) {
    to += text;
    return;
  }
  to += '"';
  for (char const c : text) to.append(c == '"' ? 2 : 1, c);
  to += '"';
}

}  // namespace pipeline
