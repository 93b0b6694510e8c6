#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/binomial.hpp>
#include <spillway/stats/detail/placement_squares.hpp>
#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <numeric>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

/// The distribution of the Cramér–von Mises statistic over all ways of sharing out the pooled values, ties as they are.
namespace spillway::stats::detail {

/// In steps of about the time that an addition takes: there is a count for each number of values of the smaller sample
/// and each value of the statistic.
inline double cramer_von_mises_exact_cost(sample_sizes sizes, bool ties) {
  auto const n = static_cast<double>(sizes.x);
  auto const m = static_cast<double>(sizes.y);
  auto const least_common_multiple = n * m / static_cast<double>(std::gcd(sizes.x, sizes.y));
  return (n + m) * std::min(n, m) * n * m * least_common_multiple * (ties ? 4 : 1);
}

/// Counts ways by how many values of x there are so far, and the statistic so far. Ways on which the statistic has
/// reached the one observed will stay there and are put aside.
class cramer_von_mises_counts {
 public:
  cramer_von_mises_counts(sample_sizes sizes, std::span<std::uint64_t const> groups, unsigned_128 observed,
                          std::pmr::memory_resource* memory)
      : sizes_{sizes}, nodes_(sizes.x + 1, memory) {
    std::uint64_t unit = 0;
    for (auto const group : groups) {
      for_each_step(group, [&](step const& one) { unit = std::gcd(unit, one.growth); });
      before_ += group;
    }
    before_ = 0;
    unit_ = unit;
    observed_ = static_cast<std::uint64_t>(observed) / unit_;
    nodes_[0].least = 0;
    nodes_[0].ways.push_back(1);
  }

  /// Shares out the next values, which are equal.
  void add(std::uint64_t group) {
    std::pmr::vector<node> next(nodes_.size(), nodes_.get_allocator());
    for_each_step(group, [&](step const& one) { make_room(nodes_[one.from], one, next[one.to]); });
    for_each_step(group, [&](step const& one) { move_ways(nodes_[one.from], one, next[one.to]); });
    nodes_ = std::move(next);
    before_ += group;
  }

  /// P(statistic ≥ observed), once all groups are shared out.
  [[nodiscard]] double upper_tail() const { return std::min(1.0, reached_ / binomial(sizes_.x + sizes_.y, sizes_.x)); }

 private:
  /// Of the ways with some number of values of x: how many lead to the statistic `least` + i, for each i.
  struct node {
    using allocator_type = std::pmr::polymorphic_allocator<>;
    explicit node(allocator_type allocator = {}) : ways{allocator} {}
    node(node&& other, allocator_type allocator) : least{other.least}, ways{std::move(other.ways), allocator} {}
    node(node const&) = default;
    node(node&&) = default;
    node& operator=(node const&) = default;
    node& operator=(node&&) = default;

    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    std::pmr::vector<double> ways;
  };

  struct step {
    std::uint64_t from;
    std::uint64_t to;
    std::uint64_t growth;  ///< of the statistic
    double choices;        ///< which of the group's values are of x
    double completions;    ///< which of the values after the group are of x
  };

  template <class Visit>
  void for_each_step(std::uint64_t group, Visit const& visit) const {
    auto const least_from = before_ > sizes_.y ? before_ - sizes_.y : 0;
    for (auto from = least_from; from <= std::min(sizes_.x, before_); ++from) {
      for (std::uint64_t taken = 0; taken <= std::min(group, sizes_.x - from); ++taken) {
        tie_group const shared{0, from, before_ - from, taken, group - taken};
        if (shared.y_before + shared.y_count > sizes_.y) continue;
        placement_squares own;
        own.add(shared);
        auto const growth =
            static_cast<std::uint64_t>(sizes_.x * own.rank_squares_x() + sizes_.y * own.rank_squares_y());
        auto const to = from + taken;
        auto const after = sizes_.x + sizes_.y - before_ - group;
        visit(step{from, to, growth / unit_, binomial(group, taken), binomial(after, sizes_.x - to)});
      }
    }
  }

  void make_room(node const& from, step const& one, node& to) const {
    if (from.ways.empty() || from.least + one.growth >= observed_) return;
    auto const begin = from.least + one.growth;
    auto const end = std::min(begin + from.ways.size(), observed_);
    if (to.ways.empty()) to.least = begin;
    auto const last = std::max(end, to.least + to.ways.size());
    to.least = std::min(to.least, begin);
    to.ways.resize(last - to.least);
  }

  void move_ways(node const& from, step const& one, node& to) {
    auto const begin = from.least + one.growth;
    std::uint64_t kept = 0;
    if (!from.ways.empty() && begin < observed_) {
      kept = std::min<std::uint64_t>(from.ways.size(), observed_ - begin);
      auto* const target = to.ways.data() + (begin - to.least);
      for (std::size_t i = 0; i < kept; ++i) target[i] += one.choices * from.ways[i];
    }
    auto const passing = std::span{from.ways}.subspan(kept);
    reached_ += std::accumulate(passing.begin(), passing.end(), 0.0) * one.choices * one.completions;
  }

  sample_sizes sizes_;
  std::uint64_t before_ = 0;
  std::uint64_t unit_ = 1;  ///< what the statistic grows by is always a multiple of it
  std::uint64_t observed_ = 0;
  double reached_ = 0;
  std::pmr::vector<node> nodes_;
};

/// Only sums of positive numbers: relative error below 1e-13, and none while there are fewer than 2^53 ways.
inline probability cramer_von_mises_exact_p(sample_sizes sizes, std::span<std::uint64_t const> groups,
                                            unsigned_128 observed, std::pmr::memory_resource* memory,
                                            std::stop_token const& stop) {
  if (sizes.y < sizes.x) std::swap(sizes.x, sizes.y);  // the statistic is the same
  cramer_von_mises_counts counts{sizes, groups, observed, memory};
  for (auto const group : groups) {
    throw_if_cancelled(stop);
    counts.add(group);
  }
  return probability::of(counts.upper_tail());
}

}  // namespace spillway::stats::detail
