#pragma once

#include "pipeline/check_data/feature_file.hpp"
#include "pipeline/check_data/finding.hpp"
#include "pipeline/check_data/settings.hpp"

#include <cstdint>
#include <vector>

namespace pipeline {

/// Two files, whose features are compared.
struct file_pair {
  feature_file& train;
  feature_file& eval;
};

/// Compares features one at a time, several at once as far as `memory` holds the values of more than one; what it does
/// not hold is sorted through scratch. Verdicts are not yet passed.
[[nodiscard]] std::vector<finding> compare_features(file_pair files, settings const& given, std::uint64_t memory,
                                                    support::run& run);

}  // namespace pipeline
