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
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
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

/// Hands rows of CSV to a writer of the same format as the bytes they were read from, without looking into them.
template <class Sorter, class Sink>
void hand_out_bytes(Sorter& sorter, Sink& sink) {
  constexpr std::size_t enough = std::size_t{64} * 1024;
  std::string_view const line_end = sink.format().line_end == io::line_end::crlf ? "\r\n" : "\n";
  std::string rows;
  std::uint64_t count = 0;
  auto const flush = [&] {
    sink.append_rows(rows, count);
    rows.clear();
    count = 0;
  };
  auto sorted = sorter.sorted();
  for (auto row = sorted.begin(); row != sorted.end(); ++row) {
    auto const bytes = row.bytes();
    // What a writer does not write as it is.
    if (bytes.empty() || bytes.back() == '\r' || bytes.front() == '\xEF') [[unlikely]] {
      flush();
      sink(*row);
      continue;
    }
    rows.append(bytes).append(line_end);
    ++count;
    if (rows.size() >= enough) flush();
  }
  flush();
}

template <class Sorter, class Sink>
void hand_out(Sorter& sorter, Sink& sink) {
  for (auto&& each : sorter.sorted()) sink(std::forward<decltype(each)>(each));
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
  if constexpr (std::same_as<Range, io::csv_reader> && takes_row_bytes<Sink> && !takes_rows_together<Sink>) {
    if (sink.format().delimiter == range.delimiter() && sink.format().quote == range.quote()) {
      hand_out_bytes(sorter, sink);
      return sorter.result();
    }
  }
  hand_out(sorter, sink);
  return sorter.result();
}

}  // namespace spillway::sort::detail
