#pragma once

#include <spillway/core/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace spillway::split {

/// A class and how much of everything it takes.
struct fraction {
  std::string name;
  double part = 0;
};

/// Cuts the range of 64-bit hashes into one piece for each class, one after the other in the order given.
///
/// The cuts are integers, the same on every platform: a part is taken as the multiple of 2^-63 next to it, and the last
/// class takes what is left.
///
/// Other fractions of the same classes move only the hashes between the old and the new place of each cut. That is the
/// fewest possible where hashes go to a neighbour: with (eval, train, test), rows that train wins or loses go to and
/// come from the other two without anything else moving. Classes that are listed in another order get other rows.
class fractions {
 public:
  /// \throws argument_error if there are none, a part is not within 0 to 1, the parts don't add up to 1 (to within
  ///         10^-9), or a name is there twice.
  fractions(std::initializer_list<fraction> parts)
      : fractions{std::span<fraction const>{parts.begin(), parts.size()}} {}
  explicit fractions(std::span<fraction const> parts) {
    double sum = 0;
    for (auto const& [name, part] : parts) {
      check(name, part);
      names_.push_back(name);
      sum += part;
    }
    if (!(std::abs(sum - 1) <= 1e-9)) {
      throw argument_error{"the fractions must add up to 1, and add up to " + std::to_string(sum)};
    }
    std::uint64_t cut = 0;
    for (auto const& [name, part] : parts.first(parts.size() - 1)) {
      cut = std::min(whole, cut + static_cast<std::uint64_t>(std::nearbyint(std::ldexp(part, 63))));
      cuts_.push_back(cut);
    }
  }

  [[nodiscard]] std::span<std::string const> names() const noexcept { return names_; }

  /// The index of the class that has this hash. Complexity: linear in the number of classes.
  [[nodiscard]] std::size_t of_hash(std::uint64_t hash) const noexcept {
    std::size_t index = 0;
    for (auto const cut : cuts_) index += (hash >> 1U) >= cut ? 1 : 0;
    return index;
  }

  /// How many of `count` the classes up to and including `index` take together: the fraction of them, rounded down or
  /// up. The larger `lot` is among all integers of 64 bits, the more is rounded up; half of them round to the nearest.
  /// So each class takes its fraction to within one, and over all lots exactly that.
  [[nodiscard]] std::uint64_t up_to(std::size_t index, std::uint64_t count, std::uint64_t lot) const noexcept {
    if (index >= cuts_.size()) return count;
    // Both factors in halves of 32 bits: C++ has no 128-bit integer.
    auto const cut = cuts_[index];
    auto const low = (cut & half) * (count & half);
    auto const middle = (cut >> 32U) * (count & half) + (low >> 32U);
    auto const other = (cut & half) * (count >> 32U) + (middle & half);
    auto const high = (cut >> 32U) * (count >> 32U) + (middle >> 32U) + (other >> 32U);
    auto const rest = (other << 32U) | (low & half);  // cut × count = high × 2^64 + rest
    auto const rest_up = (rest & (whole - 1)) + (lot >> 1U);
    return (high << 1U) + (rest >> 63U) + (rest_up >> 63U);
  }

 private:
  static constexpr auto whole = std::uint64_t{1} << 63U;
  static constexpr std::uint64_t half = 0xFFFF'FFFFU;

  void check(std::string const& name, double part) const {
    if (!(part >= 0 && part <= 1)) {
      throw argument_error{"the fraction of " + value_error::quoted(name) + " must be within 0 to 1, not " +
                           std::to_string(part)};
    }
    for (auto const& other : names_) {
      if (other == name) throw argument_error{"more than one fraction for " + value_error::quoted(name)};
    }
  }

  std::vector<std::string> names_;
  /// Where each class but the last ends, in the upper 63 bits of a hash.
  std::vector<std::uint64_t> cuts_;
};

}  // namespace spillway::split
