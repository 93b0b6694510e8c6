#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/is_number.hpp>

#include <charconv>
#include <concepts>
#include <cstdint>
#include <ranges>
#include <string>

namespace spillway::stats::detail {

template <class T>
std::string value_text(T value) {
  char text[64];
  if constexpr (std::same_as<T, bool>)
    return value ? "1" : "0";
  else
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// \throws argument_error always: the value number `position` of a sample can't come after `previous`.
template <class T>
[[noreturn]] void refuse_order(char const* sample, std::uint64_t position, T previous, T value) {
  auto const place = "value " + std::to_string(position + 1) + " of " + sample;
  if (!is_number(value)) throw argument_error{place + " is not a number: leave such values out before ordering"};
  throw argument_error{place + " is out of order: " + value_text(value) + " after " + value_text(previous)};
}

/// Values of a range, one after another, as long as they ascend.
template <class T, class Range>
class ascending_values {
 public:
  /// `passed` is how many values of the sample come before those of the range.
  ascending_values(Range& range, char const* sample, std::uint64_t passed = 0)
      : next_{std::ranges::begin(range)}, end_{std::ranges::end(range)}, sample_{sample}, passed_{passed} {
    if (done()) return;
    value_ = static_cast<T>(*next_);
    if (!is_number(value_)) refuse_order(sample_, passed_, value_, value_);
  }

  [[nodiscard]] bool done() const { return next_ == end_; }
  /// \pre not done
  [[nodiscard]] T value() const noexcept { return value_; }
  [[nodiscard]] std::uint64_t passed() const noexcept { return passed_; }

  /// Passes all values equal to one that is not above the next, and counts them.
  std::uint64_t pass_equal(T value) {
    auto const before = passed_;
    while (!done() && value_ == value) pass();
    return passed_ - before;
  }

 private:
  void pass() {
    ++next_;
    ++passed_;
    if (done()) return;
    auto const value = static_cast<T>(*next_);
    if (!(value >= value_)) [[unlikely]]
      refuse_order(sample_, passed_, value_, value);
    value_ = value;
  }

  std::ranges::iterator_t<Range> next_;
  std::ranges::sentinel_t<Range> end_;
  T value_{};
  char const* sample_;
  std::uint64_t passed_;
};

}  // namespace spillway::stats::detail
