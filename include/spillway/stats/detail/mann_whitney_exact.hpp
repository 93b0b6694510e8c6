#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/stats/detail/binomial.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <vector>

/// The distribution of U over all ways of sharing out the pooled values, ties as they are.
namespace spillway::stats::detail {

struct mann_whitney_tail {
  double at_most;  ///< P(U ≤ the limit)
  double equal;    ///< P(U = the limit)
};

/// In additions, about.
inline double mann_whitney_exact_cost(sample_sizes sizes, bool ties) {
  auto const n = static_cast<double>(sizes.x);
  auto const m = static_cast<double>(sizes.y);
  return (n + m) * std::min(n, m) * n * m * (ties ? 1 : 0.5);
}

/// Counts ways by how many values of one sample there are so far, and their 2·U so far.
class mann_whitney_counts {
 public:
  /// 2·U of the counted sample up to `limit`; in steps of 2 if there are no ties.
  mann_whitney_counts(sample_sizes counted_and_other, std::uint64_t limit, std::uint64_t step,
                      std::pmr::memory_resource* memory)
      : sizes_{counted_and_other},
        step_{step},
        columns_{limit / step + 1},
        filled_(sizes_.x + 1, memory),
        ways_{memory} {
    ways_.resize((sizes_.x + 1) * columns_);
    ways_[0] = 1;
    filled_[0] = 1;
  }

  /// Shares out the next values, which are equal.
  void add(std::uint64_t group) {
    for (auto counted = std::min(sizes_.x, before_ + group); counted > 0; --counted) {
      double choices = 1;
      for (std::uint64_t taken = 1; taken <= std::min(group, counted); ++taken) {
        choices = choices * static_cast<double>(group - taken + 1) / static_cast<double>(taken);
        auto const from = counted - taken;
        if (from > before_) continue;
        add_row(from, counted, taken * (2 * (before_ - from) + group - taken) / step_, choices);
      }
    }
    before_ += group;
  }

  [[nodiscard]] mann_whitney_tail tail() const {
    auto const* const row = ways_.data() + sizes_.x * columns_;
    double sum = 0;
    for (std::size_t i = 0; i < columns_; ++i) sum += row[i];
    auto const all = binomial(sizes_.x + sizes_.y, sizes_.x);
    return {std::min(1.0, sum / all), row[columns_ - 1] / all};
  }

 private:
  void add_row(std::uint64_t from, std::uint64_t to, std::uint64_t shift, double choices) {
    if (shift >= columns_) return;
    auto const count = std::min(filled_[from], columns_ - shift);
    auto const* const source = ways_.data() + from * columns_;
    auto* const target = ways_.data() + to * columns_ + shift;
    for (std::size_t i = 0; i < count; ++i) target[i] += choices * source[i];
    filled_[to] = std::max(filled_[to], count + shift);
  }

  sample_sizes sizes_;
  std::uint64_t step_;
  std::uint64_t columns_;
  std::uint64_t before_ = 0;
  std::pmr::vector<std::uint64_t> filled_;  ///< how many columns of each row can be other than 0
  std::pmr::vector<double> ways_;           ///< a row for each number of values of the counted sample
};

/// P(2·U ≤ `limit`) for U of x. Only sums of positive numbers: relative error below 1e-13.
///
/// The values of x that are low are those of y that are high if the order is turned round, so that the smaller sample
/// is the one that is counted.
inline mann_whitney_tail mann_whitney_lower_tail(sample_sizes sizes, std::span<std::uint64_t const> groups,
                                                 std::uint64_t limit, std::pmr::memory_resource* memory,
                                                 std::stop_token const& stop) {
  auto const ties = groups.size() < sizes.x + sizes.y;
  auto const turned = sizes.y < sizes.x;
  auto const counted = turned ? sample_sizes{sizes.y, sizes.x} : sizes;
  mann_whitney_counts counts{counted, limit, ties ? 1U : 2U, memory};
  for (std::size_t i = 0; i < groups.size(); ++i) {
    throw_if_cancelled(stop);
    counts.add(turned ? groups[groups.size() - 1 - i] : groups[i]);
  }
  return counts.tail();
}

}  // namespace spillway::stats::detail
