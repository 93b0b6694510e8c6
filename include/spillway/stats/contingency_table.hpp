#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/exact_sum.hpp>
#include <spillway/stats/detail/exact_product.hpp>
#include <spillway/stats/detail/tails.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <memory_resource>
#include <vector>

namespace spillway::stats {

/// Counts of observations by row and column.
class contingency_table {
 public:
  /// All counts are 0.
  contingency_table(std::size_t rows, std::size_t columns,
                    std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : columns_{columns}, counts_{checked_size(rows, columns), 0, memory} {}

  /// \throws argument_error if the rows differ in length
  contingency_table(std::initializer_list<std::initializer_list<std::uint64_t>> rows,
                    std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : columns_{rows.size() == 0 ? 0 : rows.begin()->size()}, counts_{memory} {
    counts_.reserve(checked_size(rows.size(), columns_));
    for (auto const& row : rows) {
      if (row.size() != columns_) throw argument_error{"rows of a contingency table differ in length"};
      counts_.insert(counts_.end(), row.begin(), row.end());
    }
  }

  [[nodiscard]] std::size_t rows() const noexcept { return columns_ == 0 ? 0 : counts_.size() / columns_; }
  [[nodiscard]] std::size_t columns() const noexcept { return columns_; }

  /// \pre both within the table
  [[nodiscard]] std::uint64_t& operator()(std::size_t row, std::size_t column) {
    return counts_[row * columns_ + column];
  }
  [[nodiscard]] std::uint64_t operator()(std::size_t row, std::size_t column) const {
    return counts_[row * columns_ + column];
  }

 private:
  static std::size_t checked_size(std::size_t rows, std::size_t columns) {
    if (columns != 0 && rows > std::numeric_limits<std::ptrdiff_t>::max() / sizeof(std::uint64_t) / columns) {
      throw argument_error{"a contingency table of too many rows and columns"};
    }
    return rows * columns;
  }

  std::size_t columns_;
  std::pmr::vector<std::uint64_t> counts_;
};

/// Yates' correction brings each count up to ½ nearer to what is expected, in tables of two rows and two columns only:
/// p-values are then rarely too small, and often too large.
enum class continuity_correction : std::uint8_t { none, yates };

struct contingency_options {
  continuity_correction correction = continuity_correction::none;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
};

/// Rows and columns without any counts are left out: they tell nothing. With less than two rows or columns left there
/// is nothing to test: statistic 0, no degrees of freedom, p-value 1.
struct contingency_result : test_result {
  double degrees_of_freedom = 0;
  /// Effect size: 0 without association, 1 where rows tell columns or columns tell rows. Never corrected for
  /// continuity.
  double cramers_v = 0;
  /// The least count that a cell is expected to have if rows and columns have nothing to do with each other.
  double smallest_expected = 0;
  std::uint64_t cells = 0;
  std::uint64_t cells_expecting_below_five = 0;

  /// Cochran's rule: counts are too small for the asymptotic p-value if a cell expects less than 1, or more than a
  /// fifth of them less than 5.
  [[nodiscard]] bool has_few_counts() const noexcept {
    return cells != 0 && (smallest_expected < 1 || cells_expecting_below_five > cells / 5);
  }
};

namespace detail {

struct margins {
  explicit margins(contingency_table const& table, std::pmr::memory_resource* memory)
      : rows(table.rows(), 0, memory), columns(table.columns(), 0, memory) {
    for (std::size_t row = 0; row < table.rows(); ++row) {
      for (std::size_t column = 0; column < table.columns(); ++column) {
        auto const count = table(row, column);
        if (count > largest_total - total) throw argument_error{"too many counts in a contingency table: 2^62 at most"};
        total += count;
        rows[row] += count;
        columns[column] += count;
      }
    }
  }

  [[nodiscard]] std::uint64_t used_rows() const { return used(rows); }
  [[nodiscard]] std::uint64_t used_columns() const { return used(columns); }

  std::pmr::vector<std::uint64_t> rows;
  std::pmr::vector<std::uint64_t> columns;
  std::uint64_t total = 0;

 private:
  static std::uint64_t used(std::pmr::vector<std::uint64_t> const& totals) {
    return totals.size() - static_cast<std::uint64_t>(std::ranges::count(totals, 0U));
  }
};

/// One count beside what is expected of it; the difference is exact before it is rounded.
struct cell {
  double observed;
  double expected;
  double excess;

  cell(std::uint64_t count, std::uint64_t row, std::uint64_t column, std::uint64_t total) noexcept
      : observed{static_cast<double>(count)},
        expected{static_cast<double>(row) * static_cast<double>(column) / static_cast<double>(total)},
        excess{to_double(product(count, total) - product(row, column)) / static_cast<double>(total)} {}

  [[nodiscard]] cell corrected() const noexcept {
    auto one = *this;
    auto const step = std::copysign(std::min(0.5, std::abs(excess)), excess);
    one.observed -= step;
    one.excess -= step;
    return one;
  }
  [[nodiscard]] double chi_squared() const noexcept { return excess * excess / expected; }
  [[nodiscard]] double g() const noexcept { return 2 * deviance(observed, expected, excess); }
};

template <class Visit>
void for_each_cell(contingency_table const& table, margins const& totals, Visit const& visit) {
  for (std::size_t row = 0; row < table.rows(); ++row) {
    for (std::size_t column = 0; column < table.columns(); ++column) {
      if (totals.rows[row] == 0 || totals.columns[column] == 0) continue;
      visit(cell{table(row, column), totals.rows[row], totals.columns[column], totals.total});
    }
  }
}

/// Where the counts are, and how small.
inline void describe(contingency_result& result, contingency_table const& table, margins const& totals) {
  auto const rows = totals.used_rows();
  auto const columns = totals.used_columns();
  if (table.rows() == 2) result.sizes = {totals.rows[0], totals.rows[1]};
  if (rows == 0) return;
  result.cells = rows * columns;
  result.degrees_of_freedom = static_cast<double>(rows - 1) * static_cast<double>(columns - 1);
  result.smallest_expected = std::numeric_limits<double>::infinity();
  exact_sum chi_squared;
  for_each_cell(table, totals, [&](cell const& one) {
    result.smallest_expected = std::min(result.smallest_expected, one.expected);
    result.cells_expecting_below_five += one.expected < 5 ? 1 : 0;
    chi_squared.add(one.chi_squared());
  });
  auto const dimensions = static_cast<double>(std::min(rows, columns) - 1);
  if (dimensions > 0) {
    result.cramers_v = std::sqrt(chi_squared.value() / static_cast<double>(totals.total) / dimensions);
  }
}

template <class Term>
[[nodiscard]] contingency_result test_independence(contingency_table const& table, contingency_options const& options,
                                                   Term const& term) {
  margins const totals{table, options.memory};
  contingency_result result;
  describe(result, table, totals);
  auto const corrected =
      options.correction == continuity_correction::yates && totals.used_rows() == 2 && totals.used_columns() == 2;
  exact_sum statistic;
  for_each_cell(table, totals,
                [&](cell const& one) { statistic.add(std::invoke(term, corrected ? one.corrected() : one)); });
  result.statistic = statistic.value();
  set_p_value(result, chi_squared_upper_tail(result.statistic, result.degrees_of_freedom));
  return result;
}

}  // namespace detail

/// Whether rows and columns of a table have to do with each other: Pearson's chi-squared statistic.
///
/// As R's `chisq.test` and SciPy's `chi2_contingency`, but that the correction must be asked for. Complexity: linear in
/// the cells; memory: 8 bytes for each row and column.
/// \throws argument_error if the counts sum to more than 2^62.
[[nodiscard]] inline contingency_result chi_squared_test(contingency_table const& table,
                                                         contingency_options const& options = {}) {
  return detail::test_independence(table, options, &detail::cell::chi_squared);
}

/// The same by the likelihood ratio, 2·Σ observed·log(observed / expected).
/// \throws argument_error if the counts sum to more than 2^62.
[[nodiscard]] inline contingency_result g_test(contingency_table const& table,
                                               contingency_options const& options = {}) {
  return detail::test_independence(table, options, &detail::cell::g);
}

}  // namespace spillway::stats
