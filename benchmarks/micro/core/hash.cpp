#include <spillway/core/hash.hpp>

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace {

std::string bytes(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(i * 131U);
  return out;
}

void set_bytes(benchmark::State& state) { state.SetBytesProcessed(state.iterations() * state.range(0)); }

void hash64(benchmark::State& state) {
  auto const text = bytes(static_cast<std::size_t>(state.range(0)));
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(seed = spillway::hash64(std::string_view{text}, seed));
  set_bytes(state);
}
BENCHMARK(hash64)->Arg(8)->Arg(16)->Arg(32)->Arg(100)->Arg(1000)->Arg(1 << 20);

void hash128(benchmark::State& state) {
  auto const text = bytes(static_cast<std::size_t>(state.range(0)));
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(seed = spillway::hash128(std::string_view{text}, seed).low);
  set_bytes(state);
}
BENCHMARK(hash128)->Arg(8)->Arg(16)->Arg(32)->Arg(100)->Arg(1000)->Arg(1 << 20);

void hasher_of_three_fields(benchmark::State& state) {
  std::uint64_t seed = 0;
  for (auto _ : state) {
    seed = spillway::hasher{seed}.add("2022-01-02").add(42).add("segment").digest64();
    benchmark::DoNotOptimize(seed);
  }
}
BENCHMARK(hasher_of_three_fields);

/// The standard library's, which may differ from machine to machine.
void peer_std_hash(benchmark::State& state) {
  auto text = bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    auto const hash = std::hash<std::string_view>{}(text);
    text[0] = static_cast<char>(hash);
  }
  set_bytes(state);
}
BENCHMARK(peer_std_hash)->Arg(8)->Arg(16)->Arg(32)->Arg(100)->Arg(1000)->Arg(1 << 20);

}  // namespace
