#include "pipeline/row_order.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <system_error>

namespace pipeline {

namespace {

/// Integers of 64 bits differ by up to 1024 from the double nearest to them.
constexpr int middle = 2048;

row_order make_order(std::uint64_t number, int difference) noexcept {
  return {number >> 3U,
          static_cast<std::uint16_t>((number & 7U) << 13U | static_cast<std::uint64_t>(middle + difference))};
}

template <std::integral T>
row_order order_of_integer(T shuffle) noexcept {
  __extension__ using wide = __int128;
  auto const nearest = static_cast<double>(shuffle);
  auto const difference = static_cast<wide>(shuffle) - static_cast<wide>(nearest);
  return make_order(spillway::sort::key_prefix<double>::of(nearest), static_cast<int>(difference));
}

bool is_integer(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return '0' <= c && c <= '9'; });
}

/// \pre `name` is in lower case
bool equals_in_any_case(std::string_view text, std::string_view name) noexcept {
  return std::ranges::equal(text, name, {},
                            [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c | 32) : c; });
}

}  // namespace

std::optional<split> parse_split(std::string_view text) noexcept {
  if (text.size() == 4) {
    if (equals_in_any_case(text, "eval")) return split::eval;
    if (equals_in_any_case(text, "test")) return split::test;
  } else if (equals_in_any_case(text, "train")) {
    return split::train;
  } else if (equals_in_any_case(text, "validation")) {
    return split::eval;
  }
  return std::nullopt;
}

row_order order_of(double shuffle) noexcept { return make_order(spillway::sort::key_prefix<double>::of(shuffle), 0); }
row_order order_of(std::int64_t shuffle) noexcept { return order_of_integer(shuffle); }
row_order order_of(std::uint64_t shuffle) noexcept { return order_of_integer(shuffle); }
row_order order_of_missing() noexcept { return {std::uint64_t{1} << 61U, 0}; }

}  // namespace pipeline

pipeline::row_order spillway::text_parser<pipeline::row_order>::parse(std::string_view text) {
  using namespace pipeline;
  if (text.empty()) return order_of_missing();
  if (is_integer(text)) {
    auto const* const end = text.data() + text.size();
    if (std::int64_t value = 0; std::from_chars(text.data(), end, value).ec == std::errc{}) return order_of(value);
    if (std::uint64_t value = 0; std::from_chars(text.data(), end, value).ec == std::errc{}) return order_of(value);
  }
  return order_of(parse_text<double>(text));
}
