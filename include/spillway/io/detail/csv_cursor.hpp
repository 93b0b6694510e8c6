#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/io/chunks.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/detail/csv_input.hpp>
#include <spillway/io/detail/csv_problem.hpp>
#include <spillway/io/detail/csv_table.hpp>

#include <cstddef>

namespace spillway::io::detail {

/// Reads row by row on the caller's thread.
class csv_cursor {
 public:
  explicit csv_cursor(csv_input& input)
      : input_{input}, piece_{input.options().memory}, table_{input.shared_schema(), input.options().memory} {}

  [[nodiscard]] csv_row const& row() const noexcept { return row_; }

  /// Steps to the next row; false at the end of the input.
  bool next() {
    for (;;) {
      while (next_ != malformed_) {
        auto const row = next_++;
        if (!accept(row)) continue;
        row_.show(table_.index().ends(row), table_.index().fields(row));
        ++input_.result().records;
        return true;
      }
      if (next_ != rows_) {
        refuse(next_++);
        malformed_ = next_malformed(table_, next_);
      } else if (!next_chunk()) {
        return false;
      }
    }
  }

 private:
  bool accept(std::size_t row) {
    if (table_.index().fields(row) == input_.schema().columns) [[likely]]
      return true;
    auto const kind = kind_of(table_, row);
    if (kind == csv_row_kind::ragged) refuse(row);
    return kind == csv_row_kind::row;
  }

  void refuse(std::size_t row) {
    auto const problem = problem_of(table_, row);
    input_.refuse(table_, row, table_.place(problem.at), problem.text);
  }

  bool next_chunk() {
    throw_if_cancelled(input_.options().stop);
    input_.result().lines += lines_;
    lines_ = next_ = malformed_ = rows_ = 0;
    if (!read_chunk()) return false;
    table_.load(piece_.bytes(), input_.data_offset() + piece_.offset(), input_.result().lines);
    row_.look_at(table_);
    rows_ = table_.index().rows();
    malformed_ = next_malformed(table_, 0);
    lines_ = table_.lines();
    input_.result().bytes += piece_.bytes().size();
    if (input_.options().on_progress) input_.options().on_progress(input_.chunks().source().position());
    return true;
  }

  bool read_chunk() {
    try {
      return input_.chunks().next(piece_);
    } catch (parse_error const& e) {
      input_.rethrow_with_line(e);
    }
  }

  csv_input& input_;
  chunk piece_;
  csv_table table_;
  csv_row row_;
  std::size_t next_ = 0;
  /// Rows before this one are well formed.
  std::size_t malformed_ = 0;
  std::size_t rows_ = 0;
  std::uint64_t lines_ = 0;
};

}  // namespace spillway::io::detail
