#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/options.hpp>

#include <algorithm>
#include <cstddef>
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
  csv_plan plan{.classes = classes,
                .listed = {classes.begin(), classes.end()},
                .unknown = classes.empty() ? unknown_class::create : options.unknown,
                .format = options.format.value_or(
                    io::csv_format{.delimiter = reader.delimiter(), .quote = reader.quote().value_or('"')}),
                .as_read = !options.format,
                .has_quotes = options.format || reader.quote()};
  if (plan.unknown == unknown_class::divert) {
    if (std::find(classes.begin(), classes.end(), options.diverted) != classes.end()) {
      throw argument_error{"there is a class " + value_error::quoted(options.diverted) +
                           " already: diverted records need another output"};
    }
    plan.listed.push_back(options.diverted);
  }
  return plan;
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
