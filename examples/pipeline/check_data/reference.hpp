#pragma once

#include "pipeline/check_data/feature.hpp"

#include <spillway/stats/compare_numeric.hpp>
#include <spillway/stats/distribution_summary.hpp>
#include <spillway/stats/test_result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pipeline {

/// What is kept of a feature so that other data can be compared with it when its values are gone.
struct feature_summary {
  std::string name;
  feature_kind kind = feature_kind::category;
  std::uint64_t missing = 0;
  /// Of numbers.
  spillway::stats::sample_description description = {};
  std::optional<spillway::stats::distribution_summary> distribution = {};
  /// Of categories, each with how often it came.
  std::vector<std::pair<std::string, std::uint64_t>> categories = {};
};

/// What is kept of a file.
struct reference {
  std::string name;
  std::uint64_t rows = 0;
  std::vector<feature_summary> features = {};
};

/// The file appears whole or not at all, and says if it was damaged.
void save(reference const& of, std::string const& path);

/// \throws spillway::io_error; spillway::corrupt_data; spillway::error if it is no such file
[[nodiscard]] reference load_reference(std::string const& path);

}  // namespace pipeline
