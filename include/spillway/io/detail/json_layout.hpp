#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <string_view>
#include <vector>

namespace spillway::io::detail {

/// All of a line but its values: the gaps before, between and after them.
///
/// Lines of one file mostly repeat these bytes. Where a valid line has them, and between them something valid, another
/// line that has them too has the same fields, in the same order, and ends in the same way.
class json_layout {
 public:
  /// Bytes that do not change, with the quotes that a string next to them brings.
  struct gap {
    std::uint32_t first_word = 0;
    std::uint32_t words = 0;
    std::uint32_t size = 0;
    /// Which bytes of the last word count.
    std::uint64_t last_mask = 0;
  };

  struct field {
    gap before;
    std::uint32_t name = 0;
    std::uint32_t is_string = 0;
  };

  explicit json_layout(std::pmr::memory_resource* memory) : fields_{memory}, words_{memory} {}

  void clear() noexcept {
    fields_.clear();
    words_.clear();
    end_ = {};
  }

  [[nodiscard]] bool empty() const noexcept { return end_.size == 0; }
  [[nodiscard]] std::pmr::vector<field> const& fields() const noexcept { return fields_; }
  [[nodiscard]] gap const& end() const noexcept { return end_; }

  /// Long lines that repeat are not worth their memory.
  [[nodiscard]] bool has_room_for(std::string_view bytes) const noexcept {
    return fields_.size() < 256 && words_.size() * sizeof(std::uint64_t) + bytes.size() < 16 * 1024;
  }
  void add_field(std::string_view before, std::uint32_t name, bool is_string) {
    fields_.push_back({.before = add(before), .name = name, .is_string = is_string ? 1U : 0U});
  }
  void add_end(std::string_view bytes) { end_ = add(bytes); }

  /// Whether the gap's bytes, none of which is 0, stand at `text`. There must be 8 zeros behind the end of the text.
  [[nodiscard]] bool stands_at(char const* text, gap const& expected) const noexcept {
    auto const* word = words_.data() + expected.first_word;
    auto const* const last = word + expected.words - 1;
    for (; word != last; ++word, text += sizeof *word) {
      if (word_at(text) != *word) return false;
    }
    return ((word_at(text) ^ *word) & expected.last_mask) == 0;
  }

 private:
  static std::uint64_t word_at(char const* text) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    return word;
  }

  gap add(std::string_view bytes) {
    auto added =
        gap{.first_word = static_cast<std::uint32_t>(words_.size()), .size = static_cast<std::uint32_t>(bytes.size())};
    while (!bytes.empty()) {
      auto const part = bytes.substr(0, sizeof(std::uint64_t));
      auto& word = words_.emplace_back(0);
      added.last_mask = 0;
      std::memcpy(&word, part.data(), part.size());
      std::memset(&added.last_mask, 0xFF, part.size());
      bytes.remove_prefix(part.size());
      ++added.words;
    }
    return added;
  }

  std::pmr::vector<field> fields_;
  std::pmr::vector<std::uint64_t> words_;
  gap end_;
};

}  // namespace spillway::io::detail
