#pragma once

#include <spillway/core/error.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/class_table.hpp>
#include <spillway/split/detail/listed_classes.hpp>
#include <spillway/split/options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace spillway::split::detail {

/// The sinks of a split, made when they are needed.
template <class MakeSink>
class class_sinks {
 public:
  using sink = std::decay_t<std::invoke_result_t<MakeSink&, std::string const&>>;

  class_sinks(std::span<std::string const> classes, MakeSink& make_sink, split::options const& options)
      : classes_{classes}, unknown_{policy(classes, options.unknown)}, make_sink_{make_sink}, table_{options.memory} {
    for (auto const& name : listed_classes(classes, unknown_, options.diverted)) add(name);
    listed_ = counts_.size();
  }

  /// The sink of a class, and one record more counted; none for an unknown class that is left out.
  template <class Class>
  [[nodiscard]] sink* of(Class const& of) {
    auto const number = number_of(of);
    if (number == class_table::none) return nullptr;
    ++counts_[number].records;
    return &sinks_[number];
  }

  [[nodiscard]] result finish() {
    result done;
    for (auto const& each : counts_) done.records += each.records;
    std::sort(counts_.begin() + static_cast<std::ptrdiff_t>(listed_), counts_.end(),
              [](output_result const& a, output_result const& b) { return a.name < b.name; });
    done.outputs = std::move(counts_);
    done.unknown = unknowns_;
    return done;
  }

 private:
  std::uint32_t number_of(std::size_t index) {
    return index < classes_.size() ? static_cast<std::uint32_t>(index) : number_of_unknown(decimal_text{index});
  }
  std::uint32_t number_of(std::string_view name) {
    auto const number = table_.find(name);
    bool const is_class = number < classes_.size() || unknown_ == unknown_class::create;
    return number != class_table::none && is_class ? number : number_of_unknown(name);
  }

  std::uint32_t number_of_unknown(std::string_view name) {
    if (unknown_ == unknown_class::create) return add(name);
    if (unknown_ == unknown_class::error) throw value_error{expected_classes(classes_), name};
    ++unknowns_;
    return unknown_ == unknown_class::divert ? static_cast<std::uint32_t>(classes_.size()) : class_table::none;
  }

  std::uint32_t add(std::string_view name) {
    output_result count{.name = std::string{name}};
    sinks_.push_back(make_sink_(std::as_const(count.name)));
    counts_.push_back(std::move(count));
    return table_.add(name);
  }

  std::span<std::string const> classes_;
  unknown_class unknown_;
  MakeSink& make_sink_;
  class_table table_;
  std::deque<sink> sinks_;
  std::deque<output_result> counts_;
  std::size_t listed_ = 0;
  std::uint64_t unknowns_ = 0;
};

}  // namespace spillway::split::detail
