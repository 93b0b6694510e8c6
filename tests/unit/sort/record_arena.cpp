#include "support/catch.hpp"
#include "support/faulty_memory.hpp"

#include <spillway/sort/detail/record_arena.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <utility>
#include <vector>

namespace {

using spillway::sort::detail::record_arena;
using spillway::test::counting_resource;

constexpr std::size_t segment = 4096;

}  // namespace

TEST_CASE("pieces of an arena stay where they are and are found by offsets that grow") {
  counting_resource memory;
  {
    record_arena arena{segment, &memory};
    std::mt19937 random{3};
    for (int round = 0; round < 3; ++round) {
      std::vector<std::pair<std::uint64_t, std::size_t>> pieces;
      for (int i = 0; i < 1000; ++i) {
        auto const size = random() % 50 == 0 ? random() % 20'000 : 1 + random() % 100;
        auto const align = std::size_t{1} << random() % 7;
        auto const growth = arena.growth(size, align);
        auto const held = arena.held();
        auto const piece = arena.allocate(size, align);
        REQUIRE(arena.held() == held + growth);
        REQUIRE(reinterpret_cast<std::uintptr_t>(piece.data) % align == 0);
        REQUIRE(arena.at(piece.offset) == piece.data);
        REQUIRE((pieces.empty() || piece.offset >= pieces.back().first + pieces.back().second));
        std::memset(piece.data, i % 251, size);
        pieces.emplace_back(piece.offset, size);
      }
      for (std::size_t i = 0; i < pieces.size(); ++i) {
        auto const [offset, size] = pieces[i];
        auto const expected = std::vector<char>(size, static_cast<char>(i % 251));
        REQUIRE(std::memcmp(arena.at(offset), expected.data(), size) == 0);
      }
      arena.clear();
    }
    CHECK(arena.held() <= memory.used());
  }
  CHECK(memory.used() == 0);
}

TEST_CASE("an arena that is cleared keeps its segments and gives large blocks back") {
  counting_resource memory;
  record_arena arena{segment, &memory};
  static_cast<void>(arena.allocate(100'000, 1));
  CHECK(arena.held() >= 100'000);
  arena.clear();
  CHECK(arena.held() == 0);
  for (int i = 0; i < 10; ++i) static_cast<void>(arena.allocate(segment, 64));
  CHECK(arena.held() == 10 * segment);
  arena.clear();
  CHECK(arena.held() == 10 * segment);
  auto const allocations = memory.allocations();
  for (int i = 0; i < 10; ++i) static_cast<void>(arena.allocate(segment, 64));
  CHECK(arena.held() == 10 * segment);
  CHECK(memory.allocations() <= allocations + 10);  // of the index only
}

TEST_CASE("what was allocated last can be given back") {
  record_arena arena{segment, std::pmr::get_default_resource()};
  auto const first = arena.allocate(10, 1);
  auto const second = arena.allocate(20, 1);
  arena.shrink(second.offset);
  CHECK(arena.allocate(30, 1).offset == second.offset);
  CHECK(second.offset == first.offset + 10);
}

TEST_CASE("an allocation that fails leaves an arena as it was") {
  for (std::uint64_t call = 1; call < 40; ++call) {
    CAPTURE(call);
    counting_resource memory{call};
    {
      record_arena arena{segment, &memory};
      std::vector<char*> pieces;
      for (int i = 0; i < 30; ++i) {
        auto const held = arena.held();
        try {
          pieces.push_back(arena.allocate(i % 7 == 0 ? 10'000 : 3000, 8).data);
          std::memset(pieces.back(), i, 3000);
        } catch (std::bad_alloc const&) {
          CHECK(arena.held() == held);
        }
      }
      CHECK(pieces.size() >= 29);
    }
    CHECK(memory.used() == 0);
  }
}
