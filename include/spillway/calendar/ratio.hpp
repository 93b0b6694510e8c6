#pragma once

#include <spillway/calendar/detail/wide.hpp>
#include <spillway/core/error.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace spillway::calendar {

/// A fraction that is not negative, exact and in lowest terms.
class ratio {
 public:
  /// \throws argument_error if the denominator is 0
  constexpr ratio(std::uint64_t numerator, std::uint64_t denominator)
      : numerator_{numerator}, denominator_{denominator} {
    if (denominator == 0) throw argument_error{"a ratio needs a denominator other than 0"};
    auto const common = std::gcd(numerator, denominator);
    numerator_ /= common;
    denominator_ /= common;
  }

  /// The shortest decimal that reads back as `value`: 0.2 is one fifth, although the nearest `double` is not.
  /// \throws argument_error if `value` is negative, not finite, or needs more than 19 decimal digits.
  ratio(double value) : ratio{0, 1} {
    if (!std::isfinite(value) || value < 0)
      throw argument_error{"a ratio must be a finite number that is not negative"};
    std::array<char, 400> text;
    auto const end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed).ptr;
    *this = parse({text.data(), static_cast<std::size_t>(end - text.data())});
  }

  /// Reads a decimal number such as `0.2` or `3` exactly.
  /// \throws argument_error if it is something else or has more than 19 digits.
  [[nodiscard]] static constexpr ratio parse(std::string_view text) {
    std::uint64_t numerator = 0;
    std::uint64_t denominator = 1;
    bool after_point = false;
    std::size_t digits = 0;
    for (char const c : text) {
      if (c == '.' && !after_point) {
        after_point = true;
        continue;
      }
      if (c < '0' || c > '9' || ++digits > 19) throw argument_error{"expected a decimal number of at most 19 digits"};
      numerator = numerator * 10 + static_cast<std::uint64_t>(c - '0');
      if (after_point) denominator *= 10;
    }
    if (digits == 0 || text.ends_with('.')) throw argument_error{"expected a decimal number such as 0.2"};
    return {numerator, denominator};
  }

  [[nodiscard]] constexpr std::uint64_t numerator() const noexcept { return numerator_; }
  [[nodiscard]] constexpr std::uint64_t denominator() const noexcept { return denominator_; }
  friend constexpr bool operator==(ratio const&, ratio const&) = default;

 private:
  std::uint64_t numerator_;
  std::uint64_t denominator_;
};

}  // namespace spillway::calendar
