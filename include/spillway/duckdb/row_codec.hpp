#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/types.hpp>

#include <duckdb.h>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::duckdb {

namespace detail {

inline constexpr std::size_t not_carried = ~std::size_t{0};

/// Bytes that a value takes in a vector; 0 for those of any length; `not_carried` for nested and other types.
inline std::size_t stored_width(column const& of) noexcept {
  switch (of.type) {
    case column_type::boolean:
    case column_type::tinyint:
    case column_type::utinyint:
      return 1;
    case column_type::smallint:
    case column_type::usmallint:
      return 2;
    case column_type::integer:
    case column_type::uinteger:
    case column_type::real:
    case column_type::date:
      return 4;
    case column_type::bigint:
    case column_type::ubigint:
    case column_type::double_precision:
    case column_type::time:
    case column_type::time_tz:
    case column_type::timestamp:
    case column_type::timestamp_s:
    case column_type::timestamp_ms:
    case column_type::timestamp_ns:
    case column_type::timestamp_tz:
      return 8;
    case column_type::hugeint:
    case column_type::uhugeint:
    case column_type::uuid:
    case column_type::interval:
      return 16;
    case column_type::decimal:
      return of.width <= 4 ? 2 : of.width <= 9 ? 4 : of.width <= 18 ? 8 : 16;
    case column_type::varchar:
    case column_type::blob:
    case column_type::bit:
      return 0;
  }
  return not_carried;
}

/// Calls `step` with the width as a constant, which makes copying a value one instruction.
template <class Step>
void with_width(std::size_t width, Step step) {
  switch (width) {
    case 1:
      return step(std::integral_constant<std::size_t, 1>{});
    case 2:
      return step(std::integral_constant<std::size_t, 2>{});
    case 4:
      return step(std::integral_constant<std::size_t, 4>{});
    case 8:
      return step(std::integral_constant<std::size_t, 8>{});
    default:
      return step(std::integral_constant<std::size_t, 16>{});
  }
}

/// A length before the bytes of a text: one byte, or 255 and four more.
struct text_length {
  static constexpr std::size_t longest_short = 254;
  static constexpr std::size_t size(std::size_t length) noexcept { return length <= longest_short ? 1 : 5; }
  static char* write(char* out, std::size_t length) noexcept {
    if (length <= longest_short) {
      *out = static_cast<char>(length);
      return out + 1;
    }
    *out = '\xff';
    auto const wide = static_cast<std::uint32_t>(length);
    std::memcpy(out + 1, &wide, sizeof wide);
    return out + 1 + sizeof wide;
  }
  static char const* read(char const* from, std::uint32_t& length) noexcept {
    length = static_cast<unsigned char>(*from++);
    if (length <= longest_short) return from;
    std::memcpy(&length, from, sizeof length);
    return from + sizeof length;
  }
};

}  // namespace detail

/// Rows of bytes, one behind the other.
class packed_rows {
 public:
  explicit packed_rows(std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : bytes_{memory}, ends_{memory} {}

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t row) const noexcept {
    return {bytes_.data() + begin_of(row), ends_[row] - begin_of(row)};
  }
  /// The same bytes, for what the caller keeps in front.
  [[nodiscard]] std::span<char> writable(std::size_t row) noexcept {
    return {bytes_.data() + begin_of(row), ends_[row] - begin_of(row)};
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.size(); }

 private:
  friend class row_codec;

  [[nodiscard]] std::size_t begin_of(std::size_t row) const noexcept { return row == 0 ? 0 : ends_[row - 1]; }

  std::pmr::vector<char> bytes_;
  std::pmr::vector<std::size_t> ends_;
};

/// Turns the rows of chunks into bytes and back, so that rows can be sorted, spilled or sent: whatever the columns are,
/// all scalar types, nulls included.
///
/// A row is: what the caller keeps in front, a bit for each null, the values of fixed size, the texts with their
/// lengths. The bytes are of this machine (its endianness) and this version, not for keeping.
/// Complexity: packing goes column by column, a few nanoseconds a value. Thread safety: members may be called at any
/// time by several threads.
class row_codec {
 public:
  /// `in_front` bytes of each row are left to the caller.
  /// \throws argument_error for a column of a nested type.
  explicit row_codec(std::vector<column> columns, std::size_t in_front = 0)
      : columns_{std::move(columns)}, in_front_{in_front}, fixed_size_{in_front + (columns_.size() + 7) / 8} {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      auto const width = detail::stored_width(columns_[i]);
      if (width == detail::not_carried) refuse(columns_[i]);
      if (width == 0) {
        texts_.push_back({i, 0, 0});
      } else {
        fixed_.push_back({i, width, fixed_size_});
        fixed_size_ += width;
      }
    }
  }

  /// Whether columns of that type can be carried row by row.
  [[nodiscard]] static bool can_carry(column const& of) noexcept {
    return detail::stored_width(of) != detail::not_carried;
  }

  [[nodiscard]] std::vector<column> const& columns() const noexcept { return columns_; }
  /// Bytes of a row without its texts.
  [[nodiscard]] std::size_t fixed_size() const noexcept { return fixed_size_; }

  /// Replaces the contents of `to`. The chunk may have more columns than the codec. What the caller keeps in front is
  /// zero at first.
  void pack(chunk const& rows, packed_rows& to) const {
    auto const count = rows.size();
    lay_out(rows, to);
    for (std::size_t row = 0; row < count; ++row) std::memset(to.writable(row).data(), 0, fixed_size_);
    for (auto const& each : fixed_) pack_fixed(vector_of(rows, each.column), each, to);
    pack_texts(rows, to);
  }

 private:
  friend class row_unpacker;

  struct field {
    std::size_t column;
    std::size_t width;
    std::size_t offset;
  };
  struct vector {
    char const* values;
    std::uint64_t const* validity;
    [[nodiscard]] bool is_null(std::size_t row) const noexcept {
      return validity != nullptr && (validity[row / 64] >> (row % 64) & 1U) == 0;
    }
    [[nodiscard]] std::string_view text(std::size_t row) const noexcept {
      return detail::storage<std::string_view>::load(reinterpret_cast<duckdb_string_t const*>(values)[row]);
    }
  };

  [[noreturn]] static void refuse(column const& of) {
    throw argument_error{"column '" + of.name + "' is of " + type_name(of.type) +
                         ", which can't be carried row by row: cast it in the query"};
  }

  static vector vector_of(chunk const& rows, std::size_t column) {
    auto* const found = duckdb_data_chunk_get_vector(rows.raw(), column);
    return {static_cast<char const*>(duckdb_vector_get_data(found)), duckdb_vector_get_validity(found)};
  }

  void lay_out(chunk const& rows, packed_rows& to) const {
    to.ends_.assign(rows.size(), fixed_size_);
    for (auto const& each : texts_) {
      auto const from = vector_of(rows, each.column);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (from.is_null(row)) continue;
        auto const length = from.text(row).size();
        to.ends_[row] += detail::text_length::size(length) + length;
      }
    }
    std::size_t end = 0;
    for (auto& each : to.ends_) each = end += each;
    to.bytes_.resize(end);
  }

  void set_null(char* row, std::size_t column) const noexcept {
    auto& bits = row[in_front_ + column / 8];
    bits = static_cast<char>(static_cast<unsigned char>(bits) | 1U << (column % 8));
  }
  [[nodiscard]] bool is_null(char const* row, std::size_t column) const noexcept {
    return (static_cast<unsigned char>(row[in_front_ + column / 8]) >> (column % 8) & 1U) != 0;
  }

  void pack_fixed(vector from, field const& to_field, packed_rows& to) const {
    detail::with_width(to_field.width, [&](auto width) {
      auto* row = to.bytes_.data();
      for (std::size_t i = 0; i < to.ends_.size(); ++i) {
        if (from.is_null(i)) {
          set_null(row, to_field.column);
        } else {
          std::memcpy(row + to_field.offset, from.values + i * width, width);
        }
        row = to.bytes_.data() + to.ends_[i];
      }
    });
  }

  /// Row by row, since where a text goes depends on those before it.
  void pack_texts(chunk const& rows, packed_rows& to) const {
    std::vector<std::pair<std::size_t, vector>> from;
    from.reserve(texts_.size());
    for (auto const& each : texts_) from.emplace_back(each.column, vector_of(rows, each.column));
    for (std::size_t row = 0; row < rows.size(); ++row) {
      auto* const begin = to.bytes_.data() + to.begin_of(row);
      auto* at = begin + fixed_size_;
      for (auto const& [column, values] : from) {
        if (values.is_null(row)) {
          set_null(begin, column);
          continue;
        }
        auto const text = values.text(row);
        at = detail::text_length::write(at, text.size());
        at += text.copy(at, text.size());
      }
      assert(at == to.bytes_.data() + to.ends_[row]);
    }
  }

  std::vector<column> columns_;
  std::vector<field> fixed_;
  std::vector<field> texts_;
  std::size_t in_front_;
  std::size_t fixed_size_;
};

/// Puts packed rows into a chunk, of which it keeps the addresses: every chunk needs its own.
class row_unpacker {
 public:
  /// Codec and chunk must have the same columns and outlive it.
  row_unpacker(row_codec const& codec, chunk_builder& to) : codec_{&codec} {
    for (auto const& each : codec.fixed_) fixed_.push_back({each, target{to, each.column}});
    for (auto const& each : codec.texts_) texts_.push_back({each, target{to, each.column}});
  }

  /// \pre `bytes` were packed by the codec, and `row` is below the chunk's capacity.
  void set(std::size_t row, std::string_view bytes) {
    assert(bytes.size() >= codec_->fixed_size());
    auto const* const from = bytes.data();
    for (auto& [field, to] : fixed_) {
      auto* const place = static_cast<char*>(to.values) + row * field.width;
      detail::with_width(field.width, [&](auto width) { std::memcpy(place, from + field.offset, width); });
      if (codec_->is_null(from, field.column)) [[unlikely]]
        to.set_null(row);
    }
    auto const* at = from + codec_->fixed_size();
    for (auto& [field, to] : texts_) {
      if (codec_->is_null(from, field.column)) {
        to.set_null(row);
        continue;
      }
      std::uint32_t length = 0;
      at = detail::text_length::read(at, length);
      to.set_text(row, {at, length});
      at += length;
    }
  }

 private:
  struct target {
    target(chunk_builder& to, std::size_t column)
        : vector{duckdb_data_chunk_get_vector(to.raw(), column)}, values{duckdb_vector_get_data(vector)} {}

    void set_null(std::size_t row) {
      if (validity == nullptr) {
        duckdb_vector_ensure_validity_writable(vector);
        validity = duckdb_vector_get_validity(vector);
      }
      validity[row / 64] &= ~(std::uint64_t{1} << (row % 64));
    }

    /// A short text lies in the vector itself, padded with zeros, which saves the call.
    void set_text(std::size_t row, std::string_view text) {
      auto& place = static_cast<duckdb_string_t*>(values)[row];
      if (text.size() > sizeof place.value.inlined.inlined) {
        duckdb_vector_assign_string_element_len(vector, row, text.data(), text.size());
        return;
      }
      std::memset(&place, 0, sizeof place);
      place.value.inlined.length = static_cast<std::uint32_t>(text.size());
      text.copy(place.value.inlined.inlined, text.size());
    }

    duckdb_vector vector;
    void* values;
    std::uint64_t* validity = nullptr;
  };

  row_codec const* codec_;
  std::vector<std::pair<row_codec::field, target>> fixed_;
  std::vector<std::pair<row_codec::field, target>> texts_;
};

}  // namespace spillway::duckdb
