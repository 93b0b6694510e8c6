#pragma once

#include <spillway/io/detail/byte_block.hpp>
#include <spillway/io/detail/csv_scan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory_resource>
#include <string_view>

namespace spillway::io::detail {

/// Where the fields of a single row end. As `csv_index`, but nothing behind the bytes is read.
class csv_row_scan {
 public:
  explicit csv_row_scan(std::pmr::memory_resource* memory) : ends_{memory} {}

  /// False for bytes that are not one well-formed row without its line end.
  [[nodiscard]] bool build(std::string_view bytes, csv_syntax const& syntax) {
    csv_scan_state state{.quoting = syntax.quote ? ~std::uint64_t{0} : 0};
    malformed_ = quotes_ = fields_ = 0;
    make_room();
    ends_.data()[fields_++] = std::numeric_limits<std::uint32_t>::max();
    std::size_t at = 0;
    for (; at + 64 <= bytes.size(); at += 64) add(byte_block{bytes.data() + at}, 0, at, syntax, state);
    if (auto const left = bytes.size() - at; left == 0) {
      // all of it was whole blocks
    } else if (at != 0) {
      add(byte_block{bytes.data() + bytes.size() - 64}, 64 - left, at, syntax, state);
    } else {
      std::array<char, 64> copy{};
      std::memcpy(copy.data(), bytes.data(), left);
      add(byte_block{copy.data()}, 0, 0, syntax, state, first_bits(left));
    }
    ends_.data()[fields_] = static_cast<std::uint32_t>(bytes.size());
    return (malformed_ | state.inside) == 0;
  }

  /// As `csv_index::ends`, of the one row.
  [[nodiscard]] std::uint32_t const* ends() const noexcept { return ends_.data(); }
  [[nodiscard]] std::uint32_t fields() const noexcept { return static_cast<std::uint32_t>(fields_); }
  [[nodiscard]] bool has_quotes() const noexcept { return quotes_ != 0; }

 private:
  /// Looks at the bytes of a block but the first `skip`, of which the next stands at `at`.
  void add(byte_block const& block, std::size_t skip, std::size_t at, csv_syntax const& syntax, csv_scan_state& state,
           std::uint64_t valid = ~std::uint64_t{0}) {
    make_room();
    valid >>= skip;
    auto newlines = (block.equal('\n') >> skip) & valid;
    auto delimiters = (block.equal(syntax.delimiter) >> skip) & valid;
    auto const quotes = (block.equal(syntax.quote.value_or('"')) >> skip) & valid & state.quoting;
    if ((quotes | state.pending()) != 0) [[unlikely]] {
      auto const returns = block.equal('\r') >> skip;
      malformed_ |= state.resolve_quotes({quotes, returns, valid}, newlines, delimiters);
    } else {
      state.before = delimiters >> 63U;
    }
    malformed_ |= newlines;
    quotes_ |= quotes;
    fields_ += list_positions(ends_.data() + fields_, delimiters, static_cast<std::uint32_t>(at));
  }

  void make_room() {
    constexpr std::size_t block = 64 + 8;
    if (fields_ + block > ends_.capacity()) [[unlikely]]
      ends_.grow(fields_, fields_ + 2 * block);
  }

  index_array<std::uint32_t> ends_;
  std::size_t fields_ = 0;
  std::uint64_t malformed_ = 0;
  std::uint64_t quotes_ = 0;
};

}  // namespace spillway::io::detail
