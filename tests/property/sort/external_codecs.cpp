#include "support/catch.hpp"
#include "support/sort_comparison.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace sort = spillway::sort;

namespace {

using namespace spillway::test;

struct four_pages {
  std::uint32_t key;
  std::uint32_t number;
  std::array<char, 4088> payload;
  friend bool operator==(four_pages const&, four_pages const&) = default;
};

/// Of a type that the library knows nothing of, not even a default.
class opaque {
 public:
  explicit opaque(std::uint64_t rank, std::uint32_t number, std::string text)
      : rank_{rank}, number_{number}, text_{std::move(text)} {}
  [[nodiscard]] std::uint64_t rank() const { return rank_; }
  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] std::string const& text() const { return text_; }
  friend bool operator==(opaque const&, opaque const&) = default;

 private:
  std::uint64_t rank_;
  std::uint32_t number_;
  std::string text_;
};

}  // namespace

template <>
struct spillway::sort::spill_codec<opaque> {
  static std::size_t size(opaque const& from) { return 12 + from.text().size(); }
  static void write(opaque const& from, char* to) {
    auto const rank = from.rank();
    auto const number = from.number();
    std::memcpy(to, &rank, 8);
    std::memcpy(to + 8, &number, 4);
    from.text().copy(to + 12, from.text().size());
  }
  static opaque read(std::string_view bytes) {
    std::uint64_t rank = 0;
    std::uint32_t number = 0;
    std::memcpy(&rank, bytes.data(), 8);
    std::memcpy(&number, bytes.data() + 8, 4);
    return opaque{rank, number, std::string{bytes.substr(12)}};
  }
};

TEST_CASE("records are sorted by a comparator of which nothing is known") {
  for_some_inputs(
      1500,
      [](auto rank, auto number, auto&) {
        return four_pages{static_cast<std::uint32_t>(rank), number, {}};
      },
      [](auto const& in, auto& random) {
        auto const before = [](four_pages const& a, four_pages const& b) { return a.key / 3 > b.key / 3; };
        check(in, before, std::identity{}, before, random);
      });
  for_some_inputs(
      30'000,
      [](auto rank, auto number, auto& random) {
        return opaque{rank, number, some_text(rank, 40, random)};
      },
      [](auto const& in, auto& random) {
        auto const before = [](opaque const& a, opaque const& b) { return a.rank() < b.rank(); };
        check(in, before, std::identity{}, before, random);
      });
}
