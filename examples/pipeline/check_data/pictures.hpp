#pragma once

#include "pipeline/check_data/finding.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pipeline {

/// The pictures of features by name, each an `<svg>`: of numbers a histogram and the distribution functions, of
/// categories bars. Nothing if there is no gnuplot on this machine.
[[nodiscard]] std::optional<std::map<std::string, std::vector<std::string>>> draw_pictures(
    std::span<finding const> findings);

}  // namespace pipeline
