#include "pipeline/check_data/pictures.hpp"

#include "pipeline/check_data/shares.hpp"
#include "support/gnuplot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace pipeline {

namespace stats = spillway::stats;

namespace {

constexpr unsigned width = 480;
constexpr unsigned height = 300;

/// What all pictures have in common. Train is filled or dashed so that they can be told apart without colours.
constexpr std::string_view style =
    "set border 3 linecolor '#666666'\n"
    "set tics nomirror out scale 0.5 textcolor '#333333'\n"
    "set grid ytics linecolor '#dddddd' linetype 1\n"
    "set key top right textcolor '#333333' samplen 1.5\n"
    "set style fill solid 0.45 noborder\n"
    "train = '#4477aa'\n"
    "eval = '#cc5500'\n";

/// Dates on the horizontal axis; the values are then seconds.
std::string time_axis(feature_kind kind, double range) {
  if (kind != feature_kind::day && kind != feature_kind::moment) return "set format x '%.6g'\n";
  auto const* const format = kind == feature_kind::day || range > 5 * 86'400.0 ? "%Y-%m-%d" : "%m-%d\\n%H:%M";
  return fmt::format("set xdata time\nset timefmt '%s'\nset format x \"{}\"\nset xtics rotate by -25\n", format);
}

double seconds_in(feature_kind kind) {
  return kind == feature_kind::day ? 86'400.0 : kind == feature_kind::moment ? 1e-6 : 1.0;
}

std::string histogram(histogram_shares const& bins, feature_kind kind) {
  auto const unit = seconds_in(kind);
  auto const at = [&](std::size_t i) { return (bins.low + bins.width * static_cast<double>(i)) * unit; };
  std::string data;
  for (std::size_t i = 0; i < bins.train.size(); ++i) {
    data += fmt::format("{:.10g} {:.5g} {:.5g}\n", at(i), 100 * bins.train[i], 100 * bins.eval[i]);
  }
  data += fmt::format("{:.10g} 0 0\n", at(bins.train.size()));
  return fmt::format(
      "{}$bins << EOD\n{}EOD\n{}set format y '%g %%'\nset yrange [0:*]\nset xrange [{:.10g}:{:.10g}]\n"
      "plot $bins using 1:2 with fillsteps linecolor rgb train title 'train', "
      "$bins using 1:3 with steps linecolor rgb eval linewidth 1.8 title 'eval'",
      style, data, time_axis(kind, at(bins.train.size()) - at(0)), at(0), at(bins.train.size()));
}

std::string distribution_functions(std::vector<distribution_point> const& points, feature_kind kind, double low,
                                   double high) {
  auto const unit = seconds_in(kind);
  std::string data;
  for (auto const& each : points) {
    data += fmt::format("{:.10g} {:.5g} {:.5g}\n", each.value * unit, 100 * each.train, 100 * each.eval);
  }
  return fmt::format(
      "{}$points << EOD\n{}EOD\n{}set format y '%g %%'\nset yrange [0:100]\nset xrange [{:.10g}:{:.10g}]\n"
      "set key bottom right\n"
      "plot $points using 1:2 with lines linecolor rgb train linewidth 2.6 title 'train', "
      "$points using 1:3 with lines linecolor rgb eval linewidth 1.5 title 'eval'",
      style, data, time_axis(kind, (high - low) * unit), low * unit, high * unit);
}

/// A label as it may stand in a line of data.
std::string label(std::string_view text) {
  constexpr std::size_t longest = 22;
  std::string safe;
  std::size_t characters = 0;
  for (char const c : text) {
    auto const continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!continues && ++characters > longest) return safe + "…";
    auto const harmless = static_cast<unsigned char>(c) >= ' ' && c != '"' && c != '\\' && c != '\x7f';
    safe += harmless ? c : ' ';
  }
  return safe.empty() ? "(empty)" : safe;
}

std::string bars(std::vector<category_bar> const& shares) {
  std::string data;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    data += fmt::format("{}\t\"{}\"\t{:.5g}\t{:.5g}\n", i, label(shares[i].name), 100 * shares[i].train,
                        100 * shares[i].eval);
  }
  return fmt::format(
      "{}set datafile separator '\\t'\n$bars << EOD\n{}EOD\nset format x '%g %%'\nset xrange [0:*]\n"
      "set yrange [{}.6:-0.6]\nset grid noytics xtics\nset ytics scale 0\nset key bottom right\n"
      "plot $bars using ($3/2):1:(0):3:($1-0.4):($1):ytic(2) with boxxyerror linecolor rgb train title 'train', "
      "$bars using ($4/2):1:(0):4:($1):($1+0.4) with boxxyerror linecolor rgb eval title 'eval'",
      style, data, shares.size() - 1);
}

std::vector<std::string> scripts_of(finding const& of) {
  if (auto const* const numbers = std::get_if<stats::numeric_comparison>(&of.comparison)) {
    if (!numbers->has_values()) return {};
    auto const bins = histogram_of(numbers->outline, of.kind);
    auto const high = bins.low + bins.width * static_cast<double>(bins.train.size());
    return {histogram(bins, of.kind),
            distribution_functions(points_of(numbers->outline, bins.low, high), of.kind, bins.low, high)};
  }
  if (auto const* const categories = std::get_if<stats::category_comparison>(&of.comparison)) {
    if (categories->has_values()) return {bars(bars_of(*categories))};
  }
  return {};
}

}  // namespace

std::optional<std::map<std::string, std::vector<std::string>>> draw_pictures(std::span<finding const> findings) {
  std::vector<std::string> scripts;
  std::vector<std::string> names;
  for (auto const& each : findings) {
    for (auto& script : scripts_of(each)) {
      scripts.push_back(std::move(script));
      names.push_back(each.about.name);
    }
  }
  auto drawn = support::draw(scripts, width, height);
  if (!drawn) return std::nullopt;
  std::map<std::string, std::vector<std::string>> by_name;
  for (std::size_t i = 0; i < names.size(); ++i) by_name[names[i]].push_back(std::move((*drawn)[i]));
  return by_name;
}

}  // namespace pipeline
