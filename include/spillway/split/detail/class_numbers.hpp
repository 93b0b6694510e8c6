#pragma once

#include <spillway/core/error.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/class_table.hpp>
#include <spillway/split/detail/listed_classes.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spillway::split::detail {

/// Numbers for the classes of a sorted split, for several threads at once: first those listed, then those that come up,
/// in whatever order that is.
class class_numbers {
 public:
  class_numbers(std::span<std::string const> classes, unknown_class wanted, std::string const& diverted,
                std::pmr::memory_resource* memory)
      : classes_{classes},
        unknown_{policy(classes, wanted)},
        listed_{listed_classes(classes, unknown_, diverted)},
        table_{memory} {
    for (auto const& name : classes) table_.add(name);
  }

  [[nodiscard]] std::vector<std::string> const& listed() const noexcept { return listed_; }
  [[nodiscard]] unknown_class unknown() const noexcept { return unknown_; }

  /// Of records that are left out; above the listed ones.
  [[nodiscard]] std::uint32_t skipped() const noexcept { return static_cast<std::uint32_t>(listed_.size()); }

  /// Bits that a number needs, as far as can be known.
  [[nodiscard]] std::uint32_t bits() const noexcept {
    constexpr std::uint32_t of_any = 10;
    auto const known = static_cast<std::uint32_t>(std::bit_width(listed_.size() + 1));
    return unknown_ == unknown_class::create ? std::max(known, of_any) : known;
  }

  template <class Classifier, class Record>
  [[nodiscard]] std::uint32_t operator()(Classifier const& classifier, Record const& record) {
    return number_of(classifier(record));
  }

  std::uint32_t number_of(std::string_view name) {
    if (unknown_ == unknown_class::create) return number_of_any(name);
    auto const number = table_.find(name);
    return number != class_table::none ? number : number_of_unknown(name);
  }

  /// Not while numbers are given.
  [[nodiscard]] std::string_view name(std::uint32_t number) const noexcept {
    return number < listed_.size() ? std::string_view{listed_[number]} : table_.name(number);
  }

 private:
  std::uint32_t number_of(std::size_t index) {
    return index < classes_.size() ? static_cast<std::uint32_t>(index) : number_of_unknown(decimal_text{index});
  }

  std::uint32_t number_of_unknown(std::string_view name) {
    if (unknown_ == unknown_class::create) return number_of_any(name);
    if (unknown_ == unknown_class::error) throw value_error{expected_classes(classes_), name};
    // Diverted ones have the number behind the classes, those left out that behind all outputs: the same.
    return static_cast<std::uint32_t>(classes_.size());
  }

  std::uint32_t number_of_any(std::string_view name) {
    {
      std::shared_lock const lock{mutex_};
      if (auto const number = table_.find(name); number != class_table::none) return number;
    }
    std::unique_lock const lock{mutex_};
    return table_.add(name);
  }

  std::span<std::string const> classes_;
  unknown_class unknown_;
  std::vector<std::string> listed_;
  std::shared_mutex mutex_;
  class_table table_;
};

}  // namespace spillway::split::detail
