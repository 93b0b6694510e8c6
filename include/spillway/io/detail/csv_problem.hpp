#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/detail/csv_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace spillway::io::detail {

/// What is wrong with a row, and where in its chunk.
struct csv_problem {
  std::uint32_t at;
  std::string text;
};

/// The first misplaced quote of a row, or the quoted field that never ends.
inline std::optional<csv_problem> malformation(csv_table const& table, std::size_t row) {
  auto const& index = table.index();
  auto const* const ends = index.ends(row);
  auto const fields = index.fields(row);
  auto const misplaced = index.misplaced();
  auto const first = std::lower_bound(misplaced.begin(), misplaced.end(), ends[0] + 1);
  if (first != misplaced.end() && *first < ends[fields]) {
    auto const found = table.bytes()[*first];
    if (found == table.schema()->syntax.quote) return csv_problem{*first, "quote inside an unquoted field"};
    return csv_problem{
        *first, "expected the end of the field after its closing quote, found " + value_error::quoted({&found, 1})};
  }
  if (index.open() && row + 1 == index.rows()) {
    return csv_problem{ends[fields - 1] + 1, "quoted field without a closing quote"};
  }
  return std::nullopt;
}

/// The first row from `row` on that has a malformation; the number of rows if none has.
inline std::size_t next_malformed(csv_table const& table, std::size_t row) {
  auto const& index = table.index();
  auto const rows = index.rows();
  auto const misplaced = index.misplaced();
  if (row == rows || (misplaced.empty() && !index.open())) return rows;
  auto const last = index.open() ? rows - 1 : rows;
  auto const first = std::lower_bound(misplaced.begin(), misplaced.end(), index.ends(row)[0] + 1);
  if (first == misplaced.end()) return last;
  auto const* const ends = index.all_ends();
  auto const* const bounds = index.row_bounds();
  auto const* const bound =
      std::partition_point(bounds + row + 1, bounds + rows + 1, [&](std::uint32_t end) { return ends[end] <= *first; });
  return std::min(static_cast<std::size_t>(bound - bounds) - 1, last);
}

/// What a row is whose number of fields is not the number of columns.
enum class csv_row_kind { row, blank, ragged };

inline csv_row_kind kind_of(csv_table const& table, std::size_t row) {
  auto const& schema = *table.schema();
  auto const fields = table.index().fields(row);
  if (fields == 1 && schema.columns != 1 && table.verbatim(row).empty()) return csv_row_kind::blank;
  if (fields == schema.columns || schema.ragged == ragged_rows::keep) return csv_row_kind::row;
  return fields < schema.columns && schema.ragged == ragged_rows::pad ? csv_row_kind::row : csv_row_kind::ragged;
}

/// What is wrong with a row that was not taken. Points to the first field too many, or to where the row ends too early.
inline csv_problem problem_of(csv_table const& table, std::size_t row) {
  if (auto const problem = malformation(table, row)) return *problem;
  auto const fields = table.index().fields(row);
  auto const columns = table.schema()->columns;
  auto const* const ends = table.index().ends(row);
  auto const at =
      fields > columns ? ends[columns] + 1 : ends[0] + 1 + static_cast<std::uint32_t>(table.verbatim(row).size());
  return {at, "expected " + std::to_string(columns) + (columns == 1 ? " field" : " fields") + ", found " +
                  std::to_string(fields)};
}

}  // namespace spillway::io::detail
