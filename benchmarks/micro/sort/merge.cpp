#include <spillway/sort/codec.hpp>
#include <spillway/sort/detail/loaded_block.hpp>
#include <spillway/sort/detail/merge_window.hpp>
#include <spillway/sort/detail/record_order.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace sort = spillway::sort;
namespace detail = spillway::sort::detail;

constexpr std::size_t records = std::size_t{1} << 16U;

/// `https://`, one of a few hosts, folders of which the outer are few, and a page: 40 to 90 bytes.
std::string make_address(std::mt19937_64& random) {
  auto address = "https://www.example-" + std::to_string(random() % 4) + ".org/archive/";
  for (auto folders = 1 + random() % 3; folders != 0; --folders) {
    address += "section-" + std::to_string(random() % 20) + '/';
  }
  return address + "page-" + std::to_string(random() % 100'000) + ".html";
}
/// Absolute paths of one tree of files.
std::string make_path(std::mt19937_64& random) {
  return "/srv/backups/2024/customers/by-number/" + std::to_string(1'000'000 + random() % 1'000'000) + "/orders.csv";
}
/// 10 to 20 random letters.
std::string make_text(std::mt19937_64& random) {
  std::string text(10 + random() % 11, ' ');
  for (auto& each : text) each = static_cast<char>('a' + random() % 26);
  return text;
}
std::string make_word(std::mt19937_64& random) { return "the same word, number " + std::to_string(random() % 100); }

struct line {
  std::array<char, 100> bytes;
  [[nodiscard]] std::string_view key() const { return {bytes.data(), 10}; }
};
/// Ten random bytes, then others.
line make_line(std::mt19937_64& random) {
  line made{};
  for (std::size_t i = 0; i < 10; ++i) made.bytes[i] = static_cast<char>(random());
  return made;
}
std::uint64_t make_number(std::mt19937_64& random) { return random(); }

/// Sorted runs of one block each, merged as a window of an external sort.
template <class T, class Key>
void merge(benchmark::State& state, T (*make)(std::mt19937_64&), Key key) {
  using order_type = detail::record_order<T, std::ranges::less, Key, sort::spill_codec<T>>;
  order_type const order{{}, key, {}};
  auto* const memory = std::pmr::get_default_resource();
  detail::block_pool pool{0, memory};
  std::mt19937_64 random{1};
  auto const runs = static_cast<std::size_t>(state.range(0));
  std::vector<detail::merge_part> parts;
  for (std::size_t run = 0; run < runs; ++run) {
    std::vector<T> some(records / runs);
    for (auto& each : some) each = make(random);
    std::ranges::stable_sort(some, {}, key);
    std::size_t size = 0;
    for (auto const& each : some) size += order.packed_size(each);
    auto block = pool.make(size);
    auto* to = block->data();
    for (auto const& each : some) {
      order.pack(each, order.packed_size(each), to);
      to += order.packed_size(each);
    }
    parts.push_back({run, block, block->begin(), block->end(), some.size()});
  }
  for (auto _ : state) {
    detail::merge_window<order_type> window{order, memory};
    for (auto const& each : parts) window.add(each);
    window.merge();
    benchmark::DoNotOptimize(window.records().data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(records));
}

void addresses(benchmark::State& state) { merge(state, make_address, std::identity{}); }
void paths(benchmark::State& state) { merge(state, make_path, std::identity{}); }
void texts(benchmark::State& state) { merge(state, make_text, std::identity{}); }
void words(benchmark::State& state) { merge(state, make_word, std::identity{}); }
void lines(benchmark::State& state) { merge(state, make_line, &line::key); }
void numbers(benchmark::State& state) { merge(state, make_number, std::identity{}); }

BENCHMARK(addresses)->Arg(4)->Arg(16)->Arg(128);
BENCHMARK(paths)->Arg(4)->Arg(16)->Arg(128);
BENCHMARK(texts)->Arg(4)->Arg(16)->Arg(128);
BENCHMARK(words)->Arg(16)->Arg(128);
BENCHMARK(lines)->Arg(4)->Arg(16)->Arg(128);
BENCHMARK(numbers)->Arg(4)->Arg(16)->Arg(128);

}  // namespace
