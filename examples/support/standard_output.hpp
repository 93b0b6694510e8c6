#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/output.hpp>

#include <optional>
#include <string_view>
#include <system_error>

namespace support {

/// What a program prints. A reader that has seen enough (`| head`) is no failure: the rest goes nowhere, and what else
/// the program has to do is done.
class standard_output {
 public:
  void append(std::string_view text) {
    unless_closed([&] { output_->append(text); });
  }
  /// \throws spillway::io_error if not all of it could be written
  void commit() {
    unless_closed([&] { output_->commit(); });
  }

 private:
  template <class Step>
  void unless_closed(Step step) {
    if (!output_) return;
    try {
      step();
    } catch (spillway::io_error const& problem) {
      if (problem.code() != std::errc::broken_pipe) throw;
      output_.reset();
    }
  }

  std::optional<spillway::io::output_file> output_{std::in_place, "-"};
};

}  // namespace support
