#pragma once

#include <optional>
#include <string>
#include <vector>

namespace support {

/// Draws by gnuplot, each script one plot of the size given in pixels: an `<svg>` for each, without a width or a height
/// of its own, to be put into a page.
///
/// All are drawn in one run of the program. Nothing if there is no gnuplot on this machine.
/// \throws spillway::error with what gnuplot complains about
[[nodiscard]] std::optional<std::vector<std::string>> draw(std::vector<std::string> const& scripts, unsigned width,
                                                           unsigned height);

}  // namespace support
