#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/batch_pool.hpp>
#include <spillway/split/detail/csv_batch.hpp>
#include <spillway/split/detail/csv_outputs.hpp>
#include <spillway/split/detail/csv_plan.hpp>
#include <spillway/split/detail/file_names.hpp>
#include <spillway/split/options.hpp>

#include <chrono>
#include <string_view>
#include <utility>

namespace spillway::split {

/// Splits CSV into a file for each class, in one pass and on several threads.
///
/// `files` is a path in which `{}` stands for the name of the class (`parts/{}.csv.zst`), or a folder, which must be
/// there. In names, `/`, `%`, bytes that don't print and a first dot are written as `%2F` and so on.
///
/// Each file has the header and the rows of its class, in the order of the input, byte for byte as they are read (with
/// `format`: as csv_writer writes them). Classes that the classifier lists get a file also if no row is of them. The
/// files are the same for all numbers of threads and budgets. They appear together or not at all, in place of those
/// that were there; see `io::commit_together` for what a process that is killed in that moment leaves.
///
/// Memory: what the reader holds; up to 2 MiB or what two chunks take, for each thread; for each open file 64 KiB and
/// its compressor.
/// \throws argument_error for a pattern or options that make no sense; what the reader throws, of a row of an unknown
///         class too; what the classifier and the outputs throw. Nothing is left then.
template <classifier_of<io::csv_row> Classifier>
result csv_files(io::csv_reader reader, Classifier const& classifier, std::string_view files,
                 csv_files_options const& options = {}) {
  auto const start = std::chrono::steady_clock::now();
  auto const plan = detail::plan_of(reader, classifier.classes(), options);
  detail::csv_outputs outputs{plan, detail::file_names{files}, detail::header_of(reader, plan), options};
  detail::batch_pool<detail::csv_batch> batches{[&] { return detail::csv_batch{plan, options.memory}; }};
  auto const read = reader.for_each_batch(
      options.threads, [&] { return batches.take(); },
      [&](auto& batch, io::csv_row const& row) { batch->add(classifier, row); },
      [&](auto& batch) { outputs.add(*batch); });
  auto done = outputs.finish();
  done.rejected = read.rejected;
  done.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

}  // namespace spillway::split
