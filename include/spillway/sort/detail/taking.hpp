#pragma once

#include <spillway/core/concepts.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/sort/codec.hpp>
#include <spillway/sort/csv_codec.hpp>
#include <spillway/sort/detail/gather.hpp>
#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/sort/reduce.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace spillway::sort::detail {

/// A reader whose records come in batches, made on several threads.
template <class R>
concept batched_reader = requires(R& reader, int (&make)(), void (&step)(int&, record_t<R> const&),
                                  void (&take)(int&)) { reader.for_each_batch(1U, make, step, take); };

template <record_range Range>
[[nodiscard]] auto codec_for(Range const& range) {
  if constexpr (std::same_as<Range, io::csv_reader>) {
    return csv_row_codec{range};
  } else {
    return spill_codec<record_t<Range>>{};
  }
}

/// Pushes all records of a range.
template <record_range Range, class Sorter>
void take_all(Range& range, Sorter& sorter, unsigned threads) {
  using record = typename Sorter::value_type;
  using batch = typename Sorter::batch;
  if constexpr (batched_reader<Range>) {
    range.for_each_batch(
        threads, [&sorter] { return sorter.make_batch(); }, [](batch& into, record const& each) { into.push(each); },
        [&sorter](batch& full) { sorter.append(full); });
  } else {
    for (auto&& each : range) sorter.push(each);
  }
}

template <record_range Range, class Sink, class Less, class Key, class Reduce>
external_result sort_into(Range& range, Sink& sink, Less less, Key key, external_options options, Reduce reduce) {
  if constexpr (positioned_reader<Range> && std::same_as<Reduce, keep_all>) {
    if (auto const done = sort_by_position(range, sink, less, key, options)) return *done;
  }
  auto const codec = codec_for(range);
  auto const threads = options.threads;
  external_sorter<record_t<Range>, Less, Key, Reduce, std::remove_const_t<decltype(codec)>> sorter{
      std::move(less), std::move(key), std::move(options), std::move(reduce), codec};
  take_all(range, sorter, threads);
  for (auto&& each : sorter.sorted()) sink(std::forward<decltype(each)>(each));
  return sorter.result();
}

}  // namespace spillway::sort::detail
