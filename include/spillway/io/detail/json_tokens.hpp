#pragma once

#include <spillway/core/memory_budget.hpp>

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <string_view>

namespace spillway::io::detail {

/// Where the tokens of a piece of JSON text begin: simdjson's first stage, with the instruction set of the machine
/// that runs it, whatever this was compiled for.
///
/// A token is one of `{ } [ ] : ,`, the opening quote of a string, or the first character of anything else outside
/// strings. Between a token and the next there is the rest of the token, then nothing but blanks. Success means that
/// the text is UTF-8, that no string holds a control character (so none runs over the end of a line), and that all
/// strings are closed.
///
/// Memory: `footprint(capacity)` bytes for the longest text so far, allocated by simdjson, and counted against
/// `memory` if that is a `memory_budget`.
class json_tokens {
 public:
  explicit json_tokens(std::pmr::memory_resource* memory) : budget_{dynamic_cast<memory_budget*>(memory)} {}

  /// simdjson keeps four bytes for each byte of text, since each could be a token.
  static constexpr std::size_t footprint(std::size_t capacity) noexcept { return 4 * (capacity + 64 + 9); }

  /// Finds the tokens of `text`. False if it is not as the class comment says.
  /// \throws budget_exceeded, std::bad_alloc
  bool find(std::string_view text) {
    if (!scanner_ || scanner_->capacity() < text.size()) reserve(text.size());
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(text.data());
    auto const outcome = scanner_->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
    auto count = scanner_->n_structural_indexes;
    if (outcome == simdjson::EMPTY) {
      count = 0;
    } else if (outcome != simdjson::SUCCESS) {
      return false;
    }
    for (std::uint32_t i = 0; i < guards; ++i) {
      scanner_->structural_indexes[count + i] = static_cast<std::uint32_t>(text.size());
    }
    return true;
  }

  /// The offsets of the tokens, followed by a few that point to the end of the text.
  [[nodiscard]] std::uint32_t const* begin() const noexcept { return scanner_->structural_indexes.get(); }

 private:
  static constexpr std::uint32_t guards = 4;

  void reserve(std::size_t capacity) {
    auto counted = std::optional<memory_budget::reservation>{};
    if (budget_ != nullptr) counted.emplace(budget_->reserve(footprint(capacity)));
    auto const outcome =
        scanner_ ? scanner_->set_capacity(capacity)
                 : simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, scanner_);
    if (outcome != simdjson::SUCCESS) throw std::bad_alloc{};
    if (counted) counted_.emplace(std::move(*counted));
  }

  memory_budget* budget_;
  std::optional<memory_budget::reservation> counted_;
  std::unique_ptr<simdjson::internal::dom_parser_implementation> scanner_;
};

}  // namespace spillway::io::detail
