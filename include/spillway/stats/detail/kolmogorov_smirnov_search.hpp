#pragma once

#include <spillway/core/integer_128.hpp>
#include <spillway/sort/in_memory.hpp>
#include <spillway/stats/detail/bucket_passes.hpp>
#include <spillway/stats/detail/readable_samples.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/value_grid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace spillway::stats::detail {

/// The largest distance to one side, times the product of the sizes, and the least value at which it is reached.
template <class T>
struct farthest {
  signed_128 distance = 0;
  T location{};
  signed_128 worth_a_look = 1;  ///< a lower bound of the largest, and of those worth finding

  void find(signed_128 found, T value) {
    if (found <= 0 || found < distance || (found == distance && !(value < location))) return;
    distance = found;
    location = value;
    worth_a_look = std::max(worth_a_look, found);
  }
};

/// Looks for the Kolmogorov–Smirnov distance of samples that can be read again and again. `Count` holds their sizes.
template <class Samples, class Count>
class kolmogorov_smirnov_search {
  using T = typename Samples::value_type;
  using range = value_range<T>;

  /// Values that are collected and sorted at once.
  static constexpr std::uint64_t slab_size = std::uint64_t{1} << 18U;
  /// Buckets whose least and greatest values are looked for at once.
  static constexpr std::uint64_t most_settled = std::uint64_t{1} << 15U;

 public:
  kolmogorov_smirnov_search(Samples const& samples, std::pmr::memory_resource* memory)
      : samples_{samples}, memory_{memory}, grid_{samples.draw(memory), value_grid::most_buckets, memory} {}

  void count() {
    counts_ = count_buckets<Count>(samples_, grid_, range::all(), memory_);
    omitted_ = {counts_->x.back(), counts_->y.back()};
    for (std::size_t i = 0; i < grid_.size(); ++i) {
      sizes_.x += counts_->x[i];
      sizes_.y += counts_->y[i];
    }
  }
  [[nodiscard]] sample_sizes sizes() const { return sizes_; }
  [[nodiscard]] sample_sizes omitted() const { return omitted_; }

  struct found {
    farthest<T> greater;
    farthest<T> less;
  };
  found find() {
    search({grid_, range::all(), *counts_}, {});
    return {greater_, less_};
  }

 private:
  /// The buckets of a grid, one after another, with what comes before them.
  struct place {
    std::uint32_t bucket = 0;
    sample_sizes before;
  };
  struct level {
    value_grid const& grid;
    range within;
    bucket_counts<Count> const& counts;

    [[nodiscard]] sample_sizes in(std::uint32_t bucket) const { return {counts.x[bucket], counts.y[bucket]}; }
    void advance(place& at) const {
      at.before.x += counts.x[at.bucket];
      at.before.y += counts.y[at.bucket];
      ++at.bucket;
    }
  };

  [[nodiscard]] signed_128 difference(std::uint64_t i, std::uint64_t j) const {
    return static_cast<signed_128>(i) * static_cast<signed_128>(sizes_.y) -
           static_cast<signed_128>(j) * static_cast<signed_128>(sizes_.x);
  }

  /// Whether a maximum may be in a bucket: in the best of cases all values of one sample come before those of the
  /// other.
  [[nodiscard]] bool may_hold_farthest(sample_sizes before, sample_sizes in) const {
    return (in.x != 0 && difference(before.x + in.x, before.y) >= greater_.worth_a_look) ||
           (in.y != 0 && -difference(before.x, before.y + in.y) >= less_.worth_a_look);
  }

  template <class Use>
  void for_candidates(level const& here, sample_sizes before, Use const& use) const {
    for (place at{0, before}; at.bucket < here.grid.size(); here.advance(at)) {
      auto const in = here.in(at.bucket);
      if (may_hold_farthest(at.before, in)) use(at, in);
    }
  }

  void search(level const& here, sample_sizes before) {
    for (place at{0, before}; at.bucket < here.grid.size();) {
      here.advance(at);
      auto const reached = difference(at.before.x, at.before.y);
      greater_.worth_a_look = std::max(greater_.worth_a_look, reached);
      less_.worth_a_look = std::max(less_.worth_a_look, -reached);
    }
    bucket_set settled{here.grid.size(), memory_};
    settle_crowded(here, before, settled);
    bucket_set slab{here.grid.size(), memory_};
    place slab_begin;
    std::uint64_t in_slab = 0;
    for_candidates(here, before, [&](place const& at, sample_sizes in) {
      if (settled.contains(at.bucket)) return;
      if (in_slab + in.x + in.y > slab_size) {
        sort_slab(here, slab, slab_begin);
        slab.clear();
        in_slab = 0;
      }
      if (slab.empty()) slab_begin = at;
      slab.append(at.bucket);
      in_slab += in.x + in.y;
    });
    sort_slab(here, slab, slab_begin);
  }

  struct candidate {
    sample_sizes before;
    sample_sizes in;
    range values;  ///< from the least to the greatest
  };

  /// Where there is more than can be sorted at once, it is often because few values come again and again. Finds the
  /// buckets that hold only one, and goes into those that are too large to be sorted.
  void settle_crowded(level const& here, sample_sizes before, bucket_set& settled) {
    std::uint64_t in_all = 0;
    for_candidates(here, before, [&](place const&, sample_sizes in) { in_all += in.x + in.y; });
    if (in_all <= slab_size) return;
    constexpr auto nothing = range{range::all().last, range::all().first};
    auto const crowd = std::min(slab_size, in_all / most_settled);
    std::pmr::vector<candidate> candidates{memory_};
    bucket_set wanted{here.grid.size(), memory_};
    for_candidates(here, before, [&](place const& at, sample_sizes in) {
      if (in.x + in.y <= crowd) return;
      candidates.push_back({at.before, in, nothing});
      wanted.append(at.bucket);
    });
    find_ranges(
        samples_, here.grid, here.within, wanted, [&](std::size_t i) -> range& { return candidates[i].values; },
        memory_);
    auto next = candidates.begin();
    for (auto bucket = wanted.first(); next != candidates.end(); ++bucket) {
      if (!wanted.contains(bucket)) continue;
      auto const& [before_these, in, values] = *next++;
      if (values.first == values.last) {
        look_at(values.first, before_these.x + in.x, before_these.y + in.y);
      } else if (in.x + in.y > slab_size) {
        search_between(values, before_these);
      } else {
        continue;
      }
      settled.append(bucket);
    }
  }

  void search_between(range values, sample_sizes before) {
    auto const first = static_cast<double>(values.first);
    auto const last = static_cast<double>(values.last);
    auto const finer = value_grid::between(first, last, value_grid::most_buckets, memory_);
    auto const counts = count_buckets<Count>(samples_, finer, values, memory_);
    level const below{finer, values, counts};
    if (first < last) return search(below, before);
    // Integers so large that doubles don't tell them apart.
    bucket_set all{1, memory_};
    all.append(0);
    sort_slab(below, all, {0, before});
  }

  void look_at(T value, std::uint64_t i, std::uint64_t j) {
    auto const here = difference(i, j);
    greater_.find(here, value);
    less_.find(-here, value);
  }

  void sort_slab(level const& here, bucket_set const& wanted, place at) {
    if (wanted.empty()) return;
    auto const values = collect(here, wanted);
    auto const* x = values.x.data();
    auto const* y = values.y.data();
    for (; at.bucket <= wanted.last(); here.advance(at)) {
      if (!wanted.contains(at.bucket)) continue;
      auto const in = here.in(at.bucket);
      walk({x, in.x}, {y, in.y}, at.before);
      x += in.x;
      y += in.y;
    }
  }

  /// In order.
  for_both<std::pmr::vector<T>> collect(level const& here, bucket_set const& wanted) const {
    using values = std::pmr::vector<T>;
    std::pmr::vector<for_both<values>> of_threads{memory_};
    for (unsigned thread = 0; thread < samples_.threads(); ++thread)
      of_threads.push_back({values{memory_}, values{memory_}});
    visit_buckets(samples_, here.grid, here.within, wanted,
                  [&](unsigned thread, sample_name sample, std::uint32_t, T value) {
                    of_threads[thread][sample].push_back(static_cast<T>(value + T{}));  // zeros without a sign
                  });
    for_both<values> all{values{memory_}, values{memory_}};
    for (auto const name : {sample_name::x, sample_name::y}) {
      for (auto& of_thread : of_threads) {
        all[name].insert(all[name].end(), of_thread[name].begin(), of_thread[name].end());
        values{memory_}.swap(of_thread[name]);
      }
      sort::in_memory(all[name], std::ranges::less{}, std::identity{},
                      {.threads = samples_.threads(), .memory = memory_});
    }
    return all;
  }

  void walk(std::span<T const> x, std::span<T const> y, sample_sizes before) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < x.size() || j < y.size()) {
      auto const value = j == y.size() || (i < x.size() && x[i] < y[j]) ? x[i] : y[j];
      while (i < x.size() && x[i] == value) ++i;
      while (j < y.size() && y[j] == value) ++j;
      look_at(value, before.x + i, before.y + j);
    }
  }

  Samples const& samples_;
  std::pmr::memory_resource* memory_;
  value_grid grid_;
  std::optional<bucket_counts<Count>> counts_;
  sample_sizes sizes_ = {};
  sample_sizes omitted_ = {};
  farthest<T> greater_;
  farthest<T> less_;
};

}  // namespace spillway::stats::detail
