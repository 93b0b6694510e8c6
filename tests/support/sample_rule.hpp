#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace spillway::test {

/// Two samples made by the rule that tests/reference/stats/ordered.py explains.
struct ruled_samples {
  explicit ruled_samples(std::string const& example) {
    std::array<std::uint64_t, 5> rule{};
    std::istringstream words{example};
    std::string word;
    for (auto& number : rule) {
      std::getline(words, word, '_');
      number = std::stoull(word);
    }
    auto const [n, m, modulus, shift, divisor] = rule;
    auto const part = static_cast<double>(divisor);
    for (std::uint64_t i = 1; i <= n; ++i) x.push_back(static_cast<double>(i * 7919 % modulus) / part);
    for (std::uint64_t j = 1; j <= m; ++j) {
      y.push_back(static_cast<double>(j * 104729 % modulus) / part + static_cast<double>(shift));
    }
  }

  std::vector<double> x;
  std::vector<double> y;
};

}  // namespace spillway::test
