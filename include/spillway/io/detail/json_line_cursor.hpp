#pragma once

#include <spillway/io/detail/json_fault.hpp>
#include <spillway/io/detail/json_line.hpp>
#include <spillway/io/detail/json_tokens.hpp>
#include <spillway/io/json_row.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace spillway::io::detail {

/// Goes through the lines of one chunk after the other and tells good rows from bad lines.
///
/// The tokens of a chunk are found all at once. If that fails, some line has a fault that can mislead about those after
/// it (an open string, bytes that are not UTF-8), and the chunk is done again line by line.
class json_line_cursor {
 public:
  enum class found { row, fault, nothing };

  json_line_cursor(std::pmr::memory_resource* memory, std::string_view source)
      : tokens_{memory}, line_{memory}, row_{&line_, memory} {
    row_.source_name_ = source;
  }

  /// `bytes` is followed by `chunk_padding` more. `lines_before` is how many lines the chunks before had, if known.
  void start(std::string_view bytes, std::uint64_t offset, std::optional<std::uint64_t> lines_before) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (offset == 0 && bytes.starts_with(byte_order_mark)) {
      bytes.remove_prefix(byte_order_mark.size());
      offset = byte_order_mark.size();
    }
    bytes_ = bytes;
    offset_ = offset;
    lines_before_ = lines_before;
    lines_ = 0;
    end_ = 0;
    next_ = 0;
    line_.expect_escapes(bytes.find('\\') != std::string_view::npos);
    by_line_ = !tokens_.find(bytes);
    token_ = tokens_.begin();
  }

  found next() {
    while (next_ < bytes_.size()) {
      if (!by_line_ && read_alike()) return found_row();
      next_line();
      if (by_line_ ? is_blank() : *token_ >= end_) continue;
      return (by_line_ ? read_alone() : read_among()) ? found_row() : found::fault;
    }
    return found::nothing;
  }

  [[nodiscard]] json_row const& row() const noexcept { return row_; }

  /// What is wrong with the current line.
  [[nodiscard]] json_fault fault() const {
    auto fault = find_json_fault(verbatim());
    if (!fault) return {0, "not a JSON object"};
    return *std::move(fault);
  }

  /// The current line without its end.
  [[nodiscard]] std::string_view verbatim() const noexcept {
    auto const ends_in_return = end_ < next_ && end_ > begin_ && bytes_[end_ - 1] == '\r';
    return bytes_.substr(begin_, end_ - begin_ - (ends_in_return ? 1 : 0));
  }
  /// Where the current line begins in the input.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_ + begin_; }
  /// Lines of this chunk so far, the current one included.
  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }

 private:
  void next_line() noexcept {
    begin_ = next_;
    auto const* const newline =
        static_cast<char const*>(std::memchr(bytes_.data() + begin_, '\n', bytes_.size() - begin_));
    end_ = newline != nullptr ? static_cast<std::size_t>(newline - bytes_.data()) : bytes_.size();
    next_ = newline != nullptr ? end_ + 1 : end_;
    ++lines_;
  }

  [[nodiscard]] bool is_blank() const noexcept { return std::ranges::all_of(verbatim(), is_json_blank); }

  found found_row() noexcept {
    row_.verbatim_ = verbatim();
    row_.offset_ = offset();
    if (lines_before_) row_.number_ = *lines_before_ + lines_;
    return found::row;
  }

  /// Most lines look like one before them. That is looked for first.
  bool read_alike() {
    auto const next = line_.read_alike(bytes_.data(), static_cast<std::uint32_t>(next_), token_);
    if (next == 0) return false;
    begin_ = next_;
    next_ = next;
    end_ = next_ - 1;
    ++lines_;
    is_other_ = false;
    return true;
  }

  bool read_among() {
    auto const begin = static_cast<std::uint32_t>(begin_);
    auto const end = static_cast<std::uint32_t>(end_);
    auto const was_other = std::exchange(is_other_, true);
    if (!line_.read(bytes_.data(), begin, end, token_)) {
      while (*token_ < end) ++token_;
      return false;
    }
    // A single line that is different does not change what the others look like.
    if (was_other && end_ < next_) line_.learn(static_cast<std::uint32_t>(next_));
    return true;
  }

  bool read_alone() {
    auto const text = bytes_.substr(begin_, end_ - begin_);
    if (!tokens_.find(text)) return false;
    auto const* token = tokens_.begin();
    return line_.read(text.data(), 0, static_cast<std::uint32_t>(text.size()), token);
  }

  json_tokens tokens_;
  json_line line_;
  json_row row_;
  std::string_view bytes_;
  std::uint64_t offset_ = 0;
  std::optional<std::uint64_t> lines_before_;
  std::uint64_t lines_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t next_ = 0;
  bool by_line_ = false;
  /// The line before did not look like those before it.
  bool is_other_ = true;
  std::uint32_t const* token_ = nullptr;
};

}  // namespace spillway::io::detail
