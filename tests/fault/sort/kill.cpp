#include "support/catch.hpp"
#include "support/faulty_files.hpp"
#include "support/files.hpp"
#include "support/sort_input.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/output.hpp>
#include <spillway/sort/external_sorter.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
using namespace spillway::literals;
using namespace spillway::test;

auto const records = numbered_records(40'000, 5000);

/// Sorts into a file. `tick` is called whenever a key is asked for and a record comes out.
template <class Tick>
void sort_to_file(std::string const& scratch, std::string const& path, unsigned threads, Tick const& tick) {
  auto const key = [&](numbered const& each) {
    tick();
    return each.key;
  };
  sort::external_sorter<numbered, std::ranges::less, decltype(key)> sorter{
      {}, key, {.budget = 1_MiB, .threads = threads, .scratch = {.folders = {scratch}}}};
  io::output_file out{path, {.buffer_size = 4096}};
  for (auto const& each : records) sorter.push(each);
  for (auto const& each : sorter.sorted()) {
    tick();
    out.append({reinterpret_cast<char const*>(&each), sizeof each});
  }
  out.commit();
}

/// What became of a process that did it.
template <class Work>
bool is_killed(Work const& work) {
  auto const child = ::fork();
  REQUIRE(child != -1);
  if (child == 0) {
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status);
}

}  // namespace

TEST_CASE("wherever a process that sorts is killed, it leaves no scratch and no part of its output") {
  temporary_folder const scratch;
  temporary_folder const outputs;
  auto const threads = GENERATE(1U, 2U);
  std::atomic<std::uint64_t> ticks{0};
  sort_to_file(scratch.path(), outputs / "whole", threads, [&] { ++ticks; });
  auto const whole = read_file(outputs / "whole");
  REQUIRE(whole.size() == records.size() * sizeof(numbered));
  std::mt19937_64 random{threads};
  for (int i = 0; i < 25; ++i) {
    auto const at = 1 + random() % (ticks - ticks / 100);
    CAPTURE(threads, at);
    std::atomic<std::uint64_t> left{at};
    CHECK(is_killed([&] {
      sort_to_file(scratch.path(), outputs / "killed", threads, [&] {
        if (--left == 0) ::raise(SIGKILL);
      });
    }));
    CHECK(scratch.entries().empty());
    CHECK(outputs.entries() == std::vector<std::string>{"whole"});
  }
}

TEST_CASE("at whichever system call a process that sorts is killed, its output is whole or not there") {
  temporary_folder const scratch;
  temporary_folder const outputs;
  auto killed = true;
  for (std::uint64_t call = 1; killed; call += call < 24 ? 1 : 31) {
    CAPTURE(call);
    killed = is_killed([&] {
      injected_file_faults const faults{{.at_call = call, .then = file_faults::outcome::killed}};
      sort_to_file(scratch.path(), outputs / "out", 2, [] {});
    });
    CHECK(scratch.entries().empty());
    if (outputs.entries().empty()) continue;
    CHECK(outputs.entries() == std::vector<std::string>{"out"});
    CHECK(read_file(outputs / "out").size() == records.size() * sizeof(numbered));
    std::filesystem::remove(outputs / "out");
  }
}
