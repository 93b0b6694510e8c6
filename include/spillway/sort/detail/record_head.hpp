#pragma once

#include <spillway/sort/detail/record_order.hpp>

#include <cstdint>
#include <optional>
#include <type_traits>

namespace spillway::sort::detail {

/// One packed record after the other, read as far as comparing takes.
template <class Order>
class record_head {
 public:
  record_head() = default;
  record_head(record_head const&) = delete;  // it may refer to its own slot
  record_head& operator=(record_head const&) = delete;

  void look_at(Order const& order, char const* at) {
    at_ = at;
    if constexpr (keeps_record) {
      record_.emplace(order.read(at, slot_));
      prefix_ = order.prefix(record_->value);
    } else {
      prefix_ = order.prefix(order.read(at, slot_));
    }
  }

  [[nodiscard]] char const* at() const noexcept { return at_; }
  [[nodiscard]] std::uint64_t prefix() const noexcept { return prefix_; }

  /// For orders whose ties need it: a reference to, or a copy of, its key.
  [[nodiscard]] decltype(auto) key(Order const& order) const {
    if constexpr (Order::ties == tie_by::text) {
      return Order::bytes(at_);
    } else {
      return order.key_of(record_->value);
    }
  }

  /// By prefix and key.
  [[nodiscard]] bool before(Order const& order, record_head const& other) const {
    return prefix_ != other.prefix_ ? prefix_ < other.prefix_ : tie(order, other);
  }
  /// By key alone, where prefixes are equal.
  [[nodiscard]] bool tie([[maybe_unused]] Order const& order, [[maybe_unused]] record_head const& other) const {
    if constexpr (Order::ties == tie_by::nothing) {
      return false;
    } else if constexpr (Order::ties == tie_by::text) {
      return order.less(key(order), other.key(order));
    } else {
      return order.less_records(record_->value, other.record_->value);
    }
  }

 private:
  static constexpr bool keeps_record = Order::ties != tie_by::nothing && Order::ties != tie_by::text;

  struct holder {
    typename Order::reference value;
  };
  struct nothing {};

  char const* at_ = nullptr;
  std::uint64_t prefix_ = 0;
  [[no_unique_address]] typename Order::slot slot_{};
  [[no_unique_address]] std::conditional_t<keeps_record, std::optional<holder>, nothing> record_{};
};

}  // namespace spillway::sort::detail
