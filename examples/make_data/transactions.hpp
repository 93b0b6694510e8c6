#pragma once

#include "make_data/make_data.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string_view>

namespace make_data {

enum class cell_kind { whole, decimal, text, boolean, day };

struct transaction_column {
  std::string_view name;
  cell_kind kind;
  unsigned digits = 0;  ///< of decimals, behind the point
};

inline constexpr std::size_t transaction_columns = 16;

/// A row: whole numbers, decimals in units of their last digit, the number of a text, 0 or 1, days since 1970.
using transaction = std::array<std::int64_t, transaction_columns>;
inline constexpr std::int64_t null_cell = std::numeric_limits<std::int64_t>::min();

/// Makes the rows of the table, each the same whatever the order they are made in.
class transactions {
 public:
  explicit transactions(recipe const& recipe);
  ~transactions();

  [[nodiscard]] std::array<transaction_column, transaction_columns> const& columns() const { return columns_; }
  /// The texts that a column's cells number.
  [[nodiscard]] std::span<std::string_view const> texts(std::size_t column) const;
  [[nodiscard]] transaction row(std::uint64_t index) const;

 private:
  struct shapes;

  [[nodiscard]] transaction content(std::uint64_t index) const;
  [[nodiscard]] std::int64_t split(std::uint64_t index) const;
  void let_drift(transaction& row, std::uint64_t index) const;

  recipe recipe_;
  std::array<transaction_column, transaction_columns> columns_;
  std::unique_ptr<shapes const> shapes_;
};

/// The header and the rows as CSV.
void write_transactions_csv(recipe const& recipe, spillway::io::output_file& output);

/// The same values as a Parquet file. Not there in builds without DuckDB.
void write_transactions_parquet(recipe const& recipe, std::string const& path);

}  // namespace make_data
