#pragma once

#include "pipeline/check_data/feature_file.hpp"
#include "pipeline/check_data/finding.hpp"
#include "pipeline/check_data/reference.hpp"
#include "pipeline/settings.hpp"

#include <vector>

namespace pipeline {

/// What is to be kept of a file, from two passes over each of its columns.
[[nodiscard]] reference summarise(feature_file const& file, settings const& given, support::run& run);

/// Compares the features of a file with those of one of which only the summary was kept. Categories are compared as
/// their values would be. Numbers are known to within a bucket of the summary's 2^18: what must be between two values
/// is told as that, p-values are the largest possible.
[[nodiscard]] std::vector<finding> compare_features(reference const& train, feature_file const& eval,
                                                    settings const& given, support::run& run);

}  // namespace pipeline
