#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/chunks.hpp>
#include <spillway/io/csv_options.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/detail/csv_problem.hpp>
#include <spillway/io/detail/csv_scan.hpp>
#include <spillway/io/detail/csv_table.hpp>
#include <spillway/io/plain_file.hpp>
#include <spillway/io/reading.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io::detail {

/// A stream of which the first bytes were read already: it gives them again.
class resumed_source final : public byte_source {
 public:
  resumed_source(byte_source_ptr source, std::pmr::memory_resource* memory)
      : source_{std::move(source)}, front_{memory} {}

  /// The bytes to give before those of the source.
  [[nodiscard]] std::pmr::vector<char>& front() noexcept { return front_; }
  void resume_at(std::size_t begin, std::size_t end) noexcept {
    at_ = begin;
    end_ = end;
  }
  [[nodiscard]] byte_source& rest() noexcept { return *source_; }

  std::size_t read(std::span<char> buffer) override {
    auto const again = std::min(buffer.size(), end_ - at_);
    if (again != 0) std::memcpy(buffer.data(), front_.data() + at_, again);
    at_ += again;
    if (again == buffer.size()) return again;
    std::pmr::vector<char>{front_.get_allocator()}.swap(front_);
    return again + source_->read(buffer.subspan(again));
  }
  [[nodiscard]] std::string const& name() const noexcept override { return source_->name(); }
  [[nodiscard]] progress position() const noexcept override { return source_->position(); }
  [[nodiscard]] std::optional<plain_file> reread() const override { return source_->reread(); }

 private:
  byte_source_ptr source_;
  std::pmr::vector<char> front_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

/// Cuts at row ends, and remembers whether the bytes it saw last ended within quotes.
class remembering_cut {
 public:
  remembering_cut(csv_syntax const& syntax, bool& in_quotes) : cut_{syntax}, in_quotes_{&in_quotes} {}
  std::size_t operator()(std::string_view bytes) const noexcept { return cut_(bytes, *in_quotes_); }

 private:
  csv_cut cut_;
  bool* in_quotes_;
};

/// The stream behind a reader, its schema, and the counts so far.
class csv_input {
 public:
  csv_input(byte_source_ptr source, csv_options options)
      : options_{std::move(options)},
        source_{std::move(source), options_.memory},
        schema_{std::make_shared<csv_schema>()},
        chunk_options_{.chunk_size = options_.chunk_size,
                       .longest_record = options_.longest_record,
                       .memory = options_.memory,
                       .on_progress = options_.on_progress,
                       .stop = options_.stop} {
    schema_->source = source_.name();
    schema_->syntax = {options_.delimiter, options_.quote};
    schema_->ragged = options_.ragged;
    check_options();
    read_opening();
    chunks_.emplace(source_, remembering_cut{schema_->syntax, in_quotes_}, chunk_options_);
  }
  csv_input(csv_input const&) = delete;
  csv_input& operator=(csv_input const&) = delete;

  [[nodiscard]] csv_schema const& schema() const noexcept { return *schema_; }
  [[nodiscard]] std::shared_ptr<csv_schema const> shared_schema() const noexcept { return schema_; }
  [[nodiscard]] csv_options const& options() const noexcept { return options_; }
  [[nodiscard]] chunk_options const& chunking() const noexcept { return chunk_options_; }
  [[nodiscard]] chunk_reader<remembering_cut>& chunks() noexcept { return *chunks_; }
  [[nodiscard]] std::optional<plain_file> reread() const { return source_.reread(); }
  [[nodiscard]] read_result const& result() const noexcept { return result_; }
  [[nodiscard]] read_result& result() noexcept { return result_; }

  /// Chunks count their offsets from here: behind the byte order mark and the header.
  [[nodiscard]] std::uint64_t data_offset() const noexcept { return data_offset_; }

  void start() {
    if (std::exchange(started_, true)) throw argument_error{"a csv_reader is read only once"};
  }

  /// To be called while a parse_error is handled: throws the chunk reader's own one, which does not know lines, with
  /// the line on which the row starts, and any other as it is.
  [[noreturn]] void rethrow_with_line(parse_error const& e) const {
    if (e.position().line != 0 || e.problem() != chunks_->too_long()) throw;
    throw too_long(data_offset_ + e.position().offset, result_.lines);
  }

  /// Hands a refused row on as the policy says. The table must know the lines before it.
  /// \throws parse_error if bad rows end the reading.
  void refuse(csv_table& table, std::size_t row, text_position position, std::string_view problem) {
    if (options_.on_error == error_policy::fail) throw parse_error{schema_->source, position, problem};
    ++result_.rejected;
    if (!options_.rejects) return;
    options_.rejects(
        {.source = schema_->source, .position = position, .problem = problem, .bytes = table.verbatim(row)});
  }

 private:
  void check_options() const {
    constexpr auto most = std::numeric_limits<std::uint32_t>::max() - chunk_padding;
    if (options_.chunk_size == 0 || options_.longest_record == 0) {
      throw argument_error{"reading CSV takes a chunk_size and a longest_record of at least one byte"};
    }
    if (options_.longest_record > most) throw argument_error{"longest_record must be below 4 GiB"};
    auto const is_line_end = [](char c) { return c == '\n' || c == '\r'; };
    if (is_line_end(options_.delimiter) || (options_.quote && is_line_end(*options_.quote))) {
      throw argument_error{"a line end can be neither delimiter nor quote"};
    }
    if (options_.quote == options_.delimiter) throw argument_error{"delimiter and quote must not be the same"};
    if (options_.header == csv_header::present && !options_.column_names.empty()) {
      throw argument_error{"column_names are for inputs without a header"};
    }
  }

  [[nodiscard]] parse_error too_long(std::uint64_t offset, std::uint64_t lines_before) const {
    auto const* const maybe = in_quotes_ ? ", with a quoted field still open" : "";
    return {schema_->source,
            {.line = lines_before + 1, .column = 0, .offset = offset},
            "row longer than " + std::to_string(options_.longest_record) + " bytes" + maybe};
  }

  /// The first row that is not blank, in the bytes that were read to find it.
  struct first_row {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint64_t blank_lines = 0;
  };

  /// Reads as far as the first row goes, learns the columns from it, and gives back what are data.
  void read_opening() {
    auto& bytes = source_.front();
    std::size_t size = 0;
    bool at_end = false;
    first_row row;
    do {
      throw_if_cancelled(options_.stop);
      auto const block = std::max(size, std::min<std::size_t>(options_.chunk_size, 4096));
      bytes.resize(size + block + chunk_padding);
      auto const got = source_.rest().read({bytes.data() + size, block});
      size += got;
      at_end = got < block;
      row = find_first_row({bytes.data(), size}, at_end);
      auto const length = (row.end != 0 ? row.end : size) - row.begin;
      if (length > options_.longest_record) throw too_long(row.begin, row.blank_lines);
    } while (row.end == 0 && !at_end);

    csv_table table{schema_, options_.memory};
    table.load({bytes.data() + row.begin, row.end - row.begin}, row.begin, row.blank_lines);
    bool const has_header = options_.header == csv_header::present;
    if (has_header) read_header(table);
    if (!has_header) set_columns(table, options_.column_names);
    auto const data = has_header ? row.end : row.begin;
    data_offset_ = result_.bytes = data;
    result_.lines = row.blank_lines + (has_header ? table.lines() : 0);
    source_.resume_at(data, size);
  }

  /// An `end` of 0 says that more bytes are needed.
  [[nodiscard]] first_row find_first_row(std::string_view bytes, bool at_end) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    first_row row;
    if (bytes.starts_with(byte_order_mark)) row.begin = byte_order_mark.size();
    in_quotes_ = false;
    for (std::size_t at = row.begin; at < bytes.size(); ++at) {
      if (bytes[at] == options_.quote) in_quotes_ = !in_quotes_;
      if (bytes[at] != '\n' || in_quotes_) continue;
      auto const line = bytes.substr(row.begin, at - row.begin);
      if (!line.empty() && line != "\r") {
        row.end = at + 1;
        return row;
      }
      row.begin = at + 1;
      ++row.blank_lines;
    }
    if (!at_end) return row;
    row.end = bytes.size();
    if (bytes.substr(row.begin) == "\r") {
      row.begin = row.end;
      ++row.blank_lines;
    }
    return row;
  }

  void read_header(csv_table& table) {
    if (table.bytes().empty()) {
      throw parse_error{schema_->source, table.place(0), "expected a header" + expected_columns() + ", found no row"};
    }
    if (auto const problem = malformation(table, 0)) {
      throw parse_error{schema_->source, table.place(problem->at), problem->text};
    }
    set_columns(table, names_of(table));
    for (auto const& wanted : options_.required_columns) {
      auto const found = std::count(schema_->names.begin(), schema_->names.end(), wanted);
      if (found == 1) continue;
      auto const problem = found == 0 ? "no column " : "more than one column ";
      throw parse_error{schema_->source,
                        {.line = table.place(0).line, .column = 0, .offset = table.offset()},
                        problem + value_error::quoted(wanted) + ": expected a header" + expected_columns() +
                            ", found " + list_of_names(schema_->names)};
    }
  }

  [[nodiscard]] std::string expected_columns() const {
    if (options_.required_columns.empty()) return {};
    return " with " + list_of_names(options_.required_columns);
  }

  static std::vector<std::string> names_of(csv_table& table) {
    csv_row row;
    row.look_at(table);
    row.show(table.index().ends(0), table.index().fields(0));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < row.size(); ++i) names.emplace_back(row[i]);
    return names;
  }

  void set_columns(csv_table const& table, std::vector<std::string> names) {
    auto const found = table.bytes().empty() ? 0 : table.index().fields(0);
    schema_->columns = names.empty() ? found : names.size();
    schema_->least_size = options_.ragged == ragged_rows::pad ? schema_->columns : 0;
    schema_->set_names(std::move(names));
  }

  csv_options options_;
  resumed_source source_;
  std::shared_ptr<csv_schema> schema_;
  chunk_options chunk_options_;
  std::optional<chunk_reader<remembering_cut>> chunks_;
  read_result result_;
  std::uint64_t data_offset_ = 0;
  bool in_quotes_ = false;
  bool started_ = false;
};

}  // namespace spillway::io::detail
