#include "examples/process_actions/running.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace {

using namespace process_actions::test;
using spillway::test::running_program;

/// A program that reads a named pipe, and the end of it to write to.
class piped_program {
 public:
  explicit piped_program(strings const& arguments) {
    REQUIRE(::mkfifo((folder_ / "pipe").c_str(), 0600) == 0);
    program_.emplace(SPILLWAY_PROGRAM, arguments, folder_.path(), logs_);
    end_ = ::open((folder_ / "pipe").c_str(), O_WRONLY | O_CLOEXEC);  // returns when the program has opened it
    REQUIRE(end_ != -1);
    ::signal(SIGPIPE, SIG_IGN);
  }
  piped_program(piped_program const&) = delete;
  piped_program& operator=(piped_program const&) = delete;
  ~piped_program() { ::close(end_); }

  /// False if the program has closed its end.
  [[nodiscard]] bool feed(std::string_view bytes) const {
    while (!bytes.empty()) {
      auto const written = ::write(end_, bytes.data(), bytes.size());
      if (written == -1) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

  void send(int signal) const { program_->send(signal); }

  void check_stopped() {
    auto const code = program_->wait();
    check_failure({code, program_->out(), program_->err(), 0}, "process_actions: cancelled\n");
    CHECK(folder_.entries() == strings{"pipe"});
  }

 private:
  temporary_folder folder_;
  temporary_folder logs_;
  std::optional<running_program> program_;
  int end_ = -1;
};

std::string events(std::size_t size) {
  std::string rows;
  while (rows.size() < size) rows += "2016-07-26T02:45:07.000Z,Open\n";
  return rows;
}

strings const reading{"--events-path", "pipe", "--out", "report", "--rejects", "rejects.jsonl", "--on-error", "skip"};

TEST_CASE("Ctrl-C ends waiting for a pipe that nobody writes to") {
  piped_program program{reading};
  program.send(GENERATE(SIGINT, SIGTERM));
  program.check_stopped();
}

TEST_CASE("Ctrl-C ends waiting in the middle of a pipe") {
  piped_program program{reading};
  // More than a pipe holds, so that some of it has been read.
  REQUIRE(program.feed("time,action\n" + events(200'000)));
  program.send(SIGINT);
  program.check_stopped();
}

TEST_CASE("Ctrl-C ends waiting for compressed events, which another thread reads") {
  using namespace std::string_literals;
  piped_program program{reading};
  REQUIRE(program.feed("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"s));
  program.send(SIGINT);
  program.check_stopped();
}

TEST_CASE("Ctrl-C ends reading of what does not end") {
  piped_program program{reading};
  REQUIRE(program.feed("time,action\n" + events(2'000'000)));
  program.send(SIGINT);
  auto const more = events(100'000);
  while (program.feed(more)) {
  }
  program.check_stopped();
}

TEST_CASE("Ctrl-C ends waiting for a state") {
  piped_program program{{"--merge", "pipe", "--out", "report"}};
  REQUIRE(program.feed("{\"format\":\"process_actions state 1\",\"window_us\":600000000,\"time_zone\":\"UTC\"}\n"));
  program.send(SIGINT);
  program.check_stopped();
}

}  // namespace
