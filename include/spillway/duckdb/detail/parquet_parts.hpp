#pragma once

#include <spillway/core/error.hpp>
#include <spillway/duckdb/detail/thrift.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::duckdb::detail {

/// Makes one Parquet file of several with the same columns: their data one behind the other, and a footer that tells
/// of all. (Apache Parquet format 2.11: footers are Thrift structures whose field numbers are named below.)
class parquet_joiner {
 public:
  static constexpr std::string_view magic = "PAR1";
  /// What a file ends with: four bytes of footer length, and the magic.
  static constexpr std::uint64_t tail_size = 8;

  /// The length of the footer that stands before these last bytes of a file of that size.
  static std::uint64_t footer_size(std::string_view tail, std::uint64_t file_size) {
    std::uint32_t size = 0;
    if (tail.size() == tail_size) std::memcpy(&size, tail.data(), sizeof size);
    if (!tail.ends_with(magic) || size + tail_size + magic.size() > file_size) {
      throw error{"a part of a Parquet file is damaged"};
    }
    return size;
  }

  /// Takes in a part whose data, all that is between its first magic and its footer, stand at `offset` of the whole.
  void add(std::string_view footer, std::uint64_t offset) {
    enum : std::int16_t { all_rows = 3, row_groups = 4 };
    auto part = thrift_reader{footer}.structure();
    auto const moved_by = static_cast<std::int64_t>(offset - magic.size());
    if (auto const* const rows = part.field(all_rows)) rows_ += rows->number;
    if (auto* const groups = part.field(row_groups)) {
      for (auto& group : groups->items) add_group(group, moved_by);
      groups->items.clear();
    }
    if (first_.items.empty()) first_ = std::move(part);
  }

  [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }

  /// What comes behind the data.
  [[nodiscard]] std::string end() const {
    enum : std::int16_t { all_rows = 3, row_groups = 4 };
    std::string bytes;
    thrift_writer writer{bytes};
    std::int16_t last = 0;
    for (std::size_t i = 0; i < first_.items.size(); ++i) {
      auto const number = first_.fields[i];
      writer.field_head(first_.items[i].type, last, number);
      last = number;
      if (number == all_rows) {
        writer.write(thrift_value::make_number(thrift_value::i64, rows_));
      } else if (number == row_groups) {
        writer.list_head(thrift_value::structure, groups_);
        bytes += group_bytes_;
      } else {
        writer.write(first_.items[i]);
      }
    }
    bytes += '\0';
    auto const size = static_cast<std::uint32_t>(bytes.size());
    char length[sizeof size];
    std::memcpy(length, &size, sizeof size);
    return bytes.append(length, sizeof size).append(magic);
  }

 private:
  void add_group(thrift_value& group, std::int64_t moved_by) {
    enum : std::int16_t { columns = 1, file_offset = 5, ordinal = 7 };
    move(group, file_offset, moved_by);
    if (auto* const number = group.field(ordinal)) number->number = static_cast<std::int16_t>(groups_);
    if (auto* const list = group.field(columns)) {
      for (auto& column : list->items) move_column(column, moved_by);
    }
    thrift_writer{group_bytes_}.structure(group);
    ++groups_;
  }

  static void move_column(thrift_value& column, std::int64_t moved_by) {
    enum : std::int16_t { file_offset = 2, metadata = 3, offset_index = 4, column_index = 6 };
    enum : std::int16_t { data_page = 9, index_page = 10, dictionary_page = 11, bloom_filter = 14 };
    for (auto const offset : {file_offset, offset_index, column_index}) move(column, offset, moved_by);
    if (auto* const about = column.field(metadata)) {
      for (auto const offset : {data_page, index_page, dictionary_page, bloom_filter}) move(*about, offset, moved_by);
    }
  }

  /// Zero stands for what there isn't.
  static void move(thrift_value& in, std::int16_t field, std::int64_t by) {
    if (auto* const offset = in.field(field); offset != nullptr && offset->number != 0) offset->number += by;
  }

  thrift_value first_;
  std::string group_bytes_;
  std::size_t groups_ = 0;
  std::int64_t rows_ = 0;
};

}  // namespace spillway::duckdb::detail
