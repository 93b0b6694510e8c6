#pragma once

#include <spillway/io/detail/byte_block.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io::detail {

/// The two characters that give bytes a structure, besides the line end.
struct csv_syntax {
  char delimiter = ',';
  std::optional<char> quote = '"';
};

/// `std::popcount`, which is a function call where the instruction can't be relied on.
inline std::uint32_t count_bits(std::uint64_t bits) noexcept {
#if defined(__x86_64__) && !defined(__POPCNT__)
  bits -= (bits >> 1U) & 0x5555'5555'5555'5555U;
  bits = (bits & 0x3333'3333'3333'3333U) + ((bits >> 2U) & 0x3333'3333'3333'3333U);
  bits = (bits + (bits >> 4U)) & 0x0f0f'0f0f'0f0f'0f0fU;
  return static_cast<std::uint32_t>((bits * 0x0101'0101'0101'0101U) >> 56U);
#else
  return static_cast<std::uint32_t>(std::popcount(bits));
#endif
}

/// The bits of a block that lie within the bytes still to come.
inline std::uint64_t first_bits(std::size_t count) noexcept {
  return count < 64 ? (std::uint64_t{1} << count) - 1 : ~std::uint64_t{0};
}

/// Tells where the last whole row ends: after the last line end that stands outside quotes, which is where the number
/// of quotes before it is even. `bytes` must start where a row starts.
class csv_cut {
 public:
  explicit csv_cut(csv_syntax const& syntax) : quote_{syntax.quote} {}

  /// Sets `in_quotes` to whether `bytes` end within quotes.
  std::size_t operator()(std::string_view bytes, bool& in_quotes) const noexcept {
    if (!quote_) return bytes.rfind('\n') + 1;
    in_quotes = count_quotes(bytes) % 2 != 0;
    return after_last_row(bytes, in_quotes);
  }

 private:
  [[nodiscard]] std::size_t count_quotes(std::string_view bytes) const noexcept {
    char const quote = *quote_;
    std::size_t quotes = 0;
    std::size_t at = 0;
    for (; at + 64 <= bytes.size(); at += 64) {
      // Most blocks have none, and then this costs a comparison and a branch that is always predicted.
      if (auto const found = byte_block{bytes.data() + at}.equal(quote); found != 0) {
        quotes += count_bits(found);
      }
    }
    return quotes +
           static_cast<std::size_t>(std::count(bytes.begin() + static_cast<std::ptrdiff_t>(at), bytes.end(), quote));
  }

  /// Walks back from the end, where the parity is known.
  [[nodiscard]] std::size_t after_last_row(std::string_view bytes, bool open) const noexcept {
    std::size_t at = bytes.size();
    while (at != 0) {
      char const c = bytes[--at];
      if (c == *quote_) open = !open;
      if (c == '\n' && !open) return at + 1;
    }
    return 0;
  }

  std::optional<char> quote_;
};

/// Memory from a resource that is grown by hand and never initialised.
template <class T>
class index_array {
 public:
  explicit index_array(std::pmr::memory_resource* memory) : memory_{memory} {}
  index_array(index_array&& other) noexcept
      : memory_{other.memory_},
        data_{std::exchange(other.data_, nullptr)},
        capacity_{std::exchange(other.capacity_, 0)} {}
  index_array& operator=(index_array&&) = delete;
  ~index_array() { release(); }

  [[nodiscard]] T* data() noexcept { return data_; }
  [[nodiscard]] T const* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

  /// Keeps the first `used` elements and makes room for at least `wanted`.
  void grow(std::size_t used, std::size_t wanted) {
    auto const capacity = std::max(wanted, capacity_ + capacity_ / 2);
    auto* const larger = static_cast<T*>(memory_->allocate(capacity * sizeof(T), alignof(T)));
    if (used != 0) std::memcpy(larger, data_, used * sizeof(T));
    release();
    data_ = larger;
    capacity_ = capacity;
  }

 private:
  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_ * sizeof(T), alignof(T));
  }

  std::pmr::memory_resource* memory_;
  T* data_ = nullptr;
  std::size_t capacity_ = 0;
};

/// What a block of 64 bytes has to know of those before it. Bits are in place 0, for the block's first byte.
struct csv_scan_state {
  std::uint64_t quoting = 0;    ///< all ones if quotes mean something
  std::uint64_t inside = 0;     ///< all ones within quotes
  std::uint64_t before = 1;     ///< the last byte was a delimiter, a line end or a quote
  std::uint64_t closed = 0;     ///< the last byte was a closing quote
  std::uint64_t closed_cr = 0;  ///< the last byte was a carriage return after a closing quote
  [[nodiscard]] std::uint64_t pending() const noexcept { return inside | closed | closed_cr; }

  struct block_bits {
    std::uint64_t quotes;
    std::uint64_t returns;
    std::uint64_t valid;
  };

  /// Takes the newlines and delimiters inside quotes out, and looks at what stands before and after each quote: gives
  /// the characters that may not stand where they do.
  std::uint64_t resolve_quotes(block_bits const& bits, std::uint64_t& newlines, std::uint64_t& delimiters) noexcept {
    auto const within = prefix_xor(bits.quotes) ^ inside;
    newlines &= ~within;
    delimiters &= ~within;
    auto const opening = bits.quotes & within;
    auto const closing = bits.quotes & ~within;
    auto const ahead = newlines | delimiters | bits.quotes;
    auto const followers = (closing << 1U) | closed;
    auto const followers_cr = followers & bits.returns;
    auto const behind_cr = (followers_cr << 1U) | closed_cr;
    auto misplaced = opening & ~((ahead << 1U) | before);
    misplaced |= followers & ~(ahead | bits.returns);
    misplaced |= behind_cr & ~newlines;
    inside = std::uint64_t{0} - (within >> 63U);
    before = ahead >> 63U;
    closed = closing >> 63U;
    closed_cr = followers_cr >> 63U;
    return misplaced & bits.valid;
  }
};

/// Writes more positions than there are, eight at least, so that the loop runs the same number of times for most
/// blocks. Returns how many there are.
inline std::size_t list_positions(std::uint32_t* out, std::uint64_t bits, std::uint32_t at) noexcept {
  std::size_t const count = count_bits(bits);
  for (std::size_t done = 0;;) {
    for (std::size_t i = done; i < done + 8; ++i) {
      out[i] = at + static_cast<std::uint32_t>(std::countr_zero(bits));
      bits &= bits - 1;
    }
    done += 8;
    if (done >= count) [[likely]]
      return count;
  }
}

/// Where the fields and the rows of a piece of CSV end.
///
/// Structure is decided by the parity of quotes alone: a delimiter or a line end with an odd number of quotes before it
/// is data. Quotes that stand where no quote may stand don't change that; they are listed in `misplaced()`.
///
/// Complexity: one pass, 64 bytes at a time; blocks without quotes cost a few instructions for each field.
/// Memory: 4 bytes a field and 4 bytes a row, kept for the next piece.
class csv_index {
 public:
  explicit csv_index(std::pmr::memory_resource* memory) : ends_{memory}, rows_{memory}, misplaced_{memory} {}

  /// `bytes` start where a row starts, are shorter than 4 GiB, and 64 more bytes can be read behind them.
  void build(std::string_view bytes, csv_syntax const& syntax) {
    misplaced_.clear();
    embedded_lines_ = 0;
    csv_scan_state state{.quoting = syntax.quote ? ~std::uint64_t{0} : 0};
    make_room(0, 0);
    ends_.data()[0] = std::numeric_limits<std::uint32_t>::max();
    rows_.data()[0] = 0;
    std::size_t fields = 1;
    std::size_t rows = 1;
    char const delimiter_character = syntax.delimiter;
    char const quote_character = syntax.quote.value_or('"');

    for (std::size_t at = 0; at < bytes.size(); at += 64) {
      make_room(fields, rows);
      byte_block const block{bytes.data() + at};
      auto newlines = block.equal('\n');
      auto delimiters = block.equal(delimiter_character);
      auto const quotes = block.equal(quote_character) & state.quoting;
      auto const valid = first_bits(bytes.size() - at);
      if ((quotes | state.pending()) != 0) [[unlikely]] {
        resolve_quotes({quotes & valid, block.equal('\r'), valid}, static_cast<std::uint32_t>(at), newlines, delimiters,
                       state);
      } else {
        state.before = (newlines | delimiters) >> 63U;
      }
      newlines &= valid;
      auto const structure = newlines | (delimiters & valid);
      rows += list_rows(rows_.data() + rows, newlines, structure, static_cast<std::uint32_t>(fields));
      fields += list_positions(ends_.data() + fields, structure, static_cast<std::uint32_t>(at));
    }
    open_ = state.inside != 0;
    row_count_ = rows - 1;
    finish(bytes.size(), fields);
  }

  [[nodiscard]] std::size_t rows() const noexcept { return row_count_; }
  /// The ends of the fields of row r are `ends(r)[1…fields(r)]`; `ends(r)[0] + 1` is where its first field begins.
  [[nodiscard]] std::uint32_t const* ends(std::size_t row) const noexcept { return ends_.data() + rows_.data()[row]; }
  [[nodiscard]] std::uint32_t fields(std::size_t row) const noexcept {
    return rows_.data()[row + 1] - rows_.data()[row];
  }
  [[nodiscard]] std::uint32_t const* all_ends() const noexcept { return ends_.data(); }
  [[nodiscard]] std::uint32_t const* row_bounds() const noexcept { return rows_.data(); }

  /// Line ends inside quotes.
  [[nodiscard]] std::size_t embedded_lines() const noexcept { return embedded_lines_; }
  /// Quotes inside unquoted fields, and characters between a closing quote and the end of its field, in order.
  [[nodiscard]] std::span<std::uint32_t const> misplaced() const noexcept { return misplaced_; }
  /// The last row ends within quotes.
  [[nodiscard]] bool open() const noexcept { return open_; }

 private:
  void resolve_quotes(csv_scan_state::block_bits const& bits, std::uint32_t at, std::uint64_t& newlines,
                      std::uint64_t& delimiters, csv_scan_state& state) {
    auto const all_newlines = newlines;
    auto misplaced = state.resolve_quotes(bits, newlines, delimiters);
    embedded_lines_ += count_bits(all_newlines & ~newlines & bits.valid);
    for (; misplaced != 0; misplaced &= misplaced - 1) {
      misplaced_.push_back(at + static_cast<std::uint32_t>(std::countr_zero(misplaced)));
    }
  }

  /// As `list_positions`, for the ordinal of each row's last field.
  static std::size_t list_rows(std::uint32_t* out, std::uint64_t newlines, std::uint64_t structure,
                               std::uint32_t fields) noexcept {
    std::size_t const count = count_bits(newlines);
    for (std::size_t done = 0;;) {
      for (std::size_t i = done; i < done + 4; ++i) {
        auto const up_to_here = structure & (newlines ^ (newlines - 1));
        out[i] = fields - 1 + count_bits(up_to_here);
        newlines &= newlines - 1;
      }
      done += 4;
      if (done >= count) [[likely]]
        return count;
    }
  }

  /// Ends the last row where the bytes end, if no line end did.
  void finish(std::size_t size, std::size_t fields) {
    auto const after_last_row = ends_.data()[rows_.data()[row_count_]] + 1;
    if (after_last_row == size) return;
    ends_.data()[fields] = static_cast<std::uint32_t>(size);
    rows_.data()[++row_count_] = static_cast<std::uint32_t>(fields);
  }

  void make_room(std::size_t fields, std::size_t rows) {
    constexpr std::size_t block = 64 + 8;
    if (fields + block > ends_.capacity()) [[unlikely]]
      ends_.grow(fields, fields + 16 * block);
    if (rows + block > rows_.capacity()) [[unlikely]]
      rows_.grow(rows, rows + 8 * block);
  }

  index_array<std::uint32_t> ends_;
  index_array<std::uint32_t> rows_;
  std::pmr::vector<std::uint32_t> misplaced_;
  std::size_t row_count_ = 0;
  std::size_t embedded_lines_ = 0;
  bool open_ = false;
};

}  // namespace spillway::io::detail
