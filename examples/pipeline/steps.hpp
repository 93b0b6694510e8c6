#pragma once

#include "pipeline/settings.hpp"

#include <cstdint>
#include <string>

namespace pipeline {

/// What a step has to tell when it is done.
struct step_result {
  support::exit_code code = support::exit_code::good;
  std::uint64_t rows = 0;
  std::string details = {};
};

/// Splits the source into train, eval and test, each in the order of its shuffle column.
step_result get_data(settings const& given, support::run& run);

/// Compares the distributions of every feature in train and eval.
step_result check_data(settings const& given, support::run& run);

}  // namespace pipeline
