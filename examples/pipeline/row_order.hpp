#pragma once

#include <spillway/core/text.hpp>
#include <spillway/sort/codec.hpp>
#include <spillway/sort/key_prefix.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace pipeline {

/// The parts, in the order in which they are written.
enum class split : std::uint8_t { train, eval, test };
inline constexpr std::array<std::string_view, 3> split_names{"train", "eval", "test"};

/// `train`, `eval` or `validation`, `test`, in any case; nothing for any other text.
[[nodiscard]] std::optional<split> parse_split(std::string_view text) noexcept;

/// Where a row belongs: by split, then by the shuffle column. Numbers of all types are ordered by their exact value, so
/// that a file's order does not depend on the type its column was read as: -0 equals +0, NaN comes after +infinity, and
/// a missing value comes last.
struct row_order {
  /// Two bits of split, one for a missing value, the first 61 bits of the number.
  std::uint64_t first = 0;
  /// Its last 3 bits, and by how much an integer differs from it.
  std::uint16_t rest = 0;

  friend constexpr std::strong_ordering operator<=>(row_order const&, row_order const&) = default;
};

/// Of the shuffle value alone; `in` adds the split.
[[nodiscard]] row_order order_of(double shuffle) noexcept;
[[nodiscard]] row_order order_of(std::int64_t shuffle) noexcept;
[[nodiscard]] row_order order_of(std::uint64_t shuffle) noexcept;
[[nodiscard]] row_order order_of_missing() noexcept;

[[nodiscard]] inline row_order in(split part, row_order order) noexcept {
  order.first |= static_cast<std::uint64_t>(part) << 62U;
  return order;
}
[[nodiscard]] inline split split_of(row_order const& order) noexcept { return static_cast<split>(order.first >> 62U); }

/// A row on its way to its file.
struct placed_row {
  row_order order;
  std::string_view bytes;
};

}  // namespace pipeline

template <>
struct spillway::sort::key_prefix<pipeline::row_order> {
  static constexpr unsigned bits = 64;
  static constexpr bool complete = false;
  static constexpr std::uint64_t of(pipeline::row_order const& order) noexcept { return order.first; }
};

/// Of a decimal integer or floating-point number; an empty text is a missing value.
template <>
struct spillway::text_parser<pipeline::row_order> {
  static pipeline::row_order parse(std::string_view text);
};

template <>
struct spillway::sort::spill_codec<pipeline::placed_row> {
  static constexpr std::size_t head = sizeof(std::uint64_t) + sizeof(std::uint16_t);

  static std::size_t size(pipeline::placed_row const& row) noexcept { return head + row.bytes.size(); }
  static void write(pipeline::placed_row const& row, char* to) noexcept {
    std::memcpy(to, &row.order.first, sizeof row.order.first);
    std::memcpy(to + sizeof row.order.first, &row.order.rest, sizeof row.order.rest);
    row.bytes.copy(to + head, row.bytes.size());
  }
  static pipeline::placed_row read(std::string_view bytes) noexcept {
    pipeline::placed_row row;
    std::memcpy(&row.order.first, bytes.data(), sizeof row.order.first);
    std::memcpy(&row.order.rest, bytes.data() + sizeof row.order.first, sizeof row.order.rest);
    row.bytes = bytes.substr(head);
    return row;
  }
  /// A view: ties are told apart where the rows lie.
  static pipeline::placed_row in_place(std::string_view bytes) noexcept { return read(bytes); }
};
