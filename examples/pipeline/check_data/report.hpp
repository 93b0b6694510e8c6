#pragma once

#include "pipeline/check_data/finding.hpp"
#include "pipeline/check_data/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace pipeline {

/// A side of the comparison.
struct checked_file {
  std::string name;
  std::uint64_t rows = 0;
  std::uint64_t rejected = 0;
};

/// What `check-data` found out.
struct check_report {
  checked_file train = {};
  checked_file eval = {};
  /// The most severe first.
  std::vector<finding> findings = {};
  std::vector<std::string> ignored = {};
  double seconds = 0;

  [[nodiscard]] std::size_t flagged() const;
};

using picture_book = std::map<std::string, std::vector<std::string>>;

/// For the terminal: a line for each feature.
[[nodiscard]] std::string table_of(check_report const& report);

/// A JSON object; the README describes its members.
[[nodiscard]] std::string json_of(check_report const& report, check_settings const& given);

/// Part of a page: verdict, overview, and all features with their pictures, if there are any.
[[nodiscard]] std::string html_of(check_report const& report, check_settings const& given,
                                  std::optional<picture_book> const& pictures);

}  // namespace pipeline
