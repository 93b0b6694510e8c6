#pragma once

#include <spillway/core/error.hpp>
#include <spillway/stats/detail/hypergeometric.hpp>
#include <spillway/stats/detail/probability.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace spillway::stats {

/// A table of two rows, which are the samples, and two columns.
struct two_by_two {
  std::uint64_t x_yes = 0;
  std::uint64_t x_no = 0;
  std::uint64_t y_yes = 0;
  std::uint64_t y_no = 0;
};

struct fisher_options {
  stats::alternative alternative = stats::alternative::two_sided;
};

/// The statistic is the count x_yes.
struct fisher_result : test_result {
  /// Effect size: the odds of x over the odds of y as cells say, x_yes·y_no / (x_no·y_yes); 1 for 0 / 0.
  double sample_odds_ratio = 1;
  /// The most likely odds ratio given the margins, which R and SciPy report. 0 or infinite if x_yes is as small or as
  /// large as it can be; 1 if it can be nothing else, as then the table tells nothing.
  double odds_ratio = 1;
};

/// Whether two samples have the same odds, exactly: over all tables that have the same margins. `greater` claims that x
/// has the larger odds. Two-sided: the probability of all tables that are not more probable than this one, where
/// probabilities that differ by less than 1e-7 of themselves are equal, as in R and SciPy.
///
/// An empty row or column leaves one table only: p is 1. Source: R. A. Fisher, "Statistical Methods for Research
/// Workers" (1934). Complexity: of the order of the square root of the counts. No memory. \throws argument_error if the
/// counts sum to more than 2^50
[[nodiscard]] inline fisher_result fisher_exact(two_by_two const& table, fisher_options const& options = {}) {
  constexpr auto largest = std::uint64_t{1} << 50U;
  if (table.x_yes > largest || table.x_no > largest || table.y_yes > largest || table.y_no > largest) {
    throw argument_error{"too many counts for an exact test: 2^50 at most"};
  }
  fisher_result result;
  result.method = p_value_method::exact;
  result.alternative = options.alternative;
  result.sizes = {table.x_yes + table.x_no, table.y_yes + table.y_no};
  auto const a = static_cast<double>(table.x_yes);
  auto const odds_x = a * static_cast<double>(table.y_no);
  auto const odds_y = static_cast<double>(table.x_no) * static_cast<double>(table.y_yes);
  result.statistic = a;
  if (odds_x != odds_y) result.sample_odds_ratio = odds_x / odds_y;

  detail::hypergeometric const tables{.of_x = static_cast<double>(result.sizes.x),
                                      .of_y = static_cast<double>(result.sizes.y),
                                      .drawn = static_cast<double>(table.x_yes + table.y_yes)};
  result.odds_ratio = detail::most_likely_odds_ratio(tables, a);
  switch (options.alternative) {
    case alternative::less:
      detail::set_p_value(result, detail::lower_tail(tables, a));
      break;
    case alternative::greater:
      detail::set_p_value(result, detail::upper_tail(tables, a));
      break;
    case alternative::two_sided:
      detail::set_p_value(result, detail::improbable(tables, a));
      break;
  }
  return result;
}

}  // namespace spillway::stats
