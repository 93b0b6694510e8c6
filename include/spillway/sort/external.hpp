#pragma once

#include <spillway/core/concepts.hpp>
#include <spillway/sort/detail/taking.hpp>
#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/sort/reduce.hpp>

#include <cstdint>
#include <functional>
#include <ranges>
#include <type_traits>
#include <utility>

namespace spillway::sort {

/// Hands the records of a range to a sink in the order of their keys, within a budget of memory: see `external_sorter`
/// for what it guarantees and costs.
///
/// Readers of this library (`io::csv_reader`, `io::binary_reader`) are read on all threads, so that the projection is
/// called by several at once. What the sink gets is valid during the call: `T const&`, `T&` that it may move from, or a
/// view, as said at `external_sorter::reference`. If their input is a plain file that can be read twice, only keys may
/// be sorted and each record fetched in its turn, which takes no scratch: see `input_access`.
/// \throws what the range, the projection, the codec, comparing, scratch and the sink throw; cancelled.
template <record_range Range, class Sink, class Less = std::ranges::less, class Key = std::identity>
external_result external(Range&& range, Sink&& sink, Less less = {}, Key key = {}, external_options options = {}) {
  return detail::sort_into(range, sink, std::move(less), std::move(key), std::move(options), keep_all{});
}

/// Which of the records with equal keys `distinct` keeps.
enum class keep { first, last };

/// As `external`, with one record for each key. Repeated ones are left out of every run before it is spilled.
/// `external_result::delivered` says how many keys there were.
template <record_range Range, class Sink, class Less = std::ranges::less, class Key = std::identity>
external_result distinct(Range&& range, Sink&& sink, Less less = {}, Key key = {}, keep which = keep::first,
                         external_options options = {}) {
  if (which == keep::last) {
    return detail::sort_into(range, sink, std::move(less), std::move(key), std::move(options), keep_last{});
  }
  return detail::sort_into(range, sink, std::move(less), std::move(key), std::move(options), keep_first{});
}

/// As `external`, with the records of equal keys combined into one: the first, into which `combine(T& into, T const&
/// later)` puts each later one, in the order of the input. Every run is combined before it is spilled; see
/// `combine_with` for what that asks of it.
template <record_range Range, class Sink, class Less, class Key, class Combine>
  requires std::invocable<Combine&, record_t<Range>&, record_t<Range> const&>
external_result aggregate(Range&& range, Sink&& sink, Less less, Key key, Combine combine,
                          external_options options = {}) {
  return detail::sort_into(range, sink, std::move(less), std::move(key), std::move(options),
                           combine_with<Combine>{std::move(combine)});
}

/// The first `k` records in the order of their keys, in that order; of equal ones those that come first in the range.
/// Takes no scratch if they are few: no more than a 64th of what the budget holds. Once there are k, records that can't
/// be among them any more are dropped as they come.
template <record_range Range, class Sink, class Less = std::ranges::less, class Key = std::identity>
external_result top_k(Range&& range, Sink&& sink, std::uint64_t k, Less less = {}, Key key = {},
                      external_options options = {}) {
  options.limit = k;
  return detail::sort_into(range, sink, std::move(less), std::move(key), std::move(options), keep_all{});
}

}  // namespace spillway::sort
