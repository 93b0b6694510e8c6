#pragma once

#include <spillway/core/concepts.hpp>
#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/sort/reduce.hpp>

#include <cstdint>
#include <functional>
#include <ranges>
#include <utility>

namespace spillway::sort {

/// Hands the records of a range to a sink in the order of their keys, within a budget of memory: see
/// `external_sorter` for what it guarantees and costs.
/// \throws what the range, the projection, the codec, comparing, scratch and the sink throw; cancelled.
template <record_range Range, class Sink, class Less = std::ranges::less, class Key = std::identity,
          class Reduce = keep_all>
external_result external(Range&& range, Sink&& sink, Less less = {}, Key key = {}, external_options options = {},
                         Reduce reduce = {}) {
  using record = record_t<Range>;
  external_sorter<record, Less, Key, Reduce> sorter{std::move(less), std::move(key), std::move(options),
                                                    std::move(reduce)};
  for (auto&& each : range) sorter.push(each);
  for (auto&& each : sorter.sorted()) sink(std::forward<decltype(each)>(each));
  return sorter.result();
}

}  // namespace spillway::sort
