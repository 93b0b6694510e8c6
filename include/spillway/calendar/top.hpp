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

/// Takes elements one by one and keeps the `limit` with the largest projected values; among equal values those that
/// come first win, which for counters are the earlier buckets.
///
/// Complexity: O(log limit) an element at worst. Memory: `limit` elements from `options.memory`. Deterministic.
template <class T, class Projection = std::identity>
class top_collector {
 public:
  using value_type = std::remove_cvref_t<std::invoke_result_t<Projection&, T const&>>;

  explicit top_collector(std::size_t limit, Projection projection = {}, top_options const& options = {})
      : limit_{limit}, projection_{std::move(projection)}, heap_{options.memory} {}

  void add(T const& element) {
    if (limit_ == 0) return;
    value_type size = std::invoke(projection_, element);
    if (heap_.size() < limit_) {
      heap_.push_back({element, std::move(size), position_++});
      std::ranges::push_heap(heap_, better);
    } else if (heap_.front().size < size) {
      replace_worst({element, std::move(size), position_++});
    } else if (!(size < heap_.front().size)) {
      ++left_out_;
    }
  }

  /// What was kept, sorted; the collector is then empty.
  [[nodiscard]] top_result<T, value_type> result() && {
    std::ranges::sort(heap_, better);
    top_result<T, value_type> top{std::pmr::vector<T>{heap_.get_allocator()}, std::nullopt, 0, left_out_};
    if (!heap_.empty()) {
      top.last = heap_.back().size;
      top.sharing_last = left_out_ + static_cast<std::size_t>(std::ranges::count_if(heap_, [&](candidate const& one) {
                           return !(*top.last < one.size) && !(one.size < *top.last);
                         }));
    }
    top.items.reserve(heap_.size());
    for (auto& one : heap_) top.items.push_back(std::move(one.what));
    heap_.clear();
    return top;
  }

 private:
  struct candidate {
    T what;
    value_type size;
    std::size_t position;
  };

  static bool better(candidate const& a, candidate const& b) {
    if (b.size < a.size) return true;
    return !(a.size < b.size) && a.position < b.position;
  }

  void replace_worst(candidate one) {
    std::ranges::pop_heap(heap_, better);
    auto const dropped = std::exchange(heap_.back(), std::move(one)).size;
    std::ranges::push_heap(heap_, better);
    left_out_ = dropped < heap_.front().size ? 0 : left_out_ + 1;
  }

  std::size_t limit_;
  Projection projection_;
  std::pmr::vector<candidate> heap_;  ///< the worst in front
  std::size_t position_ = 0;
  std::size_t left_out_ = 0;  ///< of those that equal the worst
};

/// The `limit` elements of `range` with the largest projected values, as a `top_collector` keeps them. One pass.
template <std::ranges::input_range Range, class Projection = std::identity>
[[nodiscard]] auto top_k(Range&& range, std::size_t limit, Projection projection = {},
                         top_options const& options = {}) {
  top_collector<std::ranges::range_value_t<Range>, Projection> collector{limit, std::move(projection), options};
  for (auto&& element : range) collector.add(element);
  return std::move(collector).result();
}

}  // namespace spillway::calendar
