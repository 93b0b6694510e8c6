#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/category_counts.hpp>
#include <spillway/stats/detail/concurrently.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory_resource>
#include <new>
#include <ranges>
#include <stop_token>
#include <string_view>
#include <vector>

namespace spillway::stats {

struct category_options {
  /// Threads for counting samples that are in memory; results do not depend on it.
  unsigned threads = 2;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  std::stop_token stop = {};
};

/// How often each category comes in two samples that can be read again: each is a range of categories, or a function
/// that passes all of them to a sink in blocks, `source(sink)` with `sink(range)`. Both must outlive it.
///
/// What `options.memory` refuses to hold is counted in several passes over the samples, each of which takes the
/// categories of some hashes. Categories are visited in the order of `category_counts`, whatever the memory and
/// threads.
///
/// Complexity: constant for each value and pass. Memory: see `category_counts`; a 256th of all categories must fit.
template <detail::category T, class X, class Y>
class counted_categories {
 public:
  /// Counts as many categories as fit.
  /// \throws what reading and the memory throw; cancelled
  counted_categories(X const& x, Y const& y, category_options const& options = {})
      : x_{x}, y_{y}, options_{options}, counted_{options.memory} {
    count_next(0);
    sizes_ = counted_.front().sizes();
  }

  [[nodiscard]] sample_sizes sizes() const noexcept { return sizes_; }

  /// `visit(category, counts)` for each category; its text is valid during the call.
  /// \throws what reading, the memory and `visit` throw; cancelled
  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::size_t part = 0; part < detail::category_parts::count; ++part) {
      if (part < first_ || part >= last_) count_next(part);
      counted_[(part - first_) % counted_.size()].for_each_of_part(part, visit);
    }
  }

 private:
  static constexpr std::size_t worth_a_thread = std::size_t{1} << 14U;
  static constexpr std::size_t slice = std::size_t{1} << 14U;
  static constexpr std::size_t few_categories = std::size_t{1} << 14U;
  static constexpr bool in_memory = std::ranges::random_access_range<X const> &&
                                    std::ranges::random_access_range<Y const> && std::ranges::sized_range<X const> &&
                                    std::ranges::sized_range<Y const>;

  /// Counts the parts from `first` on, fewer of them as long as that takes more memory than there is.
  void count_next(std::size_t first) {
    for (;; width_ = (width_ + 1) / 2) {
      try {
        return count(first, std::min(first + width_, detail::category_parts::count));
      } catch (budget_exceeded const&) {
        if (width_ == 1) throw;
      } catch (std::bad_alloc const&) {
        if (width_ == 1) throw;
      }
    }
  }

  void count(std::size_t first, std::size_t last) {
    first_ = last_ = 0;
    counted_.clear();
    auto const threads = threads_for(last - first);
    if (threads == 1 || first != 0 || last != detail::category_parts::count || !count_slices(threads)) {
      count_parts(first, last, threads);
    }
    first_ = first;
    last_ = last;
  }

  /// Each thread reads a slice of the values of x and then y, and counts all their categories. Given up if there are so
  /// many that this would take much more memory.
  [[nodiscard]] bool count_slices(unsigned threads) {
    if constexpr (in_memory) {
      make_counts(threads, [](unsigned) { return detail::category_parts{}; });
      auto const of_x = static_cast<std::size_t>(std::ranges::size(x_));
      auto const all = of_x + static_cast<std::size_t>(std::ranges::size(y_));
      std::atomic<bool> few = true;
      detail::concurrently(threads, [&](unsigned thread) {
        auto& counts = counted_[thread];
        auto const last = all / threads * (thread + 1) + (thread + 1 == threads ? all % threads : 0);
        for (auto begin = all / threads * thread; begin < last && few; begin += slice) {
          auto const end = std::min(begin + slice, last);
          counts.add_all_x(part_of(x_, std::min(begin, of_x), std::min(end, of_x)), options_.stop);
          counts.add_all_y(part_of(y_, std::max(begin, of_x) - of_x, std::max(end, of_x) - of_x), options_.stop);
          if (counts.size() > few_categories) few = false;
        }
      });
      for (unsigned thread = 1; few && thread < threads; ++thread) counted_[0].merge(counted_[thread]);
      while (counted_.size() > (few ? 1U : 0U)) counted_.pop_back();
      return few;
    }
    return false;
  }

  /// Each thread reads all values and counts the categories that are its own.
  void count_parts(std::size_t first, std::size_t last, unsigned threads) {
    make_counts(threads, [&](unsigned thread) { return detail::category_parts{first + thread, last, threads}; });
    detail::concurrently(threads, [&](unsigned thread) {
      read(x_, [&](auto&& values) { counted_[thread].add_all_x(values, options_.stop); });
      read(y_, [&](auto&& values) { counted_[thread].add_all_y(values, options_.stop); });
    });
  }

  template <class Parts>
  void make_counts(unsigned threads, Parts const& parts_of) {
    counted_.reserve(threads);
    for (unsigned thread = 0; thread < threads; ++thread) counted_.emplace_back(parts_of(thread), options_.memory);
  }

  template <class Range>
  [[nodiscard]] static auto part_of(Range const& range, std::size_t begin, std::size_t end) {
    using difference = std::ranges::range_difference_t<Range const>;
    auto const first = std::ranges::begin(range);
    return std::ranges::subrange{first + static_cast<difference>(begin), first + static_cast<difference>(end)};
  }

  [[nodiscard]] unsigned threads_for(std::size_t parts) const {
    if constexpr (in_memory) {
      auto const values = static_cast<std::size_t>(std::ranges::size(x_)) + std::ranges::size(y_);
      auto const most = std::clamp<std::size_t>(values / worth_a_thread, 1, parts);
      return static_cast<unsigned>(std::clamp<std::size_t>(options_.threads, 1, most));
    }
    return 1;
  }

  template <class Source, class Sink>
  static void read(Source const& source, Sink const& sink) {
    if constexpr (std::ranges::forward_range<Source const>) {
      sink(source);
    } else {
      source(sink);
    }
  }

  X const& x_;
  Y const& y_;
  category_options options_;
  std::pmr::vector<category_counts<T>> counted_;  ///< the parts from `first_` to `last_`, shared out to the threads
  std::size_t width_ = detail::category_parts::count;
  std::size_t first_ = 0;
  std::size_t last_ = 0;
  sample_sizes sizes_;
};

}  // namespace spillway::stats
