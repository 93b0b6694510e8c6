#include "make_data/make_data.hpp"
#include "make_data/random.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace make_data {

namespace {

constexpr std::size_t record_size = 100;
constexpr std::size_t key_size = 10;
constexpr std::uint64_t few_keys = 100;

enum column : std::uint64_t { key, key_end, shift, filler };

/// Every pair of hexadecimal digits, one after the other.
constexpr auto hexadecimal_pairs = [] {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::array<char, 512> pairs{};
  for (std::size_t byte = 0; byte < 256; ++byte) {
    pairs[2 * byte] = digits[byte >> 4U];
    pairs[2 * byte + 1] = digits[byte & 15U];
  }
  return pairs;
}();

/// Puts a record together from left to right.
class pen {
 public:
  explicit pen(char* at) : at_{at} {}

  void text(std::string_view bytes) { at_ = std::ranges::copy(bytes, at_).out; }

  void big_endian(std::uint64_t number, unsigned bytes) {
    for (unsigned left = bytes; left != 0; --left) *at_++ = static_cast<char>(number >> (8 * (left - 1)) & 0xffU);
  }

  void hexadecimal(std::uint64_t number) {
    for (unsigned left = 8; left != 0; --left) {
      text({hexadecimal_pairs.data() + 2 * (number >> (8 * (left - 1)) & 0xffU), 2});
    }
  }

  /// The number as a fraction of 2⁶⁴ in ten digits to the base 94, from `!` to `~`: in the order of the numbers.
  void printable(std::uint64_t number) {
    constexpr std::uint64_t base = '~' - '!' + 1;
    __extension__ using wide = unsigned __int128;
    for (std::size_t digit = 0; digit < key_size; ++digit) {
      auto const product = static_cast<wide>(number) * base;
      *at_++ = static_cast<char>('!' + static_cast<char>(product >> 64U));
      number = static_cast<std::uint64_t>(product);
    }
  }

  /// `count` letters, each four times.
  void fourfold(std::uint64_t random, unsigned count) {
    for (; count != 0; --count, random >>= 4U) at_ = std::fill_n(at_, 4, static_cast<char>('A' + (random & 15U)));
  }

 private:
  char* at_;
};

class record_writer {
 public:
  explicit record_writer(recipe const& recipe) : recipe_{recipe}, random_{recipe.seed} {}

  void write(std::uint64_t row, char* to) const {
    pen pen{to};
    recipe_.form == record_form::binary ? write_binary(row, pen) : write_text(row, pen);
  }

 private:
  void write_binary(std::uint64_t row, pen& pen) const {
    pen.big_endian(key_of(row), 8);
    pen.big_endian(recipe_.keys == key_pattern::random ? random_.at(row, key_end) : 0, 2);
    pen.text({"\x00\x11", 2});
    write_number(row, pen);
    pen.text("\x88\x99\xAA\xBB");
    pen.fourfold(random_.at(row, filler), 12);
    pen.text("\xCC\xDD\xEE\xFF");
  }

  void write_text(std::uint64_t row, pen& pen) const {
    pen.printable(key_of(row));
    pen.text("  ");
    write_number(row, pen);
    pen.text("   ");
    pen.fourfold(random_.at(row, filler), 13);
    pen.text("\n");
  }

  static void write_number(std::uint64_t row, pen& pen) {
    pen.hexadecimal(0);
    pen.hexadecimal(row);
  }

  [[nodiscard]] std::uint64_t key_of(std::uint64_t row) const {
    switch (recipe_.keys) {
      case key_pattern::few:
        return ~std::uint64_t{0} / few_keys * random_.below(few_keys, row, key);
      case key_pattern::sorted:
        return ~std::uint64_t{0} / recipe_.rows * row;
      case key_pattern::reversed:
        return ~std::uint64_t{0} / recipe_.rows * (recipe_.rows - 1 - row);
      case key_pattern::skewed:
        return random_.at(row, key) >> random_.below(64, row, shift);
      case key_pattern::random:
        break;
    }
    return random_.at(row, key);
  }

  recipe const& recipe_;
  random_table random_;
};

}  // namespace

void write_records(recipe const& recipe, spillway::io::output_file& output) {
  record_writer const writer{recipe};
  auto& buffer = output.buffer();
  for (std::uint64_t row = 0; row < recipe.rows; ++row) {
    writer.write(row, buffer.reserve(record_size));
    buffer.advance(record_size);
  }
}

}  // namespace make_data
