#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <utility>
#include <vector>

namespace votes {

/// A set of ids that costs little more than a bit for each where they are dense: a hash table whose entries, a cache
/// line each, hold 448 neighbours.
///
/// Memory, from its resource: 64 bytes a cache line in use, at most 7/8 of the lines in use, three times that while it
/// grows. An insertion that throws leaves the set as it was.
class id_set {
 public:
  explicit id_set(std::pmr::memory_resource* memory) : lines_{memory} {}

  /// Whether it is new.
  bool insert(std::int64_t id) {
    auto const at_bit = position_of(id);
    auto& word = at(at_bit.key).words[at_bit.word];
    auto const is_new = (word & at_bit.bit) == 0;
    word |= at_bit.bit;
    size_ += is_new ? 1 : 0;
    return is_new;
  }

  [[nodiscard]] bool contains(std::int64_t id) const noexcept {
    if (lines_.empty()) return false;
    auto const at_bit = position_of(id);
    auto const& line = lines_[slot_of(lines_, at_bit.key)];
    return line.key == at_bit.key && (line.words[at_bit.word] & at_bit.bit) != 0;
  }

  void insert_all(id_set const& other) {
    for (auto const& line : other.lines_) {
      if (line.key == no_key) continue;
      auto& mine = at(line.key);
      for (std::size_t i = 0; i < mine.words.size(); ++i) {
        size_ += static_cast<std::size_t>(std::popcount(line.words[i] & ~mine.words[i]));
        mine.words[i] |= line.words[i];
      }
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Gives its memory back.
  void clear() noexcept {
    lines_ = table{lines_.get_allocator()};
    used_ = size_ = last_ = 0;
  }

  /// One of `count` (a power of 2) parts of all ids. Neighbours mostly share a part, so that parts are as dense as the
  /// whole.
  [[nodiscard]] static std::uint64_t part_of(std::int64_t id, std::uint64_t count) noexcept {
    return (mixed(position_of(id).key) >> 8U) & (count - 1);
  }

 private:
  static constexpr std::uint64_t ids_in_line = 448;
  static constexpr std::uint64_t no_key = ~std::uint64_t{0};

  struct alignas(64) neighbours {
    std::uint64_t key = no_key;
    std::array<std::uint64_t, ids_in_line / 64> words{};
  };
  using table = std::pmr::vector<neighbours>;

  struct position {
    std::uint64_t key;
    std::uint64_t word;
    std::uint64_t bit;
  };

  static position position_of(std::int64_t id) noexcept {
    auto const ordered = std::bit_cast<std::uint64_t>(id) ^ (std::uint64_t{1} << 63U);
    auto const within = ordered % ids_in_line;
    return {ordered / ids_in_line, within / 64, std::uint64_t{1} << (within % 64)};
  }

  static std::uint64_t mixed(std::uint64_t key) noexcept { return key * 0x9e37'79b9'7f4a'7c15U; }

  /// Where the key is or would be.
  static std::size_t slot_of(table const& in, std::uint64_t key) noexcept {
    auto const mask = in.size() - 1;
    auto slot = static_cast<std::size_t>(mixed(key) >> 32U) & mask;
    while (in[slot].key != key && in[slot].key != no_key) slot = (slot + 1) & mask;
    return slot;
  }

  neighbours& at(std::uint64_t key) {
    if (!lines_.empty() && lines_[last_].key == key) return lines_[last_];
    if (lines_.empty()) grow();
    auto slot = slot_of(lines_, key);
    if (lines_[slot].key == no_key) {
      if ((used_ + 1) * 8 > lines_.size() * 7) {
        grow();
        slot = slot_of(lines_, key);
      }
      lines_[slot].key = key;
      ++used_;
    }
    last_ = slot;
    return lines_[slot];
  }

  void grow() {
    table larger(lines_.empty() ? 16 : lines_.size() * 2, lines_.get_allocator());
    for (auto const& each : lines_) {
      if (each.key != no_key) larger[slot_of(larger, each.key)] = each;
    }
    lines_ = std::move(larger);
    last_ = 0;
  }

  table lines_;
  std::size_t used_ = 0;
  std::size_t size_ = 0;
  /// Ids often come in order.
  std::size_t last_ = 0;
};

}  // namespace votes
