#include "program.hpp"

#include <spillway/stats/kolmogorov_smirnov_distance.hpp>
#include <spillway/stats/ordered_tests.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <span>
#include <vector>

/// FILE --test distance|ordered --threads N: compares the first half of the doubles in a file with the second, and says
/// on standard error how long that took without reading them.
int main(int count, char** words) {
  return program::run(count, words, [](program::arguments const& given) {
    namespace stats = spillway::stats;
    std::ifstream in{given.file(0), std::ios::binary | std::ios::ate};
    std::vector<double> values(static_cast<std::size_t>(in.tellg()) / sizeof(double));
    in.seekg(0);
    in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(double)));
    std::span<double const> const all{values};
    auto const x = all.first(all.size() / 2);
    auto const y = all.subspan(all.size() / 2);
    auto const threads = given.number("--threads", 2U);
    auto const started = std::chrono::steady_clock::now();
    if (given.text("--test", "distance") == "distance") {
      auto const found = stats::kolmogorov_smirnov_distance(x, y, {.threads = threads});
      std::printf("1,%.12g\n", found.statistic);
    } else {
      auto const found = stats::ordered_tests(x, y, {.threads = threads});
      std::printf("1,%.12g,%.12g,%.12g,%.12g,%.12g\n", found.kolmogorov_smirnov.statistic,
                  found.cramer_von_mises.statistic, found.mann_whitney.statistic, found.wasserstein.distance,
                  found.energy_distance.distance);
    }
    std::fprintf(stderr, "{\"seconds_without_reading\": %.3f}\n",
                 std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  });
}
