#include "pipeline/cell_text.hpp"
#include "pipeline/source.hpp"
#include "pipeline/table_file.hpp"

#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunks_in_order.hpp>
#include <spillway/duckdb/row_codec.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
namespace io = spillway::io;
using duckdb::column_type;

namespace {

/// What is asked of a source: its rows, ready to be split and sorted.
class table_source {
 public:
  table_source(opened_source source, settings const& given, std::uint64_t memory, support::run& run)
      : given_{given}, file_{given.source, std::move(source), given, memory, run.stop()} {}

  [[nodiscard]] table_file& file() noexcept { return file_; }

  /// The rows, and behind them what they are split and sorted by.
  duckdb::result rows(std::vector<duckdb::column> const& columns) {
    std::string list;
    for (auto const& each : columns) list += expression(each) + " AS " + duckdb::identifier(each.name) + ", ";
    auto const split = duckdb::identifier(split_column);
    auto const shuffle = duckdb::identifier(shuffle_column);
    std::string types;
    if (file_.format() == file_format::csv) {
      types = fmt::format(", types = {{{}: 'VARCHAR'", duckdb::literal(split_column));
      // NaN and infinities are what DuckDB takes for text, unless it is told.
      if (is_text(columns)) types += fmt::format(", {}: 'DOUBLE'", duckdb::literal(shuffle_column));
      types += '}';
    }
    return file_.in_words_of_the_source([&] {
      return file_.connection().query(fmt::format("SELECT {}CAST({} AS VARCHAR), CAST({} AS {}) FROM {}", list, split,
                                                  shuffle, sort_type(columns), file_.from(types)));
    });
  }

 private:
  /// Values that can't be packed, or that this program does not write as text itself, are left to DuckDB.
  [[nodiscard]] std::string expression(duckdb::column const& of) const {
    auto name = duckdb::identifier(of.name);
    if (given_.format == file_format::csv && has_cell_text(of.type)) return name;
    if (!duckdb::row_codec::can_carry(of)) return fmt::format("to_json({})::VARCHAR", name);
    return given_.format == file_format::csv ? fmt::format("CAST({} AS VARCHAR)", name) : name;
  }

  [[nodiscard]] bool is_text(std::vector<duckdb::column> const& columns) const {
    auto const& shuffle = *std::ranges::find(columns, shuffle_column, &duckdb::column::name);
    return file_.format() == file_format::csv && shuffle.type == column_type::varchar;
  }

  [[nodiscard]] char const* sort_type(std::vector<duckdb::column> const& columns) const {
    if (is_text(columns)) return "DOUBLE";
    auto const& shuffle = *std::ranges::find(columns, shuffle_column, &duckdb::column::name);
    switch (shuffle.type) {
      case column_type::tinyint:
      case column_type::smallint:
      case column_type::integer:
      case column_type::bigint:
        return "BIGINT";
      case column_type::utinyint:
      case column_type::usmallint:
      case column_type::uinteger:
      case column_type::ubigint:
        return "UBIGINT";
      case column_type::real:
      case column_type::double_precision:
      case column_type::decimal:
      case column_type::hugeint:
      case column_type::uhugeint:
        return "DOUBLE";
      default:
        throw spillway::error{fmt::format("'{}': {} is {}, expected integers or floating-point numbers", given_.source,
                                          shuffle_column, duckdb::type_name(shuffle.type))};
    }
  }

  settings const& given_;
  table_file file_;
};

/// The last column as numbers of one type.
template <class T>
void order_rows(duckdb::chunk const& rows, std::size_t column, std::vector<row_order>& orders) {
  auto const values = rows.column_at<T>(column);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    orders[i] = values.is_null(i) ? order_of_missing() : order_of(values[i]);
  }
}

std::vector<row_order> orders_of(duckdb::chunk const& rows, std::size_t column) {
  std::vector<row_order> orders(rows.size());
  switch (rows.columns()[column].type) {
    case column_type::bigint:
      order_rows<std::int64_t>(rows, column, orders);
      break;
    case column_type::ubigint:
      order_rows<std::uint64_t>(rows, column, orders);
      break;
    default:
      order_rows<double>(rows, column, orders);
  }
  return orders;
}

}  // namespace

source_description collect_table_rows(opened_source opened, settings const& given, std::uint64_t database_memory,
                                      support::run& run, io::reject_sink const& rejects, row_collector& into) {
  table_source source{std::move(opened), given, database_memory, run};
  auto const columns = source.file().columns();
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (auto const& each : columns) names.push_back(each.name);
  require_columns(names, given.source);
  std::optional<duckdb::result> rows{source.rows(columns)};
  source_description found{rows->columns(), 0};
  found.columns.resize(columns.size());
  duckdb::row_codec const codec{found.columns};
  std::vector<duckdb::packed_rows> packed_by(given.common.threads);
  auto const work = [&](duckdb::chunk const& chunk, unsigned worker) {
    auto batch = into.make_batch();
    auto const splits = chunk.column_at<std::string_view>(columns.size());
    auto const orders = orders_of(chunk, columns.size() + 1);
    auto const add_rows = [&](auto const& bytes_of) {
      for (std::size_t i = 0; i < chunk.size(); ++i) {
        if (splits.is_null(i)) {
          batch.add_without_split();
        } else if (auto const part = batch.place(splits[i])) {
          batch.add(in(*part, orders[i]), bytes_of(i));
        }
      }
    };
    if (given.format == file_format::parquet) {
      auto& packed = packed_by[worker];
      codec.pack(chunk, packed);
      batch.reserve(packed.size(), packed.bytes());
      add_rows([&](std::size_t row) { return packed[row]; });
    } else {
      cell_texts const texts{chunk, columns.size()};
      std::string line;
      add_rows([&](std::size_t row) {
        line.clear();
        texts.append_row(line, row);
        return std::string_view{line};
      });
    }
    return batch;
  };
  source.file().in_words_of_the_source([&] {
    duckdb::chunks_in_order(
        *rows, given.common.threads, work, [&](row_batch const& batch) { into.append(batch); }, run.stop());
  });
  rows.reset();
  found.rejected = source.file().hand_on_rejects(rejects);
  return found;
}

}  // namespace pipeline
