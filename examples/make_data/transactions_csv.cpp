#include "make_data/in_order.hpp"
#include "make_data/transactions.hpp"

#include <spillway/calendar/format.hpp>

#include <charconv>
#include <string>
#include <utility>

namespace make_data {

namespace {

constexpr std::uint64_t rows_in_block = 4096;
constexpr std::size_t longest_row = 512;

char* write_text(char* out, std::string_view text) { return out + text.copy(out, text.size()); }

/// None of the texts has quotes in it.
char* write_quotable(char* out, std::string_view text) {
  if (text.find(',') == std::string_view::npos) return write_text(out, text);
  *out++ = '"';
  out = write_text(out, text);
  *out++ = '"';
  return out;
}

char* write_whole(char* out, std::int64_t value) { return std::to_chars(out, out + 20, value).ptr; }

/// `-12.34`, always with all digits.
char* write_decimal(char* out, std::int64_t value, unsigned digits) {
  if (value < 0) *out++ = '-';
  auto rest = static_cast<std::uint64_t>(value < 0 ? -value : value);
  std::uint64_t unit = 1;
  for (auto i = digits; i != 0; --i) unit *= 10;
  out = std::to_chars(out, out + 20, rest / unit).ptr;
  *out = '.';
  rest %= unit;
  for (auto i = digits; i != 0; --i, rest /= 10) out[i] = static_cast<char>('0' + rest % 10);
  return out + digits + 1;
}

char* write_day(char* out, std::int64_t value) {
  return write_text(out, spillway::calendar::format_date(std::chrono::sys_days{std::chrono::days{value}}));
}

class row_text {
 public:
  explicit row_text(transactions const& from) : from_{from} {}

  /// \pre `longest_row` bytes are free.
  char* write(char* out, transaction const& row) const {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) *out++ = ',';
      if (row[i] != null_cell) out = write_cell(out, i, row[i]);
    }
    *out++ = '\n';
    return out;
  }

 private:
  char* write_cell(char* out, std::size_t column, std::int64_t value) const {
    auto const& [name, kind, digits] = from_.columns()[column];
    switch (kind) {
      case cell_kind::whole:
        return write_whole(out, value);
      case cell_kind::decimal:
        return write_decimal(out, value, digits);
      case cell_kind::boolean:
        return write_text(out, value != 0 ? "true" : "false");
      case cell_kind::day:
        return write_day(out, value);
      case cell_kind::text:
        return write_quotable(out, from_.texts(column)[static_cast<std::size_t>(value)]);
    }
    return out;
  }

  transactions const& from_;
};

}  // namespace

void write_transactions_csv(recipe const& recipe, spillway::io::output_file& output) {
  transactions const table{recipe};
  row_text const text{table};
  std::string header;
  for (auto const& column : table.columns()) header.append(header.empty() ? "" : ",").append(column.name);
  output.buffer().append(header += '\n');
  auto const make = [&](std::uint64_t first, std::uint64_t last) {
    std::string block(static_cast<std::size_t>(last - first) * longest_row, '\0');
    auto* end = block.data();
    for (auto row = first; row < last; ++row) end = text.write(end, table.row(row));
    block.resize(static_cast<std::size_t>(end - block.data()));
    return block;
  };
  in_order(recipe.rows, rows_in_block, make, [&](std::string const& block) { output.buffer().append(block); });
}

}  // namespace make_data
