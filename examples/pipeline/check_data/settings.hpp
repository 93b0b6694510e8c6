#pragma once

#include <spillway/stats/effect_size.hpp>
#include <spillway/stats/multiple_testing.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace pipeline {

/// What a feature that differs does to the exit code.
enum class on_difference { fail, warn };

/// From where on effects count, for all features and for some.
struct threshold_table {
  spillway::stats::effect_thresholds usual = {};
  std::map<std::string, spillway::stats::effect_thresholds, std::less<>> by_feature = {};
  /// Features that are not looked at.
  std::set<std::string, std::less<>> ignored = {};

  [[nodiscard]] spillway::stats::effect_thresholds const& of(std::string_view feature) const;

  /// `psi=0.25`, or `amount:psi=0.25` for one feature; a value of `off` is infinity. A later usual threshold does not
  /// change those that were given for a feature.
  /// \throws spillway::value_error
  void set(std::string_view text);

  /// What a file says: `{"thresholds": {"psi": 0.25}, "features": {"amount": {"wasserstein": 0.3}, "id": "ignore"}}`.
  /// \throws spillway::error naming the file and what is wrong
  void read(std::string const& path);

 private:
  struct setting {
    std::string feature;
    spillway::stats::effect measure;
    double value;
  };
  void set(setting const& one);

  std::map<std::string, std::set<spillway::stats::effect>, std::less<>> given_ = {};
};

/// What `check-data` is told.
struct check_settings {
  /// Both or none; if none, the files that `get-data` wrote.
  std::string train = {};
  std::string eval = {};
  on_difference then = on_difference::fail;
  /// Adjusted p-values count up to it.
  double significance = 0.01;
  spillway::stats::adjustment adjustment = spillway::stats::adjustment::benjamini_hochberg;
  threshold_table thresholds = {};
  std::string save_reference = {};
  std::string against_reference = {};
};

}  // namespace pipeline
