#pragma once

#include <spillway/io/detail/json_fault.hpp>
#include <spillway/io/detail/json_layout.hpp>
#include <spillway/io/detail/json_names.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <vector>

namespace spillway::io::detail {

/// One field of the current line; offsets count from the front of the line.
struct json_place {
  static constexpr std::uint32_t plain = 0;
  static constexpr std::uint32_t escaped = 1;
  static constexpr std::uint32_t first_unescaped = 2;

  std::uint32_t name = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  /// `plain`; `escaped`: a string with escape sequences; or `first_unescaped` + its index among the unescaped strings.
  std::uint32_t text = plain;
};

/// Checks that a line is one JSON object and notes where its fields stand. One is reused for all lines of a worker.
///
/// Everything is checked: with the guarantees of `json_tokens`, a line that passes is valid to the last byte.
class json_line {
 public:
  explicit json_line(std::pmr::memory_resource* memory)
      : names_{memory},
        layouts_{{json_layout{memory}, json_layout{memory}, json_layout{memory}, json_layout{memory}}},
        places_{memory},
        seen_{memory},
        unescaped_{memory},
        characters_{memory} {}

  json_line(json_line const&) = delete;
  json_line& operator=(json_line const&) = delete;

  /// Reads the line `[begin, end)` of `base`, whose first token is `*token`. On success `token` is the first one after
  /// the line. 64 bytes behind `end` must be readable.
  bool read(char const* base, std::uint32_t begin, std::uint32_t end, std::uint32_t const*& token) {
    if (names_.is_full()) forget_names();
    if (has_unescaped_) forget_unescaped();
    base_ = base;
    end_ = end;
    line_ = base + begin;
    has_escapes_ = may_have_escapes_ && std::memchr(line_, '\\', end - begin) != nullptr;
    size_ = 0;
    ++serial_;
    seen_layout_ = nullptr;
    auto at = token;
    if (base[*at++] != '{') return false;
    if (base[*at] == '}') {
      if (*at++ >= end) return false;
    } else if (!read_fields(at)) {
      return false;
    }
    if (*at < end) return false;
    token = at;
    return true;
  }

  /// Remembers how the line that was just read looks but for its values. Its line end ends at `next`.
  void learn(std::uint32_t next) {
    auto& layout = layouts_[learnt_ % layouts_.size()];
    layout.clear();
    auto const size = next - static_cast<std::uint32_t>(line_ - base_);
    std::uint32_t begin = 0;
    auto const gap_to = [&](std::uint32_t end) { return std::string_view{line_ + begin, end - begin}; };
    for (std::uint32_t slot = 0; slot < size_; ++slot) {
      auto const& place = places_[slot];
      auto const first = line_[place.begin];
      auto const is_string = first == '"';
      auto const before = gap_to(place.begin + (is_string ? 1 : 0));
      begin = place.end - (is_string ? 1 : 0);
      auto const next_token = line_[place.end];
      auto const is_followed = next_token == ',' || next_token == '}';
      if (first == '{' || first == '[' || !is_followed || !layout.has_room_for(before)) return layout.clear();
      layout.add_field(before, place.name, is_string);
    }
    if (size_ == 0 || !layout.has_room_for(gap_to(size))) return layout.clear();
    layout.add_end(gap_to(size));
    ++learnt_;
  }

  /// Reads the line at `begin` of `base` if it looks as one that was learnt, and returns where its line end ends.
  /// Otherwise 0, and `token` is as it was. `*token` is the first token from `begin` on.
  std::uint32_t read_alike(char const* base, std::uint32_t begin, std::uint32_t const*& token) {
    if (has_unescaped_) forget_unescaped();
    for (auto const& layout : layouts_) {
      if (layout.empty()) continue;
      if (auto const next = read_as(layout, base, begin, token); next != 0) return next;
    }
    return 0;
  }

  /// Saves the search for backslashes in each line if it is known that there are none.
  void expect_escapes(bool may_have) noexcept { may_have_escapes_ = may_have; }

  [[nodiscard]] char const* data() const noexcept { return line_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] json_place const& place(std::size_t slot) const noexcept { return places_[slot]; }
  [[nodiscard]] std::string_view name(json_place const& place) const noexcept { return names_.name(place.name); }

  /// The first field of that name, or `size()`.
  [[nodiscard, gnu::always_inline]] std::size_t find(std::string_view name) {
    auto const number = names_.ask(name);
    if (number >= seen_.size()) return size_;
    auto const& seen = seen_[number];
    return seen.serial == serial_ ? seen.slot : size_;
  }

  /// The inside of a string without escape sequences.
  [[nodiscard]] std::optional<std::string_view> verbatim_string(std::size_t slot) const noexcept {
    auto const& place = places_[slot];
    if (line_[place.begin] != '"' || place.text != json_place::plain) return std::nullopt;
    return std::string_view{line_ + place.begin + 1, place.end - place.begin - 2};
  }

  /// The inside of a string, or the spelling of anything else.
  [[nodiscard]] std::string_view text(std::size_t slot) {
    auto& place = places_[slot];
    auto const* const value = line_ + place.begin;
    auto const size = place.end - place.begin;
    if (*value != '"') return {value, size};
    if (place.text == json_place::plain) return {value + 1, size - 2};
    if (place.text == json_place::escaped) unescape(place);
    return unescaped_[place.text - json_place::first_unescaped];
  }

 private:
  struct last_seen {
    std::uint64_t serial = 0;
    std::uint32_t slot = 0;
  };

  /// Each field has four tokens: what it begins with, its name, the colon and the value. The bytes of a gap are known
  /// to hold just these, so where the value ends is told by the fourth token from there.
  std::uint32_t read_as(json_layout const& layout, char const* base, std::uint32_t begin, std::uint32_t const*& token) {
    auto const* const line = base + begin;
    auto const* gap = line;
    auto const* at = token;
    auto* place = places_.data();
    for (auto const& field : layout.fields()) {
      if (!layout.stands_at(gap, field.before)) return 0;
      auto const* const value = gap + field.before.size - field.is_string;
      at += 4;
      auto const* const value_end = base + *at;
      if (field.is_string == 0 && !valid_scalar({value, static_cast<std::size_t>(value_end - value)})) return 0;
      *place++ = {.name = field.name,
                  .begin = static_cast<std::uint32_t>(value - line),
                  .end = static_cast<std::uint32_t>(value_end - line)};
      gap = value_end - field.is_string;
    }
    if (!layout.stands_at(gap, layout.end())) return 0;
    base_ = base;
    line_ = line;
    size_ = static_cast<std::uint32_t>(place - places_.data());
    auto const next = static_cast<std::uint32_t>(gap - base) + layout.end().size;
    if (may_have_escapes_ && !read_all_escapes(next - begin)) return 0;
    if (seen_layout_ != &layout) note_names(layout);
    token = at + 1;
    return next;
  }

  /// Local copies of members, here and there, are what keeps them in registers.
  bool read_fields(std::uint32_t const*& token) {
    auto at = token;
    auto const* const base = base_;
    auto const begin = static_cast<std::uint32_t>(line_ - base);
    auto const* spellings = names_.spellings();
    auto const* spelling = spellings;
    for (;;) {
      auto const* const guess = spellings + spelling->next;
      if (guess->stands_at(base + at[0], at[1] - at[0])) [[likely]] {
        spelling = guess;
      } else {
        auto const number = new_spelling(static_cast<json_names::spelling_number>(spelling - spellings), at);
        if (number == 0) return false;
        spellings = names_.spellings();
        spelling = spellings + number;
      }
      if (base[at[1]] != ':') return false;
      auto const value = at[2];
      at += 3;
      auto place = json_place{.name = spelling->name, .begin = value - begin};
      if (base[value] == '"') [[likely]] {
        place.end = string_end(*at) - begin;
        if (has_escapes_ && !read_escapes(place)) return false;
      } else if (base[value] == '{' || base[value] == '[') {
        --at;
        auto const end = skip_container(at);
        if (end == 0) return false;
        place.end = end - begin;
      } else {
        auto const end = trimmed(value, *at);
        if (!valid_scalar({base + value, end - value})) return false;
        place.end = end - begin;
      }
      if (*at >= end_) return false;
      add(place);
      auto const next = base[*at++];
      if (next == ',') continue;
      token = at;
      return next == '}';
    }
  }

  void add(json_place const& place) {
    if (size_ == places_.size()) places_.resize(std::max<std::size_t>(16, 2 * places_.size()));
    places_[size_] = place;
    note_name(size_++);
  }

  json_names::spelling_number new_spelling(json_names::spelling_number previous, std::uint32_t const* at) {
    if (at[0] >= end_ || base_[at[0]] != '"' || base_[at[1]] != ':') return 0;
    auto const number = names_.add(previous, {base_ + at[0], trimmed(at[0], at[1]) - at[0]});
    if (seen_.size() < names_.size()) seen_.resize(names_.size());
    return number;
  }

  /// The names of all fields, as `add` notes them one by one.
  void note_names(json_layout const& layout) noexcept {
    ++serial_;
    for (std::uint32_t slot = 0; slot < size_; ++slot) note_name(slot);
    seen_layout_ = &layout;
  }

  void note_name(std::uint32_t slot) noexcept {
    auto& seen = seen_[places_[slot].name];
    if (seen.serial != serial_) seen = {serial_, slot};  // of equal names, the first counts
  }

  bool read_all_escapes(std::size_t size) noexcept {
    if (std::memchr(line_, '\\', size) == nullptr) return true;
    return std::all_of(places_.begin(), places_.begin() + size_,
                       [this](json_place& place) { return line_[place.begin] != '"' || read_escapes(place); });
  }

  bool read_escapes(json_place& place) const noexcept {
    auto const inside = std::string_view{line_ + place.begin + 1, place.end - place.begin - 2};
    if (inside.find('\\') == std::string_view::npos) return true;
    place.text = json_place::escaped;
    return valid_escapes(inside);
  }

  /// Where the string before the token at `next` ends: nothing but blanks can stand between.
  [[nodiscard]] std::uint32_t string_end(std::uint32_t next) const noexcept {
    while (base_[next - 1] != '"') --next;
    return next;
  }

  [[nodiscard]] std::uint32_t trimmed(std::uint32_t begin, std::uint32_t end) const noexcept {
    while (end > begin && is_json_blank(base_[end - 1])) --end;
    return end;
  }

  static bool valid_scalar(std::string_view text) noexcept {
    if (text == "true" || text == "false" || text == "null") return true;
    return !text.empty() && json_number(text) == text.size();
  }

  /// Passes the object or array that opens at `*at` and returns where it ends; 0 if it is malformed.
  std::uint32_t skip_container(std::uint32_t const*& at) noexcept {
    std::array<bool, deepest_json + 1> is_object;  // by depth; only set entries are read
    std::size_t depth = 1;
    for (;;) {
      if (*at >= end_) return 0;
      auto const first = base_[*at];
      if (first == '{' || first == '[') {
        if (++depth > deepest_json) return 0;
        is_object[depth] = first == '{';
        ++at;
        if (base_[*at] != (is_object[depth] ? '}' : ']')) {
          if (is_object[depth] && !pass_name(at)) return 0;
          continue;
        }
      } else if (!pass_value(at)) {
        return 0;
      }
      for (;;) {
        if (*at >= end_) return 0;
        auto const next = base_[*at];
        if (next == ',') {
          ++at;
          if (is_object[depth] && !pass_name(at)) return 0;
          break;
        }
        if (next != (is_object[depth] ? '}' : ']')) return 0;
        ++at;
        if (--depth == 1) return at[-1] + 1;
      }
    }
  }

  bool pass_name(std::uint32_t const*& at) const noexcept {
    if (base_[at[0]] != '"' || base_[at[1]] != ':' || !good_string(at)) return false;
    at += 2;
    return true;
  }

  bool pass_value(std::uint32_t const*& at) const noexcept {
    auto const value = *at;
    auto const is_good =
        base_[value] == '"' ? good_string(at) : valid_scalar({base_ + value, trimmed(value, at[1]) - value});
    ++at;
    return is_good;
  }

  [[nodiscard]] bool good_string(std::uint32_t const* at) const noexcept {
    return !has_escapes_ || valid_escapes({base_ + at[0] + 1, string_end(at[1]) - at[0] - 2});
  }

  void unescape(json_place& place) {
    auto const inside = std::string_view{line_ + place.begin + 1, place.end - place.begin - 2};
    std::pmr::string text{places_.get_allocator()};
    append_unescaped(text, inside);
    auto* const kept = static_cast<char*>(characters_.allocate(text.size() + 1, 1));
    std::memcpy(kept, text.data(), text.size());
    place.text = json_place::first_unescaped + static_cast<std::uint32_t>(unescaped_.size());
    unescaped_.emplace_back(kept, text.size());
    has_unescaped_ = true;
  }

  void forget_unescaped() noexcept {
    unescaped_.clear();
    characters_.release();
    has_unescaped_ = false;
  }

  void forget_names() {
    for (auto& layout : layouts_) layout.clear();
    learnt_ = 0;
    names_.clear();
    seen_.clear();
  }

  char const* base_ = nullptr;
  char const* line_ = nullptr;
  std::uint32_t end_ = 0;
  bool may_have_escapes_ = true;
  bool has_escapes_ = false;
  bool has_unescaped_ = false;
  std::uint64_t serial_ = 0;
  json_names names_;
  std::array<json_layout, 4> layouts_;
  std::size_t learnt_ = 0;
  /// The layout whose names `seen_` holds; of the line if it has one.
  json_layout const* seen_layout_ = nullptr;
  /// The first `size_` are those of the line.
  std::pmr::vector<json_place> places_;
  std::uint32_t size_ = 0;
  std::pmr::vector<last_seen> seen_;
  std::pmr::vector<std::string_view> unescaped_;
  std::pmr::monotonic_buffer_resource characters_;
};

}  // namespace spillway::io::detail
