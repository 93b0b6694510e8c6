#include "pipeline/check_data/report.hpp"
#include "pipeline/check_data/words.hpp"
#include "pipeline/html.hpp"
#include "support/sizes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

namespace pipeline {

namespace stats = spillway::stats;

namespace {

std::string_view css_class(verdict of) {
  switch (of) {
    case verdict::similar:
      return "similar";
    case verdict::differs:
      return "differs";
    default:
      return "strong";
  }
}

std::string badge(verdict of) { return fmt::format("<span class=\"badge {}\">{}</span>", css_class(of), name_of(of)); }

std::string anchor(std::size_t index) { return fmt::format("feature-{}", index + 1); }

/// An effect with a bar; the mark in it is the threshold.
std::string meter(stats::effect_size const& of) {
  constexpr double whole_bar = 4;  // thresholds
  auto const severity = of.severity();
  auto const part = 100 * std::min(severity, whole_bar) / whole_bar;
  auto const* const kind = severity >= 2.5 ? "strong" : severity >= 1 ? "differs" : "similar";
  return fmt::format("<span class=\"meter\"><i class=\"{}\" style=\"width:{:.1f}%\"></i></span>{}", kind, part,
                     escaped(effect_text(of)));
}

void append_overview(std::string& html, check_report const& report) {
  html +=
      "<table class=\"overview\">\n<thead><tr><th>feature<th>type<th>verdict<th>largest effect / threshold"
      "<th>adjusted p<th>what moved</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < report.findings.size(); ++i) {
    auto const& each = report.findings[i];
    auto const* const asked = each.main_question();
    fmt::format_to(std::back_inserter(html),
                   "<tr><td class=\"name\"><a href=\"#{}\">{}</a><td>{}<td>{}<td class=\"effect\">{}<td class=\"p\">{}"
                   "<td class=\"moved\">{}</tr>\n",
                   anchor(i), escaped(each.about.name), type_text(each), badge(each.verdict),
                   asked != nullptr ? meter(asked->largest()) : "–",
                   asked != nullptr ? p_value_text(asked->adjusted_log_p_value) : "–", escaped(what_moved(each)));
  }
  html += "</tbody>\n</table>\n";
}

/// A table of two columns of figures.
class figures {
 public:
  explicit figures(std::string& html) : html_{html} {
    html_ += "<table class=\"figures\"><thead><tr><th><th>train<th>eval</tr></thead><tbody>\n";
  }
  figures(figures const&) = delete;
  figures& operator=(figures const&) = delete;
  ~figures() { html_ += "</tbody></table>\n"; }

  void row(std::string_view name, std::string const& train, std::string const& eval) {
    fmt::format_to(std::back_inserter(html_), "<tr><td>{}<td>{}<td>{}</tr>\n", escaped(name), escaped(train),
                   escaped(eval));
  }
  void counts(std::string_view name, stats::sample_sizes counts) {
    row(name, support::count_text(counts.x), support::count_text(counts.y));
  }
  void missing(stats::sample_sizes missing, stats::sample_sizes values) {
    row("missing", share_text(missing.x, missing.x + values.x), share_text(missing.y, missing.y + values.y));
  }

 private:
  std::string& html_;
};

void append_figures(std::string& html, stats::numeric_comparison const& found, feature_kind kind) {
  figures table{html};
  table.counts("values", found.sizes);
  table.missing(found.missing, found.sizes);
  auto const both = [&](std::string_view name, double x, double y) {
    table.row(name, found.sizes.x == 0 ? "–" : value_text(x, kind), found.sizes.y == 0 ? "–" : value_text(y, kind));
  };
  both("mean", found.x.mean, found.y.mean);
  if (kind != feature_kind::moment) {
    table.row("standard deviation", number_text(found.x.standard_deviation), number_text(found.y.standard_deviation));
  }
  if (!found.has_values()) return;
  auto const parts = found.outline.parts();
  struct quantile {
    std::string_view name;
    std::uint32_t at;
  };
  for (auto const& [name, at] : {quantile{"minimum", 0}, quantile{"1 %", parts / 100}, quantile{"25 %", parts / 4},
                                 quantile{"median", parts / 2}, quantile{"75 %", parts / 4 * 3},
                                 quantile{"99 %", parts - parts / 100}, quantile{"maximum", parts}}) {
    both(name, found.outline.x_quantile(at), found.outline.y_quantile(at));
  }
}

void append_figures(std::string& html, stats::category_comparison const& found, feature_kind) {
  figures table{html};
  table.counts("values", found.sizes);
  table.missing(found.missing, found.sizes);
  table.counts("categories", found.distinct);
  constexpr std::size_t shown = 10;
  for (std::size_t i = 0; i < std::min(shown, found.largest.size()); ++i) {
    auto const& [category, counts] = found.largest[i];
    table.row(category.empty() ? "(empty)" : std::string_view{category}, share_text(counts.x, found.sizes.x),
              share_text(counts.y, found.sizes.y));
  }
}

void append_test(std::string& html, std::string_view name, stats::test_result const& test) {
  fmt::format_to(std::back_inserter(html), "<tr><td>{}<td>{}<td>{}<td>{}</tr>\n", name, number_text(test.statistic),
                 p_value_text(test.log_p_value), test.method == stats::p_value_method::exact ? "exact" : "asymptotic");
}

void append_tests(std::string& html, stats::numeric_comparison const& found) {
  append_test(html, "Kolmogorov–Smirnov", found.kolmogorov_smirnov);
  append_test(html, "Cramér–von Mises", found.cramer_von_mises);
  append_test(html, "Anderson–Darling", found.anderson_darling);
}

void append_tests(std::string& html, stats::category_comparison const& found) {
  append_test(html, "chi-squared", found.homogeneity.chi_squared);
  append_test(html, "G", found.homogeneity.g);
}

void append_question(std::string& html, std::string_view name, std::optional<question> const& asked) {
  if (!asked) return;
  for (auto const& each : asked->effects) {
    fmt::format_to(std::back_inserter(html), "<p class=\"effect\">{}</p>\n", meter(each));
  }
  fmt::format_to(std::back_inserter(html), "<p class=\"p\">{}: adjusted p = {}</p>\n", name,
                 p_value_text(asked->adjusted_log_p_value));
}

void append_feature(std::string& html, finding const& of, std::size_t index,
                    std::optional<picture_book> const& pictures) {
  fmt::format_to(std::back_inserter(html), "<section class=\"feature\" id=\"{}\">\n<h2>{} {}</h2>\n", anchor(index),
                 escaped(of.about.name), badge(of.verdict));
  for (auto const& text : {what_moved(of), remarks(of)}) {
    if (!text.empty()) fmt::format_to(std::back_inserter(html), "<p>{}</p>\n", escaped(text));
  }
  if (pictures) {
    if (auto const found = pictures->find(of.about.name); found != pictures->end()) {
      html += "<div class=\"pictures\">\n";
      for (auto const& each : found->second) html += "<figure>" + each + "</figure>\n";
      html += "</div>\n";
    }
  }
  html += "<div class=\"numbers\">\n<div>\n";
  append_question(html, "values", of.values);
  append_question(html, "missing", of.missing);
  std::visit(
      [&](auto const& found) {
        if constexpr (requires { found.has_values(); }) {
          if (found.has_values()) {
            html += "<table class=\"tests\"><thead><tr><th>test<th>statistic<th>p<th></tr></thead><tbody>\n";
            append_tests(html, found);
            html += "</tbody></table>\n";
          }
          html += "</div>\n<div>\n";
          append_figures(html, found, of.kind);
        }
      },
      of.comparison);
  html += "</div>\n</div>\n</section>\n";
}

std::string rule(check_settings const& given) {
  std::string thresholds;
  auto const add = [&](stats::effect measure) {
    auto const value = given.thresholds.usual.of(measure);
    if (!std::isfinite(value)) return;
    thresholds += fmt::format("{}{} {}", thresholds.empty() ? "" : ", ", stats::name_of(measure), number_text(value));
  };
  for (auto const measure : {stats::effect::wasserstein, stats::effect::jensen_shannon, stats::effect::stability_index,
                             stats::effect::kolmogorov_smirnov, stats::effect::cramers_v, stats::effect::missing}) {
    add(measure);
  }
  return fmt::format(
      "A feature differs if what is seen would be a rare coincidence (p ≤ {}, adjusted for all features) <em>and</em> "
      "an "
      "effect reaches its threshold: {}{}. With millions of rows everything that moved at all is significant; the "
      "effect "
      "tells whether it matters.",
      number_text(given.significance), thresholds,
      given.thresholds.by_feature.empty() ? "" : "; some features have their own");
}

}  // namespace

std::size_t check_report::flagged() const {
  return static_cast<std::size_t>(std::ranges::count_if(findings, &finding::is_flagged));
}

std::string html_of(check_report const& report, check_settings const& given,
                    std::optional<picture_book> const& pictures) {
  auto const flagged = report.flagged();
  auto html =
      fmt::format("<section id=\"check-data\">\n<h1 class=\"{}\">{}</h1>\n", flagged == 0 ? "similar" : "strong",
                  flagged == 0 ? fmt::format("No feature of {} differs", report.findings.size())
                               : fmt::format("{} of {} features differ", flagged, report.findings.size()));
  fmt::format_to(std::back_inserter(html),
                 "<p><b class=\"train\">train</b> {}, {} rows · <b class=\"eval\">eval</b> {}, {} rows</p>\n",
                 escaped(report.train.name), support::count_text(report.train.rows), escaped(report.eval.name),
                 support::count_text(report.eval.rows));
  html += "<p class=\"rule\">" + rule(given) + "</p>\n";
  if (!pictures) html += "<p class=\"rule\">No pictures: there is no gnuplot on the machine that made this page.</p>\n";
  append_overview(html, report);
  for (std::size_t i = 0; i < report.findings.size(); ++i) append_feature(html, report.findings[i], i, pictures);
  html += "</section>\n";
  return html;
}

}  // namespace pipeline
