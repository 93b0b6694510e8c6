#include "pipeline/check_data/words.hpp"

#include "support/sizes.hpp"

#include <spillway/calendar/format.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace pipeline {

namespace stats = spillway::stats;

namespace {

constexpr std::string_view arrow = " → ";

template <class... Parts>
void append_sentence(std::string& to, fmt::format_string<Parts...> text, Parts&&... parts) {
  if (!to.empty()) to += "; ";
  fmt::format_to(std::back_inserter(to), text, std::forward<Parts>(parts)...);
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string shift_text(double from, double to, double deviation, feature_kind kind) {
  auto text = fmt::format("mean {}{}{}", value_text(from, kind), arrow, value_text(to, kind));
  if (deviation > 0) text += fmt::format(" ({:+.2f} sd)", (to - from) / deviation);
  return text;
}

/// Of location, spread or shape the first that has moved enough to be told.
std::string movement(stats::numeric_comparison const& found, feature_kind kind) {
  constexpr double telling = 0.05;
  auto const& [x, y] = std::pair{found.x, found.y};
  auto const infinity = std::numeric_limits<double>::infinity();
  auto const shift = x.mean == y.mean            ? 0
                     : x.standard_deviation == 0 ? infinity
                                                 : std::abs(y.mean - x.mean) / x.standard_deviation;
  if (shift >= telling) return shift_text(x.mean, y.mean, x.standard_deviation, kind);
  auto const spread = x.standard_deviation == 0 ? 1 : y.standard_deviation / x.standard_deviation;
  if (std::abs(spread - 1) >= telling) {
    auto const unit = kind == feature_kind::day ? " days" : "";
    auto const scale = kind == feature_kind::moment ? 1 / 86'400e6 : 1.0;
    return fmt::format("standard deviation {}{}{}{}", number_text(x.standard_deviation * scale), arrow,
                       number_text(y.standard_deviation * scale), kind == feature_kind::moment ? " days" : unit);
  }
  auto const& ks = found.kolmogorov_smirnov;
  auto const& groups = found.outline.groups();
  auto const at = std::ranges::lower_bound(groups, ks.location, {}, &stats::tie_group::value);
  if (ks.statistic < 0.01 || at == groups.end()) return {};
  auto const below = [&](std::uint64_t before, std::uint64_t count, std::uint64_t size) {
    return share_text(share(before + (at->value == ks.location ? count : 0), size));
  };
  return fmt::format("up to {}: {}{}{}", value_text(ks.location, kind), below(at->x_before, at->x_count, found.sizes.x),
                     arrow, below(at->y_before, at->y_count, found.sizes.y));
}

/// The category whose part has changed the most, of those that are listed.
std::string movement(stats::category_comparison const& found) {
  constexpr double telling = 0.005;
  auto const change = [&](stats::category_count const& each) {
    return share(each.counts.y, found.sizes.y) - share(each.counts.x, found.sizes.x);
  };
  auto const most =
      std::ranges::max_element(found.largest, {}, [&](auto const& each) { return std::abs(change(each)); });
  std::string text;
  if (most != found.largest.end() && std::abs(change(*most)) >= telling) {
    text = fmt::format("{} {}{}{}", std::string_view{most->category}, share_text(most->counts.x, found.sizes.x), arrow,
                       share_text(most->counts.y, found.sizes.y));
  }
  return text;
}

struct value_counts {
  stats::sample_sizes missing;
  stats::sample_sizes present;
};

value_counts counts_of(finding const& of) {
  value_counts counts;
  std::visit(
      [&](auto const& found) {
        if constexpr (requires { found.missing; }) counts = {found.missing, found.sizes};
      },
      of.comparison);
  return counts;
}

void append_remarks(std::string& to, stats::numeric_comparison const& found) {
  if (found.x.infinite + found.y.infinite != 0) {
    append_sentence(to, "infinite values: {} in train, {} in eval, not in mean, deviation and Wasserstein distance",
                    support::count_text(found.x.infinite), support::count_text(found.y.infinite));
  }
  if (!found.has_values()) return;
  auto const& groups = found.outline.groups();
  if (groups.front().value == groups.back().value) append_sentence(to, "one value only");
}

std::string categories_text(std::uint64_t count) {
  return count == 1 ? "1 category" : support::count_text(count) + " categories";
}

void append_remarks(std::string& to, stats::category_comparison const& found) {
  if (!found.has_values()) return;
  auto const repeats = [](std::uint64_t values, std::uint64_t categories) {
    return static_cast<double>(values) / static_cast<double>(std::max<std::uint64_t>(categories, 1));
  };
  if (found.distinct.x > 100 && repeats(found.sizes.x, found.distinct.x) < 1.5) {
    append_sentence(to, "looks like an identifier: {} categories in {} values", support::count_text(found.distinct.x),
                    support::count_text(found.sizes.x));
  }
  if (found.only_y.categories != 0) {
    append_sentence(to, "{} only in eval, with {} of its values", categories_text(found.only_y.categories),
                    share_text(found.only_y.values.y, found.sizes.y));
  }
  if (found.only_x.categories != 0) {
    append_sentence(to, "{} only in train, with {} of its values", categories_text(found.only_x.categories),
                    share_text(found.only_x.values.x, found.sizes.x));
  }
  if (found.rare.categories > 1) {
    append_sentence(to, "{} rare categories compared as one", support::count_text(found.rare.categories));
  }
}

}  // namespace

std::string number_text(double value) {
  if (value == 0) return "0";
  if (!std::isfinite(value)) return std::isnan(value) ? "–" : value < 0 ? "-inf" : "inf";
  auto const size = std::abs(value);
  if (size >= 1e15 || size < 1e-4) return fmt::format("{:.3e}", value);
  if (size < 10'000) return fmt::format("{:.4g}", value);
  auto const whole = support::count_text(static_cast<std::uint64_t>(std::llround(size)));
  return value < 0 ? "-" + whole : whole;
}

std::string value_text(double value, feature_kind kind) {
  using namespace std::chrono;
  auto const in_years = [](double days_since_1970) { return std::abs(days_since_1970) < 365 * 5000.0; };
  if (kind == feature_kind::day && in_years(value)) {
    return spillway::calendar::format_date(sys_days{days{std::llround(value)}}).str();
  }
  if (kind == feature_kind::moment && in_years(value / 86'400e6)) {
    auto const time = floor<seconds>(sys_time<microseconds>{microseconds{std::llround(value)}});
    auto const day = floor<days>(time);
    hh_mm_ss const clock{time - day};
    return fmt::format("{} {:02}:{:02}", spillway::calendar::format_date(day).view(), clock.hours().count(),
                       clock.minutes().count());
  }
  return number_text(value);
}

std::string share_text(double share) {
  auto const percent = 100 * share;
  if (percent == 0 || percent == 100) return fmt::format("{:.0f} %", percent);
  if (percent < 0.01) return "<0.01 %";
  if (percent > 99.99) return ">99.99 %";
  return percent < 1 || percent > 99 ? fmt::format("{:.2f} %", percent) : fmt::format("{:.1f} %", percent);
}

std::string share_text(std::uint64_t part, std::uint64_t whole) { return share_text(share(part, whole)); }

std::string p_value_text(double log_p_value) {
  constexpr double smallest = -690;  // below, a double has no more digits
  if (log_p_value > smallest) {
    auto const p = std::exp(log_p_value);
    return p >= 0.001 ? fmt::format("{:.2g}", p) : fmt::format("{:.0e}", p);
  }
  if (!std::isfinite(log_p_value)) return "0";
  auto const decimal = log_p_value / std::numbers::ln10;
  auto const exponent = std::floor(decimal);
  auto const digit = std::min(9.0, std::floor(std::pow(10, decimal - exponent)));
  return fmt::format("{:.0f}e{:.0f}", digit, exponent);
}

std::string effect_text(stats::effect_size const& of) {
  auto text = fmt::format("{} {:.3g}", stats::name_of(of.measure), of.value);
  if (std::isfinite(of.threshold)) text += fmt::format(" / {:g}", of.threshold);
  return text;
}

std::string what_moved(finding const& of) {
  switch (of.obstacle) {
    case obstacle::none:
      break;
    case obstacle::missing_in_train:
      return "only in eval";
    case obstacle::missing_in_eval:
      return "only in train";
    case obstacle::types_differ:
      return "types differ";
  }
  std::string text;
  if (of.values && of.values->is_significant) {
    std::visit(
        [&]<class T>(T const& found) {
          if constexpr (std::is_same_v<T, stats::numeric_comparison>) text = movement(found, of.kind);
          if constexpr (std::is_same_v<T, stats::category_comparison>) text = movement(found);
        },
        of.comparison);
  }
  auto const [missing, present] = counts_of(of);
  auto const before = share(missing.x, missing.x + present.x);
  auto const after = share(missing.y, missing.y + present.y);
  if (of.missing && of.missing->is_significant) {
    append_sentence(text, "missing {}{}{}", share_text(before), arrow, share_text(after));
  } else if (of.comparison.index() != 0 && present.x + present.y == 0) {
    text = "no values in either";
  }
  return text;
}

std::string remarks(finding const& of) {
  std::string text;
  std::visit(
      [&](auto const& found) {
        if constexpr (requires { found.sizes; }) append_remarks(text, found);
      },
      of.comparison);
  if (of.bounds) {
    auto const& [least, greatest] = of.bounds->statistic;
    append_sentence(text,
                    "from a saved reference: Kolmogorov-Smirnov distance from {:.5g} to {:.5g}, p from {} to {}; "
                    "other figures to within a bucket of 2^18",
                    least, greatest, p_value_text(of.bounds->log_p_value.lower),
                    p_value_text(of.bounds->log_p_value.upper));
  }
  return text;
}

std::string type_text(finding const& of) {
  if (of.obstacle != obstacle::types_differ) return std::string{name_of(of.kind)};
  return fmt::format("{} / {}", name_of(of.about.train->kind), name_of(of.about.eval->kind));
}

}  // namespace pipeline
