#pragma once

#include <spillway/core/concepts.hpp>
#include <spillway/sort/external.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/class_numbers.hpp>
#include <spillway/split/detail/class_sinks.hpp>
#include <spillway/split/detail/grouping.hpp>
#include <spillway/split/options.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace spillway::split {

/// As `into`, with the records of each class in the order of their keys; records with equal keys keep the order of the
/// range. What `less`, `key` and the sinks are given is as said at `sort::external`.
///
/// All records are sorted in one go, by class and key, within one budget (that of `options.sorting`), and the sinks
/// get theirs one sink after the other.
/// \throws what `into` and `sort::external` throw.
template <record_range Range, classifier_of<record_t<Range>> Classifier, class MakeSink, class Less = std::ranges::less,
          class Key = std::identity>
sorted_result sorted_into(Range&& records, Classifier const& classifier, MakeSink&& make_sink, Less less = {},
                          Key key = {}, sorted_options const& options = {}) {
  auto const start = std::chrono::steady_clock::now();
  auto* const memory = options.sorting.memory;
  detail::class_numbers numbers{classifier.classes(), options.unknown, options.diverted, memory};
  detail::class_sinks sinks{
      classifier.classes(), make_sink, {.unknown = options.unknown, .diverted = options.diverted, .memory = memory}};
  auto const hand_on = [&]<class Record>(Record&& record) {
    auto* const sink = sinks.of(classifier(std::as_const(record)));
    if (sink != nullptr) (*sink)(std::forward<Record>(record));
  };
  auto const sorting =
      detail::with_groups(std::move(less), std::move(key), classifier, numbers, [&](auto order, auto group) {
        return sort::external(records, hand_on, std::move(order), std::move(group), options.sorting);
      });
  sorted_result done{sinks.finish(), sorting};
  done.spilled = sorting.method == sort::sort_method::runs ? sorting.records : 0;
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

}  // namespace spillway::split
