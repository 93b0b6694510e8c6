#include "pipeline/check_data/finding.hpp"

#include <spillway/stats/multiple_testing.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace pipeline {

namespace stats = spillway::stats;

namespace {

constexpr double strong = 2.5;

double severity_of(std::optional<question> const& asked) {
  return asked && asked->is_significant ? asked->largest().severity() : 0;
}

void pass_verdict(finding& on) {
  if (on.obstacle != obstacle::none) {
    on.severity = std::numeric_limits<double>::infinity();
    on.verdict = verdict::not_comparable;
    return;
  }
  on.severity = std::max(severity_of(on.values), severity_of(on.missing));
  if (on.severity >= 1) on.verdict = on.severity >= strong ? verdict::differs_strongly : verdict::differs;
}

}  // namespace

std::string_view name_of(verdict of) noexcept {
  switch (of) {
    case verdict::similar:
      return "similar";
    case verdict::differs:
      return "differs";
    case verdict::differs_strongly:
      return "differs strongly";
    case verdict::not_comparable:
      return "not comparable";
  }
  return "";
}

stats::effect_size const& question::largest() const {
  return *std::ranges::max_element(effects, {}, &stats::effect_size::severity);
}

question const* finding::main_question() const noexcept {
  if (!values) return missing ? &*missing : nullptr;
  return severity_of(missing) > severity_of(values) ? &*missing : &*values;
}

void judge(std::vector<finding>& findings, stats::adjustment how, double significance) {
  std::vector<question*> questions;
  for (auto& each : findings) {
    for (auto* const asked : {&each.values, &each.missing}) {
      if (*asked) questions.push_back(&**asked);
    }
  }
  std::vector<double> log_p_values;
  for (auto const* const each : questions) log_p_values.push_back(each->log_p_value);
  auto const adjusted = stats::adjusted_log_p_values(log_p_values, how);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    questions[i]->adjusted_log_p_value = adjusted[i];
    questions[i]->adjusted_p_value = std::exp(adjusted[i]);
    questions[i]->is_significant = questions[i]->adjusted_p_value <= significance;
  }
  for (auto& each : findings) pass_verdict(each);
  std::ranges::stable_sort(findings, std::ranges::greater{}, &finding::severity);
}

}  // namespace pipeline
