#pragma once

#include <utility>

namespace spillway::sort {

/// What an `external_sorter` makes of records with equal keys: leaves them, in the order of the input.
struct keep_all {};

/// One record for each key: the first in the order of the input.
struct keep_first {};

/// One record for each key: the last in the order of the input.
struct keep_last {};

/// One record for each key: the first, into which each later one is put, in the order of the input, by
/// `combine(T& into, T const& later)`. It must not change the key. Since runs are combined before they are merged, it
/// must be associative, as sums, minima and merged sketches are; and as runs depend on the budget, a sum of floating
/// point numbers may do so too, in its last bits.
template <class Combine>
struct combine_with {
  Combine combine;
};
template <class Combine>
combine_with(Combine) -> combine_with<Combine>;

}  // namespace spillway::sort
