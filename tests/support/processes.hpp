#pragma once

#include "support/files.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace spillway::test {

/// A program that runs in a folder, with its output in files there: `stdout.txt` and `stderr.txt` of `logs`.
class running_program {
 public:
  running_program(std::string const& program, std::vector<std::string> const& arguments, std::string const& folder,
                  temporary_folder const& logs, std::string const& input = "/dev/null")
      : out_{logs / "stdout.txt"}, err_{logs / "stderr.txt"} {
    std::vector<char*> words{const_cast<char*>(program.c_str())};
    for (auto const& each : arguments) words.push_back(const_cast<char*>(each.c_str()));
    words.push_back(nullptr);
    ::posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input.c_str(), O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, err_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    auto const failed = ::posix_spawn(&process_, program.c_str(), &actions, nullptr, words.data(), ::environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error{"can't start " + program};
  }
  running_program(running_program const&) = delete;
  running_program& operator=(running_program const&) = delete;
  ~running_program() {
    if (process_ == 0) return;
    send(SIGKILL);
    wait();
  }

  void send(int signal) const { ::kill(process_, signal); }

  /// The exit code, or minus the number of the signal that ended it.
  int wait() {
    int status = 0;
    ::rusage used = {};
    while (::wait4(process_, &status, 0, &used) == -1 && errno == EINTR) {
    }
    process_ = 0;
    peak_memory_ = static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }

  /// Resident bytes at most, of a program that ended. Never less than this process had when it started the other.
  [[nodiscard]] std::uint64_t peak_memory() const { return peak_memory_; }
  [[nodiscard]] std::string out() const { return read_file(out_); }
  [[nodiscard]] std::string err() const { return read_file(err_); }

 private:
  std::string out_;
  std::string err_;
  std::uint64_t peak_memory_ = 0;
  ::pid_t process_ = 0;
};

struct program_result {
  int code;
  std::string out;
  std::string err;
  std::uint64_t peak_memory;
};

/// Runs a program to its end.
inline program_result run_program(std::string const& program, std::vector<std::string> const& arguments,
                                  std::string const& folder, std::string const& input = "/dev/null") {
  temporary_folder const logs;
  running_program running{program, arguments, folder, logs, input};
  auto const code = running.wait();
  return {code, running.out(), running.err(), running.peak_memory()};
}

}  // namespace spillway::test
