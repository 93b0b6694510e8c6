#pragma once

#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/csv_row_packing.hpp>

#include <cstddef>
#include <string_view>

namespace spillway::sort {

/// Packs rows of CSV as the bytes they were read from. For rows of the reader it was made with, and of others with the
/// same columns and dialect.
///
/// Rows that come back know neither the line nor the offset they had.
class csv_row_codec {
 public:
  using slot = io::csv_row_packing::buffer;

  explicit csv_row_codec(io::csv_reader const& reader) : packing_{reader} {}

  /// \throws argument_error for a row with other columns or of another dialect.
  [[nodiscard]] std::size_t size(io::csv_row const& row) const { return packing_.size(row); }
  void write(io::csv_row const& row, char* to) const noexcept { packing_.write(row, to); }
  [[nodiscard]] io::csv_row const& read(std::string_view bytes, slot& into) const { return packing_.read(bytes, into); }

 private:
  io::csv_row_packing packing_;
};

}  // namespace spillway::sort
