#pragma once

#include <spillway/core/error.hpp>
#include <spillway/split/classifier.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace spillway::split::detail {

/// Without a list of classes, there are none that are unknown.
inline unknown_class policy(std::span<std::string const> classes, unknown_class wanted) noexcept {
  return classes.empty() ? unknown_class::create : wanted;
}

/// The classes that have an output from the start: the classifier's, and that of diverted records.
/// \throws argument_error if diverted records would be mixed with those of a class.
inline std::vector<std::string> listed_classes(std::span<std::string const> classes, unknown_class unknown,
                                               std::string const& diverted) {
  std::vector<std::string> listed{classes.begin(), classes.end()};
  if (unknown != unknown_class::divert) return listed;
  if (std::find(classes.begin(), classes.end(), diverted) != classes.end()) {
    throw argument_error{"there is a class " + value_error::quoted(diverted) +
                         " already: diverted records need another output"};
  }
  listed.push_back(diverted);
  return listed;
}

/// What unknown classes are refused with.
inline std::string expected_classes(std::span<std::string const> classes) {
  constexpr std::size_t most = 10;
  std::string text{"one of the classes "};
  for (std::size_t i = 0; i != classes.size() && i != most; ++i) {
    text += (i == 0 ? "" : ", ") + value_error::quoted(classes[i]);
  }
  if (classes.size() > most) text += ", … (" + std::to_string(classes.size()) + ")";
  return text;
}

}  // namespace spillway::split::detail
