#pragma once

#include <spillway/sort/in_memory.hpp>
#include <spillway/stats/detail/bucket_passes.hpp>
#include <spillway/stats/detail/pass_in_parts.hpp>
#include <spillway/stats/detail/readable_samples.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>
#include <spillway/stats/value_grid.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <numeric>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::stats::detail {

/// What parts of an order have seen, from its beginning up to somewhere.
template <class BeginPart>
struct growing_order {
  using part = std::invoke_result_t<BeginPart const&>;

  BeginPart const& begin_part;
  std::optional<part> all = {};

  void append(part&& later) {
    if (all) {
      all->append(later);
    } else {
      all.emplace(std::move(later));
    }
  }
};

/// Passes two unsorted samples in memory in ascending order, without room for a copy of them: their values are counted
/// in buckets that keep their order; then the values of as many buckets as there is room for are collected, sorted and
/// passed, then those of the next, each time reading the samples again.
template <class T>
class ordered_slabs {
  using range = value_range<T>;

  static constexpr std::size_t buckets = std::size_t{1} << 14U;

 public:
  /// Values that are in memory at once.
  static constexpr std::uint64_t slab_size = std::uint64_t{5} << 19U;

  ordered_slabs(std::span<T const> x, std::span<T const> y, test_options const& options)
      : options_{options},
        memory_{options.memory},
        samples_{x, y, options.threads, options.stop},
        grid_{samples_.draw(memory_), buckets, memory_},
        counts_{count_buckets_by_thread<std::uint64_t>(samples_, grid_, range::all(), memory_)},
        slab_{memory_} {
    for (auto const& counts : counts_) {
      omitted_.x += counts.x.back();
      omitted_.y += counts.y.back();
    }
    sizes_ = {x.size() - omitted_.x, y.size() - omitted_.y};
  }

  /// Of the values that are numbers.
  [[nodiscard]] sample_sizes sizes() const { return sizes_; }
  [[nodiscard]] sample_sizes omitted() const { return omitted_; }

  /// What accumulators that `begin_part` makes, one for each part of the order, have seen when they are appended.
  template <class BeginPart>
  [[nodiscard]] auto pass(BeginPart const& begin_part) {
    growing_order<BeginPart> order{begin_part};
    pass_level({grid_, range::all(), counts_}, {}, order);
    return order.all ? std::move(*order.all) : begin_part();
  }

 private:
  struct level {
    value_grid const& grid;
    range within;
    std::pmr::vector<bucket_counts<std::uint64_t>> const& of_threads;

    [[nodiscard]] sample_sizes in(std::uint32_t bucket) const {
      sample_sizes sum;
      for (auto const& counts : of_threads) {
        sum.x += counts.x[bucket];
        sum.y += counts.y[bucket];
      }
      return sum;
    }
  };

  template <class Order>
  void pass_level(level const& here, sample_sizes before, Order& order) {
    auto const crowded = find_crowded(here);
    auto next_crowded = crowded.begin();
    for (std::uint32_t bucket = 0; bucket < here.grid.size();) {
      sample_sizes in_slab;
      auto end = bucket;
      for (; end < here.grid.size(); ++end) {
        auto const in = here.in(end);
        if (in_slab.x + in_slab.y + in.x + in.y > slab_size) break;
        in_slab = {in_slab.x + in.x, in_slab.y + in.y};
      }
      if (end == bucket) {
        in_slab = here.in(bucket);
        pass_crowded(*next_crowded++, in_slab, before, order);
        ++end;
      } else if (in_slab.x + in_slab.y != 0) {
        pass_slab(here, bucket, end, in_slab, before, order);
      }
      before = {before.x + in_slab.x, before.y + in_slab.y};
      bucket = end;
    }
  }

  template <class Order>
  void pass_slab(level const& here, std::uint32_t first, std::uint32_t end, sample_sizes size, sample_sizes before,
                 Order& order) {
    make_room(size.x + size.y);
    auto const x = std::span{slab_}.first(size.x);
    auto const y = std::span{slab_}.subspan(size.x, size.y);
    collect(here, first, end, x.data(), y.data());
    order.append(pass_in_parts(in_order(x), in_order(y), before, options_, order.begin_part));
  }

  void make_room(std::uint64_t size) {
    if (slab_.size() >= size) return;
    std::pmr::vector<T>{memory_}.swap(slab_);
    slab_.resize(static_cast<std::size_t>(std::max(size, std::min(slab_size, sizes_.x + sizes_.y))));
  }

  /// Each thread's values behind those of the threads before it, as many as it has counted.
  void collect(level const& here, std::uint32_t first, std::uint32_t end, T* x, T* y) {
    std::pmr::vector<for_both<T*>> places{memory_};
    for_both<T*> place{x, y};
    for (auto const& counts : here.of_threads) {
      places.push_back(place);
      place.x += std::reduce(counts.x.begin() + first, counts.x.begin() + end, std::uint64_t{0});
      place.y += std::reduce(counts.y.begin() + first, counts.y.begin() + end, std::uint64_t{0});
    }
    bucket_range<T> const slab{here.grid, here.within, first, end - 1};
    samples_.read([&, slab](unsigned thread, sample_name sample, std::span<T const> block) {
      auto& to = places[thread][sample];
      sift(block, slab, [&](std::span<T const> kept) {
        for (auto const value : kept) *to++ = static_cast<T>(value + T{});  // zeros without a sign
      });
    });
  }

  std::span<T const> in_order(std::span<T> values) const {
    sort::in_memory(values, std::ranges::less{}, std::identity{},
                    {.threads = samples_.threads(), .memory = memory_, .stop = options_.stop});
    return values;
  }

  /// From the least to the greatest value in each of the buckets that hold more than fit, in order.
  [[nodiscard]] std::pmr::vector<range> find_crowded(level const& here) const {
    constexpr auto nothing = range{range::all().last, range::all().first};
    bucket_set crowded{here.grid.size(), memory_};
    for (std::uint32_t bucket = 0; bucket < here.grid.size(); ++bucket) {
      auto const in = here.in(bucket);
      if (in.x + in.y > slab_size) crowded.append(bucket);
    }
    std::pmr::vector<range> ranges{crowded.size(), nothing, memory_};
    auto const range_of = [&](std::size_t i) -> range& { return ranges[i]; };
    find_ranges(samples_, here.grid, here.within, crowded, range_of, memory_);
    return ranges;
  }

  /// Values that are all equal need not be collected. Others are counted in buckets of their own; or if doubles don't
  /// tell them apart, there must be room for them after all.
  template <class Order>
  void pass_crowded(range values, sample_sizes in, sample_sizes before, Order& order) {
    auto const first = static_cast<double>(values.first);
    auto const last = static_cast<double>(values.last);
    if (values.first == values.last) {
      auto part = order.begin_part();
      tie_group const group{first, before.x, before.y, in.x, in.y};
      part.add(group);
      return order.append(std::move(part));
    }
    auto const finer = value_grid::between(first, last, buckets, memory_);
    auto const counts = count_buckets_by_thread<std::uint64_t>(samples_, finer, values, memory_);
    if (first < last) return pass_level({finer, values, counts}, before, order);
    pass_slab({finer, values, counts}, 0, 1, in, before, order);
  }

  test_options const& options_;
  std::pmr::memory_resource* memory_;
  samples_in_memory<T> samples_;
  value_grid grid_;
  std::pmr::vector<bucket_counts<std::uint64_t>> counts_;
  std::pmr::vector<T> slab_;  ///< values of x, then those of y
  sample_sizes sizes_ = {};
  sample_sizes omitted_ = {};
};

}  // namespace spillway::stats::detail
