#include <spillway/stats.hpp>

#include <array>

int main() {
  auto const x = std::array{1.0, 2.0, 3.0};
  auto const y = std::array{1.5, 2.5, 3.5};
  return spillway::stats::mann_whitney(x, y).statistic == 3.0 ? 0 : 1;
}
