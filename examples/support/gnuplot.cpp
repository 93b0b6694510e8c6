#include "support/gnuplot.hpp"

#include <spillway/core/error.hpp>

#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace support {

namespace {

/// A file in memory, which a child process inherits.
class memory_file {
 public:
  memory_file() : descriptor_{::memfd_create("gnuplot", MFD_CLOEXEC)} {
    if (descriptor_ == -1) throw spillway::io_error{"create", "a file in memory", {errno, std::generic_category()}};
  }
  memory_file(memory_file const&) = delete;
  memory_file& operator=(memory_file const&) = delete;
  ~memory_file() { ::close(descriptor_); }

  void write(std::string_view text) const {
    while (!text.empty()) {
      auto const written = ::write(descriptor_, text.data(), text.size());
      if (written == -1) throw spillway::io_error{"write", "a file in memory", {errno, std::generic_category()}};
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(descriptor_, 0, SEEK_SET);
  }

  [[nodiscard]] std::string read() const {
    std::string text(static_cast<std::size_t>(::lseek(descriptor_, 0, SEEK_END)), '\0');
    auto const got = ::pread(descriptor_, text.data(), text.size(), 0);
    text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return text;
  }

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

 private:
  int descriptor_;
};

struct output {
  std::string out;
  std::string err;
  bool good;
};

/// Nothing if the program is not there.
std::optional<output> run_gnuplot(std::string const& script) {
  memory_file const in;
  memory_file const out;
  memory_file const err;
  in.write(script);
  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.descriptor(), STDERR_FILENO);
  std::string name = "gnuplot";
  std::string option = "--default-settings";
  char* words[] = {name.data(), option.data(), nullptr};
  ::pid_t child = 0;
  auto const failed = ::posix_spawnp(&child, name.c_str(), &actions, nullptr, words, ::environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return std::nullopt;
  int status = 0;
  while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return output{out.read(), err.read(), WIFEXITED(status) && WEXITSTATUS(status) == 0};
}

/// Without what a page has no use for: the XML declaration, and definitions of marks, whose names would be there many
/// times.
std::string trimmed(std::string_view svg) {
  std::string text{svg};
  auto const cut = [&](std::string_view from, std::string_view to) {
    auto const begin = text.find(from);
    auto const end = text.find(to, begin);
    if (begin != std::string::npos && end != std::string::npos) text.erase(begin, end + to.size() - begin);
  };
  cut("<defs>", "</defs>");
  cut("<title>", "</title>");
  cut("<desc>", "</desc>");
  for (auto at = text.find(" id=\""); at != std::string::npos; at = text.find(" id=\"", at)) {
    text.erase(at, text.find('"', at + 5) + 1 - at);
  }
  std::string joined;
  for (char const c : text) {
    if (c != '\n' || joined.empty() || joined.back() != '\n') joined += c;
  }
  return joined;
}

}  // namespace

std::optional<std::vector<std::string>> draw(std::vector<std::string> const& scripts, unsigned width, unsigned height) {
  std::string script = "set encoding utf8\n";
  for (auto const& each : scripts) {
    script += fmt::format(
        "reset\nset terminal svg size {},{} dynamic noenhanced font 'sans-serif,13' background '#ffffff'\n{}\n", width,
        height, each);
  }
  auto const done = run_gnuplot(script);
  if (!done) return std::nullopt;
  std::vector<std::string> pictures;
  constexpr std::string_view end = "</svg>";
  for (std::size_t at = 0; (at = done->out.find("<svg", at)) != std::string::npos;) {
    auto const close = done->out.find(end, at);
    if (close == std::string::npos) break;
    pictures.push_back(trimmed(std::string_view{done->out}.substr(at, close + end.size() - at)));
    at = close;
  }
  if (!done->good || pictures.size() != scripts.size()) {
    auto const problem = done->err.substr(0, done->err.find('\n', done->err.find_first_not_of('\n')));
    throw spillway::error{"gnuplot: " + (problem.empty() ? "no picture came out of it" : problem)};
  }
  return pictures;
}

}  // namespace support
