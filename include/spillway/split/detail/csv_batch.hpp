#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/byte_buffer.hpp>
#include <spillway/split/detail/class_table.hpp>
#include <spillway/split/detail/csv_plan.hpp>
#include <spillway/split/detail/csv_rows.hpp>
#include <spillway/split/detail/listed_classes.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::split::detail {

/// The rows of one class in a batch, as they will be written.
struct class_rows {
  explicit class_rows(std::pmr::memory_resource* memory) : bytes{memory} {}
  byte_buffer bytes;
  std::uint32_t records = 0;
  /// The capacity that was counted.
  std::size_t held = 0;
};

/// The rows of a chunk, those of each class one after the other. It is filled by one thread and used again for another
/// chunk. Classes have numbers in it: first those that the classifier lists, then that of diverted rows, if any, then
/// others as they come up.
class csv_batch {
 public:
  csv_batch(csv_plan const& plan, std::pmr::memory_resource* memory)
      : plan_{plan}, table_{memory}, rows_{memory}, used_{memory}, memory_{memory} {
    for (auto const& name : plan.classes) table_.add(name);
    // The name of diverted rows is none to be found.
    for (std::size_t i = 0; i != plan.listed.size(); ++i) rows_.emplace_back(memory_);
  }

  template <class Classifier>
  void add(Classifier const& classifier, io::csv_row const& row) {
    auto const& of = classifier(row);
    if constexpr (std::same_as<std::remove_cvref_t<decltype(of)>, std::size_t>) {
      if (of < plan_.classes.size()) [[likely]] {
        append(static_cast<std::uint32_t>(of), row);
      } else {
        add_unknown(decimal_text{of}, row);
      }
    } else {
      std::string_view const name{of};
      auto const number = table_.find(name);
      if (number != class_table::none) [[likely]] {
        append(number, row);
      } else {
        add_unknown(name, row);
      }
    }
  }

  /// The classes that have rows, in the order in which they came up.
  [[nodiscard]] std::span<std::uint32_t const> used() const noexcept { return used_; }
  [[nodiscard]] class_rows const& of_class(std::uint32_t number) const noexcept { return rows_[number]; }
  [[nodiscard]] std::string_view name(std::uint32_t number) const noexcept {
    return number < plan_.listed.size() ? plan_.listed[number] : table_.name(number);
  }
  [[nodiscard]] std::uint64_t unknown() const noexcept { return unknown_; }

  /// Forgets the rows, and gives memory back if it holds much more than it needs.
  void clear() {
    for (auto const number : used_) {
      auto& rows = rows_[number];
      held_ += rows.bytes.capacity() - std::exchange(rows.held, rows.bytes.capacity());
      rows.bytes.clear();
      rows.records = 0;
    }
    used_.clear();
    unknown_ = 0;
    if (held_ > most_held) {
      for (auto& rows : rows_) rows.bytes.release();
      for (auto& rows : rows_) rows.held = 0;
      held_ = 0;
    }
    forget_classes();
  }

 private:
  static constexpr std::size_t most_held = 2 * 1024 * 1024;
  static constexpr std::size_t most_classes = 4096;

  void forget_classes() {
    if (rows_.size() <= plan_.listed.size() + most_classes) return;
    table_.shrink_to(plan_.classes.size());
    for (; rows_.size() != plan_.listed.size(); rows_.pop_back()) held_ -= rows_.back().held;
  }

  [[gnu::noinline]] void add_unknown(std::string_view name, io::csv_row const& row) {
    if (plan_.unknown == unknown_class::create) {
      auto const number = table_.add(name);
      if (number == rows_.size()) rows_.emplace_back(memory_);
      append(number, row);
    } else if (plan_.unknown == unknown_class::error) {
      throw value_error{expected_classes(plan_.classes), name};
    } else {
      if (plan_.unknown == unknown_class::divert) append(static_cast<std::uint32_t>(plan_.classes.size()), row);
      ++unknown_;
    }
  }

  void append(std::uint32_t number, io::csv_row const& row) {
    auto& to = rows_[number];
    append_row(to.bytes, row, plan_);
    if (to.records++ == 0) used_.push_back(number);
  }

  csv_plan const& plan_;
  class_table table_;
  std::pmr::vector<class_rows> rows_;
  std::pmr::vector<std::uint32_t> used_;
  std::pmr::memory_resource* memory_;
  std::uint64_t unknown_ = 0;
  std::size_t held_ = 0;
};

}  // namespace spillway::split::detail
