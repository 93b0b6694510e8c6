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
    spellings_.push_back({});  // matches nothing: what precedes the first field
    names_.push_back({});
    last_asked_ = 0;
  }

  [[nodiscard]] bool is_full() const noexcept { return spellings_.size() > most_names || kept_ > most_characters; }
  /// Numbers given so far are below this; 0 is given to no name.
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }
  [[nodiscard]] std::string_view name(std::uint32_t number) const noexcept { return names_[number].text; }

  /// A name as it is written in the input, quotes included. 0 stands before the first field of a line.
  using spelling_number = std::uint32_t;

  /// Recognises the spelling at `text` if it is the one that followed `previous` the last time; else 0.
  /// The string at `text` has at most `longest` bytes; 16 must be readable.
  [[nodiscard]] spelling_number follower(spelling_number previous, char const* text,
                                         std::size_t longest) const noexcept {
    auto const guess = spellings_[previous].next;
    auto const& candidate = spellings_[guess];
    std::uint64_t front = 0;
    std::uint64_t back = 0;
    std::memcpy(&front, text, 8);
    std::memcpy(&back, text + 8, 8);
    auto const differs =
        ((front ^ candidate.front) & candidate.front_mask) | ((back ^ candidate.back) & candidate.back_mask);
    if (differs != 0 || guess == 0) return 0;
    if (candidate.text.size() > 16) {
      if (candidate.text.size() > longest) return 0;
      if (std::memcmp(text + 16, candidate.text.data() + 16, candidate.text.size() - 16) != 0) return 0;
    }
    return guess;
  }

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

  [[nodiscard]] std::uint32_t name_of(spelling_number spelling) const noexcept { return spellings_[spelling].name; }

  /// The number of a name that the caller asks for.
  std::uint32_t ask(std::string_view name) {
    auto const guess = names_[last_asked_].asked_next;
    if (guess != 0 && names_[guess].text == name) {
      last_asked_ = guess;
      return guess;
    }
    auto const number = number_of(name);
    names_[last_asked_].asked_next = number;
    last_asked_ = number;
    return number;
  }

 private:
  static constexpr std::size_t most_names = 4096;
  static constexpr std::size_t most_characters = 1U << 20U;

  struct spelling_entry {
    std::uint64_t front = 0;
    std::uint64_t back = 0;
    std::uint64_t front_mask = 0;
    std::uint64_t back_mask = 0;
    std::string_view text;
    std::uint32_t name = 0;
    spelling_number next = 0;
  };

  struct name_entry {
    std::string_view text;
    std::uint32_t asked_next = 0;
  };

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
