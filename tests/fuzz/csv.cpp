#include "support/csv_oracle.hpp"

#include <spillway/core/error.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_row_packing.hpp>
#include <spillway/io/csv_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// The first two bytes choose the options, the rest is the input. It must read as the state machine says, in sequence
// and on two threads, and what is written again must read the same.
namespace {

namespace io = spillway::io;

void require(bool holds) {
  if (!holds) std::abort();
}

io::csv_options options_of(std::uint8_t choice, std::uint8_t chunk_size) {
  io::csv_options options{.on_error = io::error_policy::skip, .chunk_size = chunk_size + std::size_t{1}};
  if ((choice & 1U) != 0) options.header = io::csv_header::absent;
  if ((choice & 2U) != 0) options.quote = std::nullopt;
  if ((choice & 4U) != 0) options.ragged = io::ragged_rows::pad;
  if ((choice & 8U) != 0) options.ragged = io::ragged_rows::keep;
  if ((choice & 16U) != 0) options.delimiter = ';';
  return options;
}

/// Rows come back from their bytes, and any bytes are a row or refused.
class packing_check {
 public:
  explicit packing_check(io::csv_reader const& reader) : packing_{reader} {}

  void operator()(io::csv_row const& row) {
    std::vector<char> packed(packing_.size(row));  // not a byte more, so that a sanitizer sees one read behind it
    packing_.write(row, packed.data());
    auto const& again = packing_.read({packed.data(), packed.size()}, buffer_);
    require(csv_oracle::take_down(again).fields == csv_oracle::take_down(row).fields);
  }

  void any(std::string_view text) {
    std::vector<char> const bytes(text.begin(), text.end());
    try {
      auto const& row = packing_.read({bytes.data(), bytes.size()}, buffer_);
      for (std::size_t i = 0; i < row.size(); ++i) static_cast<void>(row[i]);
    } catch (spillway::value_error const&) {
    }
  }

 private:
  io::csv_row_packing packing_;
  io::csv_row_packing::buffer buffer_;
};

void check(std::string_view text, io::csv_options options) {
  auto const expected = csv_oracle::state_machine{text, options}.read();
  std::vector<csv_oracle::refused> rejects;
  options.rejects = [&](io::reject const& refused) {
    rejects.push_back({refused.position, std::string{refused.bytes}});
  };
  auto reader = io::read_csv(csv_oracle::source_of(text), options);
  std::string written;
  io::csv_writer write{written, {.delimiter = options.delimiter}};
  std::vector<csv_oracle::row> rows;
  packing_check packs{reader};
  packs.any(text);
  for (auto const& row : reader) {
    packs(row);
    rows.push_back(csv_oracle::take_down(row));
    write(row);
  }
  require(rows == expected.rows && rejects == expected.rejects && reader.result().lines == expected.lines);

  rejects.clear();
  auto parallel = io::read_csv(csv_oracle::source_of(text), options);
  auto const result = parallel.for_each(2, [](io::csv_row const&, unsigned) {});
  require(result.records == rows.size() && result.lines == expected.lines && rejects == expected.rejects);

  if (options.ragged == io::ragged_rows::pad) return;  // rows are written as they were, not as they are padded
  auto again =
      io::read_csv(csv_oracle::source_of(written),
                   {.delimiter = options.delimiter, .header = io::csv_header::absent, .ragged = io::ragged_rows::keep});
  auto next = rows.begin();
  for (auto const& row : again) require(next != rows.end() && csv_oracle::take_down(row).fields == (next++)->fields);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size < 2) return 0;
  try {
    check({reinterpret_cast<char const*>(data) + 2, size - 2}, options_of(data[0], data[1]));
  } catch (spillway::parse_error const&) {  // an input without a header
  }
  return 0;
}
