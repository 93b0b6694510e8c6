#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <ranges>
#include <string_view>
#include <type_traits>

namespace spillway::stats::detail {

template <class T>
concept category = std::same_as<T, std::string_view> || std::integral<T> || std::is_enum_v<T>;

/// Values that can be read as categories of one type. Text must outlive the step from one value to the next.
template <class Range, class T>
concept category_range =
    std::ranges::input_range<Range> && std::constructible_from<T, std::ranges::range_reference_t<Range>> &&
    (!std::same_as<T, std::string_view> || std::is_reference_v<std::ranges::range_reference_t<Range>> ||
     std::is_trivially_copyable_v<std::ranges::range_value_t<Range>>);

/// The categories whose hash begins with one of these bytes: `first`, and each `step`-th from there, below `last`.
struct category_parts {
  static constexpr std::size_t count = 256;
  std::size_t first = 0;
  std::size_t last = count;
  std::size_t step = 1;
};

/// What a type of values is counted as: text as views of it, numbers and enumerators as themselves.
template <class Value>
using category_of = std::conditional_t<std::convertible_to<Value const&, std::string_view>, std::string_view, Value>;

/// The categories of a sample: of its values if it is a range, of functions text.
template <class Source>
struct categories_of_source {
  using type = std::string_view;
};
template <std::ranges::forward_range Range>
struct categories_of_source<Range> {
  using type = category_of<std::ranges::range_value_t<Range>>;
};

/// The bytes that stand for a category in tables, and the way back.
template <category T>
class category_text {
 public:
  category_text() = default;
  explicit category_text(T value) noexcept { std::memcpy(bytes_.data(), &value, sizeof value); }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] static T value(std::string_view text) noexcept {
    T value;
    std::memcpy(&value, text.data(), sizeof value);
    return value;
  }

 private:
  std::array<char, sizeof(T)> bytes_;
};

template <>
class category_text<std::string_view> {
 public:
  category_text() = default;
  explicit category_text(std::string_view text) noexcept : text_{text} {}
  [[nodiscard]] std::string_view view() const noexcept { return text_; }
  [[nodiscard]] static std::string_view value(std::string_view text) noexcept { return text; }

 private:
  std::string_view text_;
};

}  // namespace spillway::stats::detail
