#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/csv_options.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/detail/csv_cursor.hpp>
#include <spillway/io/detail/csv_input.hpp>
#include <spillway/io/detail/csv_workers.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/plain_file.hpp>
#include <spillway/io/reading.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace spillway::io {

/// Reads CSV (RFC 4180 and its dialects) from a stream of any size, row by row or on several threads.
///
/// What is read: fields with or without quotes, a quote inside quotes doubled, delimiters and line ends inside quotes;
/// lines ending in LF, CRLF or both mixed (a CR elsewhere is data, save one that ends the input); a last line with or
/// without its end; a UTF-8 byte order mark in front. Blank lines are no rows, unless there is exactly one column,
/// where one is a row with an empty field; those before the header or first row never count. Bytes are not checked to
/// be UTF-8, and nothing is trimmed.
///
/// What is refused, row by row, with file, line and column: too few or too many fields (`ragged_rows`), a quote inside
/// an unquoted field, anything between a closing quote and the end of its field. The parity of quotes alone tells where
/// rows end, so such a row may reach to the next line that ends outside quotes. A quoted field that is still open at
/// the end of the input makes the rest of the input one bad row. A row longer than `longest_record` is always an error.
///
/// A reader is read once, by iterating or by one call of `for_each` or `for_each_batch`. An input range of
/// `csv_row const&`; each row is valid until the next step, and copying a row makes it own its bytes.
///
/// Complexity: each byte is looked at once for the structure; fields cost nothing until they are asked for.
/// Memory, all from `csv_options::memory`: for each thread a chunk, and 4 bytes for each of its fields and rows (at
/// most 8 times the chunk, for bytes that are nothing but line ends); a row longer than a chunk makes the chunk grow.
class csv_reader {
 public:
  /// \throws argument_error for options that make no sense; parse_error for an input without the header it should have,
  ///         or without a required column; what the source throws.
  csv_reader(byte_source_ptr source, csv_options options)
      : input_{std::make_unique<detail::csv_input>(std::move(source), std::move(options))} {}

  /// The names of the columns, in order. Empty if the input has no header and `column_names` gave none.
  [[nodiscard]] std::span<std::string const> header() const noexcept { return input_->schema().names; }

  [[nodiscard]] char delimiter() const noexcept { return input_->options().delimiter; }
  [[nodiscard]] std::optional<char> quote() const noexcept { return input_->options().quote; }

  /// Which column has that name; an index for `csv_row`.
  /// \throws argument_error if there is none, naming those there are, or more than one.
  [[nodiscard]] std::size_t column(std::string_view name) const { return input_->schema().index_of(name); }

  /// The file that was opened, if it can be read again and by position: a regular file that isn't compressed.
  [[nodiscard]] std::optional<plain_file> reread() const { return input_->reread(); }
  [[nodiscard]] csv_options const& options() const noexcept { return input_->options(); }

  class iterator {
   public:
    using value_type = csv_row;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    [[nodiscard]] csv_row const& operator*() const noexcept { return cursor_->row(); }
    [[nodiscard]] csv_row const* operator->() const noexcept { return &cursor_->row(); }
    iterator& operator++() {
      if (!cursor_->next()) cursor_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(iterator const& it, std::default_sentinel_t) noexcept { return it.cursor_ == nullptr; }

   private:
    friend class csv_reader;
    explicit iterator(detail::csv_cursor* cursor) : cursor_{cursor} {}
    detail::csv_cursor* cursor_ = nullptr;
  };

  /// Stands on the first row.
  /// \throws argument_error if the reader was read before. Here and in `++`: parse_error for the first bad row, unless
  ///         `on_error` is `skip`; cancelled; what the source and the reject sink throw.
  [[nodiscard]] iterator begin() {
    input_->start();
    cursor_ = std::make_unique<detail::csv_cursor>(*input_);
    return ++iterator{cursor_.get()};
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

  /// What was read so far.
  [[nodiscard]] read_result result() const noexcept { return input_->result(); }

  /// Calls `step(row, worker)` for every row, on `threads` threads, the caller's one of them. `worker` is below
  /// `threads` and tells them apart: give each its own counter and add them up afterwards.
  ///
  /// The rows of one chunk come in order to one worker; different chunks are worked on at the same time, so `step` must
  /// bear being called concurrently, and rows further on may have been seen when an error is thrown.
  ///
  /// A value_error or parse_error that `step` throws refuses the row: it becomes a parse_error with file, line and
  /// column, or with `error_policy::skip` a reject. A step that refuses rows must do so before it changes anything,
  /// since what it did stays done. Every other exception passes through unchanged. The error that is first in the
  /// input is the one thrown, whatever the number of threads; rejects reach their sink in the order of the input.
  /// \throws argument_error if `threads` is 0 or the reader was read before, and what iterating throws.
  template <class Step>
    requires std::invocable<Step&, csv_row const&, unsigned>
  read_result for_each(unsigned threads, Step&& step) {
    struct nothing {};
    return run(
        threads, [] { return nothing{}; },
        [&step](nothing&, csv_row const& row, unsigned worker) { step(row, worker); }, [](nothing&) {});
  }

  /// As `for_each`, but in order where it counts: every chunk gets a batch of its own from `make_batch()`, its rows are
  /// added by `step(batch, row)`, and `deliver(batch)` takes the batches one after the other in the order of the input.
  ///
  /// `make_batch` and `step` are called concurrently, `deliver` by one thread at a time. When an error ends the
  /// reading, the batches of all chunks before it were delivered, and none after.
  template <class MakeBatch, class Step, class Deliver>
    requires std::invocable<MakeBatch&> && std::invocable<Step&, std::invoke_result_t<MakeBatch&>&, csv_row const&> &&
             std::invocable<Deliver&, std::invoke_result_t<MakeBatch&>&>
  read_result for_each_batch(unsigned threads, MakeBatch&& make_batch, Step&& step, Deliver&& deliver) {
    using batch = std::invoke_result_t<MakeBatch&>;
    return run(
        threads, make_batch, [&step](batch& into, csv_row const& row, unsigned) { step(into, row); }, deliver);
  }

 private:
  friend class csv_row_packing;

  template <class MakeBatch, class Step, class Deliver>
  read_result run(unsigned threads, MakeBatch&& make_batch, Step&& step, Deliver&& deliver) {
    if (threads == 0) throw argument_error{"reading CSV takes at least one thread"};
    input_->start();
    detail::csv_workers workers{*input_, threads};
    workers.run(make_batch, step, deliver);
    return input_->result();
  }

  std::unique_ptr<detail::csv_input> input_;
  std::unique_ptr<detail::csv_cursor> cursor_;
};

/// Reads a CSV file, compressed or not; `-` is stdin.
/// \throws what `open_input` and the reader's constructor throw.
[[nodiscard]] inline csv_reader read_csv(std::string const& path, csv_options options = {}) {
  auto source = open_input(path, {.memory = options.memory, .stop = options.stop});
  return csv_reader{std::move(source), std::move(options)};
}

/// Reads CSV from a stream.
[[nodiscard]] inline csv_reader read_csv(byte_source_ptr source, csv_options options = {}) {
  return csv_reader{std::move(source), std::move(options)};
}

}  // namespace spillway::io
