// FILE THREADS MEMORY SCRATCH: records by their first ten bytes with STXXL, which doesn't keep equal ones in order.

// build: c++ -std=c++17 -O3 -march=native -DNDEBUG -fopenmp stxxl.cpp -lstxxl

#include <omp.h>
#include <stxxl/sorter>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

struct record {
  std::array<char, 100> bytes;
};

struct by_key {
  bool operator()(record const& a, record const& b) const {
    return std::memcmp(a.bytes.data(), b.bytes.data(), 10) < 0;
  }
  static record min_value() { return filled('\x00'); }
  static record max_value() { return filled('\xff'); }
  static record filled(char byte) {
    record made;
    made.bytes.fill(byte);
    return made;
  }
};

int main(int, char** argv) {
  std::string const file = argv[1];
  omp_set_num_threads(std::atoi(argv[2]));
  auto const memory = std::strtoull(argv[3], nullptr, 10);
  stxxl::config::get_instance()->add_disk(
      stxxl::disk_config{std::string{argv[4]} + "/stxxl", 0, "syscall autogrow direct=off unlink"});

  // Of the smaller budgets blocks of 2 MiB, STXXL's usual ones, would be too few to merge.
  constexpr unsigned block = 512 << 10;
  stxxl::sorter<record, by_key, block> sorter{by_key{}, memory};
  std::vector<record> buffer(10'000);
  auto* const in = std::fopen(file.c_str(), "rb");
  while (auto const count = std::fread(buffer.data(), sizeof(record), buffer.size(), in)) {
    for (std::size_t i = 0; i < count; ++i) sorter.push(buffer[i]);
  }
  std::fclose(in);
  sorter.sort();
  auto* const out = std::fopen("sorted", "wb");
  while (!sorter.empty()) {
    std::size_t count = 0;
    for (; count < buffer.size() && !sorter.empty(); ++sorter) buffer[count++] = *sorter;
    if (std::fwrite(buffer.data(), sizeof(record), count, out) != count) return 1;
  }
  return std::fclose(out) == 0 ? 0 : 1;
}
