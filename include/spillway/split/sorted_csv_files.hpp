#pragma once

#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/sort/external.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/class_numbers.hpp>
#include <spillway/split/detail/csv_outputs.hpp>
#include <spillway/split/detail/csv_plan.hpp>
#include <spillway/split/detail/file_names.hpp>
#include <spillway/split/detail/grouping.hpp>
#include <spillway/split/detail/row_collector.hpp>
#include <spillway/split/options.hpp>

#include <chrono>
#include <functional>
#include <string_view>
#include <utility>

namespace spillway::split {

/// As `csv_files`, with the rows of each file in the order of their keys; rows with equal keys keep the order of the
/// input. `less` and `key` are those of `sort::external`, and like the classifier are called by several threads at
/// once.
///
/// All rows are sorted in one go, by class and key, within one budget, and the files written one after the other; rows
/// that don't fit wait on scratch.
///
/// Memory: the budget; what the reader holds beside it; 28 bytes and the name of each class that is not listed, twice
/// that while there come more.
/// \throws what `csv_files` and `sort::external` throw. Nothing is left then.
template <classifier_of<io::csv_row> Classifier, class Less = std::ranges::less, class Key = std::identity>
sorted_result sorted_csv_files(io::csv_reader reader, Classifier const& classifier, std::string_view files, Less less,
                               Key key, csv_files_options const& options = {}) {
  auto const start = std::chrono::steady_clock::now();
  auto const plan = detail::plan_of(reader, classifier.classes(), options);
  detail::class_numbers numbers{classifier.classes(), options.unknown, options.diverted, options.memory};
  detail::csv_outputs outputs{plan, detail::file_names{files}, detail::header_of(reader, plan), options};
  detail::row_collector collector{plan, numbers, outputs, options.memory};
  detail::sorted_rows_sink sink{classifier, plan, numbers, collector};
  auto const sorting =
      detail::with_groups(std::move(less), std::move(key), classifier, numbers, [&](auto order, auto group) {
        return sort::external(reader, sink, std::move(order), std::move(group), outputs.sorting());
      });
  auto const unknown = collector.finish();
  sorted_result done{outputs.finish(), sorting};
  done.unknown = unknown;
  done.rejected = reader.result().rejected;
  done.spilled = sorting.method == sort::sort_method::runs ? sorting.records : 0;
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

}  // namespace spillway::split
