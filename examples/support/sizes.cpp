#include "support/sizes.hpp"

#include <spillway/core/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <span>
#include <system_error>

namespace support {

namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

/// A whole number followed by one of `units`, as their product.
std::uint64_t parse_with_unit(std::string_view text, std::span<unit const> units, std::string_view expected) {
  auto const digits = std::min(text.find_first_not_of("0123456789"), text.size());
  auto name = std::string{text.substr(digits)};
  name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  auto const found = std::ranges::find(units, std::string_view{name}, &unit::name);
  if (digits == 0 || found == units.end()) throw spillway::value_error{expected, text};
  auto const number = spillway::parse_text<std::uint64_t>(text.substr(0, digits));
  if (number > std::numeric_limits<std::int64_t>::max() / found->factor) throw spillway::value_error{expected, text};
  return number * found->factor;
}

}  // namespace

std::uint64_t parse_bytes(std::string_view text) {
  static constexpr auto units = std::to_array<unit>({{"", 1},
                                                     {"b", 1},
                                                     {"kib", 1ULL << 10U},
                                                     {"mib", 1ULL << 20U},
                                                     {"gib", 1ULL << 30U},
                                                     {"tib", 1ULL << 40U},
                                                     {"k", 1ULL << 10U},
                                                     {"m", 1ULL << 20U},
                                                     {"g", 1ULL << 30U},
                                                     {"t", 1ULL << 40U},
                                                     {"kb", 1'000},
                                                     {"mb", 1'000'000},
                                                     {"gb", 1'000'000'000},
                                                     {"tb", 1'000'000'000'000}});
  return parse_with_unit(text, units, "a size such as 256MiB");
}

std::uint64_t parse_count(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t count = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc{} && end == text.data() + text.size() && count >= least && count <= most) return count;
  throw spillway::value_error{fmt::format("a whole number from {} to {}", least, most), text};
}

std::chrono::microseconds parse_duration(std::string_view text) {
  static constexpr auto units = std::to_array<unit>({{"", 1'000'000},
                                                     {"us", 1},
                                                     {"ms", 1'000},
                                                     {"s", 1'000'000},
                                                     {"sec", 1'000'000},
                                                     {"m", 60'000'000},
                                                     {"min", 60'000'000},
                                                     {"h", 3'600'000'000},
                                                     {"d", 86'400'000'000},
                                                     {"w", 604'800'000'000}});
  constexpr auto expected = "a length of time such as 10m, 90s or 1h";
  auto const length = parse_with_unit(text, units, expected);
  if (length == 0) throw spillway::value_error{expected, text};
  return std::chrono::microseconds{static_cast<std::int64_t>(length)};
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array names{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t name = 0;
  for (; value >= 1024 && name + 1 < names.size(); ++name) value /= 1024;
  return name == 0 ? fmt::format("{} bytes", bytes) : fmt::format("{:.1f} {}", value, names[name]);
}

std::string count_text(std::uint64_t count) {
  auto text = std::to_string(count);
  for (auto at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace support
