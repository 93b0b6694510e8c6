#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/progress.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/chunks.hpp>
#include <spillway/io/detail/json_input.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/json_lines_options.hpp>
#include <spillway/io/json_row.hpp>
#include <spillway/io/reading.hpp>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace spillway::io {

/// Reads JSON lines: one JSON object (RFC 8259) a line, from a stream of any size, row by row or on several threads.
///
/// What is read: lines ending in LF or CRLF, the last one with or without; blank lines are passed over; a UTF-8 byte
/// order mark in front is accepted. Names and types of fields may change from line to line. Where a name occurs twice
/// in an object, both are fields of the row, and looking it up gives the first.
///
/// What is refused, line by line, with file, line and column: anything that is not exactly one valid object, down to
/// the spelling of numbers nobody asks for: other values at the top, two documents on a line, a document spread over
/// lines, trailing text, bytes that are not UTF-8, control characters in strings, escaped halves of surrogate pairs,
/// nesting deeper than 1024 levels. Bad lines never disturb the lines after them. A line longer than `longest_record`
/// is always an error.
///
/// A reader is read once, by iterating or by one call of `for_each` or `for_each_batch`. An input range of
/// `json_row const&`; each row is valid until the next step, and copying a row makes it own its bytes.
///
/// Complexity: linear in the bytes. Memory: for each thread a chunk from `json_lines_options::memory`, and 4 bytes for
/// each of its bytes that simdjson allocates itself and that are counted if `memory` is a `memory_budget`: about
/// 1.3 MiB for 256 KiB chunks; a line longer than a chunk makes both grow. Names of fields take up to about 1 MiB more.
class json_lines_reader {
 public:
  /// \throws argument_error for options that make no sense.
  json_lines_reader(byte_source_ptr source, json_lines_options options)
      : input_{std::make_unique<detail::json_input>(std::move(source), std::move(options))} {}

  class iterator {
   public:
    using value_type = json_row;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    [[nodiscard]] json_row const& operator*() const noexcept { return input_->row(); }
    [[nodiscard]] json_row const* operator->() const noexcept { return &input_->row(); }
    iterator& operator++() {
      if (!input_->next()) input_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(iterator const& it, std::default_sentinel_t) noexcept { return it.input_ == nullptr; }

   private:
    friend class json_lines_reader;
    explicit iterator(detail::json_input* input) : input_{input} {}
    detail::json_input* input_ = nullptr;
  };

  /// Stands on the first row.
  /// \throws argument_error if the reader was read before. Here and in `++`: parse_error for the first bad line, unless
  ///         `on_error` is `skip`; cancelled; budget_exceeded; what the source and the reject sink throw.
  [[nodiscard]] iterator begin() {
    input_->start(1);
    return ++iterator{input_.get()};
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
  /// A value_error that `step` throws, as `row.as<T>(name)` does, refuses the row: it becomes a parse_error with file,
  /// line and column, or with `error_policy::skip` a reject. A step that refuses rows must do so before it changes
  /// anything, since what it did stays done. Every other exception passes through unchanged. The error that is first
  /// in the input is the one thrown, whatever the number of threads; rejects reach their sink in the order of the
  /// input. \throws argument_error if `threads` is 0 or the reader was read before, and what iterating throws.
  template <class Step>
    requires std::invocable<Step&, json_row const&, unsigned>
  read_result for_each(unsigned threads, Step&& step) {
    struct nothing {};
    return input_->run(
        threads, [] { return nothing{}; },
        [&step](nothing&, json_row const& row, unsigned worker) { step(row, worker); }, [](nothing&) {});
  }

  /// As `for_each`, but in order where it counts: every chunk gets a batch of its own from `make_batch()`, its rows are
  /// added by `step(batch, row)`, and `deliver(batch)` takes the batches one after the other in the order of the input.
  ///
  /// `make_batch` and `step` are called concurrently, `deliver` by one thread at a time. When an error ends the
  /// reading, the batches of all chunks before it were delivered, and none after.
  template <class MakeBatch, class Step, class Deliver>
    requires std::invocable<MakeBatch&> && std::invocable<Step&, std::invoke_result_t<MakeBatch&>&, json_row const&> &&
             std::invocable<Deliver&, std::invoke_result_t<MakeBatch&>&>
  read_result for_each_batch(unsigned threads, MakeBatch&& make_batch, Step&& step, Deliver&& deliver) {
    using batch = std::invoke_result_t<MakeBatch&>;
    return input_->run(
        threads, make_batch, [&step](batch& into, json_row const& row, unsigned) { step(into, row); }, deliver);
  }

 private:
  std::unique_ptr<detail::json_input> input_;
};

/// Reads JSON lines from a stream.
[[nodiscard]] inline json_lines_reader read_jsonl(byte_source_ptr source, json_lines_options options = {}) {
  return json_lines_reader{std::move(source), std::move(options)};
}

/// Reads JSON lines from a file, plain or compressed; `-` is stdin. See `open_input`.
[[nodiscard]] inline json_lines_reader read_jsonl(std::string const& path, json_lines_options options = {}) {
  auto source = open_input(path, {.memory = options.memory, .stop = options.stop});
  return read_jsonl(std::move(source), std::move(options));
}

}  // namespace spillway::io
