#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/concepts.hpp>
#include <spillway/core/error.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/class_sinks.hpp>
#include <spillway/split/options.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <ranges>
#include <string>
#include <type_traits>
#include <utility>

namespace spillway::split {

/// Hands each record to the sink of its class: `make_sink(name)` gives the sink for a class, which is called as
/// `sink(record)` with what the range gives, in the order of the range.
///
/// The classes that the classifier lists get their sinks before the first record is read, in their order, then that of
/// diverted records; others when their first record comes. All sinks live until the end, and what they write to is the
/// caller's: commit it afterwards, with `io::commit_together` if it is files.
///
/// One pass, on the caller's thread. Memory: the sinks; a class's name and 28 bytes, twice that while there come more.
/// \throws value_error for a record of an unknown class with `unknown_class::error`; cancelled; what the range, the
///         classifier, `make_sink` and the sinks throw. The records before went to their sinks.
template <record_range Range, classifier_of<record_t<Range>> Classifier, class MakeSink>
  requires sink_for<std::invoke_result_t<MakeSink&, std::string const&>, std::ranges::range_reference_t<Range>>
result into(Range&& records, Classifier const& classifier, MakeSink&& make_sink, options const& options = {}) {
  auto const start = std::chrono::steady_clock::now();
  detail::class_sinks sinks{classifier.classes(), make_sink, options};
  std::uint64_t count = 0;
  for (auto&& record : records) {
    if (count++ % 4096 == 0) throw_if_cancelled(options.stop);
    auto* const sink = sinks.of(classifier(std::as_const(record)));
    if (sink != nullptr) (*sink)(std::forward<decltype(record)>(record));
  }
  auto done = sinks.finish();
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

}  // namespace spillway::split
