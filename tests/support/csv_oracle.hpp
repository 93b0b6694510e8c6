#pragma once

#include <spillway/io/byte_source.hpp>
#include <spillway/io/csv_options.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/memory_source.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What reading CSV should give, found character by character, and the same taken down from a reader.
namespace csv_oracle {

namespace io = spillway::io;

/// `text` must outlive it.
inline io::byte_source_ptr source_of(std::string_view text) {
  return std::make_unique<io::memory_source>(text, "text");
}

struct row {
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  std::string bytes;
  std::vector<std::string> fields;
  std::vector<bool> quoted;
  friend bool operator==(row const&, row const&) = default;
};

struct refused {
  spillway::text_position position;
  std::string bytes;
  friend bool operator==(refused const&, refused const&) = default;
};

struct reading {
  std::vector<std::string> header;
  std::vector<row> rows;
  std::vector<refused> rejects;
  std::uint64_t lines = 0;
  friend bool operator==(reading const&, reading const&) = default;
};

/// A row before anybody asks how many fields it should have.
struct raw_row : row {
  std::optional<std::size_t> malformed_at;
  std::vector<std::size_t> field_begins;
};

class state_machine {
 public:
  state_machine(std::string_view text, io::csv_options const& options) : text_{text}, options_{options} {}

  reading read() {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    bool first = true;
    std::size_t columns = 0;
    while (at_ != text_.size()) {
      auto const next = read_row();
      if (first && is_blank(next)) continue;
      if (std::exchange(first, false)) {
        columns = next.fields.size();
        if (options_.header == io::csv_header::present) {
          if (next.malformed_at) out_.rejects.push_back({place(*next.malformed_at), next.bytes});
          if (next.malformed_at) break;
          out_.header = next.fields;
          continue;
        }
      }
      judge(next, columns);
    }
    out_.lines = static_cast<std::uint64_t>(std::count(text_.begin(), text_.end(), '\n'));
    if (!text_.empty() && at_ == text_.size() && text_.back() != '\n' && text_ != "\xEF\xBB\xBF") ++out_.lines;
    return out_;
  }

 private:
  bool is_blank(raw_row const& next) const { return next.bytes.empty(); }

  void judge(raw_row const& next, std::size_t columns) {
    auto const fields = next.fields.size();
    if (next.malformed_at) {
      out_.rejects.push_back({place(*next.malformed_at), next.bytes});
    } else if (is_blank(next) && columns != 1) {
      return;
    } else if (fields == columns || options_.ragged == io::ragged_rows::keep) {
      out_.rows.push_back(next);
    } else if (fields < columns && options_.ragged == io::ragged_rows::pad) {
      out_.rows.push_back(next);
      out_.rows.back().fields.resize(columns);
      out_.rows.back().quoted.resize(columns);
    } else {
      auto const at = fields > columns ? next.field_begins[columns] : next.offset + next.bytes.size();
      out_.rejects.push_back({place(at), next.bytes});
    }
  }

  raw_row read_row() {
    raw_row out;
    out.offset = at_;
    out.line = place(at_).line;
    auto const begin = at_;
    bool ended = false;
    while (!ended) ended = read_field(out);
    auto end = at_;
    if (end != begin && text_[end - 1] == '\n' && closed_by_line_end_) --end;
    if (end != begin && text_[end - 1] == '\r') --end;
    out.bytes = text_.substr(begin, end - begin);
    return out;
  }

  /// True if the field was the last of its row.
  bool read_field(raw_row& out) {
    auto const begin = at_;
    bool inside = false;
    std::size_t quotes = 0;
    std::optional<std::size_t> closed_at;
    closed_by_line_end_ = false;
    auto const complain = [&](std::size_t where) {
      if (!out.malformed_at) out.malformed_at = where;
    };
    std::size_t end = text_.size();
    bool last = true;
    for (; at_ != text_.size(); ++at_) {
      auto const c = text_[at_];
      auto const is_quote = c == options_.quote;
      if (!inside && (c == options_.delimiter || c == '\n')) {
        end = at_++;
        last = c == '\n';
        closed_by_line_end_ = last;
        break;
      }
      if (is_quote) {
        auto const doubled = quotes != 0 && !inside && closed_at == at_ - 1;
        if (!inside && at_ != begin && !doubled) complain(at_);
        inside = !inside;
        ++quotes;
        if (!inside) closed_at = at_;
      } else if (closed_at == at_ - 1 && !inside && closed_at) {
        bool const ends_line = c == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n');
        if (!ends_line) complain(c == '\r' ? at_ + 1 : at_);
      }
    }
    if (inside) complain(begin);
    if (last && end > begin && text_[end - 1] == '\r') --end;
    auto bytes = text_.substr(begin, end - begin);
    bool const quoted = !bytes.empty() && bytes.front() == options_.quote;
    out.field_begins.push_back(begin);
    out.quoted.push_back(quoted);
    out.fields.push_back(quoted ? without_quotes(bytes) : std::string{bytes});
    return last;
  }

  std::string without_quotes(std::string_view bytes) const {
    std::string out;
    bytes.remove_prefix(1);
    if (!bytes.empty()) bytes.remove_suffix(1);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      out += bytes[i];
      if (bytes[i] == options_.quote) ++i;
    }
    return out;
  }

  [[nodiscard]] spillway::text_position place(std::size_t at) const {
    auto const before = text_.substr(0, at);
    auto const line_start = before.rfind('\n') + 1;
    auto const mark = line_start == 0 && text_.starts_with("\xEF\xBB\xBF") ? std::size_t{3} : 0;
    return {.line = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n')) + 1,
            .column = at - line_start - mark + 1,
            .offset = at};
  }

  std::string_view text_;
  io::csv_options const& options_;
  std::size_t at_ = 0;
  bool closed_by_line_end_ = false;
  reading out_;
};

inline row take_down(io::csv_row const& from) {
  row out{.offset = from.offset(),
          .line = from.line().value_or(0),
          .bytes = std::string{from.verbatim()},
          .fields = {},
          .quoted = {}};
  for (std::size_t i = 0; i < from.size(); ++i) {
    out.fields.emplace_back(from[i]);
    out.quoted.push_back(from.quoted(i));
  }
  return out;
}

}  // namespace csv_oracle
