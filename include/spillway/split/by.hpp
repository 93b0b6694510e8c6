#pragma once

#include <spillway/core/error.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::split {

namespace detail {

inline std::vector<std::string> distinct_names(std::vector<std::string> names) {
  std::vector<std::string_view> sorted(names.begin(), names.end());
  std::sort(sorted.begin(), sorted.end());
  auto const twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) throw argument_error{"more than one class " + value_error::quoted(*twice)};
  return names;
}

/// An integer as text.
class decimal_text {
 public:
  explicit decimal_text(std::integral auto value) {
    size_ =
        static_cast<std::size_t>(std::to_chars(text_.data(), text_.data() + text_.size(), value).ptr - text_.data());
  }
  explicit(false) operator std::string_view() const noexcept { return {text_.data(), size_}; }

 private:
  std::array<char, 24> text_;
  std::size_t size_;
};

}  // namespace detail

/// Classifies by a projection that gives the name of the class: `by(io::column("country"))`, or a function. An integer
/// is a name too, in decimal.
template <class Projection>
class by {
 public:
  /// \throws argument_error if a class is there twice.
  explicit by(Projection projection, std::vector<std::string> classes = {})
      : projection_{std::move(projection)}, classes_{detail::distinct_names(std::move(classes))} {}

  [[nodiscard]] std::span<std::string const> classes() const noexcept { return classes_; }

  template <class Record>
  [[nodiscard]] auto operator()(Record const& record) const {
    using name = std::invoke_result_t<Projection const&, Record const&>;
    if constexpr (std::integral<std::remove_cvref_t<name>>) {
      return detail::decimal_text{std::invoke(projection_, record)};
    } else if constexpr (std::is_lvalue_reference_v<name>) {
      return std::string_view{std::invoke(projection_, record)};
    } else {
      static_assert(std::is_convertible_v<name, std::string_view>, "a class is named by text or an integer");
      return std::invoke(projection_, record);
    }
  }

 private:
  Projection projection_;
  std::vector<std::string> classes_;
};

/// Classifies by a function that gives the index of the class among `classes`.
template <class Function>
class by_index {
 public:
  /// \throws argument_error if there is no class, or one is there twice.
  by_index(Function function, std::vector<std::string> classes)
      : function_{std::move(function)}, classes_{detail::distinct_names(std::move(classes))} {
    if (classes_.empty()) throw argument_error{"classifying by index takes the names of the classes"};
  }

  [[nodiscard]] std::span<std::string const> classes() const noexcept { return classes_; }

  template <class Record>
  [[nodiscard]] std::size_t operator()(Record const& record) const {
    static_assert(std::is_convertible_v<std::invoke_result_t<Function const&, Record const&>, std::size_t>,
                  "the function must give the index of a class");
    return static_cast<std::size_t>(std::invoke(function_, record));
  }

 private:
  Function function_;
  std::vector<std::string> classes_;
};

}  // namespace spillway::split
