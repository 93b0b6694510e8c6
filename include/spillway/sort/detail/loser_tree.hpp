#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// A tournament between sorted sources, which gives the smallest of their heads again and again (Knuth, The Art of
/// Computer Programming 3, 5.4.1): log2 of the sources comparisons for each record, on a fixed path without branches
/// that depend on the sources' sizes.
///
/// `Less(a, b)` compares the heads of sources a and b, given as indices, whose prefixes are equal; equal heads are
/// decided by the lower index. Prefixes are cached in the tree, so that most matches touch nothing else.
template <class Less>
class loser_tree {
 public:
  /// All sources have a head; `prefix_of(source)` is its prefix.
  template <class PrefixOf>
  loser_tree(std::size_t sources, PrefixOf const& prefix_of, Less less, std::pmr::memory_resource* memory)
      : less_{less}, size_{std::bit_ceil(std::max<std::size_t>(sources, 1))}, losers_(size_, memory) {
    std::pmr::vector<node> winners(2 * size_, memory);
    for (std::size_t i = 0; i < size_; ++i) {
      auto const source = static_cast<std::uint32_t>(i);
      winners[size_ + i] = i < sources ? node{prefix_of(i), source, 0} : exhausted(source);
    }
    for (std::size_t i = size_ - 1; i != 0; --i) {
      auto const& left = winners[2 * i];
      auto const& right = winners[2 * i + 1];
      bool const right_wins = before(right, left);
      winners[i] = right_wins ? right : left;
      losers_[i] = right_wins ? left : right;
    }
    winner_ = winners[1];
  }

  [[nodiscard]] bool empty() const noexcept { return winner_.spent != 0; }
  [[nodiscard]] std::size_t top() const noexcept { return winner_.source; }

  /// The top source has a new head.
  void replace(std::uint64_t prefix) { play({prefix, winner_.source, 0}); }
  /// The top source has no more.
  void remove() { play(exhausted(winner_.source)); }

 private:
  struct node {
    std::uint64_t prefix = 0;
    std::uint32_t source = 0;
    std::uint32_t spent = 1;
  };
  static node exhausted(std::uint32_t source) noexcept {
    return {std::numeric_limits<std::uint64_t>::max(), source, 1};
  }

  [[nodiscard]] bool before(node const& a, node const& b) const {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    if (a.spent != b.spent) return a.spent < b.spent;
    if (a.spent != 0) return a.source < b.source;
    if (a.source < b.source) return !less_(b.source, a.source);
    return less_(a.source, b.source);
  }

  void play(node contender) {
    for (auto i = (size_ + contender.source) / 2; i != 0; i /= 2) {
      auto& held = losers_[i];
      if (before(held, contender)) std::swap(held, contender);
    }
    winner_ = contender;
  }

  Less less_;
  std::size_t size_;
  std::pmr::vector<node> losers_;
  node winner_;
};

}  // namespace spillway::sort::detail
