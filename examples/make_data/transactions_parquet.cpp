#include "make_data/in_order.hpp"
#include "make_data/transactions.hpp"

#include <spillway/duckdb/database.hpp>
#include <spillway/duckdb/parquet.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace make_data {

namespace duckdb = spillway::duckdb;

namespace {

std::vector<duckdb::column> parquet_columns(transactions const& table) {
  std::vector<duckdb::column> columns;
  for (auto const& [name, kind, digits] : table.columns()) {
    constexpr duckdb::column_type types[] = {duckdb::column_type::bigint, duckdb::column_type::double_precision,
                                             duckdb::column_type::varchar, duckdb::column_type::boolean,
                                             duckdb::column_type::date};
    columns.push_back({std::string{name}, types[static_cast<std::size_t>(kind)]});
  }
  return columns;
}

/// The cells of one column; `value(cell)` makes what the column holds.
template <class T, class Value>
void fill(duckdb::column_writer<T> to, std::vector<transaction> const& rows, std::size_t column, Value value) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto const cell = rows[i][column];
    cell == null_cell ? to.set_null(i) : to.set(i, value(cell));
  }
}

void fill(duckdb::chunk_builder& chunk, std::size_t column, transactions const& table,
          std::vector<transaction> const& rows) {
  auto const& [name, kind, digits] = table.columns()[column];
  double unit = 1;
  for (auto i = digits; i != 0; --i) unit *= 10;
  auto const texts = table.texts(column);
  switch (kind) {
    case cell_kind::whole:
      return fill(chunk.column_at<std::int64_t>(column), rows, column, [](std::int64_t cell) { return cell; });
    case cell_kind::decimal:
      return fill(chunk.column_at<double>(column), rows, column,
                  [unit](std::int64_t cell) { return static_cast<double>(cell) / unit; });
    case cell_kind::text:
      return fill(chunk.column_at<std::string_view>(column), rows, column,
                  [texts](std::int64_t cell) { return texts[static_cast<std::size_t>(cell)]; });
    case cell_kind::boolean:
      return fill(chunk.column_at<bool>(column), rows, column, [](std::int64_t cell) { return cell != 0; });
    case cell_kind::day:
      return fill(chunk.column_at<duckdb::date>(column), rows, column,
                  [](std::int64_t cell) { return duckdb::date{std::chrono::days{cell}}; });
  }
}

}  // namespace

void write_transactions_parquet(recipe const& recipe, std::string const& path) {
  transactions const table{recipe};
  duckdb::database const database{":memory:", {.memory_limit = 512U << 20U, .threads = 1}};
  auto const threads = std::max(1U, std::thread::hardware_concurrency());
  duckdb::parquet_writer writer{database, path, parquet_columns(table), {.threads = threads}};
  auto const make = [&](std::uint64_t first, std::uint64_t last) {
    std::vector<transaction> rows;
    for (auto row = first; row < last; ++row) rows.push_back(table.row(row));
    auto chunk = writer.make_chunk();
    for (std::size_t i = 0; i < transaction_columns; ++i) fill(chunk, i, table, rows);
    chunk.resize(rows.size());
    return chunk;
  };
  in_order(recipe.rows, duckdb::chunk_builder::capacity(), make,
           [&](duckdb::chunk_builder chunk) { writer.push(std::move(chunk)); });
  writer.finish();
}

}  // namespace make_data
