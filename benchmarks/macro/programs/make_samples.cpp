#include "program.hpp"

#include <spillway/io/output.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

/// OUTPUT --rows N: N normal doubles, and N more that are a little to the right.
int main(int count, char** words) {
  return program::run(count, words, [](program::arguments const& given) {
    spillway::io::output_file output{given.file(0)};
    std::mt19937_64 random{1};
    auto const uniform = [&] { return (static_cast<double>(random() >> 11U) + 0.5) / 9007199254740992.0; };
    std::vector<double> block(1U << 16U);
    auto const rows = given.number("--rows", std::uint64_t{5'000'000});
    for (auto const shift : {0.0, 0.001}) {
      for (std::uint64_t done = 0; done < rows;) {
        block.resize(static_cast<std::size_t>(std::min<std::uint64_t>(rows - done, 1U << 16U)));
        for (auto& value : block) {
          value = shift + std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
        }
        output.append({reinterpret_cast<char const*>(block.data()), block.size() * sizeof(double)});
        done += block.size();
      }
    }
    output.commit();
  });
}
