#include <spillway/sort/key.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace {

namespace sort = spillway::sort;

constexpr std::size_t keys = 4096;

std::mt19937_64& random() {
  static std::mt19937_64 generator{1};
  return generator;
}

template <class K>
K make() {
  if constexpr (std::is_arithmetic_v<K>) {
    return static_cast<K>(static_cast<std::int64_t>(random()()));
  } else {
    auto const size = random()() % 20;
    return K(size, static_cast<char>('a' + random()() % 26));
  }
}

template <>
std::optional<double> make() {
  return random()() % 4 == 0 ? std::nullopt : std::optional{make<double>()};
}

template <>
std::tuple<std::int32_t, std::string> make() {
  return {make<std::int32_t>(), make<std::string>()};
}

template <>
sort::reversed<double> make() {
  return {make<double>()};
}

/// What a sorter does once for each record.
template <class K>
void prefix(benchmark::State& state) {
  std::vector<K> values;
  for (std::size_t i = 0; i < keys; ++i) values.push_back(make<K>());
  for (auto _ : state) {
    for (auto const& value : values) benchmark::DoNotOptimize(sort::key_prefix<K>::of(value));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(keys));
}
BENCHMARK_TEMPLATE(prefix, std::int64_t);
BENCHMARK_TEMPLATE(prefix, double);
BENCHMARK_TEMPLATE(prefix, sort::reversed<double>);
BENCHMARK_TEMPLATE(prefix, std::optional<double>);
BENCHMARK_TEMPLATE(prefix, std::string);
BENCHMARK_TEMPLATE(prefix, std::tuple<std::int32_t, std::string>);

}  // namespace
