#pragma once

#include <spillway/sort/detail/parallel.hpp>
#include <spillway/sort/detail/radix_sort.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <type_traits>
#include <vector>

namespace spillway::sort::detail {

/// Sorts by the words of the elements on several threads: cuts them at elements of the middle into as many parts, cuts
/// each part into buckets, then lets every thread take buckets as long as there are any.
template <class T>
class parallel_radix_sorter {
 public:
  /// One thread for each workspace.
  parallel_radix_sorter(std::span<radix_workspace<T>> held, std::pmr::memory_resource* memory,
                        std::stop_token const& stop)
      : held_{held}, memory_{memory}, stop_{stop} {}

  template <class Word>
  void sort(std::span<T> all) {
    auto const order = survey<Word>(all);
    if (order.rising) return;
    if (order.falling) {
      std::reverse(all.begin(), all.end());
    } else if (order.differing == 0) {
      if constexpr (!std::is_void_v<typename Word::next>) sort<typename Word::next>(all);
    } else if (threads() == 1) {
      radix_sorter<T, Word>{held_[0], stop_}.sort(all, order.differing);
    } else {
      sort_parts<Word>(all, order.differing);
    }
  }

 private:
  struct found_order {
    std::uint64_t differing = 0;
    bool rising = true;
    bool falling = true;
  };

  struct bucket {
    std::span<T> elements;
    bool large;
    std::uint64_t rest;
  };

  [[nodiscard]] unsigned threads() const { return static_cast<unsigned>(held_.size()); }

  [[nodiscard]] std::span<T> part(std::span<T> all, std::size_t number) const {
    auto const begin = part_begin(all.size(), number, threads());
    return all.subspan(begin, part_begin(all.size(), number + 1, threads()) - begin);
  }

  template <class Word>
  found_order survey(std::span<T> all) const {
    std::pmr::vector<found_order> found(threads(), memory_);
    in_parallel(threads(), [&](unsigned thread) {
      auto const begin = std::max<std::size_t>(part_begin(all.size(), thread, threads()), 1);
      auto const end = part_begin(all.size(), thread + 1, threads());
      found[thread] = survey<Word>(all, begin, end);
    });
    found_order sum;
    for (auto const& one : found) {
      sum.differing |= one.differing;
      sum.rising &= one.rising;
      sum.falling &= one.falling;
    }
    return sum;
  }

  template <class Word>
  static found_order survey(std::span<T const> all, std::size_t begin, std::size_t end) {
    found_order found;
    auto const first = Word::word(all[0]);
    for (auto i = begin; i < end; ++i) {
      found.differing |= Word::word(all[i]) ^ first;
      found.rising &= !Word::before(all[i], all[i - 1]);
      found.falling &= !Word::before(all[i - 1], all[i]);
    }
    return found;
  }

  template <class Word>
  void sort_parts(std::span<T> all, std::uint64_t differing) {
    std::pmr::vector<std::span<T>> parts{memory_};
    parts.reserve(threads());
    cut<Word>(all, threads(), parts);
    std::pmr::vector<bucket> buckets{memory_};
    buckets.resize(threads() * bucket_limit);
    in_parallel(threads(), [&](unsigned thread) {
      auto to = buckets.begin() + static_cast<std::ptrdiff_t>(thread * bucket_limit);
      radix_sorter<T, Word>{held_[thread], stop_}.distribute(
          parts[thread], differing, [&](std::span<T> elements, bool large, std::uint64_t rest) {
            *to++ = {elements, large, rest};
          });
    });
    std::atomic<std::size_t> taken{0};
    in_parallel(threads(), [&](unsigned thread) {
      radix_sorter<T, Word> sorter{held_[thread], stop_};
      for (;;) {
        auto const next = taken.fetch_add(1, std::memory_order_relaxed);
        if (next >= buckets.size()) return;
        throw_if_cancelled(stop_);
        sorter.sort_bucket(buckets[next].elements, buckets[next].large, buckets[next].rest);
      }
    });
  }

  /// Into parts of about one size, all of each before all of the next.
  template <class Word>
  void cut(std::span<T> all, unsigned count, std::pmr::vector<std::span<T>>& parts) const {
    if (count == 1) {
      parts.push_back(all);
      return;
    }
    auto const left = count / 2;
    auto const at = all.empty() ? std::size_t{0} : cut_at<Word>(all, quantile<Word>(all, left, count));
    cut<Word>(all.first(at), left, parts);
    cut<Word>(all.subspan(at), count - left, parts);
  }

  /// An element that about `left` of `count` are before.
  template <class Word>
  static T quantile(std::span<T const> all, unsigned left, unsigned count) {
    std::array<T, 1024> sample;
    std::uint64_t random = 0;
    for (auto& one : sample) {
      random = random * 0x5851f42d4c957f2dU + 0x14057b7ef767814fU;
      one = all[(random >> 16U) % all.size()];
    }
    auto const at = sample.begin() + static_cast<std::ptrdiff_t>(part_begin(sample.size(), left, count));
    std::nth_element(sample.begin(), at, sample.end(), [](T const& a, T const& b) { return Word::before(a, b); });
    return *at;
  }

  template <class Word>
  struct not_before {
    T pivot;
    std::size_t operator()(T const& one) const noexcept { return Word::before(one, pivot) ? 0 : 1; }
  };

  /// Moves what is before `pivot` to the front; how much that is.
  template <class Word>
  std::size_t cut_at(std::span<T> all, T const& pivot) const {
    // Each thread does so in its part, and of what then is on the wrong side, both kinds are equally many.
    std::pmr::vector<std::span<T>> lows{threads(), memory_};
    std::pmr::vector<std::span<T>> highs{threads(), memory_};
    in_parallel(threads(), [&](unsigned thread) {
      auto const mine = part(all, thread);
      auto const middle = block_partition{mine, 2, not_before<Word>{pivot}, held_[thread].blocks}()[1];
      lows[thread] = mine.first(middle);
      highs[thread] = mine.subspan(middle);
    });
    std::size_t at = 0;
    for (auto const& low : lows) at += low.size();
    auto const* const border = all.data() + at;
    std::size_t misplaced = 0;
    for (auto& low : lows) low = low.last(std::min(low.size(), beyond(low.data() + low.size(), border)));
    for (auto& high : highs) {
      high = high.first(std::min(high.size(), beyond(border, high.data())));
      misplaced += high.size();
    }
    in_parallel(threads(), [&](unsigned thread) {
      exchange(lows, highs, part_begin(misplaced, thread, threads()), part_begin(misplaced, thread + 1, threads()));
    });
    return at;
  }

  /// How far `to` lies behind `from`.
  static std::size_t beyond(T const* to, T const* from) { return to > from ? static_cast<std::size_t>(to - from) : 0; }

  /// Swaps the elements number `begin` to `end` of both, each taken as one list.
  static void exchange(std::span<std::span<T> const> lows, std::span<std::span<T> const> highs, std::size_t begin,
                       std::size_t end) {
    if (begin == end) return;
    auto low = lows.begin();
    auto high = highs.begin();
    auto low_at = skip(low, begin);
    auto high_at = skip(high, begin);
    while (begin < end) {
      auto const size = std::min({end - begin, low->size() - low_at, high->size() - high_at});
      std::swap_ranges(low->begin() + static_cast<std::ptrdiff_t>(low_at),
                       low->begin() + static_cast<std::ptrdiff_t>(low_at + size),
                       high->begin() + static_cast<std::ptrdiff_t>(high_at));
      begin += size;
      low_at += size;
      high_at += size;
      if (begin == end) return;
      low_at = skip(low, low_at);
      high_at = skip(high, high_at);
    }
  }

  /// Goes on to the list that has the element number `count`, and gives its place there.
  template <class List>
  static std::size_t skip(List& list, std::size_t count) {
    while (count >= list->size()) count -= (list++)->size();
    return count;
  }

  std::span<radix_workspace<T>> held_;
  std::pmr::memory_resource* memory_;
  std::stop_token const& stop_;
};

}  // namespace spillway::sort::detail
