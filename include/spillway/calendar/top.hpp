#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory_resource>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::calendar {

/// The largest elements, and what was left out beside them.
template <class T, class Value>
struct top_result {
  /// Largest first; equal ones as they came.
  std::pmr::vector<T> items;
  /// The value of the last item, if there is one.
  std::optional<Value> last;
  /// How many elements of the whole range have that value.
  std::size_t sharing_last = 0;
  /// How many of those were left out; if not 0, the limit cut through a tie.
  std::size_t left_out = 0;

  [[nodiscard]] bool cuts_a_tie() const noexcept { return left_out != 0; }
};

struct top_options {
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
};

/// The `limit` elements of `range` with the largest projected values; among equal values those that come first win,
/// which for counters are the earlier buckets.
///
/// One pass; complexity O(n log limit) at worst; memory `limit` elements from `options.memory`. Deterministic.
template <std::ranges::input_range Range, class Projection = std::identity>
[[nodiscard]] auto top_k(Range&& range, std::size_t limit, Projection projection = {},
                         top_options const& options = {}) {
  using item = std::ranges::range_value_t<Range>;
  using value = std::remove_cvref_t<std::invoke_result_t<Projection&, item const&>>;
  struct candidate {
    item what;
    value size;
    std::size_t position;
  };
  auto const better = [](candidate const& a, candidate const& b) {
    if (b.size < a.size) return true;
    return !(a.size < b.size) && a.position < b.position;
  };
  std::pmr::vector<candidate> heap{options.memory};  // the worst in front
  std::size_t left_out = 0;                          // of those that equal the worst
  std::size_t position = 0;
  for (auto&& element : range) {
    if (limit == 0) break;
    item const& seen = element;
    value size = std::invoke(projection, seen);
    if (heap.size() < limit) {
      heap.push_back({seen, std::move(size), position++});
      std::ranges::push_heap(heap, better);
      continue;
    }
    if (!(heap.front().size < size)) {
      if (!(size < heap.front().size)) ++left_out;
      continue;
    }
    std::ranges::pop_heap(heap, better);
    auto const dropped = std::exchange(heap.back(), candidate{seen, std::move(size), position++}).size;
    std::ranges::push_heap(heap, better);
    left_out = dropped < heap.front().size ? 0 : left_out + 1;
  }
  std::ranges::sort(heap, better);
  top_result<item, value> result{std::pmr::vector<item>{options.memory}, std::nullopt, 0, left_out};
  result.items.reserve(heap.size());
  if (!heap.empty()) {
    result.last = heap.back().size;
    result.sharing_last = left_out + static_cast<std::size_t>(std::ranges::count_if(heap, [&](candidate const& one) {
                            return !(*result.last < one.size) && !(one.size < *result.last);
                          }));
  }
  for (auto& one : heap) result.items.push_back(std::move(one.what));
  return result;
}

}  // namespace spillway::calendar
