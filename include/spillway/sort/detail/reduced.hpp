#pragma once

#include <spillway/sort/detail/packed_copy.hpp>
#include <spillway/sort/detail/record_head.hpp>
#include <spillway/sort/detail/record_order.hpp>
#include <spillway/sort/reduce.hpp>

#include <cstddef>
#include <memory_resource>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

namespace spillway::sort::detail {

/// Sorted packed records, one after the other, from a source that gives them in batches (`next()`, empty at the end).
template <class Source>
class packed_stream {
 public:
  explicit packed_stream(Source& source) : source_{&source} {}

  /// Null at the end.
  [[nodiscard]] char const* step() {
    if (at_ == batch_.size()) [[unlikely]] {
      batch_ = source_->next();
      at_ = 0;
      if (batch_.empty()) return nullptr;
    }
    if (at_ + ahead < batch_.size()) __builtin_prefetch(batch_[at_ + ahead]);
    return batch_[at_++];
  }

 private:
  static constexpr std::size_t ahead = 12;

  Source* source_;
  std::span<char const* const> batch_{};
  std::size_t at_ = 0;
};

/// What is left of sorted records by a reduction. `next()` stands it on the first and each further record, `current()`;
/// `packed()` is the same in packed form, if it was not made anew.
template <class Order, class Reduce, class Source>
class reduced;

template <class Order, class Source>
class reduced<Order, keep_all, Source> {
 public:
  using reference = typename Order::reference;

  reduced(Order const& order, keep_all const&, Source& source, std::pmr::memory_resource*)
      : order_{&order}, records_{source} {}

  bool next() {
    at_ = records_.step();
    return at_ != nullptr;
  }
  [[nodiscard]] reference current() { return order_->read(at_, slot_); }
  [[nodiscard]] char const* packed() const noexcept { return at_; }

 private:
  Order const* order_;
  packed_stream<Source> records_;
  char const* at_ = nullptr;
  [[no_unique_address]] typename Order::slot slot_{};
};

/// Of the records that it sees, `keep_first` and `keep_last` keep one of each group of equal keys as a copy.
template <class Order, class Source>
class reduced<Order, keep_first, Source> {
 public:
  using reference = typename Order::reference;

  reduced(Order const& order, keep_first const&, Source& source, std::pmr::memory_resource* memory)
      : order_{&order}, records_{source}, group_{memory} {}

  bool next() {
    while (auto const* const at = records_.step()) {
      head_.look_at(*order_, at);
      if (group_.data() != nullptr && !group_.head().before(*order_, head_)) continue;
      group_.assign(*order_, at);
      return true;
    }
    return false;
  }
  [[nodiscard]] reference current() { return order_->read(group_.data(), slot_); }
  [[nodiscard]] char const* packed() const noexcept { return group_.data(); }

 private:
  Order const* order_;
  packed_stream<Source> records_;
  packed_copy<Order> group_;
  record_head<Order> head_{};
  [[no_unique_address]] typename Order::slot slot_{};
};

template <class Order, class Source>
class reduced<Order, keep_last, Source> {
 public:
  using reference = typename Order::reference;

  reduced(Order const& order, keep_last const&, Source& source, std::pmr::memory_resource* memory)
      : order_{&order}, records_{source}, copies_{packed_copy<Order>{memory}, packed_copy<Order>{memory}} {}

  bool next() {
    while (auto const* const at = records_.step()) {
      auto& group = copies_[held_];
      head_.look_at(*order_, at);
      bool const completes = has_group_ && group.head().before(*order_, head_);
      if (completes) held_ = 1 - held_;
      copies_[held_].assign(*order_, at);
      has_group_ = true;
      if (completes) return true;
    }
    held_ = 1 - held_;
    return std::exchange(has_group_, false);
  }
  [[nodiscard]] reference current() { return order_->read(packed(), slot_); }
  [[nodiscard]] char const* packed() const noexcept { return copies_[1 - held_].data(); }

 private:
  Order const* order_;
  packed_stream<Source> records_;
  packed_copy<Order> copies_[2];
  std::size_t held_ = 0;  // the group that may go on; the other one is complete
  bool has_group_ = false;
  record_head<Order> head_{};
  [[no_unique_address]] typename Order::slot slot_{};
};

template <class Order, class Combine, class Source>
class reduced<Order, combine_with<Combine>, Source> {
 public:
  using record = typename Order::record;
  using reference = record&;
  static_assert(!std::is_trivially_copyable_v<record> || std::is_lvalue_reference_v<typename Order::reference>,
                "records that are views can't be combined: sort records that own what they hold");

  reduced(Order const& order, combine_with<Combine> const& with, Source& source, std::pmr::memory_resource* memory)
      : order_{&order}, combine_{with.combine}, records_{source}, first_{memory} {}

  bool next() {
    complete_.reset();
    while (auto const* const at = records_.step()) {
      head_.look_at(*order_, at);
      if (!group_) {
        begin(at);
      } else if (first_.head().before(*order_, head_)) {
        complete_.emplace(std::move(*group_));
        begin(at);
        return true;
      } else {
        combine_(*group_, std::as_const(static_cast<record const&>(order_->read(at, slot_))));
      }
    }
    if (!group_) return false;
    complete_.emplace(std::move(*group_));
    group_.reset();
    return true;
  }
  [[nodiscard]] reference current() { return *complete_; }

 private:
  void begin(char const* at) {
    first_.assign(*order_, at);
    group_.emplace(order_->read(at, slot_));
  }

  Order const* order_;
  Combine combine_;
  packed_stream<Source> records_;
  packed_copy<Order> first_;  // of the group, for its key
  record_head<Order> head_{};
  std::optional<record> group_;
  std::optional<record> complete_;
  [[no_unique_address]] typename Order::slot slot_{};
};

}  // namespace spillway::sort::detail
