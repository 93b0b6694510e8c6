#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/chunks.hpp>
#include <spillway/io/detail/json_line_cursor.hpp>
#include <spillway/io/json_lines_options.hpp>
#include <spillway/io/json_row.hpp>
#include <spillway/io/reading.hpp>

#include <deque>
#include <exception>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::io::detail {

/// Where a line is cut off from the next.
struct after_last_line_end {
  std::size_t operator()(std::string_view bytes) const noexcept { return bytes.rfind('\n') + 1; }
};

/// A line that was not accepted, before it is known how many lines there were in the chunks before.
struct refused_line {
  std::uint64_t line = 0;  ///< within the chunk, from 1
  std::uint64_t column = 0;
  std::uint64_t offset = 0;
  std::string_view bytes;
  std::string problem;
};

/// What came out of a chunk.
template <class Batch>
struct json_chunk {
  Batch batch;
  std::uint64_t records = 0;
  std::uint64_t lines = 0;
  std::pmr::vector<refused_line> refused;
  /// What the caller's step threw, which ended the chunk.
  std::exception_ptr failure = {};
};

/// The reader's stream and state.
class json_input {
 public:
  json_input(byte_source_ptr source, json_lines_options options)
      : source_{std::move(source)},
        options_{std::move(options)},
        chunk_options_{check(options_)},
        reader_{*source_, {}, chunk_options_},
        piece_{options_.memory} {}

  void start(unsigned threads) {
    if (threads == 0) throw argument_error{"reading JSON lines takes at least one thread"};
    if (!cursors_.empty()) throw argument_error{source_->name() + ": a reader can be read only once"};
    for (unsigned i = 0; i < threads; ++i) cursors_.emplace_back(options_.memory, source_->name());
    chunk_options_.threads = threads;
  }

  [[nodiscard]] json_row const& row() const noexcept { return cursors_.front().row(); }
  [[nodiscard]] read_result const& result() const noexcept { return result_; }

  /// Stands on the next good row; false at the end.
  bool next() {
    auto& cursor = cursors_.front();
    for (;;) {
      auto const lines_before = cursor.lines();
      auto const found = cursor.next();
      result_.lines += cursor.lines() - lines_before;
      switch (found) {
        case json_line_cursor::found::row:
          ++result_.records;
          return true;
        case json_line_cursor::found::fault:
          refuse(malformed(cursor), result_.lines);
          break;
        case json_line_cursor::found::nothing:
          if (!next_chunk(cursor)) return false;
      }
    }
  }

  template <class MakeBatch, class Step, class Deliver>
  read_result run(unsigned threads, MakeBatch& make_batch, Step const& step, Deliver& deliver) {
    start(threads);
    using batch = std::invoke_result_t<MakeBatch&>;
    auto const work = [&](chunk const& piece, unsigned worker) {
      auto& cursor = cursors_[worker];
      cursor.start(piece.bytes(), piece.offset(), std::nullopt);
      auto done = json_chunk<batch>{.batch = make_batch(), .refused = std::pmr::vector<refused_line>{options_.memory}};
      work_through(cursor, done, worker, step);
      return done;
    };
    auto const finish = [&](json_chunk<batch>&& done, chunk const& piece) { take(done, piece, deliver); };
    try {
      process_chunks(reader_, chunk_options_, work, finish);
    } catch (parse_error const& problem) {
      name_line(problem);
    }
    return result_;
  }

  template <class MakeBatch, class Step, class Deliver>
  read_result run(unsigned threads, MakeBatch&& make_batch, Step const& step, Deliver&& deliver) {
    return run(threads, make_batch, step, deliver);
  }

 private:
  static chunk_options check(json_lines_options const& options) {
    if (options.chunk_size == 0) throw argument_error{"chunk_size must not be 0"};
    if (options.longest_record == 0 || options.longest_record >= (std::size_t{1} << 30U)) {
      throw argument_error{"longest_record must be at least 1 byte and below 1 GiB"};
    }
    return {.chunk_size = options.chunk_size,
            .longest_record = options.longest_record,
            .threads = 1,
            .memory = options.memory,
            .on_progress = options.on_progress,
            .stop = options.stop};
  }

  bool next_chunk(json_line_cursor& cursor) {
    throw_if_cancelled(options_.stop);
    if (options_.on_progress && piece_.capacity() != 0) options_.on_progress(source_->position());
    try {
      if (!reader_.next(piece_)) return false;
    } catch (parse_error const& problem) {
      name_line(problem);
    }
    result_.bytes += piece_.bytes().size();
    cursor.start(piece_.bytes(), piece_.offset(), result_.lines);
    return true;
  }

  static refused_line malformed(json_line_cursor const& cursor) {
    auto fault = cursor.fault();
    return {cursor.lines(), fault.offset + 1, cursor.offset() + fault.offset, cursor.verbatim(),
            std::move(fault.problem)};
  }

  static refused_line unwanted(json_line_cursor const& cursor, value_error const& problem) {
    auto const* const field = dynamic_cast<json_field_error const*>(&problem);
    auto const column = field != nullptr ? field->column() : 0;
    return {cursor.lines(), column, cursor.offset() + (column == 0 ? 0 : column - 1), cursor.verbatim(),
            problem.what()};
  }

  template <class Batch, class Step>
  void work_through(json_line_cursor& cursor, json_chunk<Batch>& done, unsigned worker, Step const& step) const {
    auto const goes_on = options_.on_error == error_policy::skip;
    for (;;) {
      auto const found = cursor.next();
      if (found == json_line_cursor::found::nothing) break;
      if (found == json_line_cursor::found::row) {
        try {
          step(done.batch, cursor.row(), worker);
          ++done.records;
          continue;
        } catch (value_error const& problem) {
          done.refused.push_back(unwanted(cursor, problem));
        } catch (...) {
          done.failure = std::current_exception();
          break;
        }
      } else {
        done.refused.push_back(malformed(cursor));
      }
      if (!goes_on) break;
    }
    done.lines = cursor.lines();
  }

  /// Takes the chunks in the order of the stream.
  template <class Batch, class Deliver>
  void take(json_chunk<Batch>& done, chunk const& piece, Deliver& deliver) {
    for (auto const& line : done.refused) refuse(line, result_.lines + line.line);
    if (done.failure) std::rethrow_exception(done.failure);
    deliver(done.batch);
    result_.records += done.records;
    result_.lines += done.lines;
    result_.bytes += piece.bytes().size();
  }

  void refuse(refused_line const& refused, std::uint64_t line) {
    auto const place = text_position{line, refused.column, refused.offset};
    if (options_.on_error == error_policy::fail) throw parse_error{source_->name(), place, refused.problem};
    ++result_.rejected;
    if (options_.rejects) options_.rejects({source_->name(), place, refused.problem, refused.bytes});
  }

  /// A line that is too long is found where lines are not counted.
  [[noreturn]] void name_line(parse_error const& problem) const {
    auto place = problem.position();
    if (place.line != 0 || problem.problem() != reader_.too_long()) throw;
    place.line = result_.lines + 1;
    throw parse_error{problem.source(), place, problem.problem()};
  }

  byte_source_ptr source_;
  json_lines_options options_;
  chunk_options chunk_options_;
  chunk_reader<after_last_line_end> reader_;
  chunk piece_;
  std::deque<json_line_cursor> cursors_;
  read_result result_;
};

}  // namespace spillway::io::detail
