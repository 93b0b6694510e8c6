#pragma once

#include <spillway/sort/grouped_key.hpp>
#include <spillway/sort/key.hpp>
#include <spillway/split/detail/class_numbers.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <type_traits>
#include <utility>

namespace spillway::split::detail {

/// A key within the class of its record.
template <class Classifier, class Key>
class grouping {
 public:
  grouping(Classifier const& classifier, class_numbers& numbers, Key key)
      : classifier_{&classifier}, numbers_{&numbers}, bits_{numbers.bits()}, key_{std::move(key)} {}

  template <class Record>
  [[nodiscard]] auto operator()(Record const& record) const {
    using key = std::invoke_result_t<Key const&, Record const&>;
    using part = std::conditional_t<std::is_lvalue_reference_v<key>, std::remove_reference_t<key> const&,
                                    std::remove_cvref_t<key>>;
    return sort::grouped_key<part>{(*numbers_)(*classifier_, record), bits_, std::invoke(key_, record)};
  }

 private:
  Classifier const* classifier_;
  class_numbers* numbers_;
  std::uint32_t bits_;
  Key key_;
};

/// Groups first, then any order of keys.
template <class Less>
struct grouped_less {
  Less less;
  template <class A, class B>
  [[nodiscard]] bool operator()(sort::grouped_key<A> const& a, sort::grouped_key<B> const& b) const {
    return a.group != b.group ? a.group < b.group : std::invoke(less, a.key, b.key);
  }
};

/// Calls `sort(less, key)` with what orders records by their classes, and within each by `less` and `key`.
template <class Less, class Classifier, class Key, class Sort>
auto with_groups(Less less, Key key, Classifier const& classifier, class_numbers& numbers, Sort sort) {
  if constexpr (std::same_as<Less, std::ranges::less> || std::same_as<Less, std::less<>>) {
    return sort(std::ranges::less{}, grouping{classifier, numbers, std::move(key)});
  } else if constexpr (std::same_as<Less, std::ranges::greater> || std::same_as<Less, std::greater<>>) {
    return sort(std::ranges::less{}, grouping{classifier, numbers, sort::descending(std::move(key))});
  } else {
    return sort(grouped_less<Less>{std::move(less)}, grouping{classifier, numbers, std::move(key)});
  }
}

}  // namespace spillway::split::detail
