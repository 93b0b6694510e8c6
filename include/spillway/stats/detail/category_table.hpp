#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory_resource>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::stats::detail {

enum class sample : std::uint8_t { x, y };

/// Texts and how often each comes in two samples, in 8 bytes for each of up to twice as many slots, and 12 bytes and
/// the text in an arena, a quarter of which may be room to grow.
///
/// The caller hashes: a tag of 32 bits says where to look and is compared before the text is. Slots are probed one
/// after another and hold a tag and where the entry begins in the arena; as the highest bits of a tag choose its slot,
/// growing reads and writes the slots in order and does not touch the entries.
class category_table {
 public:
  explicit category_table(std::pmr::memory_resource* memory) : slots_{memory}, words_{memory}, overflows_{memory} {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Brings near what `add` will look at first, and what then.
  void prefetch_slot(std::uint32_t tag) const noexcept {
    if (!slots_.empty()) __builtin_prefetch(slots_.data() + home(tag));
  }
  void prefetch_entry(std::uint32_t tag) const noexcept {
    if (slots_.empty()) return;
    auto const slot = slots_[home(tag)];
    if (slot != 0) __builtin_prefetch(words_.data() + entry_of(slot), 1);
  }

  /// Counts a text so many times more. If that throws nothing has changed.
  void add(sample in, std::uint32_t tag, std::string_view text, std::uint64_t times) {
    auto const entry = find_or_insert(tag, text);
    auto& count = words_[entry + (in == sample::x ? x_at : y_at)];
    auto const sum = count + times;
    if (sum >> 32U != 0) [[unlikely]]
      carry(in, entry, sum >> 32U);
    count = static_cast<std::uint32_t>(sum);
  }

  /// `visit(text, counts)` in the order in which texts came first.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t entry = 0; entry < words_.size(); entry += words_for(words_[entry + length_at])) {
      sample_sizes counts{words_[entry + x_at], words_[entry + y_at]};
      for (auto const& [where, high] : overflows_) {
        if (where != entry) continue;
        counts.x += high.x << 32U;
        counts.y += high.y << 32U;
      }
      if (counts.x != 0 || counts.y != 0) visit(text_at(entry), counts);
    }
  }

 private:
  static constexpr std::size_t x_at = 0;
  static constexpr std::size_t y_at = 1;
  static constexpr std::size_t length_at = 2;
  static constexpr std::size_t text_begins = 3;

  [[nodiscard]] static std::size_t words_for(std::size_t length) noexcept { return text_begins + (length + 3) / 4; }
  [[nodiscard]] std::string_view text_at(std::size_t entry) const noexcept {
    return {reinterpret_cast<char const*>(words_.data() + entry + text_begins), words_[entry + length_at]};
  }

  /// A slot holds a tag above the place of its entry, from 1 on; 0 is an empty one.
  [[nodiscard]] static std::uint64_t make_slot(std::uint32_t tag, std::size_t entry) noexcept {
    return std::uint64_t{tag} << 32U | (entry + 1);
  }
  [[nodiscard]] static std::size_t entry_of(std::uint64_t slot) noexcept {
    return static_cast<std::uint32_t>(slot) - std::size_t{1};
  }
  [[nodiscard]] std::size_t home(std::uint32_t tag) const noexcept { return tag >> shift_; }

  std::size_t find_or_insert(std::uint32_t tag, std::string_view text) {
    if (slots_.empty()) grow();
    auto i = home(tag);
    for (; slots_[i] != 0; i = (i + 1) & (slots_.size() - 1)) {
      if (slots_[i] >> 32U == tag && text_at(entry_of(slots_[i])) == text) return entry_of(slots_[i]);
    }
    if (4 * (size_ + 1) > 3 * slots_.size()) {
      grow();
      i = free_slot(tag);
    }
    auto const entry = append(text);
    slots_[i] = make_slot(tag, entry);
    ++size_;
    return entry;
  }

  [[nodiscard]] std::size_t free_slot(std::uint32_t tag) const noexcept {
    auto i = home(tag);
    while (slots_[i] != 0) i = (i + 1) & (slots_.size() - 1);
    return i;
  }

  void grow() {
    constexpr std::size_t least = 16;
    auto const before = slots_.size();
    if (before >> 32U != 0) throw argument_error{"too many categories"};
    std::pmr::vector<std::uint64_t> slots(std::max(least, 2 * before), 0, slots_.get_allocator());
    slots_.swap(slots);
    shift_ = 32;
    for (auto size = slots_.size(); size > 1; size /= 2) --shift_;
    for (auto const slot : slots) {
      if (slot != 0) slots_[free_slot(static_cast<std::uint32_t>(slot >> 32U))] = slot;
    }
  }

  std::size_t append(std::string_view text) {
    auto const entry = words_.size();
    auto const needed = entry + words_for(text.size());
    if (text.size() > std::numeric_limits<std::uint32_t>::max() || needed > std::numeric_limits<std::uint32_t>::max()) {
      throw argument_error{"categories of too much text"};
    }
    if (needed > words_.capacity()) words_.reserve(std::max(needed + needed / 4, std::size_t{64}));
    words_.resize(needed);
    words_[entry + length_at] = static_cast<std::uint32_t>(text.size());
    if (!text.empty()) std::memcpy(words_.data() + entry + text_begins, text.data(), text.size());
    return entry;
  }

  /// What 32 bits of a count do not hold.
  void carry(sample in, std::size_t entry, std::uint64_t high) {
    auto found = std::ranges::find(overflows_, entry, &overflow::entry);
    if (found == overflows_.end()) found = overflows_.insert(found, overflow{entry, {}});
    (in == sample::x ? found->high.x : found->high.y) += high;
  }

  struct overflow {
    std::size_t entry;
    sample_sizes high;
  };

  std::pmr::vector<std::uint64_t> slots_;
  std::pmr::vector<std::uint32_t> words_;
  std::pmr::vector<overflow> overflows_;
  std::size_t size_ = 0;
  unsigned shift_ = 32;
};

}  // namespace spillway::stats::detail
