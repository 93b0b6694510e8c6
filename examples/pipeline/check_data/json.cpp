#include "pipeline/check_data/report.hpp"
#include "pipeline/check_data/words.hpp"

#include <spillway/io/json_text.hpp>

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <string_view>

namespace pipeline {

namespace io = spillway::io;
namespace stats = spillway::stats;

namespace {

/// Writes members of objects, with commas where they belong.
class json_writer {
 public:
  explicit json_writer(std::string& to) : to_{to} {}

  json_writer& name(std::string_view text) {
    separate();
    io::append_json_string(to_, text);
    to_ += ": ";
    is_first_ = true;
    return *this;
  }
  void value(std::string_view text) {
    separate();
    io::append_json_string(to_, text);
  }
  void value(std::unsigned_integral auto number) {
    separate();
    to_ += std::to_string(number);
  }
  /// What is not finite is null.
  void value(double number) {
    separate();
    to_ += std::isfinite(number) ? fmt::format("{}", number) : "null";
  }
  template <class Value>
  void member(std::string_view key, Value const& of) {
    name(key).value(of);
  }
  template <class Step>
  void object(Step step) {
    enclose('{', '}', step);
  }
  template <class Step>
  void array(Step step) {
    enclose('[', ']', step);
  }
  void line() {
    separate();
    to_ += "\n    ";
    is_first_ = true;
  }

 private:
  void separate() {
    if (!is_first_) to_ += ", ";
    is_first_ = false;
  }
  template <class Step>
  void enclose(char open, char close, Step step) {
    separate();
    to_ += open;
    is_first_ = true;
    step();
    to_ += close;
    is_first_ = false;
  }

  std::string& to_;
  bool is_first_ = true;
};

std::string_view name_of(stats::p_value_method method) {
  switch (method) {
    case stats::p_value_method::exact:
      return "exact";
    case stats::p_value_method::permutation:
      return "permutation";
    default:
      return "asymptotic";
  }
}

std::string_view name_of(stats::adjustment how) {
  switch (how) {
    case stats::adjustment::none:
      return "none";
    case stats::adjustment::bonferroni:
      return "bonferroni";
    case stats::adjustment::holm:
      return "holm";
    case stats::adjustment::benjamini_hochberg:
      return "benjamini-hochberg";
    case stats::adjustment::benjamini_yekutieli:
      return "benjamini-yekutieli";
  }
  return "";
}

void write(json_writer& json, std::string_view name, stats::test_result const& test) {
  json.name(name).object([&] {
    json.member("statistic", test.statistic);
    json.member("p_value", test.p_value);
    json.member("log_p_value", test.log_p_value);
    json.member("method", name_of(test.method));
  });
}

void write(json_writer& json, std::string_view name, std::optional<question> const& asked) {
  if (!asked) return;
  json.name(name).object([&] {
    json.member("p_value", asked->p_value);
    json.member("log_p_value", asked->log_p_value);
    json.member("adjusted_p_value", asked->adjusted_p_value);
    json.member("adjusted_log_p_value", asked->adjusted_log_p_value);
    json.name("effects").object([&] {
      for (auto const& each : asked->effects) {
        json.name(stats::name_of(each.measure)).object([&] {
          json.member("value", each.value);
          json.member("threshold", each.threshold);
        });
      }
    });
  });
}

void write_side(json_writer& json, std::string_view name, stats::numeric_comparison const& found, bool is_train) {
  auto const& side = is_train ? found.x : found.y;
  json.name(name).object([&] {
    json.member("values", side.count);
    json.member("missing", is_train ? found.missing.x : found.missing.y);
    json.member("infinite", side.infinite);
    if (side.count == 0) return;
    json.member("mean", side.mean);
    json.member("standard_deviation", side.standard_deviation);
    if (!found.has_values()) return;
    json.name("quantiles").array([&] {
      for (auto const k : {0U, 1U, 2U, 3U, 4U}) {
        auto const at = k * found.outline.parts() / 4;
        json.value(is_train ? found.outline.x_quantile(at) : found.outline.y_quantile(at));
      }
    });
  });
}

void write_comparison(json_writer& json, stats::numeric_comparison const& found) {
  write_side(json, "train", found, true);
  write_side(json, "eval", found, false);
  if (!found.has_values()) return;
  json.name("tests").object([&] {
    write(json, "kolmogorov_smirnov", found.kolmogorov_smirnov);
    write(json, "cramer_von_mises", found.cramer_von_mises);
    write(json, "anderson_darling", found.anderson_darling);
  });
  json.member("wasserstein", found.wasserstein);
}

void write_side(json_writer& json, std::string_view name, stats::category_comparison const& found, bool is_train) {
  auto const of = [&](stats::sample_sizes const& counts) { return is_train ? counts.x : counts.y; };
  json.name(name).object([&] {
    json.member("values", of(found.sizes));
    json.member("missing", of(found.missing));
    json.member("categories", of(found.distinct));
    auto const& own = is_train ? found.only_x : found.only_y;
    json.member("own_categories", own.categories);
    json.member("values_in_own_categories", of(own.values));
  });
}

void write_comparison(json_writer& json, stats::category_comparison const& found) {
  write_side(json, "train", found, true);
  write_side(json, "eval", found, false);
  if (!found.has_values()) return;
  json.name("tests").object([&] {
    write(json, "chi_squared", found.homogeneity.chi_squared);
    write(json, "g", found.homogeneity.g);
  });
  json.member("rare_categories", found.rare.categories);
  json.member("total_variation", found.divergence.total_variation);
  json.name("largest_categories").array([&] {
    for (auto const& each : found.largest) {
      json.object([&] {
        json.member("category", std::string_view{each.category});
        json.member("train", each.counts.x);
        json.member("eval", each.counts.y);
      });
    }
  });
}

void write_comparison(json_writer&, std::monostate) {}

void write(json_writer& json, finding const& of) {
  json.line();
  json.object([&] {
    json.member("feature", std::string_view{of.about.name});
    json.member("type", std::string_view{type_text(of)});
    json.member("verdict", name_of(of.verdict));
    json.member("severity", of.severity);
    json.member("what_moved", std::string_view{what_moved(of)});
    json.member("remarks", std::string_view{remarks(of)});
    write(json, "values", of.values);
    write(json, "missing", of.missing);
    std::visit([&](auto const& found) { write_comparison(json, found); }, of.comparison);
    if (!of.bounds) return;
    json.name("kolmogorov_smirnov_bounds").object([&] {
      json.member("statistic_lower", of.bounds->statistic.lower);
      json.member("statistic_upper", of.bounds->statistic.upper);
      json.member("log_p_value_lower", of.bounds->log_p_value.lower);
      json.member("log_p_value_upper", of.bounds->log_p_value.upper);
    });
  });
}

void write(json_writer& json, std::string_view name, checked_file const& file) {
  json.name(name).object([&] {
    json.member("file", std::string_view{file.name});
    json.member("rows", file.rows);
    json.member("rejected", file.rejected);
  });
}

}  // namespace

std::string json_of(check_report const& report, check_settings const& given) {
  std::string text;
  json_writer json{text};
  json.object([&] {
    json.member("schema", 1U);
    json.member("verdict", std::string_view{report.flagged() == 0 ? "similar" : "differs"});
    json.member("features", report.findings.size());
    json.member("flagged", report.flagged());
    write(json, "train", report.train);
    write(json, "eval", report.eval);
    json.member("significance", given.significance);
    json.member("adjustment", name_of(given.adjustment));
    json.name("ignored").array([&] {
      for (auto const& each : report.ignored) json.value(std::string_view{each});
    });
    json.member("seconds", report.seconds);
    json.name("findings").array([&] {
      for (auto const& each : report.findings) write(json, each);
    });
  });
  return text;
}

}  // namespace pipeline
