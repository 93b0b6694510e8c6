#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace spillway::test {

/// Tells its place in the input apart from its key.
struct numbered {
  std::uint32_t key;
  std::uint32_t number;
  std::array<char, 56> payload;
  friend bool operator==(numbered const&, numbered const&) = default;
};

inline std::vector<numbered> numbered_records(std::size_t count, std::uint32_t distinct) {
  std::mt19937 random{static_cast<std::uint32_t>(count)};
  std::vector<numbered> out;
  for (std::uint32_t i = 0; i < count; ++i) out.push_back({static_cast<std::uint32_t>(random()) % distinct, i, {}});
  return out;
}

/// Some are equal, some share their beginning, some are long.
inline std::vector<std::string> some_strings(std::size_t count) {
  std::mt19937 random{static_cast<std::uint32_t>(count)};
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back("text " + std::to_string(random() % count));
    out.back().resize(random() % 100 == 0 ? 2000 : 10 + random() % 80, static_cast<char>('a' + random() % 3));
  }
  return out;
}

template <class Record, class Less = std::less<>, class Key = std::identity>
std::vector<Record> stably_sorted(std::vector<Record> records, Less const& less = {}, Key const& key = {}) {
  std::ranges::stable_sort(records, less, key);
  return records;
}

}  // namespace spillway::test
