#pragma once

#include "pipeline/settings.hpp"

#include <string>
#include <string_view>

namespace pipeline {

/// Where the page of `get-data` has its part, for later steps to keep.
inline constexpr std::string_view get_data_begin = "<!-- get-data -->\n";
inline constexpr std::string_view get_data_end = "<!-- /get-data -->\n";

/// Writes `report.json` and `report.html` of the output folder anew: what `check-data` has to say, and what they say of
/// `get-data` already. `json` is an object, which becomes the member `check_data`; `html` a part of a page.
void write_check(settings const& given, std::string const& json, std::string const& html);

}  // namespace pipeline
