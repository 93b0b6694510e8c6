#pragma once

#include "support/progress_bar.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/io/reading.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace support {

/// What all programs promise: 0 good, 1 a negative finding, 2 could not run.
enum class exit_code { good = 0, negative = 1, failed = 2 };

/// Adds an option whose text `take` turns into a value. A spillway::value_error that it throws is told with the name.
CLI::Option* add_parsed_option(CLI::App& app, std::string const& name, std::string const& help,
                               std::function<void(std::string const&)> const& take);

/// The options that every program has.
struct common_options {
  std::uint64_t memory = 256U << 20U;
  unsigned threads = 2;
  std::string scratch = {};
  bool quiet = false;
  spillway::io::error_policy on_error = spillway::io::error_policy::fail;
  std::string rejects = {};

  /// Declares `--memory --threads --scratch --quiet --on-error --rejects` on `app`.
  void add_to(CLI::App& app);

  /// Where files that outgrow memory wait.
  [[nodiscard]] std::string scratch_folder() const { return scratch.empty() ? "/var/tmp" : scratch; }

  /// Where rejected records go: without `--rejects`, those that `--on-error=skip` skips are not lost either.
  [[nodiscard]] std::string reject_path() const;

  /// The longest line or row to accept, such that a buffer for it on each thread stays within the memory.
  [[nodiscard]] std::size_t longest_record() const;
};

/// One run of a program: a stop token fed by Ctrl-C, a progress bar, and the closing line.
class run {
 public:
  explicit run(common_options const& options);
  ~run();
  run(run const&) = delete;
  run& operator=(run const&) = delete;

  [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }
  [[nodiscard]] spillway::progress_callback on_progress() { return bar_.callback(); }

  /// A message for the person at the terminal, on standard error; none with `--quiet`.
  void say(std::string const& message);

  /// The closing line: `10,000,000 rows, 0.15 s, 12.3 MiB peak memory`. `details` follow it after a semicolon.
  void finish(std::uint64_t rows, std::string const& details = {});

 private:
  class signal_listener;

  bool quiet_;
  std::stop_source stop_;
  progress_bar bar_;
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::unique_ptr<signal_listener> signals_;
};

/// Rejected records as JSON lines (source, line, problem, record), complete or not at all.
class reject_file {
 public:
  /// Does nothing if `path` is empty.
  explicit reject_file(std::string const& path);
  ~reject_file();
  reject_file(reject_file const&) = delete;
  reject_file& operator=(reject_file const&) = delete;

  /// Empty if there is no file. The reject file must outlive it.
  [[nodiscard]] spillway::io::reject_sink sink();
  void commit();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Parses the command line and runs `body`. Every failure becomes one line on standard error and exit code 2.
/// `arguments` begin with the program's name, as `argv` does.
int run_program(CLI::App& app, std::vector<std::string> arguments, std::function<exit_code()> const& body);

}  // namespace support
