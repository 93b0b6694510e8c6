#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/csv_row.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ranges>
#include <string_view>
#include <utility>

namespace spillway::io {

enum class line_end { lf, crlf };

/// What CSV looks like when it is written.
struct csv_format {
  char delimiter = ',';
  char quote = '"';
  io::line_end line_end = io::line_end::lf;
};

/// Takes bytes at its end: `output_file`, `buffered_writer`, `std::string`.
template <class T>
concept byte_appendable = requires(T& out, std::string_view bytes) { out.append(bytes); };

/// Writes CSV (RFC 4180): fields are quoted only where they must be to read back as they were. That is where they have
/// a delimiter, a quote or a line end in them, where one empty field is all of a row, and where the output would start
/// with what looks like a byte order mark.
///
/// `out` must outlive it and decides about buffering, flushing and committing. Not thread safe.
template <byte_appendable Out>
class csv_writer {
 public:
  /// \throws argument_error if delimiter, quote and line ends are not different from each other.
  explicit csv_writer(Out& out, csv_format format = {}) : out_{&out}, format_{format} {
    if (format.delimiter == format.quote) throw argument_error{"delimiter and quote must not be the same"};
    for (char const c : {format.delimiter, format.quote}) {
      if (c == '\n' || c == '\r') throw argument_error{"a line end can be neither delimiter nor quote"};
    }
    for (char const c : {format.delimiter, format.quote, '\n', '\r'}) special_[static_cast<unsigned char>(c)] = 1;
  }

  /// Appends a field to the row that is being written.
  void field(std::string_view text) {
    if (fields_++ != 0) put(format_.delimiter);
    lone_empty_ = fields_ == 1 && text.empty();
    if (needs_quotes(text)) {
      put_quoted(text);
    } else {
      put(text);
    }
  }

  /// Ends the row. A row without fields is nothing.
  void end_row() {
    if (fields_ == 0) return;
    if (lone_empty_) put_quoted({});
    put_line_end();
  }

  /// A whole row.
  template <std::ranges::input_range Fields>
    requires std::convertible_to<std::ranges::range_reference_t<Fields>, std::string_view> &&
             (!std::convertible_to<Fields, std::string_view>)
  void operator()(Fields&& fields) {
    for (auto&& text : fields) field(text);
    end_row();
  }
  void operator()(std::initializer_list<std::string_view> fields) {
    for (auto const text : fields) field(text);
    end_row();
  }

  /// A row as it was read: byte for byte, apart from its line end, if it was written with the same delimiter and quote;
  /// else its fields.
  void operator()(csv_row const& row) {
    auto const bytes = row.verbatim();
    bool const same = row.is_written_with(format_.delimiter, format_.quote);
    if (same && fields_ == 0 && !bytes.empty() && bytes.back() != '\r' && !looks_marked(bytes)) {
      put(bytes);
      put_line_end();
      return;
    }
    for (std::size_t i = 0; i < row.size(); ++i) field(row[i]);
    end_row();
  }

  /// `count` rows that are what this writer would have made of them, each with its line end.
  /// \throws argument_error if a row is being written.
  void append_rows(std::string_view bytes, std::uint64_t count) {
    if (fields_ != 0) throw argument_error{"append_rows in the middle of a row"};
    put(bytes);
    rows_ += count;
  }

  [[nodiscard]] csv_format const& format() const noexcept { return format_; }
  /// Rows written so far.
  [[nodiscard]] std::uint64_t rows() const noexcept { return rows_; }

 private:
  [[nodiscard]] bool needs_quotes(std::string_view text) const noexcept {
    unsigned special = 0;
    for (char const c : text) special |= special_[static_cast<unsigned char>(c)];
    return special != 0 || (fields_ == 1 && looks_marked(text));
  }

  /// The row's first bytes would be taken for a byte order mark.
  [[nodiscard]] bool looks_marked(std::string_view start) const noexcept {
    return rows_ == 0 && start.starts_with("\xEF\xBB\xBF");
  }

  void put_quoted(std::string_view text) {
    put(format_.quote);
    for (auto at = text.find(format_.quote); at != text.npos; at = text.find(format_.quote)) {
      put(text.substr(0, at + 1));
      put(format_.quote);
      text.remove_prefix(at + 1);
    }
    put(text);
    put(format_.quote);
  }

  void put_line_end() {
    put(format_.line_end == line_end::crlf ? std::string_view{"\r\n"} : std::string_view{"\n"});
    fields_ = 0;
    lone_empty_ = false;
    ++rows_;
  }

  void put(std::string_view bytes) { out_->append(bytes); }
  void put(char c) { out_->append(std::string_view{&c, 1}); }

  Out* out_;
  csv_format format_;
  std::array<std::uint8_t, 256> special_{};
  std::size_t fields_ = 0;
  bool lone_empty_ = false;
  std::uint64_t rows_ = 0;
};

}  // namespace spillway::io
