#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace spillway::sort::detail {

/// The prefix of a key.
class prefix_code {
 public:
  constexpr explicit prefix_code(std::uint64_t prefix) noexcept : prefix_{prefix} {}
  /// Of what comes after every key.
  static constexpr prefix_code end() noexcept {
    prefix_code code{std::numeric_limits<std::uint64_t>::max()};
    code.end_ = 1;
    return code;
  }
  [[nodiscard]] constexpr bool is_end() const noexcept { return end_ != 0; }

  friend constexpr bool operator==(prefix_code const&, prefix_code const&) noexcept = default;
  friend constexpr bool operator<(prefix_code const& a, prefix_code const& b) noexcept {
    return a.prefix_ != b.prefix_ ? a.prefix_ < b.prefix_ : a.end_ < b.end_;
  }

 private:
  std::uint64_t prefix_;
  std::uint32_t end_ = 0;
};

/// How a key compares with one that does not come after it: the number of the first word in which they differ, and that
/// word (Conner, "Offset-value coding", IBM Technical Disclosure Bulletin 20, 1977; Do and Graefe, "Robust and
/// efficient sorting with offset-value coding", ACM TODS 48, 2023). Words are those of `key_words`, of which 0 is the
/// prefix.
///
/// Of two keys, the one whose code with regard to the same third key is smaller comes first, and the code of the other
/// holds with regard to it too. Keys of equal codes have the same words up to and with the one in the code.
class offset_code {
 public:
  /// Of a key.
  static constexpr std::size_t most_words = std::numeric_limits<std::uint32_t>::max() - 1;

  /// Of a key that equals the other.
  constexpr offset_code() noexcept = default;
  /// Of a key that has nothing in common with the other.
  constexpr explicit offset_code(std::uint64_t prefix) noexcept : offset_code{0, prefix} {}
  constexpr offset_code(std::size_t number, std::uint64_t word) noexcept
      : word_{word}, rank_{last_rank - 1 - static_cast<std::uint32_t>(number)} {}
  /// Of what comes after every key.
  static constexpr offset_code end() noexcept {
    offset_code code{std::numeric_limits<std::uint64_t>::max()};
    code.rank_ = last_rank;
    return code;
  }

  [[nodiscard]] constexpr std::size_t number() const noexcept { return last_rank - 1 - rank_; }
  [[nodiscard]] constexpr std::uint64_t word() const noexcept { return word_; }
  [[nodiscard]] constexpr bool is_equal() const noexcept { return rank_ == 0; }
  [[nodiscard]] constexpr bool is_end() const noexcept { return rank_ == last_rank; }

  friend constexpr bool operator==(offset_code const&, offset_code const&) noexcept = default;
  /// The more words are shared, the earlier.
  friend constexpr bool operator<(offset_code const& a, offset_code const& b) noexcept {
#ifdef __SIZEOF_INT128__
    // Without a branch: whether two ranks are equal can't be foreseen.
    __extension__ using both = unsigned __int128;
    return (both{a.rank_} << 64U | a.word_) < (both{b.rank_} << 64U | b.word_);
#else
    return a.rank_ != b.rank_ ? a.rank_ < b.rank_ : a.word_ < b.word_;
#endif
  }

 private:
  static constexpr auto last_rank = std::numeric_limits<std::uint32_t>::max();

  std::uint64_t word_ = 0;
  std::uint32_t rank_ = 0;
};

}  // namespace spillway::sort::detail
