#include "pipeline/check_data/report.hpp"
#include "pipeline/check_data/words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace pipeline {

namespace {

using cells = std::array<std::string, 6>;

/// Characters, of well-formed text.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

cells cells_of(finding const& of) {
  cells line{of.about.name, type_text(of), std::string{name_of(of.verdict)}, "–", "–", what_moved(of)};
  if (auto const* const asked = of.main_question()) {
    line[3] = effect_text(asked->largest());
    line[4] = p_value_text(asked->adjusted_log_p_value);
  }
  return line;
}

}  // namespace

std::string table_of(check_report const& report) {
  std::vector<cells> lines{{"feature", "type", "verdict", "largest effect / threshold", "adjusted p", "what moved"}};
  for (auto const& each : report.findings) lines.push_back(cells_of(each));
  std::array<std::size_t, cells{}.size()> widths{};
  for (auto const& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string text;
  for (auto const& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      row += line[i];
      row.append(widths[i] - width_of(line[i]) + 2, ' ');
    }
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + '\n';
  }
  return text;
}

}  // namespace pipeline
