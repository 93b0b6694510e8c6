#include "support/catch.hpp"
#include "support/reference_values.hpp"

#include <spillway/stats/detail/kolmogorov_smirnov_exact.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace stats = spillway::stats;

namespace {

using stats::alternative;
using stats::detail::kolmogorov_smirnov_event;
using stats::detail::kolmogorov_smirnov_p;

/// Groups of 1, 2, …, `longest`, 1, 2, … values.
std::vector<std::uint64_t> tie_ends(std::uint64_t total, std::uint64_t longest) {
  std::vector<std::uint64_t> ends;
  if (longest == 1) return ends;
  std::uint64_t size = 0;
  for (std::uint64_t end = 0; end < total;) {
    size = size % longest + 1;
    end = std::min(total, end + size);
    ends.push_back(end);
  }
  return ends;
}

stats::detail::probability p_of_case(std::string const& name) {
  std::istringstream in{name};
  std::uint64_t n = 0, m = 0, distance = 0;
  char separator = 0;
  in >> n >> separator >> m >> separator >> distance >> separator;
  std::string claimed;
  std::getline(in, claimed);
  auto const last = claimed.rfind('_');
  auto const ends = tie_ends(n + m, std::stoull(claimed.substr(last + 1)));
  claimed.resize(last);
  auto const which = claimed == "less"      ? alternative::less
                     : claimed == "greater" ? alternative::greater
                                            : alternative::two_sided;
  return kolmogorov_smirnov_p({distance, {n, m}, which, ends});
}

}  // namespace

TEST_CASE(
    "exact Kolmogorov–Smirnov p-values are those that counting paths gives, and other tools as far as they are exact") {
  for (auto const& known : spillway::test::reference_values("stats/kolmogorov_smirnov")) {
    if (known.test != "kolmogorov_smirnov") continue;
    INFO(known.example << ' ' << known.quantity << " by " << known.tool << ' ' << known.version);
    auto const p = p_of_case(known.example);
    auto const found = known.quantity == "p_value" ? p.value : p.logarithm;
    // R subtracts from 1; below 1e-307 a double has fewer digits.
    auto const tolerance = known.tool == "R" ? 1e-11 : 1e-12;
    CHECK(std::abs(found - known.value) <= tolerance * std::abs(known.value) + 1e-323);
  }
}

TEST_CASE("a distance of 0 is certain") {
  auto const p = kolmogorov_smirnov_p({0, {3, 4}, alternative::two_sided, {}});
  CHECK(p.value == 1);
  CHECK(p.logarithm == 0);
}

TEST_CASE("where all values are equal, any distance but 0 is impossible") {
  std::vector<std::uint64_t> const ends{7};
  auto const p = kolmogorov_smirnov_p({1, {3, 4}, alternative::two_sided, ends});
  CHECK(p.value == 0);
}

TEST_CASE("the logarithm goes on where a p-value is too small for a double") {
  // All values of x come before all of y: one of C(20000, 10000) ways, or of C(19999, 10000).
  auto const log_choose = [](double of, double chosen) {
    return std::lgamma(of + 1) - std::lgamma(chosen + 1) - std::lgamma(of - chosen + 1);
  };
  for (std::uint64_t const m : {10'000U, 9'999U}) {
    auto const p = kolmogorov_smirnov_p({std::uint64_t{10'000} * m, {10'000, m}, alternative::greater, {}});
    CHECK(p.value == 0);
    CHECK(p.logarithm == Approx(-log_choose(10'000. + static_cast<double>(m), 10'000)).epsilon(1e-11));
  }
}

TEST_CASE("exact p-values of large samples agree with the limit") {
  // Smirnov's limit with sizes a million and one less: 2·exp(−2·λ²) but for terms of the order of 1/√n.
  std::uint64_t const n = 40'000, m = 39'999;
  auto const scale = std::sqrt(static_cast<double>(n * m) / static_cast<double>(n + m));
  auto const statistic = 1.5 / scale;
  auto const distance = static_cast<std::uint64_t>(statistic * static_cast<double>(n * m));
  auto const p = kolmogorov_smirnov_p({distance, {n, m}, alternative::two_sided, {}});
  CHECK(p.value == Approx(2 * std::exp(-4.5)).epsilon(0.02));
}

TEST_CASE("cost tells what an exact p-value takes") {
  auto const cost = [](std::uint64_t n, std::uint64_t m) {
    auto const distance = 1.36 * std::sqrt(static_cast<double>(n * m) * static_cast<double>(n + m));
    return stats::detail::kolmogorov_smirnov_p_cost({static_cast<std::uint64_t>(distance), {n, m}});
  };
  CHECK(cost(5'000'000, 5'000'000) == 1);
  CHECK(cost(10'000, 9'999) == Approx(10'000 * 2 * 96).epsilon(0.2));
  CHECK(cost(1'000'000, 999'999) == Approx(1e6 * 2 * 960).epsilon(0.2));
}
