#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

using bytes = std::vector<std::uint8_t>;

/// From a heap block of exactly that size, so that the address sanitizer sees a read past its end.
void run(bytes const& input) {
  bytes const exact(input.begin(), input.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

bytes read(std::filesystem::path const& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void run_with_damage(bytes const& original) {
  constexpr std::size_t copies = 200;
  run(original);
  if (original.empty()) return;
  std::mt19937 random{static_cast<std::uint32_t>(original.size())};
  for (std::size_t i = 0; i < copies; ++i) {
    auto damaged = original;
    auto const place = random() % damaged.size();
    if (i % 4 == 0) {
      damaged.resize(place);
    } else {
      damaged[place] = static_cast<std::uint8_t>(random());
    }
    run(damaged);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    if (std::filesystem::is_directory(argv[i])) {
      for (auto const& entry : std::filesystem::directory_iterator{argv[i]}) files.push_back(entry.path());
    } else {
      files.emplace_back(argv[i]);
    }
  }
  std::sort(files.begin(), files.end());
  for (auto const& file : files) run_with_damage(read(file));
  std::printf("%zu files\n", files.size());
  return files.empty() ? 1 : 0;
}
