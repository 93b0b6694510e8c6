#include "pipeline/check_data/compare.hpp"

#include "pipeline/check_data/number_values.hpp"
#include "pipeline/check_data/questions.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/in_memory.hpp>
#include <spillway/stats/counted_categories.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <span>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
namespace sort = spillway::sort;
namespace stats = spillway::stats;

namespace {

/// Beside the values of a feature: what sorting and passing over them takes.
constexpr std::uint64_t working_memory = 16U << 20U;

/// Compares one feature after the other on one thread.
class comparer {
 public:
  comparer(file_pair files, settings const& given, std::uint64_t memory, unsigned threads, std::stop_token stop)
      : files_{files},
        given_{given},
        budget_{memory},
        threads_{threads},
        stop_{std::move(stop)},
        train_{files.train.connect(stop_)},
        eval_{files.eval.connect(stop_)} {}

  [[nodiscard]] finding compare(feature const& about) {
    finding found{.about = about};
    if (!about.train || !about.eval) {
      found.obstacle = about.train ? obstacle::missing_in_eval : obstacle::missing_in_train;
      found.kind = about.train ? about.train->kind : about.eval->kind;
      return found;
    }
    auto const kind = kind_of(about);
    if (!kind) {
      found.obstacle = obstacle::types_differ;
      return found;
    }
    found.kind = *kind;
    if (!is_numeric(*kind)) {
      compare_categories(found);
    } else if (*kind == feature_kind::number) {
      compare_numbers<double>(found);
    } else {
      compare_numbers<std::int64_t>(found);
    }
    return found;
  }

 private:
  /// A column of nothing but nulls is of any type.
  [[nodiscard]] std::optional<feature_kind> kind_of(feature const& about) {
    auto const common = common_kind(about.train->kind, about.eval->kind);
    if (common) return common;
    if (files_.eval.is_empty(*about.eval)) return about.train->kind;
    if (files_.train.is_empty(*about.train)) return about.eval->kind;
    return std::nullopt;
  }

  template <class T, class Step>
  void for_both(finding const& of, Step step) {
    files_.train.for_each_chunk<T>(train_, *of.about.train, of.kind, stop_,
                                   [&](duckdb::column_view<T> const& values) { step(values, true); });
    files_.eval.for_each_chunk<T>(eval_, *of.about.eval, of.kind, stop_,
                                  [&](duckdb::column_view<T> const& values) { step(values, false); });
  }

  template <class T>
  void compare_numbers(finding& found) {
    auto const bytes = (files_.train.rows() + files_.eval.rows()) * sizeof(T);
    auto const compared = bytes + working_memory <= budget_.limit() ? in_memory<T>(found) : through_scratch<T>(found);
    conclude(found, compared, compared.kolmogorov_smirnov, given_.check.thresholds.of(found.about.name));
  }

  template <class T>
  stats::numeric_comparison in_memory(finding const& found) {
    number_values<T> train{files_.train.rows(), &budget_};
    number_values<T> eval{files_.eval.rows(), &budget_};
    for_both<T>(found, [&](auto const& values, bool is_train) { (is_train ? train : eval).append(values); });
    return stats::compare_numeric_in_place(train.values(), eval.values(), options(train.missing(), eval.missing()));
  }

  /// The same result, by an external sort of each column.
  template <class T>
  stats::numeric_comparison through_scratch(finding const& found) {
    struct side {
      explicit side(sort::external_options options) : sorter{{}, {}, std::move(options)} {}
      sort::external_sorter<T> sorter;
      stats::sample_describer description;
      missing_values missing;
    };
    sort::external_options sorting{
        .budget = std::max<std::uint64_t>(budget_.limit() / 5 * 2, 1U << 20U), .threads = threads_, .stop = stop_};
    if (!given_.common.scratch.empty()) sorting.scratch.folders = {given_.common.scratch};
    side train{sorting};
    side eval{sorting};
    std::vector<T> block(duckdb::chunk_builder::capacity() + 1);
    for_both<T>(found, [&](auto const& values, bool is_train) {
      auto& to = is_train ? train : eval;
      std::span<T const> const there{block.data(), copy_values(values, block.data(), to.missing)};
      to.description.add(there);
      for (auto const value : there) to.sorter.push(value);
    });
    auto const of_train = train.description.result();
    auto const of_eval = eval.description.result();
    return stats::compare_numeric(stats::sorted{train.sorter.sorted(), of_train.count},
                                  stats::sorted{eval.sorter.sorted(), of_eval.count}, of_train, of_eval,
                                  options(train.missing, eval.missing));
  }

  [[nodiscard]] stats::numeric_comparison_options options(missing_values const& train, missing_values const& eval) {
    return {.missing = {train.nulls + train.nan, eval.nulls + eval.nan},
            .test = {.threads = threads_, .memory = &budget_, .stop = stop_}};
  }

  /// The values of a column, block by block, as often as it takes to count them in the memory there is.
  [[nodiscard]] auto texts_of(feature_file const& file, duckdb::connection& on, feature_column const& column,
                              feature_kind as) {
    return [this, &file, &on, &column, as](auto const& sink) {
      std::vector<std::string_view> there;
      file.for_each_chunk<std::string_view>(on, column, as, stop_, [&](auto const& values) {
        there.clear();
        for (std::size_t row = 0; row < values.size(); ++row) {
          if (!values.is_null(row)) there.push_back(values[row]);
        }
        sink(there);
      });
    };
  }

  void compare_categories(finding& found) {
    auto const train = texts_of(files_.train, train_, *found.about.train, found.kind);
    auto const eval = texts_of(files_.eval, eval_, *found.about.eval, found.kind);
    stats::counted_categories<std::string_view, decltype(train), decltype(eval)> counted{
        train, eval, {.memory = &budget_, .stop = stop_}};
    auto const [in_train, in_eval] = counted.sizes();
    auto compared =
        stats::compare_categories(counted, {.missing = {files_.train.rows() - in_train, files_.eval.rows() - in_eval}});
    conclude(found, compared, compared.homogeneity.chi_squared, given_.check.thresholds.of(found.about.name));
  }

  file_pair files_;
  settings const& given_;
  spillway::memory_budget budget_;
  unsigned threads_;
  std::stop_token stop_;
  duckdb::connection train_;
  duckdb::connection eval_;
};

}  // namespace

std::vector<finding> compare_features(file_pair files, settings const& given, std::uint64_t memory, support::run& run) {
  auto features = match_features(files.train.columns(), files.eval.columns());
  std::erase_if(features, [&](feature const& each) { return given.check.thresholds.ignored.contains(each.name); });
  auto const needed = (files.train.rows() + files.eval.rows()) * sizeof(double) + working_memory;
  auto const at_once = static_cast<unsigned>(
      std::clamp<std::uint64_t>(std::min<std::uint64_t>(memory / needed, features.size()), 1, given.common.threads));
  std::vector<finding> findings(features.size());
  std::atomic<std::size_t> next = 0;
  std::mutex shared;
  std::exception_ptr failure;
  auto const on_progress = run.on_progress();
  std::size_t done = 0;
  auto const work = [&] {
    try {
      comparer compare{files, given, memory / at_once, given.common.threads / at_once, run.stop()};
      for (std::size_t i = 0; (i = next++) < features.size();) {
        findings[i] = compare.compare(features[i]);
        std::scoped_lock const lock{shared};
        if (on_progress) on_progress({"compare", ++done, features.size()});
      }
    } catch (...) {
      next = features.size();
      std::scoped_lock const lock{shared};
      if (!failure) failure = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < at_once; ++i) others.emplace_back(work);
    work();
  }
  if (failure) std::rethrow_exception(failure);
  return findings;
}

}  // namespace pipeline
