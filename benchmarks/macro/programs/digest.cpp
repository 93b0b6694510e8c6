#include "program.hpp"

#include <spillway/core/hash.hpp>
#include <spillway/io/chunks.hpp>
#include <spillway/io/input.hpp>

#include <cinttypes>
#include <cstdint>
#include <cstring>

// FILE…: of each file the number of lines, a digest of the lines and a digest of their order.

namespace {

struct digest {
  std::uint64_t lines = 0;
  std::uint64_t sum = 0;
  std::uint64_t order = 0;

  void add(std::string_view line) {
    auto const hash = spillway::hash64(line);
    ++lines;
    sum += hash;
    order = (order ^ hash) * 0x9e3779b97f4a7c15U;
  }
};

digest digest_of(std::string const& file) {
  auto const source = spillway::io::open_input(file);
  std::string rest;
  std::string block(1U << 20U, '\0');
  digest lines;
  while (auto const size = source->read({block.data(), block.size()})) {
    std::string_view bytes{block.data(), size};
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
      if (rest.empty()) {
        lines.add(bytes.substr(0, end));
      } else {
        lines.add(rest.append(bytes.substr(0, end)));
        rest.clear();
      }
      bytes.remove_prefix(end + 1);
    }
    rest.append(bytes);
  }
  if (!rest.empty()) lines.add(rest);
  return lines;
}

}  // namespace

int main(int count, char** words) {
  return program::run(count, words, [](program::arguments const& arguments) {
    for (auto const& file : arguments.files()) {
      auto const [lines, sum, order] = digest_of(file);
      std::printf("%" PRIu64 " %016" PRIx64 " %016" PRIx64 "\n", lines, sum, order);
    }
  });
}
