#include "pipeline/splits.hpp"

#include "support/sizes.hpp"

#include <spillway/core/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pipeline {

namespace {

constexpr std::size_t most_values_shown = 20;
constexpr std::size_t longest_value_shown = 60;

}  // namespace

void split_counts::add_unknown(std::string value, std::uint64_t count) {
  unknown += count;
  if (value.size() > longest_value_shown) value.replace(longest_value_shown, std::string::npos, "…");
  auto const found = std::ranges::find(unknown_values, value, [](auto const& each) { return each.first; });
  if (found != unknown_values.end()) {
    found->second += count;
  } else if (unknown_values.size() < most_values_shown) {
    unknown_values.emplace_back(std::move(value), count);
  }
}

void split_counts::add(split_counts const& more) {
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] += more.rows[i];
  auto listed = more.unknown;
  for (auto const& [value, count] : more.unknown_values) {
    add_unknown(value, count);
    listed -= count;
  }
  unknown += listed;
}

std::string split_counts::unknown_text() const {
  std::string text;
  auto others = unknown;
  for (auto const& [value, count] : unknown_values) {
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", value, support::count_text(count));
    others -= count;
  }
  if (others != 0) text += fmt::format(", others ({})", support::count_text(others));
  return text;
}

void row_collector::check() const {
  if (counts_.unknown == 0 || policy_ == unknown_split::skip) return;
  throw spillway::error{fmt::format(
      "_data_split of {} rows is none of train, eval, validation and test: {}; --unknown-split=skip leaves them out",
      support::count_text(counts_.unknown), counts_.unknown_text())};
}

}  // namespace pipeline
