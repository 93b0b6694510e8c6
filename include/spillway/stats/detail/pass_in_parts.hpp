#pragma once

#include <spillway/stats/detail/concurrently.hpp>
#include <spillway/stats/merge_pass.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
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

/// Gives the groups of two ordered samples to accumulators, on several threads: parts of the order each have their own,
/// which are then appended.
template <class T, class... Accumulators>
std::tuple<Accumulators...> pass_in_parts(std::span<T const> x, std::span<T const> y, test_options const& options) {
  constexpr std::uint64_t worth_a_thread = std::uint64_t{1} << 15U;
  sample_sizes const sizes{x.size(), y.size()};
  auto const all = sizes.x + sizes.y;
  auto const parts = std::clamp<std::uint64_t>(all / worth_a_thread, 1, std::max(options.threads, 1U));
  std::vector<std::tuple<Accumulators...>> seen;
  std::vector<sample_sizes> cuts{{}};
  seen.reserve(parts);
  for (std::uint64_t part = 1; part <= parts; ++part) {
    seen.emplace_back(Accumulators{sizes, options}...);
    auto const cut = part == parts ? sizes : cut_order(x, y, all / parts * part);
    cuts.push_back({std::max(cut.x, cuts.back().x), std::max(cut.y, cuts.back().y)});
  }
  concurrently(static_cast<unsigned>(parts), [&](unsigned part) {
    auto const from = cuts[part];
    auto const to = cuts[part + 1];
    std::apply(
        [&](auto&... each) {
          merge_spans(x.subspan(from.x, to.x - from.x), y.subspan(from.y, to.y - from.y), from, options.stop, each...);
        },
        seen[part]);
  });
  for (std::size_t part = 1; part < parts; ++part) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (std::get<I>(seen[0]).append(std::get<I>(seen[part])), ...);
    }(std::index_sequence_for<Accumulators...>{});
  }
  return std::move(seen[0]);
}

}  // namespace spillway::stats::detail
