#include "support/catch.hpp"
#include "support/faulty_files.hpp"
#include "support/faulty_memory.hpp"
#include "support/files.hpp"

#include <spillway/io/output.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
using spillway::test::file_faults;
using spillway::test::injected_file_faults;
using spillway::test::injected_new_fault;
using spillway::test::open_descriptors;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using names = std::vector<std::string>;

std::string lines() {
  std::string text;
  for (auto i = 0; i < 30; ++i) text += std::to_string(i * i) + '\n';
  return text;
}

void write_one(std::string const& path) {
  io::output_file out{path, {.buffer_size = 64}};
  out.append(lines());
  out.commit();
}

void write_two(std::string const& first, std::string const& second) {
  io::output_file one{first};
  io::output_file two{second};
  one.append(lines());
  two.append(lines());
  io::commit_together(one, two);
}

/// Runs `work` in a process of its own that is killed at the n-th call; false if it made fewer calls.
template <class Work>
bool killed_at(std::uint64_t call, bool has_nameless_files, Work work) {
  auto const child = ::fork();
  REQUIRE(child != -1);
  if (child == 0) {
    injected_file_faults const faults{
        {.at_call = call, .then = file_faults::outcome::killed, .has_nameless_files = has_nameless_files}};
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0));
  return WIFSIGNALED(status);
}

}  // namespace

TEST_CASE("whichever system call of an output fails, the target stays as it was and nothing is left") {
  auto const before = GENERATE(names{}, names{"out"});
  auto const nameless = GENERATE(true, false);
  auto const error = GENERATE(EIO, ENOSPC);
  auto happened = true;
  auto failures = 0;
  for (std::uint64_t call = 1; happened; ++call) {
    CAPTURE(call);
    temporary_folder const folder;
    if (!before.empty()) write_file(folder / "out", "old");
    auto const descriptors = open_descriptors();
    auto succeeded = true;
    auto folder_failed = false;
    {
      injected_file_faults const faults{{.at_call = call, .error = error, .has_nameless_files = nameless}};
      try {
        write_one(folder / "out");
      } catch (spillway::io_error const& e) {
        succeeded = false;
        CHECK(e.code() == std::error_code{error, std::generic_category()});
        CHECK(e.path() == folder / "out");
        folder_failed = e.operation() == "sync" && folder.entries() == names{"out"} && read_file(e.path()) == lines();
      }
      happened = faults.happened();
    }
    CHECK(succeeded == !happened);
    CHECK(open_descriptors() == descriptors);
    failures += happened ? 1 : 0;
    if (succeeded || folder_failed) {
      CHECK(folder.entries() == names{"out"});
      CHECK(read_file(folder / "out") == lines());
    } else {
      CHECK(folder.entries() == before);
      if (!before.empty()) CHECK(read_file(folder / "out") == "old");
    }
  }
  CHECK(failures >= 6);
}

TEST_CASE("whichever system call of outputs that appear together fails, none appears") {
  auto const before = GENERATE(names{}, names{"b"}, names{"a", "b"});
  auto happened = true;
  for (std::uint64_t call = 1; happened; ++call) {
    CAPTURE(call);
    temporary_folder const folder;
    for (auto const& name : before) write_file(folder / name, "old");
    auto const descriptors = open_descriptors();
    auto succeeded = true;
    {
      injected_file_faults const faults{{.at_call = call}};
      try {
        write_two(folder / "a", folder / "b");
      } catch (spillway::io_error const&) {
        succeeded = false;
      }
      happened = faults.happened();
    }
    CHECK(succeeded == !happened);
    CHECK(open_descriptors() == descriptors);
    CHECK(folder.entries() == (succeeded ? names{"a", "b"} : before));
    for (auto const& name : folder.entries()) CHECK(read_file(folder / name) == (succeeded ? lines() : "old"));
  }
}

TEST_CASE("wherever an output is killed, the target is old or new, and only a complete file may be left beside it") {
  auto const replaces = GENERATE(false, true);
  auto killed = true;
  for (std::uint64_t call = 1; killed; ++call) {
    CAPTURE(call);
    temporary_folder const folder;
    if (replaces) write_file(folder / "out", "old");
    killed = killed_at(call, true, [&] { write_one(folder / "out"); });
    for (auto const& name : folder.entries()) {
      auto const bytes = read_file(folder / name);
      if (name == "out") {
        CHECK((bytes == lines() || (replaces && killed && bytes == "old")));
      } else {
        CHECK(replaces);
        CHECK(name.starts_with(".out."));
        CHECK(bytes == lines());
      }
    }
    if (replaces || !killed) CHECK(folder.entries().back() == "out");
  }
}

TEST_CASE("wherever outputs that appear together are killed, each is old or new, and the old are not lost") {
  auto killed = true;
  for (std::uint64_t call = 1; killed; ++call) {
    CAPTURE(call);
    temporary_folder const folder;
    for (auto const* name : {"a", "b"}) write_file(folder / name, std::string{"old "} + name);
    killed = killed_at(call, true, [&] { write_two(folder / "a", folder / "b"); });
    for (std::string const name : {"a", "b"}) {
      auto const bytes = read_file(folder / name);
      CHECK((bytes == lines() || (killed && bytes == "old " + name)));
    }
    if (!killed) CHECK(folder.entries() == names{"a", "b"});
  }
}

TEST_CASE("short writes and interruptions do not show in an output") {
  temporary_folder const folder;
  auto const nameless = GENERATE(true, false);
  {
    injected_file_faults const faults{
        {.longest_transfer = 7, .interrupt_every = GENERATE(2U, 3U), .has_nameless_files = nameless}};
    write_one(folder / "out");
    write_one(folder / "out");
    write_two(folder / "a", folder / "out");
  }
  CHECK(folder.entries() == names{"a", "out"});
  CHECK(read_file(folder / "out") == lines());
}

TEST_CASE("whichever allocation of an output fails, the target stays as it was and nothing is left") {
  std::string const name = GENERATE("out", "out.gz", "out.zst", "out.bz2", "out.xz");
  auto const nameless = GENERATE(true, false);
  auto happened = true;
  for (std::uint64_t call = 1; happened; ++call) {
    CAPTURE(name, call);
    temporary_folder const folder;
    write_file(folder / name, "old");
    auto const path = folder / name;
    auto const descriptors = open_descriptors();
    auto succeeded = true;
    {
      injected_file_faults const files{{.has_nameless_files = nameless}};
      injected_new_fault const fault{call};
      try {
        write_one(path);
      } catch (std::bad_alloc const&) {
        succeeded = false;
      }
      happened = fault.happened();
    }
    CHECK(succeeded == !happened);
    CHECK(open_descriptors() == descriptors);
    CHECK(folder.entries() == names{name});
    if (!succeeded) CHECK(read_file(path) == "old");
  }
}
