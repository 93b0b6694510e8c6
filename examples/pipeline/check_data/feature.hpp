#pragma once

#include <spillway/duckdb/types.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

/// How the values of a feature are compared.
enum class feature_kind {
  whole,     ///< numbers, as 64-bit integers
  number,    ///< numbers, as doubles
  day,       ///< numbers, as days since 1970
  moment,    ///< numbers, as microseconds since 1970
  boolean,   ///< categories
  category,  ///< categories, by their text
};

[[nodiscard]] std::string_view name_of(feature_kind kind) noexcept;
[[nodiscard]] inline bool is_numeric(feature_kind kind) noexcept {
  return kind != feature_kind::boolean && kind != feature_kind::category;
}

/// A feature as one file has it.
struct feature_column {
  spillway::duckdb::column column;
  feature_kind kind = feature_kind::category;
};

/// The kind as which both can be read; nothing if there is none.
[[nodiscard]] std::optional<feature_kind> common_kind(feature_kind one, feature_kind other) noexcept;

[[nodiscard]] feature_kind kind_of(spillway::duckdb::column_type type) noexcept;

/// What DuckDB is asked for to read a column as a kind: BIGINT, DOUBLE or VARCHAR.
[[nodiscard]] std::string expression(spillway::duckdb::column const& of, feature_kind as);

/// A feature of two files, or of one of them.
struct feature {
  std::string name;
  std::optional<feature_column> train = {};
  std::optional<feature_column> eval = {};
};

/// In the order of the first file, then what only the second has. Columns that say where a row belongs are left out.
[[nodiscard]] std::vector<feature> match_features(std::vector<feature_column> const& train,
                                                  std::vector<feature_column> const& eval);

}  // namespace pipeline
