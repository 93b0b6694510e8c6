#include "support/catch.hpp"
#include "support/faulty_files.hpp"
#include "support/faulty_memory.hpp"
#include "support/files.hpp"

#include <spillway/core/error.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/csv_files.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
namespace split = spillway::split;
using spillway::test::bombing_resource;
using spillway::test::file_faults;
using spillway::test::injected_file_faults;
using spillway::test::open_descriptors;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using names = std::vector<std::string>;

std::string rows() {
  std::string text{"id,class\n"};
  for (int i = 0; i != 40; ++i) text += std::to_string(i) + ",c" + std::to_string(i % 4) + '\n';
  return text;
}

/// Four classes. With one open file three go another way.
split::result split_rows(std::string const& folder, std::size_t open_files,
                         std::pmr::memory_resource* memory = std::pmr::get_default_resource()) {
  auto const text = rows();
  return split::csv_files(
      io::read_csv(std::make_unique<io::memory_source>(text), {.memory = memory}), split::by{io::column{"class"}},
      folder,
      {.threads = 1, .open_files = open_files, .budget = 1 << 20, .memory = memory, .scratch = {.folders = {"/tmp"}}});
}

std::string file_of(int number) {
  std::string text{"id,class\n"};
  for (int i = number; i < 40; i += 4) text += std::to_string(i) + ",c" + std::to_string(number) + '\n';
  return text;
}

bool all_are_there(temporary_folder const& folder) {
  for (int i = 0; i != 4; ++i) {
    if (read_file(folder / ("c" + std::to_string(i) + ".csv")) != file_of(i)) return false;
  }
  return true;
}

names const all_names{"c0.csv", "c1.csv", "c2.csv", "c3.csv"};

/// Runs `work` in a process of its own that is killed at the n-th call; false if it made fewer calls.
template <class Work>
bool killed_at(std::uint64_t call, Work work) {
  auto const child = ::fork();
  REQUIRE(child != -1);
  if (child == 0) {
    injected_file_faults const faults{{.at_call = call, .then = file_faults::outcome::killed}};
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE((WIFSIGNALED(status) ? WTERMSIG(status) == SIGKILL : WEXITSTATUS(status) == 0));
  return WIFSIGNALED(status);
}

}  // namespace

TEST_CASE("whichever system call of a split fails, all files are as they were and nothing is left") {
  auto const open_files = GENERATE(std::size_t{100}, std::size_t{1});
  auto const error = GENERATE(EIO, ENOSPC);
  auto const* const call_name = GENERATE("open", "openat", "write", "pwrite", "pread", "linkat", "renameat", "fsync");
  auto happened = true;
  for (std::uint64_t call = 1; happened; ++call) {
    CAPTURE(open_files, error, call_name, call);
    temporary_folder const folder;
    write_file(folder / "c2.csv", "old");
    auto const descriptors = open_descriptors();
    auto succeeded = true;
    {
      injected_file_faults const faults{{.at_call = call, .error = error, .only = call_name}};
      try {
        split_rows(folder.path(), open_files);
      } catch (spillway::io_error const& e) {
        succeeded = false;
        CHECK(e.code().value() == error);
      }
      happened = faults.happened();
    }
    CHECK(open_descriptors() == descriptors);
    if (succeeded) {
      CHECK(all_are_there(folder));
      CHECK(folder.entries() == all_names);
    } else {
      CHECK(folder.entries() == names{"c2.csv"});
      CHECK(read_file(folder / "c2.csv") == "old");
    }
  }
}

TEST_CASE("a split that is killed leaves no partial file, and the next one cleans up") {
  auto const open_files = GENERATE(std::size_t{100}, std::size_t{1});
  auto killed = true;
  for (std::uint64_t call = 1; killed; ++call) {
    CAPTURE(open_files, call);
    temporary_folder const folder;
    killed = killed_at(call, [&] { split_rows(folder.path(), open_files); });
    for (int i = 0; i != 4; ++i) {
      auto const path = folder / all_names[static_cast<std::size_t>(i)];
      if (::access(path.c_str(), F_OK) == 0) CHECK(read_file(path) == file_of(i));
    }
    split_rows(folder.path(), open_files);
    CHECK(all_are_there(folder));
    auto staging = folder.entries();
    std::erase_if(staging, [](std::string const& name) { return !name.starts_with(".spillway-staging"); });
    CHECK(staging.empty());
  }
}

TEST_CASE("whichever allocation of a split fails, nothing appears and nothing leaks") {
  auto const open_files = GENERATE(std::size_t{100}, std::size_t{1});
  for (std::uint64_t n = 1;; ++n) {
    CAPTURE(open_files, n);
    temporary_folder const folder;
    bombing_resource memory{n};
    try {
      split_rows(folder.path(), open_files, &memory);
      CHECK(all_are_there(folder));
      break;
    } catch (std::bad_alloc const&) {
      CHECK(folder.entries().empty());
      CHECK(memory.used() == 0);
    }
  }
}

TEST_CASE("a folder that takes no files is an error and nothing is read") {
  CHECK_THROWS_AS(split_rows("/proc/{}.csv", 1), spillway::io_error);
}
