#pragma once

#include <spillway/duckdb/detail/handle.hpp>
#include <spillway/duckdb/error.hpp>

#include <duckdb.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace spillway::duckdb {

/// The SQL types of columns. Those that have a C++ type, see `column_value`, can be looked into; of the others rows can
/// be carried from one place to another, by a `row_codec`. Nested types can't: cast them in the query.
enum class column_type {
  boolean = DUCKDB_TYPE_BOOLEAN,
  tinyint = DUCKDB_TYPE_TINYINT,
  smallint = DUCKDB_TYPE_SMALLINT,
  integer = DUCKDB_TYPE_INTEGER,
  bigint = DUCKDB_TYPE_BIGINT,
  utinyint = DUCKDB_TYPE_UTINYINT,
  usmallint = DUCKDB_TYPE_USMALLINT,
  uinteger = DUCKDB_TYPE_UINTEGER,
  ubigint = DUCKDB_TYPE_UBIGINT,
  real = DUCKDB_TYPE_FLOAT,
  double_precision = DUCKDB_TYPE_DOUBLE,
  varchar = DUCKDB_TYPE_VARCHAR,
  date = DUCKDB_TYPE_DATE,
  timestamp = DUCKDB_TYPE_TIMESTAMP,
  hugeint = DUCKDB_TYPE_HUGEINT,
  uhugeint = DUCKDB_TYPE_UHUGEINT,
  decimal = DUCKDB_TYPE_DECIMAL,
  blob = DUCKDB_TYPE_BLOB,
  bit = DUCKDB_TYPE_BIT,
  time = DUCKDB_TYPE_TIME,
  time_tz = DUCKDB_TYPE_TIME_TZ,
  timestamp_s = DUCKDB_TYPE_TIMESTAMP_S,
  timestamp_ms = DUCKDB_TYPE_TIMESTAMP_MS,
  timestamp_ns = DUCKDB_TYPE_TIMESTAMP_NS,
  timestamp_tz = DUCKDB_TYPE_TIMESTAMP_TZ,
  interval = DUCKDB_TYPE_INTERVAL,
  uuid = DUCKDB_TYPE_UUID,
};

/// DATE.
using date = std::chrono::sys_days;
/// TIMESTAMP: microseconds since 1970, without a zone.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// A column's name and type.
struct column {
  std::string name;
  column_type type;
  /// Of a decimal: all digits, and those behind the point.
  std::uint8_t width = 0;
  std::uint8_t scale = 0;
  friend bool operator==(column const&, column const&) = default;
};

/// As SQL spells it; of a type that is none of `column_type`, its number.
[[nodiscard]] inline std::string type_name(column_type type) {
  switch (type) {
    case column_type::boolean:
      return "BOOLEAN";
    case column_type::tinyint:
      return "TINYINT";
    case column_type::smallint:
      return "SMALLINT";
    case column_type::integer:
      return "INTEGER";
    case column_type::bigint:
      return "BIGINT";
    case column_type::utinyint:
      return "UTINYINT";
    case column_type::usmallint:
      return "USMALLINT";
    case column_type::uinteger:
      return "UINTEGER";
    case column_type::ubigint:
      return "UBIGINT";
    case column_type::real:
      return "FLOAT";
    case column_type::double_precision:
      return "DOUBLE";
    case column_type::varchar:
      return "VARCHAR";
    case column_type::date:
      return "DATE";
    case column_type::timestamp:
      return "TIMESTAMP";
    case column_type::hugeint:
      return "HUGEINT";
    case column_type::uhugeint:
      return "UHUGEINT";
    case column_type::decimal:
      return "DECIMAL";
    case column_type::blob:
      return "BLOB";
    case column_type::bit:
      return "BIT";
    case column_type::time:
      return "TIME";
    case column_type::time_tz:
      return "TIME WITH TIME ZONE";
    case column_type::timestamp_s:
      return "TIMESTAMP_S";
    case column_type::timestamp_ms:
      return "TIMESTAMP_MS";
    case column_type::timestamp_ns:
      return "TIMESTAMP_NS";
    case column_type::timestamp_tz:
      return "TIMESTAMP WITH TIME ZONE";
    case column_type::interval:
      return "INTERVAL";
    case column_type::uuid:
      return "UUID";
  }
  return "type " + std::to_string(static_cast<int>(type));
}

namespace detail {

using logical_type = handle<duckdb_logical_type, duckdb_destroy_logical_type>;

inline logical_type make_logical_type(column const& of) {
  if (of.type == column_type::decimal) return logical_type{duckdb_create_decimal_type(of.width, of.scale)};
  return logical_type{duckdb_create_logical_type(static_cast<duckdb_type>(of.type))};
}

inline column describe_column(char const* name, logical_type const& type) {
  column described{name, static_cast<column_type>(duckdb_get_type_id(type.get()))};
  if (described.type == column_type::decimal) {
    described.width = duckdb_decimal_width(type.get());
    described.scale = duckdb_decimal_scale(type.get());
  }
  return described;
}

/// How a C++ type lies in a vector. The default: as itself.
template <class T, column_type Type>
struct plain_storage {
  using stored = T;
  static constexpr column_type type = Type;
  static T load(stored const& value) noexcept { return value; }
  static stored store(T value) noexcept { return value; }
};

template <class T>
struct storage;
template <>
struct storage<bool> : plain_storage<bool, column_type::boolean> {};
template <>
struct storage<std::int8_t> : plain_storage<std::int8_t, column_type::tinyint> {};
template <>
struct storage<std::int16_t> : plain_storage<std::int16_t, column_type::smallint> {};
template <>
struct storage<std::int32_t> : plain_storage<std::int32_t, column_type::integer> {};
template <>
struct storage<std::int64_t> : plain_storage<std::int64_t, column_type::bigint> {};
template <>
struct storage<std::uint8_t> : plain_storage<std::uint8_t, column_type::utinyint> {};
template <>
struct storage<std::uint16_t> : plain_storage<std::uint16_t, column_type::usmallint> {};
template <>
struct storage<std::uint32_t> : plain_storage<std::uint32_t, column_type::uinteger> {};
template <>
struct storage<std::uint64_t> : plain_storage<std::uint64_t, column_type::ubigint> {};
template <>
struct storage<float> : plain_storage<float, column_type::real> {};
template <>
struct storage<double> : plain_storage<double, column_type::double_precision> {};

template <>
struct storage<date> {
  using stored = std::int32_t;
  static constexpr column_type type = column_type::date;
  static date load(stored days) noexcept { return date{std::chrono::days{days}}; }
  static stored store(date day) noexcept { return static_cast<stored>(day.time_since_epoch().count()); }
};

template <>
struct storage<timestamp> {
  using stored = std::int64_t;
  static constexpr column_type type = column_type::timestamp;
  static timestamp load(stored microseconds) noexcept { return timestamp{std::chrono::microseconds{microseconds}}; }
  static stored store(timestamp time) noexcept { return time.time_since_epoch().count(); }
};

template <>
struct storage<std::string_view> {
  using stored = duckdb_string_t;
  static constexpr column_type type = column_type::varchar;
  /// Short strings lie in the vector itself.
  static std::string_view load(stored const& value) noexcept {
    auto const size = value.value.inlined.length;
    return {size <= sizeof value.value.inlined.inlined ? value.value.inlined.inlined : value.value.pointer.ptr, size};
  }
};

}  // namespace detail

/// A type that columns can be read and written as: bool, integers, float, double, std::string_view, date, timestamp.
template <class T>
concept column_value = requires { detail::storage<T>::type; };

/// The column type of a C++ type.
template <column_value T>
inline constexpr column_type column_type_of = detail::storage<T>::type;

/// 'text' as an SQL string, with its quotes doubled.
[[nodiscard]] inline std::string literal(std::string_view text) {
  std::string out{'\''};
  for (char const c : text) out.append(c == '\'' ? 2 : 1, c);
  return out += '\'';
}

/// "name" as an SQL identifier, with its quotes doubled.
[[nodiscard]] inline std::string identifier(std::string_view name) {
  std::string out{'"'};
  for (char const c : name) out.append(c == '"' ? 2 : 1, c);
  return out += '"';
}

}  // namespace spillway::duckdb
