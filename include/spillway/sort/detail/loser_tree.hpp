#pragma once

#include <spillway/sort/detail/offset_code.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// A tournament between sorted sources, which gives the smallest of their heads again and again (Knuth, The Art of
/// Computer Programming 3, 5.4.1): log2 of the sources comparisons for each record, on a fixed path without branches
/// that depend on the sources' sizes.
///
/// Heads are compared by their codes, which are cached in the tree, so that most matches touch nothing else: each
/// head's with regard to the one that was given last, or none. `Tie(a, b, code)` is asked about heads of equal codes,
/// given by their sources, of which `a` is the lower: whether b's comes before a's. It gives the code with regard to
/// the winner to the loser, if it goes by codes at all. Equal heads are decided by the lower source.
template <class Code, class Tie>
class loser_tree {
 public:
  /// All sources have a head; `code_of(source)` is its code without regard to another one.
  template <class CodeOf>
  loser_tree(std::size_t sources, CodeOf const& code_of, Tie tie, std::pmr::memory_resource* memory)
      : tie_{tie}, size_{std::bit_ceil(std::max<std::size_t>(sources, 1))}, losers_(size_, memory) {
    std::pmr::vector<node> winners(2 * size_, memory);
    for (std::size_t i = 0; i < size_; ++i) {
      auto const source = static_cast<std::uint32_t>(i);
      winners[size_ + i] = {i < sources ? code_of(i) : Code::end(), source};
    }
    for (std::size_t i = size_ - 1; i != 0; --i) {
      auto& left = winners[2 * i];
      auto& right = winners[2 * i + 1];
      bool const right_wins = before(right, left);
      winners[i] = right_wins ? right : left;
      losers_[i] = right_wins ? left : right;
    }
    winner_ = winners[1];
  }

  [[nodiscard]] bool empty() const noexcept { return winner_.code.is_end(); }
  [[nodiscard]] std::size_t top() const noexcept { return winner_.source; }
  /// With regard to the one given before.
  [[nodiscard]] Code top_code() const noexcept { return winner_.code; }

  /// The top source has a new head, whose code is with regard to the old one.
  void replace(Code code) { play({code, winner_.source}); }
  /// The top source has no more.
  void remove() { play({Code::end(), winner_.source}); }

 private:
  struct node {
    [[no_unique_address]] Code code = Code::end();
    std::uint32_t source = 0;
  };

  /// Whoever loses may be given another code.
  [[nodiscard]] bool before(node& a, node& b) const {
    if (a.code != b.code) return a.code < b.code;
    if (a.code.is_end()) return a.source < b.source;
    return a.source < b.source ? !upper_wins(a, b) : upper_wins(b, a);
  }
  [[nodiscard]] bool upper_wins(node& lower, node& upper) const {
    auto code = lower.code;
    bool const wins = tie_(lower.source, upper.source, code);
    (wins ? lower : upper).code = code;
    return wins;
  }

  void play(node contender) {
    for (auto i = (size_ + contender.source) / 2; i != 0; i /= 2) {
      auto& held = losers_[i];
      if (before(held, contender)) std::swap(held, contender);
    }
    winner_ = contender;
  }

  Tie tie_;
  std::size_t size_;
  std::pmr::vector<node> losers_;
  node winner_;
};

template <class CodeOf, class Tie>
loser_tree(std::size_t, CodeOf const&, Tie, std::pmr::memory_resource*)
    -> loser_tree<std::invoke_result_t<CodeOf const&, std::size_t>, Tie>;

}  // namespace spillway::sort::detail
