#include "pipeline/check_data/settings.hpp"

#include <spillway/core/error.hpp>

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

namespace pipeline {

namespace stats = spillway::stats;
using stats::effect;

namespace {

constexpr std::array effects{effect::wasserstein,    effect::stability_index, effect::kolmogorov_smirnov,
                             effect::jensen_shannon, effect::cramers_v,       effect::missing};

std::optional<effect> effect_named(std::string_view name) {
  for (auto const each : effects) {
    if (stats::name_of(each) == name) return each;
  }
  return std::nullopt;
}

std::string effect_names() {
  std::string names;
  for (auto const each : effects) names.append(names.empty() ? "" : ", ").append(stats::name_of(each));
  return names;
}

double threshold_of(std::string_view text) {
  if (text == "off") return std::numeric_limits<double>::infinity();
  double value = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !(value >= 0)) {
    throw spillway::value_error{"a threshold from 0 on, or off", text};
  }
  return value;
}

}  // namespace

stats::effect_thresholds const& threshold_table::of(std::string_view feature) const {
  auto const found = by_feature.find(feature);
  return found == by_feature.end() ? usual : found->second;
}

void threshold_table::set(std::string_view text) {
  auto const equals = text.rfind('=');
  auto const colon = text.rfind(':', equals);
  auto const name_at = colon == std::string_view::npos ? 0 : colon + 1;
  auto const measure =
      equals == std::string_view::npos ? std::nullopt : effect_named(text.substr(name_at, equals - name_at));
  if (!measure || colon == 0) {
    throw spillway::value_error{"[FEATURE:]EFFECT=THRESHOLD with an effect of " + effect_names(), text};
  }
  set({std::string{name_at == 0 ? "" : text.substr(0, colon)}, *measure, threshold_of(text.substr(equals + 1))});
}

void threshold_table::set(setting const& one) {
  if (!one.feature.empty()) {
    by_feature.try_emplace(one.feature, usual).first->second.of(one.measure) = one.value;
    given_[one.feature].insert(one.measure);
    return;
  }
  usual.of(one.measure) = one.value;
  for (auto& [name, own] : by_feature) {
    if (!given_[name].contains(one.measure)) own.of(one.measure) = one.value;
  }
}

void threshold_table::read(std::string const& path) {
  namespace dom = simdjson::dom;
  auto const refuse = [&](std::string const& problem) {
    throw spillway::error{fmt::format("'{}': {}", path, problem)};
  };
  auto const read_effects = [&](std::string const& feature, dom::object const& given) {
    for (auto const& [name, value] : given) {
      auto const measure = effect_named(name);
      double number = std::numeric_limits<double>::infinity();
      auto const off = value.is_string() && std::string_view{value} == "off";
      if (!measure) refuse(fmt::format("there is no effect '{}', only {}", name, effect_names()));
      if (!off && (value.get(number) != simdjson::SUCCESS || !(number >= 0))) {
        refuse(fmt::format("the threshold '{}' is neither a number from 0 on nor \"off\"", name));
      }
      set({feature, *measure, number});
    }
  };
  dom::parser parser;
  dom::object file;
  if (auto const problem = parser.load(path).get(file); problem != simdjson::SUCCESS) {
    refuse(problem == simdjson::IO_ERROR ? "can't be read"
                                         : fmt::format("is no JSON object: {}", simdjson::error_message(problem)));
  }
  dom::object given;
  for (auto const& [name, value] : file) {
    if (name != "thresholds" && name != "features")
      refuse(fmt::format("'{}' is neither thresholds nor features", name));
    if (value.get(given) != simdjson::SUCCESS) refuse(fmt::format("'{}' is no object", name));
  }
  if (file["thresholds"].get(given) == simdjson::SUCCESS) read_effects({}, given);
  if (file["features"].get(given) != simdjson::SUCCESS) return;
  for (auto const& [name, value] : given) {
    dom::object own;
    if (value.is_string() && std::string_view{value} == "ignore") {
      ignored.emplace(name);
    } else if (value.get(own) == simdjson::SUCCESS) {
      read_effects(std::string{name}, own);
    } else {
      refuse(fmt::format("the feature '{}' has neither an object of thresholds nor \"ignore\"", name));
    }
  }
}

}  // namespace pipeline
