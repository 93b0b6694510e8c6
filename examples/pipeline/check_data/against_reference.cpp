#include "pipeline/check_data/against_reference.hpp"

#include "pipeline/check_data/number_values.hpp"
#include "pipeline/check_data/questions.hpp"

#include <spillway/stats/category_counts.hpp>
#include <spillway/stats/kolmogorov_smirnov_bounds.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
namespace stats = spillway::stats;

namespace {

/// Reads columns of a file whole.
class column_reader {
 public:
  column_reader(feature_file const& file, std::stop_token const& stop)
      : file_{file}, stop_{stop}, connection_{file.connect(stop)} {}

  /// `step(values)` for the numbers that are there, block by block.
  template <class Step>
  missing_values numbers(feature_column const& column, feature_kind as, Step step) {
    return as == feature_kind::number ? numbers_of<double>(column, as, step)
                                      : numbers_of<std::int64_t>(column, as, step);
  }

  /// `step(text)` for each text that is there.
  template <class Step>
  missing_values texts(feature_column const& column, feature_kind as, Step step) {
    missing_values missing;
    file_.for_each_chunk<std::string_view>(connection_, column, as, stop_, [&](auto const& values) {
      for (std::size_t row = 0; row < values.size(); ++row) {
        if (values.is_null(row)) {
          ++missing.nulls;
        } else {
          step(values[row]);
        }
      }
    });
    return missing;
  }

 private:
  template <class T, class Step>
  missing_values numbers_of(feature_column const& column, feature_kind as, Step& step) {
    missing_values missing;
    std::vector<T> block(duckdb::chunk_builder::capacity() + 1);
    file_.for_each_chunk<T>(connection_, column, as, stop_, [&](auto const& values) {
      step(std::span<T const>{block.data(), copy_values(values, block.data(), missing)});
    });
    return missing;
  }

  feature_file const& file_;
  std::stop_token stop_;
  duckdb::connection connection_;
};

/// Some of the numbers of a stream, evenly: when there are too many, every other one goes.
class thinned {
 public:
  template <class T>
  void add(std::span<T const> values) {
    constexpr std::size_t most = 1U << 14U;
    for (; wait_ < values.size(); wait_ += step_) {
      kept_.push_back(static_cast<double>(values[wait_]));
      if (kept_.size() < most) continue;
      for (std::size_t i = 0; i < most / 2; ++i) kept_[i] = kept_[2 * i];
      kept_.resize(most / 2);
      step_ *= 2;
    }
    wait_ -= values.size();
  }
  [[nodiscard]] std::span<double const> values() const noexcept { return kept_; }

 private:
  std::vector<double> kept_;
  std::size_t step_ = 1;
  std::size_t wait_ = 0;
};

feature_summary summarise(column_reader& from, feature_column const& column) {
  feature_summary made{.name = column.column.name, .kind = column.kind};
  if (is_numeric(column.kind)) {
    thinned sample;
    stats::sample_describer describer;
    auto const missing = from.numbers(column, column.kind, [&](auto values) {
      sample.add(values);
      describer.add(values);
    });
    made.missing = missing.nulls + missing.nan;
    made.description = describer.result();
    made.distribution.emplace(stats::value_grid{sample.values()});
    from.numbers(column, column.kind, [&](auto values) { made.distribution->add(values); });
    return made;
  }
  stats::category_counts<std::string_view> counts;
  made.missing = from.texts(column, column.kind, [&](std::string_view text) { counts.add_x(text); }).nulls;
  counts.for_each(
      [&](std::string_view category, stats::sample_sizes found) { made.categories.emplace_back(category, found.x); });
  return made;
}

/// The buckets of two summaries as if all values of a bucket were equal.
template <class Accumulator>
void pass_buckets(stats::distribution_summary const& x, stats::distribution_summary const& y, Accumulator& to) {
  auto const least = std::min(x.least().value(), y.least().value());
  auto const greatest = std::max(x.greatest().value(), y.greatest().value());
  auto const finite = [](double value) {
    return std::clamp(value, std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max());
  };
  stats::tie_group group;
  for (std::uint32_t bucket = 0; bucket < x.counts().size(); ++bucket) {
    group.x_count = x.counts()[bucket];
    group.y_count = y.counts()[bucket];
    if (group.x_count + group.y_count == 0) continue;
    auto const first = finite(std::max(x.grid().first_value(bucket), least));
    auto const last = finite(std::min(x.grid().last_value(bucket), greatest));
    group.value = std::midpoint(first, last);
    to.add(group);
    group.x_before += group.x_count;
    group.y_before += group.y_count;
  }
}

void compare_numbers(finding& found, feature_summary const& train, column_reader& eval, settings const& given,
                     std::stop_token const& stop) {
  stats::distribution_summary summary{train.distribution->grid()};
  stats::sample_describer describer;
  auto const missing = eval.numbers(*found.about.eval, found.kind, [&](auto values) {
    summary.add(values);
    describer.add(values);
  });
  auto const of_eval = describer.result();
  stats::numeric_comparison compared{.sizes = {train.description.count, of_eval.count},
                                     .missing = {train.missing, missing.nulls + missing.nan},
                                     .x = train.description,
                                     .y = of_eval};
  if (compared.has_values()) {
    auto const plain = [](stats::sample_description of) {
      of.infinite = of.negative_infinite = 0;
      return of;
    };
    stats::numeric_comparison_options const options{.missing = compared.missing, .test = {.stop = stop}};
    stats::numeric_comparison_accumulator passed{plain(compared.x), plain(compared.y), options};
    pass_buckets(*train.distribution, summary, passed);
    compared = passed.result();
    compared.x = train.description;
    compared.y = of_eval;
    found.bounds = stats::kolmogorov_smirnov_bounds(*train.distribution, summary, {.stop = stop});
    compared.kolmogorov_smirnov.p_value = found.bounds->p_value.upper;
    compared.kolmogorov_smirnov.log_p_value = found.bounds->log_p_value.upper;
    compared.kolmogorov_smirnov.method = found.bounds->method;
  }
  auto const test = compared.kolmogorov_smirnov;
  conclude(found, std::move(compared), test, given.check.thresholds.of(found.about.name));
}

void compare_categories(finding& found, feature_summary const& train, column_reader& eval, settings const& given) {
  stats::category_counts<std::string_view> counts;
  for (auto const& [category, count] : train.categories) counts.add_x(category, count);
  auto const missing =
      eval.texts(*found.about.eval, found.kind, [&](std::string_view text) { counts.add_y(text); }).nulls;
  auto compared = stats::compare_categories(counts, {.missing = {train.missing, missing}});
  auto const test = compared.homogeneity.chi_squared;
  conclude(found, std::move(compared), test, given.check.thresholds.of(found.about.name));
}

finding compare(feature const& about, feature_summary const* train, column_reader& eval, settings const& given,
                std::stop_token const& stop) {
  finding found{.about = about};
  if (!about.train || !about.eval) {
    found.obstacle = about.train ? obstacle::missing_in_eval : obstacle::missing_in_train;
    found.kind = about.train ? about.train->kind : about.eval->kind;
    return found;
  }
  auto const common = common_kind(about.train->kind, about.eval->kind);
  // A summary of days can't be compared with moments.
  if (!common || (*common == feature_kind::moment && about.train->kind != about.eval->kind)) {
    found.obstacle = obstacle::types_differ;
    return found;
  }
  found.kind = *common;
  if (is_numeric(found.kind)) {
    compare_numbers(found, *train, eval, given, stop);
  } else {
    compare_categories(found, *train, eval, given);
  }
  return found;
}

}  // namespace

reference summarise(feature_file const& file, settings const& given, support::run& run) {
  reference made{.name = file.name(), .rows = file.rows()};
  column_reader reader{file, run.stop()};
  for (auto const& each : match_features(file.columns(), {})) {
    if (!given.check.thresholds.ignored.contains(each.name)) {
      made.features.push_back(summarise(reader, *each.train));
    }
  }
  return made;
}

std::vector<finding> compare_features(reference const& train, feature_file const& eval, settings const& given,
                                      support::run& run) {
  std::vector<feature_column> kept;
  for (auto const& each : train.features) {
    kept.push_back({{.name = each.name, .type = duckdb::column_type::varchar}, each.kind});
  }
  auto features = match_features(kept, eval.columns());
  std::erase_if(features, [&](feature const& each) { return given.check.thresholds.ignored.contains(each.name); });
  column_reader reader{eval, run.stop()};
  std::vector<finding> findings;
  for (auto const& each : features) {
    auto const summary = std::ranges::find(train.features, each.name, &feature_summary::name);
    findings.push_back(compare(each, summary == train.features.end() ? nullptr : &*summary, reader, given, run.stop()));
  }
  return findings;
}

}  // namespace pipeline
