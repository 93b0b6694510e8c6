#pragma once

#include <spillway/io/csv_row.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/split/detail/byte_buffer.hpp>
#include <spillway/split/detail/csv_plan.hpp>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace spillway::split::detail {

inline void append_as_read(byte_buffer& to, std::string_view row, csv_plan const& plan) {
  auto* at = to.reserve(row.size() + 4);
  std::memcpy(at, row.data(), row.size());
  auto size = row.size();
  if (row.empty() && plan.has_quotes) {
    at[size++] = plan.format.quote;
    at[size++] = plan.format.quote;
  }
  // A row that ends in a carriage return keeps it only before another one.
  if (plan.format.line_end == io::line_end::crlf || row.ends_with('\r')) at[size++] = '\r';
  at[size++] = '\n';
  to.advance(size);
}

/// With its line end.
inline void append_row(byte_buffer& to, io::csv_row const& row, csv_plan const& plan) {
  if (plan.as_read || row.is_written_with(plan.format.delimiter, plan.format.quote)) [[likely]] {
    append_as_read(to, row.verbatim(), plan);
  } else {
    io::csv_writer<byte_buffer> writer{to, plan.format};
    writer(row);
  }
}

}  // namespace spillway::split::detail
