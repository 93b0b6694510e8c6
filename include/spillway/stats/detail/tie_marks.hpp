#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <numeric>
#include <vector>

namespace spillway::stats::detail {

/// Remembers for exact p-values where groups of ties end among the pooled values: one bit for each value.
class tie_marks {
 public:
  /// Remembers nothing unless `wanted`.
  tie_marks(bool wanted, sample_sizes sizes, std::pmr::memory_resource* memory)
      : size_{sizes.x + sizes.y}, words_(wanted ? size_ / 64 + 1 : 0, memory) {}

  /// \throws argument_error if there are more values than was said
  void add(tie_group const& group) {
    if (words_.empty()) return;
    auto const end = group.x_before + group.y_before + group.x_count + group.y_count;
    if (end > size_) [[unlikely]]
      throw argument_error{"the samples have more values than was said"};
    words_[end / 64] |= std::uint64_t{1} << end % 64;
  }

  void append(tie_marks const& later) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= later.words_[i];
  }

  [[nodiscard]] bool known() const noexcept { return !words_.empty(); }

  /// \throws argument_error if nothing was remembered
  void require() const {
    if (!known()) throw argument_error{"an exact p-value must be asked for before the values pass"};
  }

  [[nodiscard]] bool any_ties() const noexcept { return groups() < size_; }

  /// How many pooled values there are up to the end of each group.
  /// \throws argument_error if nothing was remembered
  [[nodiscard]] std::pmr::vector<std::uint64_t> ends() const {
    require();
    std::pmr::vector<std::uint64_t> all{words_.get_allocator()};
    all.reserve(groups());
    for (std::size_t i = 0; i < words_.size(); ++i) {
      for (auto word = words_[i]; word != 0; word &= word - 1) {
        all.push_back(64 * i + static_cast<unsigned>(std::countr_zero(word)));
      }
    }
    return all;
  }

  [[nodiscard]] std::pmr::vector<std::uint64_t> group_sizes() const {
    auto sizes = ends();
    std::adjacent_difference(sizes.begin(), sizes.end(), sizes.begin());
    return sizes;
  }

 private:
  [[nodiscard]] std::size_t groups() const noexcept {
    std::size_t count = 0;
    for (auto const word : words_) count += static_cast<unsigned>(std::popcount(word));
    return count;
  }

  std::uint64_t size_;
  std::pmr::vector<std::uint64_t> words_;
};

}  // namespace spillway::stats::detail
