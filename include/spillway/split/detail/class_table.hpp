#pragma once

#include <spillway/core/hash.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace spillway::split::detail {

/// Names with the numbers 0, 1, … in the order in which they were added.
/// Memory: a name's bytes and at most 28 more, twice that while it grows.
class class_table {
 public:
  static constexpr auto none = std::numeric_limits<std::uint32_t>::max();

  explicit class_table(std::pmr::memory_resource* memory) : text_{memory}, ends_{memory}, slots_{memory} {}

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }

  [[nodiscard]] std::string_view name(std::uint32_t number) const noexcept {
    auto const begin = number == 0 ? 0 : ends_[number - 1];
    return {text_.data() + begin, ends_[number] - begin};
  }

  /// `none` if there is no such name.
  [[nodiscard]] std::uint32_t find(std::string_view name) const noexcept {
    if (slots_.empty()) return none;
    return slots_[place(name, hash64(name))].number;
  }

  std::uint32_t add(std::string_view name) {
    if (ends_.size() * 2 >= slots_.size()) grow();
    auto const hash = hash64(name);
    auto& to = slots_[place(name, hash)];
    if (to.number != none) return to.number;
    text_.insert(text_.end(), name.begin(), name.end());
    ends_.push_back(text_.size());
    to = {static_cast<std::uint32_t>(ends_.size() - 1), tag(hash)};
    return to.number;
  }

  /// Forgets all but the first `count` names.
  void shrink_to(std::size_t count) {
    if (count == size()) return;
    ends_.resize(count);
    text_.resize(count == 0 ? 0 : ends_.back());
    rebuild(slots_.size());
  }

 private:
  struct slot {
    std::uint32_t number = none;
    std::uint32_t tag = 0;
  };

  static std::uint32_t tag(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32U); }

  /// The slot that has the name, or the free one where it belongs.
  [[nodiscard]] std::size_t place(std::string_view name, std::uint64_t hash) const noexcept {
    auto const mask = slots_.size() - 1;
    auto at = static_cast<std::size_t>(hash) & mask;
    while (slots_[at].number != none && (slots_[at].tag != tag(hash) || this->name(slots_[at].number) != name)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  void grow() { rebuild(slots_.empty() ? 16 : slots_.size() * 2); }

  void rebuild(std::size_t slots) {
    slots_.assign(slots, slot{});
    for (std::uint32_t number = 0; number != size(); ++number) {
      auto const hash = hash64(name(number));
      slots_[place(name(number), hash)] = {number, tag(hash)};
    }
  }

  std::pmr::vector<char> text_;
  std::pmr::vector<std::size_t> ends_;
  /// A power of two of them, at most half of them in use.
  std::pmr::vector<slot> slots_;
};

}  // namespace spillway::split::detail
