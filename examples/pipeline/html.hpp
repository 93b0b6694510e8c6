#pragma once

#include <string>
#include <string_view>

namespace pipeline {

/// Text as it may stand in HTML, between tags and in attributes.
[[nodiscard]] std::string escaped(std::string_view text);

/// A whole page that needs nothing but itself, readable on a phone and in print. `body` is HTML.
[[nodiscard]] std::string page(std::string_view title, std::string_view body);

}  // namespace pipeline
