#include "pipeline/cell_text.hpp"
#include "pipeline/source.hpp"

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunks_in_order.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/database.hpp>
#include <spillway/duckdb/row_codec.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
namespace io = spillway::io;
using duckdb::column_type;

namespace {

/// What can't be read by its path, put where it can: a nameless file on scratch.
class spool {
 public:
  spool(io::byte_source& from, std::string const& folder, std::stop_token const& stop) {
    auto name = folder + "/.pipeline.XXXXXX";
    descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (descriptor_ == -1) throw spillway::io_error{"create scratch in", folder, {errno, std::generic_category()}};
    ::unlink(name.c_str());
    std::vector<char> block(1U << 20U);
    while (auto const size = from.read(block)) {
      spillway::throw_if_cancelled(stop);
      for (std::size_t done = 0; done != size;) {
        auto const written = ::write(descriptor_, block.data() + done, size - done);
        if (written == -1) throw spillway::io_error{"write scratch in", folder, {errno, std::generic_category()}};
        done += static_cast<std::size_t>(written);
      }
    }
  }
  spool(spool const&) = delete;
  spool& operator=(spool const&) = delete;
  ~spool() { ::close(descriptor_); }

  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// A source as DuckDB reads it.
class table_source {
 public:
  table_source(opened_source source, settings const& given, std::uint64_t memory, support::run& run)
      : given_{given},
        memory_{memory},
        format_{source.format},
        path_{std::move(source.path)},
        database_{":memory:", {.memory_limit = memory, .threads = given.common.threads, .temporary_folder = scratch()}},
        connection_{database_, run.stop()} {
    if (!path_.empty()) return;
    spool_.emplace(*source.bytes, scratch(), run.stop());
    path_ = spool_->path();
  }

  /// DuckDB's messages name the file that it read and go on over lines.
  template <class Step>
  auto in_words_of_the_source(Step step) {
    try {
      return step();
    } catch (duckdb::database_error const& problem) {
      std::string text{problem.full_message()};
      for (auto at = text.find(path_); at != std::string::npos; at = text.find(path_, at + given_.source.size())) {
        text.replace(at, path_.size(), given_.source);
      }
      auto const other_type = given_.sample_rows && text.find("converting column") != std::string::npos;
      throw spillway::error{fmt::format("'{}': {}{}", given_.source, first_lines(text),
                                        other_type ? "; --sample-rows=all looks at all rows for the types" : "")};
    }
  }

  /// The columns as they will be read.
  std::vector<duckdb::column> columns() {
    return in_words_of_the_source(
        [&] { return connection_.query("SELECT * FROM " + from({}) + " LIMIT 0").columns(); });
  }

  /// Hands on the lines that DuckDB did not take, and tells how many there were.
  std::uint64_t hand_on_rejects(io::reject_sink const& rejects) {
    if (format_ == file_format::parquet || given_.common.on_error == io::error_policy::fail) return 0;
    auto found = connection_.query(
        "SELECT line, any_value(byte_position), any_value(csv_line), any_value(error_message) FROM reject_errors "
        "GROUP BY line ORDER BY line");
    std::uint64_t count = 0;
    using text = std::optional<std::string_view>;
    for (auto const& [line, offset, bytes, problem] :
         found.rows<std::uint64_t, std::optional<std::uint64_t>, text, text>()) {
      ++count;
      if (rejects) {
        rejects(
            {given_.source, {.line = line, .offset = offset.value_or(0)}, problem.value_or(""), bytes.value_or("")});
      }
    }
    return count;
  }

  /// The rows, and behind them what they are split and sorted by.
  duckdb::result rows(std::vector<duckdb::column> const& columns) {
    std::string list;
    for (auto const& each : columns) list += expression(each) + " AS " + duckdb::identifier(each.name) + ", ";
    auto const split = duckdb::identifier(split_column);
    auto const shuffle = duckdb::identifier(shuffle_column);
    std::string types;
    if (format_ == file_format::csv) {
      types = fmt::format(", types = {{{}: 'VARCHAR'", duckdb::literal(split_column));
      // NaN and infinities are what DuckDB takes for text, unless it is told.
      if (is_text(columns)) types += fmt::format(", {}: 'DOUBLE'", duckdb::literal(shuffle_column));
      types += '}';
    }
    return in_words_of_the_source([&] {
      return connection_.query(fmt::format("SELECT {}CAST({} AS VARCHAR), CAST({} AS {}) FROM {}", list, split, shuffle,
                                           sort_type(columns), from(types)));
    });
  }

 private:
  [[nodiscard]] std::string scratch() const {
    return given_.common.scratch.empty() ? "/var/tmp" : given_.common.scratch;
  }

  [[nodiscard]] std::string from(std::string const& more) const {
    if (format_ == file_format::parquet) return "read_parquet(" + duckdb::literal(path_) + ')';
    auto const skips = given_.common.on_error == io::error_policy::skip;
    // DuckDB holds a few buffers, each with room for more than a line.
    auto const longest_line = std::clamp<std::uint64_t>(memory_ / 64, 64U << 10U, 16U << 20U);
    return fmt::format(R"(read_csv({}, header = true, delim = ',', quote = '"', escape = '"', compression = 'none', )"
                       "sample_size = {}, max_line_size = {}, buffer_size = {}{}{})",
                       duckdb::literal(path_), given_.sample_rows ? std::to_string(*given_.sample_rows) : "-1",
                       longest_line, 4 * longest_line, skips ? ", store_rejects = true" : "", more);
  }

  /// Values that can't be packed, or that this program does not write as text itself, are left to DuckDB.
  [[nodiscard]] std::string expression(duckdb::column const& of) const {
    auto name = duckdb::identifier(of.name);
    if (given_.format == file_format::csv && has_cell_text(of.type)) return name;
    if (!duckdb::row_codec::can_carry(of)) return fmt::format("to_json({})::VARCHAR", name);
    return given_.format == file_format::csv ? fmt::format("CAST({} AS VARCHAR)", name) : name;
  }

  [[nodiscard]] bool is_text(std::vector<duckdb::column> const& columns) const {
    auto const& shuffle = *std::ranges::find(columns, shuffle_column, &duckdb::column::name);
    return format_ == file_format::csv && shuffle.type == column_type::varchar;
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

  static std::string first_lines(std::string const& text) {
    std::string lines;
    std::size_t taken = 0;
    for (std::size_t at = 0; at < text.size() && taken < 3; ++taken) {
      auto const end = std::min(text.find('\n', at), text.size());
      if (end == at) break;
      lines += (taken == 0 ? "" : "; ") + text.substr(at, end - at);
      at = end + 1;
    }
    return lines;
  }

  settings const& given_;
  std::uint64_t memory_;
  file_format format_;
  std::string path_;
  std::optional<spool> spool_;
  duckdb::database database_;
  duckdb::connection connection_;
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
  auto const columns = source.columns();
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
  source.in_words_of_the_source([&] {
    duckdb::chunks_in_order(
        *rows, given.common.threads, work, [&](row_batch const& batch) { into.append(batch); }, run.stop());
  });
  rows.reset();
  found.rejected = source.hand_on_rejects(rejects);
  return found;
}

}  // namespace pipeline
