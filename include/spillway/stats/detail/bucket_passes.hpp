#pragma once

#include <spillway/stats/detail/readable_samples.hpp>
#include <spillway/stats/value_grid.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <span>
#include <utility>
#include <vector>

/// Passes over samples that count values in the buckets of a grid or collect some of them.
namespace spillway::stats::detail {

/// From `first` to `last`, both included. NaN is outside.
template <class T>
struct value_range {
  T first;
  T last;

  [[nodiscard]] bool contains(T value) const noexcept { return (value >= first) & (value <= last); }
  /// Everything that is a number.
  [[nodiscard]] static constexpr value_range all() noexcept {
    using limits = std::numeric_limits<T>;
    if constexpr (limits::has_infinity) return {-limits::infinity(), limits::infinity()};
    return {limits::lowest(), limits::max()};
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

/// How many values of a range are in each bucket, and as the last count how many are not in the range.
template <class Count, class Samples, class T = typename Samples::value_type>
bucket_counts<Count> count_buckets(Samples const& samples, value_grid const& grid, value_range<T> range,
                                   std::pmr::memory_resource* memory) {
  using counts = std::pmr::vector<Count>;
  std::pmr::vector<bucket_counts<Count>> of_threads{memory};
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

/// Calls `take(value)` for the values for which `wanted(value)` holds. Quick where they are few.
template <class T, class Wanted, class Take>
void sift(std::span<T const> values, Wanted const& wanted, Take const& take) {
  constexpr std::size_t chunk = 16;
  for (; values.size() >= chunk; values = values.subspan(chunk)) {
    unsigned any = 0;
    for (std::size_t i = 0; i < chunk; ++i) any |= static_cast<unsigned>(wanted(values[i]));
    if (any == 0) continue;
    for (auto const value : values.first(chunk)) {
      if (wanted(value)) take(value);
    }
  }
  for (auto const value : values) {
    if (wanted(value)) take(value);
  }
}

/// Calls `take(thread, sample, bucket, value)` for the values of a range in some buckets.
template <class Samples, class Take, class T = typename Samples::value_type>
void visit_buckets(Samples const& samples, value_grid const& grid, value_range<T> range, bucket_set const& wanted,
                   Take const& take) {
  if (wanted.empty()) return;
  auto const first = grid.first_value(wanted.first());
  auto const last = grid.last_value(wanted.last());
  samples.read([&](unsigned thread, sample_name sample, std::span<T const> block) {
    auto const bucket_of = grid.lookup();
    auto const may_be = [range, first, last](T value) {
      auto const number = static_cast<double>(value);
      return range.contains(value) & (number >= first) & (number <= last);
    };
    sift(block, may_be, [&](T value) {
      auto const bucket = bucket_of(static_cast<double>(value));
      if (wanted.contains(bucket)) take(thread, sample, bucket, value);
    });
  });
}

}  // namespace spillway::stats::detail
