#pragma once

#include <spillway/stats/tie_group.hpp>

#include <cstddef>
#include <tuple>
#include <utility>

namespace spillway::stats::detail {

/// Several accumulators as one.
template <class... Accumulators>
struct together {
  std::tuple<Accumulators...> all;

  void add(tie_group const& group) {
    std::apply([&](auto&... each) { (each.add(group), ...); }, all);
  }
  void append(together const& later) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (std::get<I>(all).append(std::get<I>(later.all)), ...);
    }(std::index_sequence_for<Accumulators...>{});
  }
};

}  // namespace spillway::stats::detail
