#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace spillway::test {

/// One line of a file of tests/reference: what another tool gives. Regenerate with the script of the same name.
struct reference_value {
  std::string test;
  std::string example;  ///< numbers, or the name of data that the test makes by the same rule
  std::string quantity;
  double value = 0;
  std::string tool;
  std::string version;

  /// The numbers that the example consists of.
  [[nodiscard]] std::vector<double> numbers() const {
    std::vector<double> all;
    std::istringstream words{example};
    for (std::string word; words >> word;) all.push_back(number(word));
    return all;
  }

  [[nodiscard]] static double number(std::string_view text) {
    if (text == "inf" || text == "Inf") return std::numeric_limits<double>::infinity();
    if (text == "-inf" || text == "-Inf") return -std::numeric_limits<double>::infinity();
    double value = 0;
    auto const* const end = text.data() + text.size();
    if (std::from_chars(text.data(), end, value).ptr != end) {
      throw std::runtime_error{"not a number among reference values: " + std::string{text}};
    }
    return value;
  }
};

/// Those of tests/reference/<path>.csv.
inline std::vector<reference_value> reference_values(std::string_view path) {
  auto const folder = std::filesystem::path{__FILE__}.parent_path().parent_path() / "reference";
  std::ifstream in{folder / (std::string{path} + ".csv")};
  std::vector<reference_value> all;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::vector<std::string> fields;
    std::istringstream rest{line};
    for (std::string field; std::getline(rest, field, ',');) fields.push_back(field);
    if (fields.size() != 6) throw std::runtime_error{"malformed reference value: " + line};
    all.push_back({fields[0], fields[1], fields[2], reference_value::number(fields[3]), fields[4], fields[5]});
  }
  if (all.empty()) throw std::runtime_error{"no reference values: " + std::string{path}};
  return all;
}

}  // namespace spillway::test
