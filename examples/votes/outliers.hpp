#pragma once

#include "votes/vote.hpp"

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace votes {

/// A week with more than a fifth more or fewer votes than the weeks have on average: calendar year, and strftime's %W.
struct outlier_week {
  std::int64_t year;
  std::int64_t week_number;
  std::int64_t vote_count;
};

/// Makes the view `blog_analysis.outlier_weeks` and reads it.
std::vector<outlier_week> outliers_of_warehouse(std::string const& path, std::uint64_t memory, unsigned threads,
                                                std::stop_token const& stop);

struct file_outliers {
  std::vector<outlier_week> weeks;
  std::uint64_t lines;
};

/// What the view would hold if the files were ingested into an empty warehouse, without a database.
///
/// Ids that don't fit into `memory` are counted part by part, with a reading of the files for each; from stdin that is
/// an error.
file_outliers outliers_of_files(std::vector<std::string> const& files, std::uint64_t memory,
                                reading_options const& reading);

enum class output_format { csv, table, json };

std::string text_of(std::vector<outlier_week> const& weeks, output_format format);

}  // namespace votes
