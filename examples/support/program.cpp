#include "support/program.hpp"

#include "support/sizes.hpp"

#include <spillway/io/json_text.hpp>
#include <spillway/io/output.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <thread>
#include <utility>

namespace support {

CLI::Option* add_parsed_option(CLI::App& app, std::string const& name, std::string const& help,
                               std::function<void(std::string const&)> const& take) {
  auto const parse = [name, take](std::string const& text) {
    try {
      take(text);
    } catch (spillway::value_error const& problem) {
      throw CLI::ValidationError{name, problem.what()};
    }
  };
  return app.add_option_function<std::string>(name, parse, help);
}

namespace {

spillway::io::error_policy parse_error_policy(std::string_view text) {
  if (text == "fail") return spillway::io::error_policy::fail;
  if (text == "skip") return spillway::io::error_policy::skip;
  throw spillway::value_error{"fail or skip", text};
}

/// One line on standard error. If that is closed or full there is nobody to tell.
void complain(std::string message) {
  message += '\n';
  std::fputs(message.c_str(), stderr);
}

}  // namespace

void common_options::add_to(CLI::App& app) {
  add_parsed_option(app, "--memory", "Memory to use at most, for example 256MiB",
                    [this](std::string const& text) { memory = parse_bytes(text); })
      ->type_name("SIZE")
      ->default_str("256MiB");
  add_parsed_option(app, "--threads", "Threads to use, 1 to 256",
                    [this](std::string const& text) { threads = static_cast<unsigned>(parse_count(text, 1, 256)); })
      ->type_name("N")
      ->default_str(std::to_string(threads));
  app.add_option("--scratch", scratch, "Folder for temporary files (default: the system's)")->type_name("DIR");
  app.add_flag("--quiet", quiet, "No progress and no closing line");
  add_parsed_option(app, "--on-error", "What to do with malformed input",
                    [this](std::string const& text) { on_error = parse_error_policy(text); })
      ->type_name("fail|skip")
      ->default_str("fail");
  app.add_option(
         "--rejects", rejects,
         "Write skipped records and the reasons there, as JSON lines (default: rejects.jsonl, if there are any)")
      ->type_name("FILE");
}

std::string common_options::reject_path() const {
  return rejects.empty() && on_error == spillway::io::error_policy::skip ? "rejects.jsonl" : rejects;
}

std::size_t common_options::longest_record() const {
  // A buffer grows by doubling and its remainder is carried over, so that one record can take three times its length.
  auto const share = memory / (4 * std::uint64_t{threads});
  return static_cast<std::size_t>(std::clamp<std::uint64_t>(share, 64U << 10U, 1U << 30U));
}

/// Turns SIGINT and SIGTERM into a stop request. A thread waits for them, because requesting a stop runs callbacks,
/// which a signal handler must not do. A second signal ends the program at once.
class run::signal_listener {
 public:
  explicit signal_listener(std::stop_source& stop) {
    sigemptyset(&signals_);
    for (auto const number : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals_, number);
    pthread_sigmask(SIG_BLOCK, &signals_, &before_);
    thread_ = std::thread{[this, &stop] { listen(stop); }};
  }
  signal_listener(signal_listener const&) = delete;
  signal_listener& operator=(signal_listener const&) = delete;
  ~signal_listener() {
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  void listen(std::stop_source& stop) {
    for (int number = 0; sigwait(&signals_, &number) == 0 && number != SIGUSR1;) {
      if (!stop.request_stop()) ::_exit(128 + number);
    }
  }

  sigset_t signals_{};
  sigset_t before_{};
  std::thread thread_;
};

run::run(common_options const& options)
    : quiet_{options.quiet},
      bar_{options.quiet ? progress_bar::visibility::never : progress_bar::visibility::terminal_only},
      signals_{std::make_unique<signal_listener>(stop_)} {}

run::~run() = default;

void run::say(std::string const& message) {
  bar_.clear();
  if (!quiet_) complain(message);
}

namespace {

/// The most memory this process ever had resident. Not from getrusage: that also counts the process that started us.
std::uint64_t peak_memory() {
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      std::uint64_t kibibytes = 0;
      status >> kibibytes;
      return kibibytes << 10U;
    }
  }
  return 0;
}

}  // namespace

void run::finish(std::uint64_t rows, std::string const& details) {
  auto const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  say(fmt::format("{} rows, {:.2f} s, {} peak memory{}{}", count_text(rows), seconds, bytes_text(peak_memory()),
                  details.empty() ? "" : "; ", details));
}

struct reject_file::state {
  explicit state(std::string const& path) : output{path} {}

  void add(spillway::io::reject const& rejected) {
    line.clear();
    line += R"({"source":)";
    spillway::io::append_json_string(line, rejected.source);
    fmt::format_to(std::back_inserter(line), R"(,"line":{},"problem":)", rejected.position.line);
    spillway::io::append_json_string(line, rejected.problem);
    line += R"(,"record":)";
    spillway::io::append_json_string(line, rejected.bytes);
    line += "}\n";
    output.write(line);
  }

  spillway::io::output_file output;
  std::string line;
};

reject_file::reject_file(std::string const& path) {
  if (!path.empty()) state_ = std::make_unique<state>(path);
}

reject_file::~reject_file() = default;

spillway::io::reject_sink reject_file::sink() {
  if (!state_) return {};
  return [this](spillway::io::reject const& rejected) { state_->add(rejected); };
}

void reject_file::commit() {
  if (state_) state_->output.commit();
}

namespace {

/// A standard descriptor that was closed at the start would be given to the next file opened, and what is printed would
/// end in that. Opened in the wrong direction, its use is an error as before.
void occupy_standard_descriptors() {
  for (auto const descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(descriptor, F_GETFD) != -1) continue;
    [[maybe_unused]] auto const opened = ::open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace

int run_program(CLI::App& app, std::vector<std::string> arguments, std::function<exit_code()> const& body) {
  occupy_standard_descriptors();
  // A closed pipe and a file size limit are errors to report, not reasons to vanish.
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  auto const fail = [&](std::string_view problem) {
    complain(fmt::format("{}: {}", app.get_name(), problem));
    return static_cast<int>(exit_code::failed);
  };
  try {
    std::ranges::reverse(arguments);  // CLI11 takes them last first, without the program's name
    arguments.pop_back();
    app.parse(std::move(arguments));
    return static_cast<int>(body());
  } catch (CLI::Success const& help) {
    return app.exit(help);
  } catch (CLI::ParseError const& problem) {
    return fail(fmt::format("{} (see {} --help)", problem.what(), app.get_name()));
  } catch (std::bad_alloc const&) {
    return fail("out of memory");
  } catch (std::exception const& problem) {
    return fail(problem.what());
  }
}

}  // namespace support
