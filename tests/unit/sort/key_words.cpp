#include "support/catch.hpp"

#include <spillway/sort/detail/key_words.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace detail = spillway::sort::detail;

/// Below 0, 0 or above, as their words say.
template <class Less, class K>
int compare_by_words(K const& a, K const& b) {
  using words = detail::key_words<Less, K>;
  auto const order = [](std::uint64_t one, std::uint64_t other) { return one < other ? -1 : int{other < one}; };
  if (auto const prefixes = order(words::at(a, 0), words::at(b, 0)); prefixes != 0) return prefixes;
  auto const found = words::first_difference(a, b, 1);
  for (std::size_t i = 1; i < found.number; ++i) {
    REQUIRE(words::at(a, i) == words::at(b, i));
    REQUIRE_FALSE(words::is_last(words::at(a, i)));
  }
  REQUIRE(found.word_a == words::at(a, found.number));
  REQUIRE(found.word_b == words::at(b, found.number));
  if (found.word_a == found.word_b) REQUIRE(words::is_last(found.word_a));
  return order(found.word_a, found.word_b);
}

int sign(int number) { return number < 0 ? -1 : int{number > 0}; }

/// Of all sizes up to five words, each with one of a few bytes changed.
std::vector<std::string> some_texts() {
  std::vector<std::string> texts;
  for (std::size_t size = 0; size < 40; ++size) {
    for (char const filling : {'\0', 'a', '\xff'}) {
      std::string const text(size, filling);
      texts.push_back(text);
      for (std::size_t i = size % 5; i < size; i += 5) {
        for (char const other : {'\0', '\x10', 'b', '\xff'}) {
          texts.push_back(text);
          texts.back()[i] = other;
        }
      }
    }
  }
  return texts;
}

}  // namespace

TEST_CASE("words of texts order as the texts do, whatever bytes they hold and wherever they end") {
  auto const texts = some_texts();
  bool all = true;
  for (auto const& a : texts) {
    for (auto const& b : texts) {
      auto const expected = sign(a.compare(b));
      all = all && compare_by_words<std::ranges::less>(std::string_view{a}, std::string_view{b}) == expected &&
            compare_by_words<std::ranges::greater>(a, b) == -expected;
    }
  }
  CHECK(all);
}

TEST_CASE("words of arrays of bytes order as the arrays do") {
  using key = std::array<unsigned char, 17>;
  std::vector<key> keys(1);
  for (std::size_t i = 0; i < keys[0].size(); ++i) {
    for (auto const other : std::array<unsigned char, 3>{1, 16, 255}) keys.emplace_back()[i] = other;
  }
  for (auto const& a : keys) {
    for (auto const& b : keys) CHECK(compare_by_words<std::less<>>(a, b) == (a < b ? -1 : int{b < a}));
  }
}
