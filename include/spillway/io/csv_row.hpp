#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/text.hpp>
#include <spillway/io/detail/csv_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::io {

namespace detail {
class csv_input;
class csv_cursor;
class csv_workers;
}  // namespace detail

class csv_row_packing;

/// One row of CSV.
///
/// Lifetime: a row that a reader hands out, and every view taken from it, is valid until the reader steps on. A copy of
/// it owns its bytes and is valid for good, also after the reader is gone; views taken from the copy are valid as long
/// as the copy. Copying makes one allocation, from the default resource or the given allocator; moving makes none.
///
/// Fields are found where the caller asks for them: those not asked for cost nothing. A field with doubled quotes is
/// unescaped when asked for, all others are views of the input's bytes. NUL bytes, bytes that are not UTF-8 and
/// carriage returns without a line feed are data like any other.
///
/// Thread safety: a copy can be read by several threads at once, a row handed out only by the thread that got it.
class csv_row {
 public:
  using allocator_type = std::pmr::polymorphic_allocator<std::byte>;

  csv_row() = default;
  explicit csv_row(allocator_type allocator) : allocator_{allocator} {}
  csv_row(csv_row const& other) : csv_row{other, allocator_type{}} {}
  csv_row(csv_row const& other, allocator_type allocator) : allocator_{allocator} { copy(other); }
  csv_row(csv_row&& other) noexcept : allocator_{other.allocator_} { take(other); }
  csv_row(csv_row&& other, allocator_type allocator) : allocator_{allocator} { take_or_copy(other); }
  csv_row& operator=(csv_row const& other) {
    if (this == &other) return *this;
    csv_row copied{other, allocator_};
    release();
    take(copied);
    return *this;
  }
  csv_row& operator=(csv_row&& other) {
    if (this == &other) return *this;
    csv_row moved{std::move(other), allocator_};
    release();
    take(moved);
    return *this;
  }
  ~csv_row() { release(); }

  [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_; }

  /// How many fields there are; with `ragged_rows::pad` at least as many as columns.
  [[nodiscard]] std::size_t size() const noexcept {
    return schema_ == nullptr ? 0 : std::max<std::size_t>(size_, schema_->least_size);
  }

  /// The text of a field, without the quotes around it and with one quote for each two inside.
  /// \throws value_error if the row has no such field.
  [[nodiscard]] std::string_view operator[](std::size_t field) const {
    if (field >= size_) [[unlikely]]
      return missing(field);
    auto const [begin, end] = bounds(field);
    if (begin != end && static_cast<unsigned char>(data_[begin]) == quote_) [[unlikely]]
      return unquoted(begin, end);
    return {data_ + begin, end - begin};
  }

  /// Looks the name up, which takes time linear in the number of columns: in a hot loop use `csv_reader::column`
  /// before. \throws argument_error if no column, or more than one, has that name.
  [[nodiscard]] std::string_view operator[](std::string_view column) const { return (*this)[index_of(column)]; }

  /// The value of a field, read by `text_parser<T>`.
  /// \throws parse_error with the field's place for text that is no `T`. Inside the concurrent `step` of `for_each` and
  ///         `for_each_batch`, where lines are not known yet, it is a value_error that the reader completes.
  template <text_parsable T>
  [[nodiscard]] T as(std::size_t field) const {
    try {
      return parse_text<T>((*this)[field]);
    } catch (value_error const& problem) {
      refuse(field, problem);
    }
  }
  template <text_parsable T>
  [[nodiscard]] T as(std::string_view column) const {
    return as<T>(index_of(column));
  }

  /// Tells `""` from an empty field without quotes, which some programs write for a missing value.
  [[nodiscard]] bool quoted(std::size_t field) const {
    auto const bytes = verbatim(field);
    return !bytes.empty() && static_cast<unsigned char>(bytes.front()) == quote_;
  }

  /// The bytes of a field as they stand in the input.
  [[nodiscard]] std::string_view verbatim(std::size_t field) const {
    if (field >= size_) return missing(field);
    auto const [begin, end] = bounds(field);
    return {data_ + begin, end - begin};
  }

  /// The bytes of the row as they stand in the input, without its line end.
  [[nodiscard]] std::string_view verbatim() const noexcept {
    if (size_ == 0) return {};
    auto const begin = first();
    return {data_ + begin, bounds(size_ - 1).end - begin};
  }

  /// Where the row's first byte stands in the (decompressed) input.
  [[nodiscard]] std::uint64_t offset() const noexcept {
    return table_ != nullptr ? table_->offset() + first() : offset_;
  }

  /// The line on which the row starts, counted from 1. Not known in the concurrent `step` of `for_each` and
  /// `for_each_batch`, where the chunks before may not have been read through yet.
  [[nodiscard]] std::optional<std::uint64_t> line() const {
    auto const known = known_line();
    return known == 0 ? std::nullopt : std::optional{known};
  }

  /// True if `verbatim()` means the same to who reads it with these two characters.
  [[nodiscard]] bool is_written_with(char delimiter, char quote) const noexcept {
    return schema_ != nullptr && schema_->syntax.delimiter == delimiter && schema_->syntax.quote == quote;
  }

  /// The names of the columns: the reader's `header()`.
  [[nodiscard]] std::span<std::string const> header() const noexcept {
    if (schema_ == nullptr) return {};
    return schema_->names;
  }

 private:
  friend class column;
  friend class csv_row_packing;
  friend class detail::csv_input;
  friend class detail::csv_cursor;
  friend class detail::csv_workers;

  struct range {
    std::uint32_t begin;
    std::uint32_t end;
  };

  /// Makes it a view of a chunk; `show` makes it one of the chunk's rows.
  void look_at(detail::csv_table& table) noexcept {
    table_ = &table;
    schema_ = table.schema().get();
    data_ = table.bytes().data();
    quote_ = quote_of(*schema_);
    size_ = 0;
  }

  void show(std::uint32_t const* ends, std::uint32_t size) noexcept {
    ends_ = ends;
    size_ = size;
  }

  /// Makes it a view of bytes that stand alone; `unescaped` is room for as many, or null if no field has doubled
  /// quotes.
  void show(std::shared_ptr<detail::csv_schema const> const& schema, char const* data, std::uint32_t const* ends,
            std::uint32_t size, char* unescaped) {
    if (kept_schema_ != schema) {
      kept_schema_ = schema;
      schema_ = schema.get();
      quote_ = quote_of(*schema);
    }
    data_ = data;
    show(ends, size);
    unescaped_ = nullptr;
    if (unescaped != nullptr && has_escapes()) unescape_all(unescaped);
  }

  [[nodiscard]] static int quote_of(detail::csv_schema const& schema) noexcept {
    return schema.syntax.quote ? static_cast<unsigned char>(*schema.syntax.quote) : -1;
  }

  /// 0 if it is not known.
  [[nodiscard]] std::uint64_t known_line() const {
    if (table_ == nullptr) return line_;
    return table_->lines_before() ? table_->place(first()).line : 0;
  }

  [[nodiscard]] std::uint32_t first() const noexcept { return size_ == 0 ? 0 : ends_[0] + 1; }

  [[nodiscard]] range bounds(std::size_t field) const noexcept {
    auto const begin = ends_[field] + 1;
    auto end = ends_[field + 1];
    if (field + 1 == size_ && end > begin && data_[end - 1] == '\r') --end;
    return {begin, end};
  }

  /// The text of a quoted field. Unescaped text has its place by the field's own, so that asking again gives the same.
  [[nodiscard]] std::string_view unquoted(std::uint32_t begin, std::uint32_t end) const {
    std::string_view const inside{data_ + begin + 1, end - begin - 2};
    auto const quote = static_cast<char>(quote_);
    if (inside.find(quote) == std::string_view::npos) return inside;
    auto* const out = unescaped_ != nullptr ? unescaped_ + begin : table_->arena(row_bytes()) + (begin - first());
    if (unescaped_ != nullptr) return {out, inside.size() - doubled_quotes(inside)};
    return {out, detail::unescape(inside, quote, out)};
  }

  [[nodiscard]] std::size_t doubled_quotes(std::string_view inside) const noexcept {
    return static_cast<std::size_t>(std::count(inside.begin(), inside.end(), static_cast<char>(quote_))) / 2;
  }

  /// The row with a carriage return of its line end, if there is one.
  [[nodiscard]] std::size_t row_bytes() const noexcept { return size_ == 0 ? 0 : ends_[size_] - first(); }

  [[nodiscard]] std::size_t index_of(std::string_view column) const {
    if (schema_ == nullptr) throw argument_error{"no column " + value_error::quoted(column) + " in an empty row"};
    return schema_->index_of(column);
  }

  /// As `index_of`, but fast if the column is the same as last time.
  [[nodiscard]] std::size_t index_of(std::string_view column, std::size_t last_time) const {
    bool const same = schema_ != nullptr && !schema_->has_duplicates && last_time < schema_->names.size() &&
                      schema_->names[last_time] == column;
    return same ? last_time : index_of(column);
  }

  [[nodiscard]] std::string_view missing(std::size_t field) const {
    if (field < size()) return {};
    throw value_error{"a field " + std::to_string(field + 1), std::string{verbatim()}};
  }

  [[noreturn]] void refuse(std::size_t field, value_error const& problem) const {
    if (schema_ == nullptr) throw;
    auto const row_begin = first();
    auto const at = field < size_ ? bounds(field).begin : row_begin + static_cast<std::uint32_t>(verbatim().size());
    if (auto const row_line = known_line(); row_line != 0) {
      std::string_view const before{data_ + row_begin, at - row_begin};
      auto place = text_position{.line = row_line, .column = at - row_begin + 1, .offset = offset() + before.size()};
      place.line += static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
      if (auto const newline = before.rfind('\n'); newline != before.npos) place.column = before.size() - newline;
      throw parse_error{schema_->source, place, problem.what()};
    }
    throw detail::field_error{problem, offset() + (at - row_begin)};
  }

  /// One block: the ends of the fields, the bytes, and the same length again if a field has doubled quotes.
  void copy(csv_row const& other) {
    schema_ = other.schema_;
    kept_schema_ = other.table_ != nullptr ? other.table_->schema() : other.kept_schema_;
    quote_ = other.quote_;
    offset_ = other.offset();
    line_ = other.known_line();
    if (other.size_ == 0) return;
    auto const bytes = other.row_bytes();
    bool const escapes = other.has_escapes();
    auto const ends_size = (other.size_ + 1) * sizeof(std::uint32_t);
    block_size_ = ends_size + bytes * (escapes ? 2 : 1);
    block_ = static_cast<std::byte*>(allocator_.resource()->allocate(block_size_, alignof(std::uint32_t)));
    auto* const ends = reinterpret_cast<std::uint32_t*>(block_);
    auto* const data = reinterpret_cast<char*>(block_ + ends_size);
    auto const begin = other.first();
    std::transform(other.ends_, other.ends_ + other.size_ + 1, ends,
                   [begin](std::uint32_t end) { return end - begin; });
    if (bytes != 0) std::memcpy(data, other.data_ + begin, bytes);
    data_ = data;
    ends_ = ends;
    size_ = other.size_;
    if (escapes) unescape_all(data + bytes);
  }

  [[nodiscard]] bool has_escapes() const noexcept {
    for (std::size_t field = 0; field < size_; ++field) {
      if (is_escaped(bounds(field))) return true;
    }
    return false;
  }

  [[nodiscard]] bool is_escaped(range field) const noexcept {
    return field.begin != field.end && static_cast<unsigned char>(data_[field.begin]) == quote_ &&
           std::memchr(data_ + field.begin + 1, quote_, field.end - field.begin - 2) != nullptr;
  }

  /// Done while copying, so that a copy never changes while it is read.
  void unescape_all(char* out) noexcept {
    for (std::size_t field = 0; field < size_; ++field) {
      auto const [begin, end] = bounds(field);
      if (is_escaped({begin, end})) {
        detail::unescape({data_ + begin + 1, end - begin - 2}, static_cast<char>(quote_), out + begin);
      }
    }
    unescaped_ = out;
  }

  void take_or_copy(csv_row& other) {
    if (other.allocator_ == allocator_) {
      take(other);
    } else {
      copy(other);
    }
  }

  void take(csv_row& other) noexcept {
    data_ = std::exchange(other.data_, nullptr);
    ends_ = std::exchange(other.ends_, nullptr);
    size_ = std::exchange(other.size_, 0);
    quote_ = other.quote_;
    schema_ = std::exchange(other.schema_, nullptr);
    table_ = std::exchange(other.table_, nullptr);
    kept_schema_ = std::move(other.kept_schema_);
    block_ = std::exchange(other.block_, nullptr);
    block_size_ = std::exchange(other.block_size_, 0);
    unescaped_ = std::exchange(other.unescaped_, nullptr);
    offset_ = other.offset_;
    line_ = other.line_;
  }

  void release() noexcept {
    if (block_ != nullptr) allocator_.resource()->deallocate(block_, block_size_, alignof(std::uint32_t));
    block_ = nullptr;
  }

  char const* data_ = nullptr;
  std::uint32_t const* ends_ = nullptr;
  std::uint32_t size_ = 0;
  int quote_ = -1;
  detail::csv_schema const* schema_ = nullptr;
  /// The chunk that the row is a view of; none if it owns its bytes.
  detail::csv_table* table_ = nullptr;

  allocator_type allocator_;
  std::shared_ptr<detail::csv_schema const> kept_schema_;
  std::byte* block_ = nullptr;
  std::size_t block_size_ = 0;
  char* unescaped_ = nullptr;
  std::uint64_t offset_ = 0;
  std::uint64_t line_ = 0;
};

}  // namespace spillway::io
