#pragma once

#include <spillway/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::duckdb::detail {

/// A value of Thrift's compact protocol, as Parquet's footers have them, taken apart as far as it takes to change
/// numbers in it and to write it again. Maps, which Parquet does not use, are refused.
struct thrift_value {
  enum kind : std::uint8_t {
    yes = 1,
    no = 2,
    byte = 3,
    i16 = 4,
    i32 = 5,
    i64 = 6,
    real = 7,
    binary = 8,
    list = 9,
    set = 10,
    structure = 12
  };

  kind type = structure;
  std::int64_t number = 0;           ///< of a byte (or a list's boolean), i16, i32, i64
  std::string bytes = {};            ///< of binary and real
  kind element_type = structure;     ///< of a list
  std::vector<thrift_value> items;   ///< of a list or structure
  std::vector<std::int16_t> fields;  ///< of a structure: the numbers of the items

  static thrift_value make_number(kind type, std::int64_t number) {
    thrift_value made;
    made.type = type;
    made.number = number;
    return made;
  }

  /// Null if a structure has no such field.
  [[nodiscard]] thrift_value* field(std::int16_t number_of_field) {
    for (std::size_t i = 0; i < fields.size(); ++i) {
      if (fields[i] == number_of_field) return &items[i];
    }
    return nullptr;
  }
};

class thrift_reader {
 public:
  explicit thrift_reader(std::string_view bytes) : rest_{bytes} {}

  thrift_value structure() {
    deeper();
    thrift_value read;
    std::int16_t last = 0;
    for (auto head = byte(); head != 0; head = byte()) {
      auto const step = static_cast<int>(head >> 4U);
      last = static_cast<std::int16_t>(step != 0 ? last + step : signed_number());
      read.fields.push_back(last);
      read.items.push_back(value(kind_of(head & 15U)));
    }
    --depth_;
    return read;
  }

 private:
  using kind = thrift_value::kind;

  thrift_value value(kind type) {
    thrift_value read;
    read.type = type;
    switch (type) {
      case kind::yes:
      case kind::no:
        break;
      case kind::byte:
        read.number = byte();
        if (read.number > 127) read.number -= 256;
        break;
      case kind::i16:
      case kind::i32:
      case kind::i64:
        read.number = signed_number();
        break;
      case kind::real:
        read.bytes = take(8);
        break;
      case kind::binary:
        read.bytes = take(number());
        break;
      case kind::list:
      case kind::set:
        read_list(read);
        break;
      case kind::structure:
        return structure();
    }
    return read;
  }

  void read_list(thrift_value& into) {
    deeper();
    auto const head = byte();
    auto const size = (head >> 4U) == 15 ? number() : head >> 4U;
    into.element_type = kind_of(head & 15U);
    auto const is_boolean = into.element_type == kind::yes || into.element_type == kind::no;
    for (std::uint64_t i = 0; i < size; ++i) into.items.push_back(value(is_boolean ? kind::byte : into.element_type));
    --depth_;
  }

  static kind kind_of(unsigned code) {
    if (code == 0 || code == 11 || code > 12) fail();
    return static_cast<kind>(code);
  }

  unsigned byte() { return static_cast<unsigned char>(take(1).front()); }

  std::uint64_t number() {
    std::uint64_t read = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      auto const next = byte();
      read |= std::uint64_t{next & 127U} << shift;
      if (next < 128) return read;
    }
    fail();
  }

  std::int64_t signed_number() {
    auto const read = number();
    return static_cast<std::int64_t>((read >> 1U) ^ (~(read & 1U) + 1));
  }

  std::string_view take(std::uint64_t size) {
    if (size > rest_.size()) fail();
    auto const taken = rest_.substr(0, static_cast<std::size_t>(size));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  void deeper() {
    if (++depth_ > 64) fail();
  }

  [[noreturn]] static void fail() { throw error{"the footer of a Parquet file is damaged"}; }

  std::string_view rest_;
  int depth_ = 0;
};

class thrift_writer {
 public:
  explicit thrift_writer(std::string& out) : out_{out} {}

  void structure(thrift_value const& value) {
    std::int16_t last = 0;
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      field_head(value.items[i].type, last, value.fields[i]);
      last = value.fields[i];
      write(value.items[i]);
    }
    out_ += '\0';
  }

  void field_head(thrift_value::kind type, std::int16_t last, std::int16_t field) {
    auto const step = field - last;
    auto const in_head = step > 0 && step <= 15;
    out_ += static_cast<char>((in_head ? step << 4 : 0) | type);
    if (!in_head) signed_number(field);
  }

  void list_head(thrift_value::kind element_type, std::size_t size) {
    out_ += static_cast<char>((size < 15 ? size << 4U : 0xf0U) | element_type);
    if (size >= 15) number(size);
  }

  void write(thrift_value const& value) {
    using kind = thrift_value::kind;
    switch (value.type) {
      case kind::yes:
      case kind::no:
        break;
      case kind::byte:
        out_ += static_cast<char>(value.number);
        break;
      case kind::i16:
      case kind::i32:
      case kind::i64:
        signed_number(value.number);
        break;
      case kind::real:
        out_ += value.bytes;
        break;
      case kind::binary:
        number(value.bytes.size());
        out_ += value.bytes;
        break;
      case kind::list:
      case kind::set:
        list_head(value.element_type, value.items.size());
        for (auto const& each : value.items) write(each);
        break;
      case kind::structure:
        structure(value);
        break;
    }
  }

 private:
  void number(std::uint64_t value) {
    for (; value >= 128; value >>= 7U) out_ += static_cast<char>(value | 128U);
    out_ += static_cast<char>(value);
  }
  void signed_number(std::int64_t value) {
    number((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }

  std::string& out_;
};

}  // namespace spillway::duckdb::detail
