#pragma once

#include "pipeline/row_order.hpp"
#include "pipeline/settings.hpp"

#include <spillway/sort/external_sorter.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pipeline {

/// How many rows there are of each kind.
struct split_counts {
  std::array<std::uint64_t, split_names.size()> rows{};
  std::uint64_t unknown = 0;
  /// The first so many unknown values, in the order of the source, as they are shown.
  std::vector<std::pair<std::string, std::uint64_t>> unknown_values = {};

  void add_unknown(std::string value, std::uint64_t count = 1);
  void add(split_counts const& more);
  [[nodiscard]] std::uint64_t known() const noexcept { return rows[0] + rows[1] + rows[2]; }
  /// `'holdout' (7), NULL (2)`
  [[nodiscard]] std::string unknown_text() const;
};

using row_sorter = spillway::sort::external_sorter<placed_row, std::ranges::less, row_order placed_row::*>;

/// Rows that one thread took from one piece of the source.
class row_batch {
 public:
  explicit row_batch(row_sorter::batch rows) : rows_{std::move(rows)} {}

  /// Makes room for so many rows of so many bytes together.
  void reserve(std::size_t rows, std::size_t bytes) {
    constexpr auto head = spillway::sort::spill_codec<placed_row>::head + 5;  // and a length
    rows_.reserve(rows, bytes + rows * head);
  }

  /// Nothing for a row that belongs nowhere, which is counted.
  std::optional<split> place(std::string_view split_value) {
    auto const part = parse_split(split_value);
    if (!part) counts_.add_unknown('\'' + std::string{split_value} + '\'');
    return part;
  }
  void add_without_split() { counts_.add_unknown("NULL"); }

  void add(row_order const& order, std::string_view bytes) {
    rows_.push({order, bytes});
    ++counts_.rows[static_cast<std::size_t>(split_of(order))];
  }

 private:
  friend class row_collector;
  row_sorter::batch rows_;
  split_counts counts_;
};

/// Sorts all rows by split and shuffle value, in one go.
class row_collector {
 public:
  row_collector(spillway::sort::external_options options, unknown_split policy)
      : sorter_{{}, &placed_row::order, std::move(options)}, policy_{policy} {}

  /// Thread safety: may be called, and the batch filled, at the same time as anything else.
  [[nodiscard]] row_batch make_batch() const { return row_batch{sorter_.make_batch()}; }

  /// Batches come in the order of the source. After an unknown split that is an error rows are only counted.
  void append(row_batch const& batch) {
    counts_.add(batch.counts_);
    if (counts_.unknown == 0 || policy_ == unknown_split::skip) sorter_.append(batch.rows_);
  }

  /// \throws spillway::error about unknown splits, unless they are skipped
  void check() const;

  /// The rows in order, once.
  [[nodiscard]] auto sorted() { return sorter_.sorted(); }
  [[nodiscard]] split_counts const& counts() const noexcept { return counts_; }
  [[nodiscard]] spillway::sort::external_result sort_result() const { return sorter_.result(); }

 private:
  row_sorter sorter_;
  unknown_split policy_;
  split_counts counts_;
};

}  // namespace pipeline
