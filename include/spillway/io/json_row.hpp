#pragma once

#include <spillway/core/text.hpp>
#include <spillway/io/detail/json_line.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillway::io {

namespace detail {
class json_line_cursor;
}

enum class json_kind { null, boolean, number, string, array, object };

/// Thrown for a field that is not what it should be; readers point at it with its column.
class json_field_error : public value_error {
 public:
  json_field_error(std::string_view expected, std::string_view found, std::uint64_t column)
      : value_error{expected, found}, column_{column} {}

  /// Where the value begins in its line, in bytes from 1; 0 for a field that is not there.
  [[nodiscard]] std::uint64_t column() const noexcept { return column_; }

 private:
  std::uint64_t column_;
};

/// One field of a `json_row`, valid as long as the row is.
class json_field {
 public:
  json_field(std::string_view name, std::string_view raw, std::string_view text, std::uint64_t column) noexcept
      : name_{name}, raw_{raw}, text_{text}, column_{column} {}

  /// With escape sequences resolved.
  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  [[nodiscard]] json_kind kind() const noexcept {
    switch (raw_.front()) {
      case '{':
        return json_kind::object;
      case '[':
        return json_kind::array;
      case '"':
        return json_kind::string;
      case 't':
      case 'f':
        return json_kind::boolean;
      case 'n':
        return json_kind::null;
      default:
        return json_kind::number;
    }
  }

  /// The value as it is written in the input: valid JSON.
  [[nodiscard]] std::string_view raw() const noexcept { return raw_; }
  /// What a string says, with escape sequences resolved; the spelling of any other value.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }
  /// Where the value begins in its line, in bytes from 1.
  [[nodiscard]] std::uint64_t column() const noexcept { return column_; }

  /// Reads `text()` by `text_parser<T>`.
  /// \throws value_error naming the field, also for null, arrays and objects.
  template <text_parsable T>
  [[nodiscard]] T as() const {
    auto const type = kind();
    if (type == json_kind::null || type == json_kind::array || type == json_kind::object) {
      throw json_field_error{"a value in field " + value_error::quoted(name_), raw_, column_};
    }
    try {
      return text_parser<T>::parse(text_);
    } catch (value_error const& problem) {
      throw json_field_error{problem.expected() + " in field " + value_error::quoted(name_), text_, column_};
    }
  }

 private:
  std::string_view name_;
  std::string_view raw_;
  std::string_view text_;
  std::uint64_t column_;
};

/// One line of JSON lines: an object, checked to the last byte.
///
/// A row that a reader yields refers to the reader's buffers and is valid until the next step; copying it makes it own
/// its bytes, and the copy answers every question in the same way. Where a name occurs twice, the first field counts.
///
/// Complexity: looking up fields in the order of the previous row takes constant time each; in a copy, time
/// proportional to the fields. Memory: a copy allocates from the resource it is given.
/// Thread safety: a yielded row belongs to the thread it was given to; a copy may be read by several threads at once.
class json_row {
 public:
  using allocator_type = std::pmr::polymorphic_allocator<>;

  json_row(json_row const& other, allocator_type allocator = {})
      : bytes_{allocator}, places_{allocator}, number_{other.number_}, offset_{other.offset_} {
    take(other);
  }
  json_row(json_row&& other) noexcept : json_row{std::move(other), other.bytes_.get_allocator()} {}
  json_row(json_row&& other, allocator_type allocator)
      : bytes_{allocator}, places_{allocator}, number_{other.number_}, offset_{other.offset_} {
    take(std::move(other));
  }
  json_row& operator=(json_row const& other) {
    if (this != &other) *this = json_row{other, bytes_.get_allocator()};
    return *this;
  }
  json_row& operator=(json_row&& other) {
    if (this == &other) return *this;
    number_ = other.number_;
    offset_ = other.offset_;
    take(std::move(other));
    return *this;
  }
  ~json_row() = default;

  [[nodiscard]] allocator_type get_allocator() const noexcept { return bytes_.get_allocator(); }

  /// A required field's value: what a string says, or the spelling of a number or boolean, read by `text_parser<T>`.
  /// \throws parse_error with the place and the field's name if it is missing, null, an array, an object, or not a `T`.
  ///         Inside the `step` of `for_each` and `for_each_batch`, where lines are not known yet, it is a value_error
  ///         that the reader completes.
  template <text_parsable T>
  [[nodiscard, gnu::always_inline]] T as(std::string_view name) const {  // to compare with a constant name
    auto const slot = slot_of(name);
    if (slot == size()) refuse_without(name);
    return value<T>(slot);
  }

  /// A field that may be missing or null.
  /// \throws as `as` does if it is an array, an object, or not a `T`.
  template <text_parsable T>
  [[nodiscard, gnu::always_inline]] std::optional<T> find(std::string_view name) const {
    auto const slot = slot_of(name);
    if (slot == size()) return std::nullopt;
    if (is_null(slot)) return std::nullopt;
    return value<T>(slot);
  }

  /// The field of that name, whatever it holds.
  [[nodiscard]] std::optional<json_field> field(std::string_view name) const {
    auto const slot = slot_of(name);
    if (slot == size()) return std::nullopt;
    return (*this)[slot];
  }

  [[nodiscard]] bool contains(std::string_view name) const { return slot_of(name) != size(); }

  /// Number of fields; those of the same name each count.
  [[nodiscard]] std::size_t size() const noexcept { return view_ != nullptr ? view_->size() : places_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }

  /// Fields count from 0 in the order of the line.
  [[nodiscard]] json_field operator[](std::size_t slot) const {
    if (view_ != nullptr) {
      auto const& place = view_->place(slot);
      return {view_->name(place),
              {view_->data() + place.begin, place.end - place.begin},
              view_->text(slot),
              column_of(view_->data() + place.begin)};
    }
    auto const& place = places_[slot];
    return {piece(place.name), piece(place.raw), piece(place.text), column_of(bytes_.data() + place.raw.begin)};
  }

  class iterator;
  [[nodiscard]] iterator begin() const noexcept;
  [[nodiscard]] iterator end() const noexcept;

  /// The line as it stands in the input, without its line end.
  [[nodiscard]] std::string_view verbatim() const noexcept {
    return view_ != nullptr ? verbatim_ : std::string_view{bytes_.data(), line_size_};
  }
  /// Lines count from 1. Not known inside the `step` of `for_each` and `for_each_batch`, where the chunks before may
  /// not have been read through yet.
  [[nodiscard]] std::optional<std::uint64_t> line() const noexcept { return number_; }
  /// Where the line begins in the (decompressed) input.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  friend class detail::json_line_cursor;

  struct span {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  struct owned_place {
    span name;
    span raw;
    span text;
  };

  explicit json_row(detail::json_line* view, std::pmr::memory_resource* memory) noexcept
      : bytes_{memory}, places_{memory}, view_{view} {}

  template <class T>
  [[nodiscard, gnu::always_inline]] T value(std::size_t slot) const {
    if (view_ != nullptr) {
      if (auto const text = view_->verbatim_string(slot)) {  // the usual case, without a json_field
        try {
          return text_parser<T>::parse(*text);
        } catch (value_error const&) {  // said below, with name and place
        }
      }
    }
    return field_value<T>(slot);
  }

  template <class T>
  [[nodiscard, gnu::noinline]] T field_value(std::size_t slot) const {
    try {
      return (*this)[slot].template as<T>();
    } catch (json_field_error const& problem) {
      refuse(problem);
    }
  }

  [[nodiscard, gnu::noinline]] bool is_null(std::size_t slot) const { return (*this)[slot].kind() == json_kind::null; }

  [[noreturn, gnu::noinline]] void refuse_without(std::string_view name) const {
    refuse(json_field_error{"field " + value_error::quoted(name), verbatim(), 0});
  }

  [[noreturn]] void refuse(json_field_error const& problem) const {
    if (!number_) throw problem;  // NOLINT(cert-err60-cpp)
    auto const column = problem.column();
    auto const offset = column == 0 ? offset_ : offset_ + column - 1;
    throw parse_error{source(), {*number_, column, offset}, problem.what()};
  }

  [[nodiscard]] std::string_view source() const noexcept { return view_ != nullptr ? source_name_ : piece(source_); }

  [[nodiscard]] std::string_view piece(span where) const noexcept { return {bytes_.data() + where.begin, where.size}; }

  [[nodiscard]] std::uint64_t column_of(char const* value) const noexcept {
    return static_cast<std::uint64_t>(value - verbatim().data()) + 1;
  }

  [[nodiscard, gnu::always_inline]] std::size_t slot_of(std::string_view name) const {
    return view_ != nullptr ? view_->find(name) : owned_slot_of(name);
  }

  [[nodiscard, gnu::noinline]] std::size_t owned_slot_of(std::string_view name) const {
    std::size_t slot = 0;
    while (slot < places_.size() && piece(places_[slot].name) != name) ++slot;
    return slot;
  }

  span append(std::string_view text) {
    auto const begin = bytes_.size();
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return {begin, text.size()};
  }

  void take(json_row const& other) {
    if (other.view_ == nullptr) {
      bytes_ = other.bytes_;
      places_ = other.places_;
      line_size_ = other.line_size_;
      source_ = other.source_;
      return;
    }
    auto const line = other.verbatim();
    append(line);
    line_size_ = line.size();
    source_ = append(other.source_name_);
    places_.reserve(other.size());
    auto const within = [&](std::string_view part) {
      return span{static_cast<std::size_t>(part.data() - line.data()), part.size()};
    };
    for (std::size_t slot = 0; slot < other.size(); ++slot) {
      auto const field = other[slot];
      auto const& place = other.view_->place(slot);
      auto const is_verbatim = place.text == detail::json_place::plain;
      places_.push_back(
          {append(field.name()), within(field.raw()), is_verbatim ? within(field.text()) : append(field.text())});
    }
  }

  void take(json_row&& other) {
    if (other.view_ != nullptr) {
      bytes_.clear();
      places_.clear();
      take(static_cast<json_row const&>(other));
    } else {
      bytes_ = std::move(other.bytes_);
      places_ = std::move(other.places_);
      line_size_ = other.line_size_;
      source_ = other.source_;
    }
    view_ = nullptr;
  }

  /// A copy's line, then what the line does not hold verbatim: names, unescaped strings.
  std::pmr::vector<char> bytes_;
  std::pmr::vector<owned_place> places_;
  std::size_t line_size_ = 0;
  span source_{};
  /// Where a row that owns nothing looks.
  detail::json_line* view_ = nullptr;
  std::string_view verbatim_;
  std::string_view source_name_;
  std::optional<std::uint64_t> number_;
  std::uint64_t offset_ = 0;
};

/// Goes through the fields of a row.
class json_row::iterator {
 public:
  using value_type = json_field;
  using difference_type = std::ptrdiff_t;
  using iterator_concept = std::forward_iterator_tag;

  iterator() = default;
  iterator(json_row const& row, std::size_t slot) noexcept : row_{&row}, slot_{slot} {}

  json_field operator*() const { return (*row_)[slot_]; }
  iterator& operator++() noexcept {
    ++slot_;
    return *this;
  }
  iterator operator++(int) noexcept {
    auto const before = *this;
    ++slot_;
    return before;
  }
  friend bool operator==(iterator const&, iterator const&) = default;

 private:
  json_row const* row_ = nullptr;
  std::size_t slot_ = 0;
};

inline json_row::iterator json_row::begin() const noexcept { return {*this, 0}; }
inline json_row::iterator json_row::end() const noexcept { return {*this, size()}; }

}  // namespace spillway::io
