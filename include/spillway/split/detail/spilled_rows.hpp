#pragma once

#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/options.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory_resource>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::split::detail {

/// A piece of what goes into the output of a class: rows, as they will be written, cut anywhere.
struct spilled_piece {
  std::string_view class_name;
  std::string_view bytes;
  /// Rows that begin in it.
  std::uint32_t records = 0;
};

/// `[records][size of the name][name][bytes]`
inline spilled_piece piece_of(std::string_view packed) noexcept {
  std::array<std::uint32_t, 2> head;
  std::memcpy(head.data(), packed.data(), sizeof head);
  auto const text = packed.substr(sizeof head);
  return {.class_name = text.substr(0, head[1]), .bytes = text.substr(head[1]), .records = head[0]};
}

struct name_of_piece {
  [[nodiscard]] std::string_view operator()(std::string_view packed) const noexcept {
    return piece_of(packed).class_name;
  }
};

/// Rows of classes that have no open output, sorted by class.
class spilled_rows {
 public:
  explicit spilled_rows(sort::external_options const& options) : sorter_{{}, {}, options}, packed_{options.memory} {}

  void push(std::string_view class_name, std::string_view rows, std::uint32_t records) {
    // Pieces that are small even beside the smallest budget.
    constexpr std::size_t most = std::size_t{16} * 1024;
    while (!rows.empty()) {
      auto const piece = rows.substr(0, most);
      push_piece({.class_name = class_name, .bytes = piece, .records = std::exchange(records, 0)});
      rows.remove_prefix(piece.size());
    }
  }

  /// Calls `take(piece)` for all pieces, those of a class one after the other in the order in which they were pushed,
  /// the classes by their names.
  template <class Take>
  void each(Take take) {
    for (std::string_view const packed : sorter_.sorted()) take(piece_of(packed));
  }

  [[nodiscard]] std::uint64_t bytes() const { return sorter_.result().bytes; }

 private:
  void push_piece(spilled_piece const& piece) {
    std::array const head{piece.records, static_cast<std::uint32_t>(piece.class_name.size())};
    packed_.resize(sizeof head + piece.class_name.size() + piece.bytes.size());
    auto* at = packed_.data();
    std::memcpy(at, head.data(), sizeof head);
    at = std::copy(piece.class_name.begin(), piece.class_name.end(), at + sizeof head);
    std::copy(piece.bytes.begin(), piece.bytes.end(), at);
    sorter_.push(std::string_view{packed_.data(), packed_.size()});
  }

  sort::external_sorter<std::string_view, std::ranges::less, name_of_piece> sorter_;
  std::pmr::vector<char> packed_;
};

}  // namespace spillway::split::detail
