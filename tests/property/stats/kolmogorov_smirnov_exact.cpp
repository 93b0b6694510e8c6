#include "support/catch.hpp"

#include <spillway/stats/detail/kolmogorov_smirnov_exact.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <vector>

namespace stats = spillway::stats;

namespace {

using stats::alternative;

/// Over all ways of sharing out: how many have which largest distance.
std::vector<std::uint64_t> enumerate(std::int64_t n, std::int64_t m, alternative claimed,
                                     std::vector<std::uint64_t> const& ends) {
  std::vector<std::uint64_t> ways(static_cast<std::size_t>(n * m) + 1);
  for (std::uint32_t chosen = 0; chosen < std::uint32_t{1} << (n + m); ++chosen) {
    if (std::popcount(chosen) != n) continue;
    std::int64_t i = 0;
    std::int64_t largest = 0;
    for (std::int64_t s = 1; s <= n + m; ++s) {
      i += chosen >> (s - 1) & 1U;
      if (!ends.empty() && !std::ranges::binary_search(ends, static_cast<std::uint64_t>(s))) continue;
      auto const distance = i * m - (s - i) * n;
      largest = std::max(largest, claimed == alternative::greater ? distance
                                  : claimed == alternative::less  ? -distance
                                                                  : std::abs(distance));
    }
    ++ways[static_cast<std::size_t>(largest)];
  }
  return ways;
}

}  // namespace

TEST_CASE("exact Kolmogorov–Smirnov p-values are those of all ways of sharing out, with ties and without") {
  std::minstd_rand random{7};
  for (std::int64_t n = 1; n <= 7; ++n) {
    for (std::int64_t m = 1; m <= 6; ++m) {
      for (unsigned round = 0; round < 4; ++round) {
        std::vector<std::uint64_t> ends;
        for (std::int64_t s = 1; round != 0 && s <= n + m; ++s) {
          if (s == n + m || random() % (round + 1) == 0) ends.push_back(static_cast<std::uint64_t>(s));
        }
        for (auto const claimed : {alternative::two_sided, alternative::less, alternative::greater}) {
          auto const ways = enumerate(n, m, claimed, ends);
          std::uint64_t all = 0;
          for (auto const w : ways) all += w;
          auto as_large = all;
          for (std::size_t d = 0; d < ways.size(); as_large -= ways[d++]) {
            auto const truth = static_cast<double>(as_large) / static_cast<double>(all);
            stats::sample_sizes const sizes{static_cast<std::uint64_t>(n), static_cast<std::uint64_t>(m)};
            INFO(n << " and " << m << ", distance " << d << ", round " << round);
            auto const p = stats::detail::kolmogorov_smirnov_p({d, sizes, claimed, ends});
            REQUIRE(p.value == Approx(truth).epsilon(1e-14).margin(0));
          }
        }
      }
    }
  }
}
