#pragma once

#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/listed_classes.hpp>
#include <spillway/split/options.hpp>

#include <span>
#include <string>
#include <vector>

namespace spillway::split::detail {

/// What all batches of a split have in common.
struct csv_plan {
  /// Those of the classifier.
  std::span<std::string const> classes;
  /// The same, and that of diverted rows if there is to be one.
  std::vector<std::string> listed;
  unknown_class unknown;
  /// What the input looks like, unless another format is wanted.
  io::csv_format format;
  bool as_read;
  /// False if quotes are data.
  bool has_quotes;
};

/// \throws argument_error
inline csv_plan plan_of(io::csv_reader const& reader, std::span<std::string const> classes,
                        csv_files_options const& options) {
  auto const unknown = policy(classes, options.unknown);
  return {.classes = classes,
          .listed = listed_classes(classes, unknown, options.diverted),
          .unknown = unknown,
          .format = options.format.value_or(
              io::csv_format{.delimiter = reader.delimiter(), .quote = reader.quote().value_or('"')}),
          .as_read = !options.format,
          .has_quotes = options.format || reader.quote()};
}

/// The first row of every output; empty if the columns have no names.
inline std::string header_of(io::csv_reader const& reader, csv_plan const& plan) {
  std::string header;
  if (plan.has_quotes) {
    io::csv_writer{header, plan.format}(reader.header());
    return header;
  }
  for (auto const& name : reader.header()) header.append(name) += plan.format.delimiter;
  if (!header.empty()) header.back() = '\n';
  return header;
}

}  // namespace spillway::split::detail
