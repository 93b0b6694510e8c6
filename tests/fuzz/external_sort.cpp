#include <spillway/sort/external_sorter.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// The first three bytes choose the budget, the threads and the portions; each four bytes after them make a stretch of
// records: how many, how large, and what their keys are. They must come out as std::stable_sort has them.
namespace {

namespace sort = spillway::sort;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Up to 4 KiB each, and a little more than 1 MiB in all.
std::vector<std::string> make_records(std::span<std::uint8_t const> bytes) {
  constexpr std::size_t most = std::size_t{5} << 18U;
  std::vector<std::string> out;
  std::size_t sum = 0;
  std::uint32_t number = 0;
  for (; bytes.size() >= 4; bytes = bytes.subspan(4)) {
    auto const count = std::size_t{1} << (bytes[0] % 16);
    auto const size = std::size_t{bytes[1]} * (bytes[1] % 16 == 0 ? 16 : 1);
    for (std::size_t i = 0; i < count && sum < most; ++i) {
      std::uint32_t key = bytes[3];
      if (bytes[2] % 4 == 1) key += static_cast<std::uint32_t>(i);
      if (bytes[2] % 4 == 2) key -= static_cast<std::uint32_t>(i);
      if (bytes[2] % 4 == 3) key = (key + static_cast<std::uint32_t>(i)) * 2654435761U;
      std::string text(1 + bytes[2] % 5, static_cast<char>(key >> 24U));
      for (unsigned shift = 24; shift != 0; shift -= 8) text += static_cast<char>(key >> (shift - 8));
      text.append(size, 'x');
      for (unsigned shift = 0; shift != 32; shift += 8) text += static_cast<char>(number >> shift);
      ++number;
      sum += text.size() + 16;
      out.push_back(std::move(text));
    }
  }
  return out;
}

/// Without the number at the end.
constexpr auto key_of = [](std::string_view record) { return record.substr(0, record.size() - 4); };
constexpr auto is_less = [](std::string_view a, std::string_view b) { return a.substr(0, 4) < b.substr(0, 4); };

template <class Less, class Key>
void check(std::vector<std::string> const& records, std::uint8_t portions, Less const& less, Key const& key,
           sort::external_options const& options) {
  std::vector<std::string_view> expected{records.begin(), records.end()};
  std::ranges::stable_sort(expected, less, key);
  sort::external_sorter<std::string_view, Less, Key> sorter{less, key, options};
  for (std::size_t i = 0; i < records.size();) {
    if (portions < 64) {
      sorter.push(records[i++]);
      continue;
    }
    auto batch = sorter.make_batch();
    for (std::size_t left = portions; left != 0 && i < records.size(); --left) batch.push(records[i++]);
    sorter.append(batch);
  }
  auto next = expected.begin();
  for (auto const each : sorter.sorted()) require(next != expected.end() && each == *next++);
  require(next == expected.end());
  require(sorter.result().peak_memory <= options.budget);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size < 3) return 0;
  auto const records = make_records({data + 3, size - 3});
  sort::external_options const options{.budget = (std::size_t{1} << 20U) + std::size_t{data[0]} * 1000,
                                       .threads = 1 + data[1] % 4U};
  if (data[1] < 128) {
    check(records, data[2], std::ranges::less{}, key_of, options);
  } else {
    check(records, data[2], is_less, std::identity{}, options);
  }
  return 0;
}
