#pragma once

#include <spillway/stats/detail/concurrently.hpp>
#include <spillway/stats/merge_pass.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace spillway::stats::detail {

/// The places in both samples where a value begins, so that about `wanted` values are below.
template <class T>
sample_sizes cut_order(std::span<T const> x, std::span<T const> y, std::uint64_t wanted) {
  auto const below = [](std::span<T const> all, T value) {
    return static_cast<std::uint64_t>(std::lower_bound(all.begin(), all.end(), value) - all.begin());
  };
  std::uint64_t low = 0;
  std::uint64_t high = x.size();
  while (low < high) {
    auto const middle = low + (high - low) / 2;
    if (middle + below(y, x[middle]) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == x.size() && wanted - low >= y.size()) return {x.size(), y.size()};
  auto const value = low < x.size() ? x[low] : y[wanted - low];
  return {below(x, value), below(y, value)};
}

/// Gives the groups of two ordered samples to an accumulator, on several threads: parts of the order each have their
/// own that `begin_part` makes, which are then appended. `before` is how many values come before these.
template <class T, class BeginPart>
auto pass_in_parts(std::span<T const> x, std::span<T const> y, sample_sizes before, test_options const& options,
                   BeginPart const& begin_part) {
  constexpr std::uint64_t worth_a_thread = std::uint64_t{1} << 15U;
  sample_sizes const sizes{x.size(), y.size()};
  auto const all = sizes.x + sizes.y;
  auto const parts = std::clamp<std::uint64_t>(all / worth_a_thread, 1, std::max(options.threads, 1U));
  std::vector<decltype(begin_part())> seen;
  std::vector<sample_sizes> cuts{{}};
  seen.reserve(parts);
  for (std::uint64_t part = 1; part <= parts; ++part) {
    seen.push_back(begin_part());
    auto const cut = part == parts ? sizes : cut_order(x, y, all / parts * part);
    cuts.push_back({std::max(cut.x, cuts.back().x), std::max(cut.y, cuts.back().y)});
  }
  concurrently(static_cast<unsigned>(parts), [&](unsigned part) {
    auto const from = cuts[part];
    auto const to = cuts[part + 1];
    merge_spans(x.subspan(from.x, to.x - from.x), y.subspan(from.y, to.y - from.y),
                {before.x + from.x, before.y + from.y}, options.stop, seen[part]);
  });
  for (std::size_t part = 1; part < parts; ++part) seen[0].append(seen[part]);
  return std::move(seen[0]);
}

}  // namespace spillway::stats::detail
