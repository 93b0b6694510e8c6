#pragma once

#include <spillway/io/csv_row.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/byte_buffer.hpp>
#include <spillway/split/detail/class_numbers.hpp>
#include <spillway/split/detail/csv_outputs.hpp>
#include <spillway/split/detail/csv_plan.hpp>
#include <spillway/split/detail/csv_rows.hpp>

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>

namespace spillway::split::detail {

/// Puts rows that come class by class into their outputs, many at a time.
class row_collector {
 public:
  row_collector(csv_plan const& plan, class_numbers& numbers, csv_outputs& outputs, std::pmr::memory_resource* memory)
      : plan_{plan}, numbers_{numbers}, outputs_{outputs}, rows_{memory} {}

  void add(std::uint32_t number, io::csv_row const& row) {
    if (is_unknown(number)) ++unknown_;
    if (is_unknown(number) && plan_.unknown == unknown_class::skip) return;
    constexpr std::size_t enough = std::size_t{64} * 1024;
    if (number != number_ || rows_.view().size() >= enough) flush();
    number_ = number;
    append_row(rows_, row, plan_);
    ++records_;
  }

  /// As many rows of one class, as they are to be written.
  void add_all(std::uint32_t number, std::string_view rows, std::uint32_t records) {
    flush();
    if (is_unknown(number)) unknown_ += records;
    if (is_unknown(number) && plan_.unknown == unknown_class::skip) return;
    outputs_.add_all_of_class(numbers_.name(number), rows, records);
  }

  /// Hands on what is left, and tells how many rows were of an unknown class.
  std::uint64_t finish() {
    flush();
    return unknown_;
  }

 private:
  [[nodiscard]] bool is_unknown(std::uint32_t number) const noexcept {
    return number == plan_.classes.size() && plan_.unknown != unknown_class::create;
  }

  void flush() {
    if (rows_.empty()) return;
    outputs_.add_all_of_class(numbers_.name(number_), rows_.view(), records_);
    rows_.clear();
    records_ = 0;
  }

  csv_plan const& plan_;
  class_numbers& numbers_;
  csv_outputs& outputs_;
  byte_buffer rows_;
  std::uint32_t number_ = 0;
  std::uint32_t records_ = 0;
  std::uint64_t unknown_ = 0;
};

/// Takes rows sorted by class, one by one or, where a sort has many of one class together, all of them at once.
template <class Classifier>
class sorted_rows_sink {
 public:
  sorted_rows_sink(Classifier const& classifier, csv_plan const& plan, class_numbers& numbers, row_collector& into)
      : classifier_{classifier}, plan_{plan}, numbers_{numbers}, into_{into} {}

  void operator()(io::csv_row const& row) { into_.add(numbers_(classifier_, row), row); }

  [[nodiscard]] io::csv_format format() const noexcept { return plan_.format; }
  /// Rows come by class, so that those between two of a class are of it as well.
  [[nodiscard]] bool takes_together(io::csv_row const& first, io::csv_row const& last) {
    number_ = numbers_(classifier_, first);
    return number_ == numbers_(classifier_, last);
  }
  void append_rows(std::string_view rows, std::uint64_t count) {
    into_.add_all(number_, rows, static_cast<std::uint32_t>(count));
  }

 private:
  Classifier const& classifier_;
  csv_plan const& plan_;
  class_numbers& numbers_;
  row_collector& into_;
  std::uint32_t number_ = 0;
};

}  // namespace spillway::split::detail
