#pragma once

#include <spillway/stats/detail/readable_samples.hpp>
#include <spillway/stats/value_grid.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

#ifdef __AVX512F__
#include <immintrin.h>
#endif

/// Passes over samples that count values in the buckets of a grid or collect some of them.
namespace spillway::stats::detail {

/// From `first` to `last`, both included. NaN is outside.
template <class T>
struct value_range {
  T first;
  T last;

  [[nodiscard]] bool contains(T value) const noexcept { return (value >= first) & (value <= last); }
  void widen(T value) noexcept {
    first = std::min(first, value);
    last = std::max(last, value);
  }
  /// Everything that is a number.
  [[nodiscard]] static constexpr value_range all() noexcept {
    using limits = std::numeric_limits<T>;
    if constexpr (limits::has_infinity) return {-limits::infinity(), limits::infinity()};
    return {limits::lowest(), limits::max()};
  }
};

/// The numbers of a range that lie in some successive buckets.
template <class T>
struct bucket_range {
  value_range<T> within;
  value_range<double> buckets;

  bucket_range(value_grid const& grid, value_range<T> range, std::uint32_t first, std::uint32_t last)
      : within{range}, buckets{grid.first_value(first), grid.last_value(last)} {}
  [[nodiscard]] bool contains(T value) const noexcept {
    return (int{within.contains(value)} & int{buckets.contains(static_cast<double>(value))}) != 0;
  }
  /// For doubles, one range.
  [[nodiscard]] value_range<double> both() const noexcept {
    return {std::max(within.first, buckets.first), std::min(within.last, buckets.last)};
  }
};

/// Something for either sample.
template <class Of>
struct for_both {
  Of x;
  Of y;
  [[nodiscard]] Of& operator[](sample_name name) noexcept { return name == sample_name::x ? x : y; }
  [[nodiscard]] Of const& operator[](sample_name name) const noexcept { return name == sample_name::x ? x : y; }
};

template <class Count>
using bucket_counts = for_both<std::pmr::vector<Count>>;

/// How many values of a range each thread finds in each bucket, and as the last count how many that are not in the
/// range.
template <class Count, class Samples, class T = typename Samples::value_type>
std::pmr::vector<bucket_counts<Count>> count_buckets_by_thread(Samples const& samples, value_grid const& grid,
                                                               value_range<T> range,
                                                               std::pmr::memory_resource* memory) {
  using counts = std::pmr::vector<Count>;
  std::pmr::vector<bucket_counts<Count>> of_threads{memory};
  of_threads.reserve(samples.threads());
  for (unsigned thread = 0; thread < samples.threads(); ++thread) {
    of_threads.push_back({counts(grid.size() + 1, memory), counts(grid.size() + 1, memory)});
  }
  samples.read([&](unsigned thread, sample_name sample, std::span<T const> block) {
    auto* const counted = of_threads[thread][sample].data();
    auto const bucket_of = grid.lookup();
    auto const outside = static_cast<std::uint32_t>(grid.size());
    auto const within = range;
    for (auto const value : block) {
      ++counted[within.contains(value) ? bucket_of(static_cast<double>(value)) : outside];
    }
  });
  return of_threads;
}

/// The same of all threads together.
template <class Count, class Samples, class T = typename Samples::value_type>
bucket_counts<Count> count_buckets(Samples const& samples, value_grid const& grid, value_range<T> range,
                                   std::pmr::memory_resource* memory) {
  auto of_threads = count_buckets_by_thread<Count>(samples, grid, range, memory);
  auto sum = std::move(of_threads.front());
  for (std::size_t thread = 1; thread < of_threads.size(); ++thread) {
    for (std::size_t i = 0; i <= grid.size(); ++i) {
      sum.x[i] += of_threads[thread].x[i];
      sum.y[i] += of_threads[thread].y[i];
    }
  }
  return sum;
}

/// Some of the buckets of a grid.
class bucket_set {
 public:
  bucket_set(std::size_t buckets, std::pmr::memory_resource* memory)
      : words_(buckets / 64 + 1, memory), before_(words_.size(), memory) {}

  /// \pre not less than any that is in it
  void append(std::uint32_t bucket) {
    words_[bucket / 64] |= std::uint64_t{1} << bucket % 64;
    if (empty()) first_ = bucket;
    for (auto word = last_ / 64 + 1; word <= bucket / 64; ++word) before_[word] = size_;
    last_ = bucket;
    ++size_;
  }
  void clear() {
    words_.assign(words_.size(), 0);
    size_ = first_ = last_ = 0;
  }

  [[nodiscard]] bool contains(std::uint32_t bucket) const { return (words_[bucket / 64] >> bucket % 64 & 1U) != 0; }
  /// How many in it are less.
  [[nodiscard]] std::uint32_t rank(std::uint32_t bucket) const {
    auto const less = words_[bucket / 64] & ((std::uint64_t{1} << bucket % 64) - 1);
    return before_[bucket / 64] + static_cast<std::uint32_t>(std::popcount(less));
  }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  /// \pre not empty
  [[nodiscard]] std::uint32_t first() const { return first_; }
  [[nodiscard]] std::uint32_t last() const { return last_; }

 private:
  std::pmr::vector<std::uint64_t> words_;
  std::pmr::vector<std::uint32_t> before_;  ///< how many are in the words before each
  std::uint32_t size_ = 0;
  std::uint32_t first_ = 0;
  std::uint32_t last_ = 0;
};

#ifdef __AVX512F__
/// Appends the values of a range to what is at `to`, of which eight places more than that may be overwritten.
inline double* keep_between(std::span<double const> values, value_range<double> range, double* to) {
  auto const first = _mm512_set1_pd(range.first);
  auto const last = _mm512_set1_pd(range.last);
  for (; values.size() >= 8; values = values.subspan(8)) {
    auto const eight = _mm512_loadu_pd(values.data());
    auto const above = _mm512_cmp_pd_mask(eight, first, _CMP_GE_OQ);
    auto const kept = _mm512_mask_cmp_pd_mask(above, eight, last, _CMP_LE_OQ);
    _mm512_storeu_pd(to, _mm512_maskz_compress_pd(kept, eight));
    to += std::popcount(kept);
  }
  for (auto const value : values) {
    *to = value;
    to += range.contains(value);
  }
  return to;
}
#endif

/// The same, without a branch that depends on the values.
template <class T, class Range>
T* keep_between(std::span<T const> values, Range const& range, T* to) {
  for (auto const value : values) {
    *to = value;
    to += static_cast<std::size_t>(range.contains(value));
  }
  return to;
}

/// Calls `use(kept)` with the values of a range, a few at a time.
template <class T, class Use>
void sift(std::span<T const> values, bucket_range<T> const& range, Use const& use) {
  constexpr std::size_t some = 1024;
  std::array<T, some + 8> kept;
  while (!values.empty()) {
    auto const block = values.first(std::min(values.size(), some));
    T const* end = nullptr;
    if constexpr (std::same_as<T, double>) {
      end = keep_between(block, range.both(), kept.data());
    } else {
      end = keep_between(block, range, kept.data());
    }
    if (end != kept.data()) use(std::span<T const>{kept.data(), end});
    values = values.subspan(block.size());
  }
}

/// Calls `take(thread, sample, bucket, value)` for the values of a range in some buckets.
template <class Samples, class Take, class T = typename Samples::value_type>
void visit_buckets(Samples const& samples, value_grid const& grid, value_range<T> range, bucket_set const& wanted,
                   Take const& take) {
  if (wanted.empty()) return;
  bucket_range<T> const within{grid, range, wanted.first(), wanted.last()};
  samples.read([&](unsigned thread, sample_name sample, std::span<T const> block) {
    auto const bucket_of = grid.lookup();
    sift(block, within, [&](std::span<T const> kept) {
      for (auto const value : kept) {
        auto const bucket = bucket_of(static_cast<double>(value));
        if (wanted.contains(bucket)) take(thread, sample, bucket, value);
      }
    });
  });
}

/// Finds the least and the greatest value of each of some buckets, none of which is empty. `range_of(i)`: that of the
/// i-th of them, to be widened.
template <class Samples, class RangeOf, class T = typename Samples::value_type>
void find_ranges(Samples const& samples, value_grid const& grid, value_range<T> range, bucket_set const& wanted,
                 RangeOf const& range_of, std::pmr::memory_resource* memory) {
  std::pmr::vector<std::pmr::vector<value_range<T>>> of_threads{memory};
  constexpr value_range<T> nothing{value_range<T>::all().last, value_range<T>::all().first};
  for (unsigned thread = 0; thread < samples.threads(); ++thread) of_threads.emplace_back(wanted.size(), nothing);
  visit_buckets(samples, grid, range, wanted, [&](unsigned thread, sample_name, std::uint32_t bucket, T value) {
    of_threads[thread][wanted.rank(bucket)].widen(value);
  });
  for (auto const& of_thread : of_threads) {
    for (std::size_t i = 0; i < of_thread.size(); ++i) {
      range_of(i).widen(of_thread[i].first);
      range_of(i).widen(of_thread[i].last);
    }
  }
}

}  // namespace spillway::stats::detail
