#include "pipeline/check_data/feature.hpp"

#include "pipeline/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
using duckdb::column_type;

std::string_view name_of(feature_kind kind) noexcept {
  switch (kind) {
    case feature_kind::whole:
      return "integer";
    case feature_kind::number:
      return "number";
    case feature_kind::day:
      return "date";
    case feature_kind::moment:
      return "timestamp";
    case feature_kind::boolean:
      return "boolean";
    case feature_kind::category:
      return "category";
  }
  return "";
}

std::optional<feature_kind> common_kind(feature_kind one, feature_kind other) noexcept {
  auto const are = [&](feature_kind a, feature_kind b) { return (one == a && other == b) || (one == b && other == a); };
  if (one == other) return one;
  if (are(feature_kind::whole, feature_kind::number)) return feature_kind::number;
  if (are(feature_kind::day, feature_kind::moment)) return feature_kind::moment;
  return std::nullopt;
}

feature_kind kind_of(column_type type) noexcept {
  switch (type) {
    case column_type::tinyint:
    case column_type::smallint:
    case column_type::integer:
    case column_type::bigint:
    case column_type::utinyint:
    case column_type::usmallint:
    case column_type::uinteger:
      return feature_kind::whole;
    case column_type::ubigint:
    case column_type::hugeint:
    case column_type::uhugeint:
    case column_type::decimal:
    case column_type::real:
    case column_type::double_precision:
    case column_type::time:
    case column_type::interval:
      return feature_kind::number;
    case column_type::date:
      return feature_kind::day;
    case column_type::timestamp:
    case column_type::timestamp_s:
    case column_type::timestamp_ms:
    case column_type::timestamp_ns:
    case column_type::timestamp_tz:
      return feature_kind::moment;
    case column_type::boolean:
      return feature_kind::boolean;
    default:
      return feature_kind::category;
  }
}

namespace {

bool is_nested(column_type type) noexcept { return duckdb::type_name(type).starts_with("type "); }

}  // namespace

std::string expression(duckdb::column const& of, feature_kind as) {
  auto const name = duckdb::identifier(of.name);
  switch (as) {
    case feature_kind::whole:
      return fmt::format("CAST({} AS BIGINT)", name);
    case feature_kind::number:
      if (of.type == column_type::time || of.type == column_type::interval) return fmt::format("epoch({})", name);
      return fmt::format("CAST({} AS DOUBLE)", name);
    case feature_kind::day:
      return fmt::format("CASE WHEN isfinite({0}) THEN date_diff('day', DATE '1970-01-01', {0}) END", name);
    case feature_kind::moment: {
      auto const value = of.type == column_type::timestamp_tz ? name : fmt::format("CAST({} AS TIMESTAMP)", name);
      return fmt::format("CASE WHEN isfinite({0}) THEN epoch_us({1}) END", name, value);
    }
    case feature_kind::boolean:
    case feature_kind::category:
      return is_nested(of.type) ? fmt::format("to_json({})::VARCHAR", name) : fmt::format("CAST({} AS VARCHAR)", name);
  }
  return name;
}

std::vector<feature> match_features(std::vector<feature_column> const& train, std::vector<feature_column> const& eval) {
  std::vector<feature> features;
  auto const add = [&](std::vector<feature_column> const& columns, std::optional<feature_column> feature::*side) {
    for (auto const& each : columns) {
      auto const& name = each.column.name;
      if (name == split_column || name == shuffle_column) continue;
      auto found = std::ranges::find(features, name, &feature::name);
      if (found == features.end()) found = features.insert(found, feature{.name = name});
      (*found).*side = each;
    }
  };
  add(train, &feature::train);
  add(eval, &feature::eval);
  return features;
}

}  // namespace pipeline
