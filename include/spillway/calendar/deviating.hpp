#pragma once

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/detail/wide.hpp>
#include <spillway/calendar/ratio.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace spillway::calendar {

struct deviation_options {
  /// Of the mean: 0.2 is 20 %.
  ratio by_more_than{1, 5};
};

/// The buckets whose count x is off the mean by more than a part of it: |1 − x / mean| > `by_more_than`, in the order
/// of time. The mean is events per bucket over the buckets that have events.
///
/// Exact: for k buckets with N events it compares |x·k − N|·denominator > N·numerator in 128-bit integers, which
/// can't overflow.
/// Complexity: two passes over the buckets. Memory: the result, from the counter's allocator.
template <bucket_rule Rule, class Allocator>
[[nodiscard]] auto deviating(counter<Rule, no_key, Allocator> const& counts, deviation_options const& options = {}) {
  using row = bucket_count<typename Rule::bucket_type>;
  using row_allocator = typename std::allocator_traits<Allocator>::template rebind_alloc<row>;
  std::vector<row, row_allocator> found{row_allocator{counts.get_allocator()}};
  detail::uint128 const buckets = counts.size();
  detail::uint128 const events = counts.total();
  // The distance is whole, so it is beyond the limit just if it is beyond the limit rounded down.
  auto const limit = events * options.by_more_than.numerator() / options.by_more_than.denominator();
  for (row const& one : counts) {
    auto const scaled = one.count * buckets;
    if ((scaled > events ? scaled - events : events - scaled) > limit) found.push_back(one);
  }
  return found;
}

}  // namespace spillway::calendar
