#include "support/json_lines_comparison.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// The first byte chooses the size of chunks, the rest is the file.
extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  auto const text = std::string_view{reinterpret_cast<char const*>(data + 1), size - 1};
  auto const difference = spillway::test::compare_json_lines(text, data[0] == 0 ? 4096 : data[0], 1);
  if (!difference) return 0;
  std::fputs(difference->c_str(), stderr);
  std::abort();
}
