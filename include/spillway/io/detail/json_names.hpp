#pragma once

#include <spillway/io/detail/json_fault.hpp>

#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace spillway::io::detail {

/// Appends `code_point` as UTF-8.
template <class String>
void append_utf8(String& out, std::uint32_t code_point) {
  auto const put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (code_point < 0x80) return put(code_point);
  if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
  } else {
    if (code_point < 0x10000) {
      put(0xE0U | (code_point >> 12U));
    } else {
      put(0xF0U | (code_point >> 18U));
      put(0x80U | ((code_point >> 12U) & 0x3FU));
    }
    put(0x80U | ((code_point >> 6U) & 0x3FU));
  }
  put(0x80U | (code_point & 0x3FU));
}

/// Appends the text that the inside of a valid JSON string stands for.
template <class String>
void append_unescaped(String& out, std::string_view inside) {
  while (!inside.empty()) {
    auto const plain = std::min(inside.find('\\'), inside.size());
    out.insert(out.end(), inside.begin(), inside.begin() + static_cast<std::ptrdiff_t>(plain));
    inside.remove_prefix(plain);
    if (inside.empty()) return;
    auto const escape = read_json_escape(inside);
    append_utf8(out, escape.code_point);
    inside.remove_prefix(escape.size);
  }
}

/// Whether all escape sequences in the inside of a string are well formed.
constexpr bool valid_escapes(std::string_view inside) noexcept {
  for (auto at = inside.find('\\'); at != std::string_view::npos; at = inside.find('\\', at)) {
    auto const escape = read_json_escape(inside.substr(at));
    if (escape.size == 0) return false;
    at += escape.size;
  }
  return true;
}

/// The names of fields met so far, numbered.
///
/// Lines of one file mostly have the same fields in the same order, so a spelling remembers which one followed it, and
/// to recognise that one again is a comparison of 16 bytes. The caller's look-ups repeat in the same way.
class json_names {
 public:
  explicit json_names(std::pmr::memory_resource* memory)
      : characters_{memory}, spellings_{memory}, names_{memory}, by_spelling_{memory}, by_name_{memory} {
    clear();
  }

  /// Forgets everything, so that files whose names are data do not make it grow without end.
  void clear() {
    by_spelling_.clear();
    by_name_.clear();
    spellings_.clear();
    names_.clear();
    characters_.release();
    kept_ = 0;
    constexpr auto never = ~std::uint64_t{0};  // bytes that UTF-8 never has
    spellings_.push_back({.front = never, .back = never, .front_mask = never, .back_mask = never});
    names_.push_back({});
    last_asked_ = 0;
  }

  [[nodiscard]] bool is_full() const noexcept { return spellings_.size() > most_names || kept_ > most_characters; }
  /// Numbers given so far are below this; 0 is given to no name.
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] std::string_view name(std::uint32_t number) const noexcept { return names_[number].text; }

  /// A name as it is written in the input, quotes included. 0 stands before the first field of a line.
  using spelling_number = std::uint32_t;

  struct alignas(64) spelling_entry {
    /// The first 16 bytes, and which of them count.
    std::uint64_t front = 0;
    std::uint64_t back = 0;
    std::uint64_t front_mask = 0;
    std::uint64_t back_mask = 0;
    std::string_view text = {};
    std::uint32_t name = 0;
    /// What followed it the last time.
    spelling_number next = 0;

    /// Whether the string that begins at `at`, in valid UTF-8, is this spelling. It has at most `longest` bytes; 16
    /// must be readable.
    [[nodiscard]] bool stands_at(char const* at, std::size_t longest) const noexcept {
      std::uint64_t found_front = 0;
      std::uint64_t found_back = 0;
      std::memcpy(&found_front, at, 8);
      std::memcpy(&found_back, at + 8, 8);
      auto const differs = ((found_front ^ front) & front_mask) | ((found_back ^ back) & back_mask);
      if (differs != 0) return false;
      if (text.size() <= 16) return true;
      return text.size() <= longest && std::memcmp(at + 16, text.data() + 16, text.size() - 16) == 0;
    }
  };

  /// Valid until the next `add` or `clear`.
  [[nodiscard]] spelling_entry const* spellings() const noexcept { return spellings_.data(); }

  /// The number of a spelling, remembered as what follows `previous`; 0 if it has a malformed escape sequence.
  spelling_number add(spelling_number previous, std::string_view spelling) {
    auto found = by_spelling_.find(spelling);
    if (found == by_spelling_.end()) {
      auto const inside = spelling.substr(1, spelling.size() - 2);
      if (!valid_escapes(inside)) return 0;
      std::pmr::string name{by_name_.get_allocator()};
      append_unescaped(name, inside);
      auto const text = keep(spelling);
      spellings_.push_back(make_entry(text, number_of(name)));
      found = by_spelling_.emplace(text, static_cast<spelling_number>(spellings_.size() - 1)).first;
    }
    spellings_[previous].next = found->second;
    return found->second;
  }

  /// The number of a name that the caller asks for.
  [[gnu::always_inline]] std::uint32_t ask(std::string_view name) {
    auto const guess = names_[last_asked_].asked_next;
    if (guess == 0 || !is_same(names_[guess].text, name)) [[unlikely]]
      return ask_anew(name);
    last_asked_ = guess;
    return guess;
  }

 private:
  static constexpr std::size_t most_names = 4096;
  static constexpr std::size_t most_characters = 1U << 20U;

  struct name_entry {
    std::string_view text;
    std::uint32_t asked_next = 0;
  };

  [[gnu::noinline]] std::uint32_t ask_anew(std::string_view name) {
    auto const number = number_of(name);
    names_[last_asked_].asked_next = number;
    last_asked_ = number;
    return number;
  }

  template <class Word>
  static bool is_same_at_ends(std::string_view one, std::string_view other) noexcept {
    auto const differ = [&](std::size_t at) {
      Word a = 0;
      Word b = 0;
      std::memcpy(&a, one.data() + at, sizeof a);
      std::memcpy(&b, other.data() + at, sizeof b);
      return a ^ b;
    };
    return (differ(0) | differ(one.size() - sizeof(Word))) == 0;
  }

  /// Without the call that comparing string views makes: names are short, and mostly constants.
  [[gnu::always_inline]] static bool is_same(std::string_view one, std::string_view other) noexcept {
    if (one.size() != other.size()) return false;
    auto const size = other.size();
    if (size > 16) return std::memcmp(one.data(), other.data(), size) == 0;
    if (size >= 8) return is_same_at_ends<std::uint64_t>(one, other);
    if (size >= 4) return is_same_at_ends<std::uint32_t>(one, other);
    if (size >= 2) return is_same_at_ends<std::uint16_t>(one, other);
    return size == 0 || one[0] == other[0];
  }

  static spelling_entry make_entry(std::string_view text, std::uint32_t name) noexcept {
    auto entry = spelling_entry{.text = text, .name = name};
    char bytes[16] = {};
    char mask[16] = {};
    auto const size = std::min<std::size_t>(text.size(), 16);
    std::memcpy(bytes, text.data(), size);
    std::memset(mask, 0xFF, size);
    std::memcpy(&entry.front, bytes, 8);
    std::memcpy(&entry.back, bytes + 8, 8);
    std::memcpy(&entry.front_mask, mask, 8);
    std::memcpy(&entry.back_mask, mask + 8, 8);
    return entry;
  }

  std::uint32_t number_of(std::string_view name) {
    if (auto const found = by_name_.find(name); found != by_name_.end()) return found->second;
    auto const text = keep(name);
    auto const number = static_cast<std::uint32_t>(names_.size());
    names_.push_back({.text = text});
    by_name_.emplace(text, number);
    return number;
  }

  std::string_view keep(std::string_view text) {
    if (text.empty()) return {};
    kept_ += text.size();
    auto* const kept = static_cast<char*>(characters_.allocate(text.size(), 1));
    std::memcpy(kept, text.data(), text.size());
    return {kept, text.size()};
  }

  std::pmr::monotonic_buffer_resource characters_;
  std::pmr::vector<spelling_entry> spellings_;
  std::pmr::vector<name_entry> names_;
  std::pmr::unordered_map<std::string_view, spelling_number> by_spelling_;
  std::pmr::unordered_map<std::string_view, std::uint32_t> by_name_;
  std::uint32_t last_asked_ = 0;
  std::size_t kept_ = 0;
};

}  // namespace spillway::io::detail
