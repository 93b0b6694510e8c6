#pragma once

#include <concepts>
#include <functional>
#include <ranges>
#include <type_traits>

namespace spillway {

/// A callable that takes records: `sink(record)`. What it returns is ignored.
template <class S, class Record>
concept sink_for = std::invocable<S&, Record>;

/// A range that can be read through once, record by record.
template <class R>
concept record_range = std::ranges::input_range<R>;

/// The record type of a range, without reference and const.
template <record_range R>
using record_t = std::ranges::range_value_t<R>;

/// A function from a record to its key: a member pointer, a lambda, an `io::column`.
template <class P, class Record>
concept projection_of = std::regular_invocable<P const&, Record const&>;

}  // namespace spillway
