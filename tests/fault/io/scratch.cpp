#include "support/catch.hpp"
#include "support/faulty_files.hpp"
#include "support/faulty_memory.hpp"
#include "support/files.hpp"

#include <spillway/io/scratch.hpp>

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
using spillway::test::temporary_folder;

std::string block_of(std::size_t size) { return std::string(size, 'x'); }

/// Writes three blocks, reads them back, and releases them.
void use_scratch(std::vector<std::string> const& folders) {
  io::scratch_space space{{.folders = folders}};
  std::vector<io::scratch_block> blocks;
  for (std::size_t i = 1; i <= 3; ++i) blocks.push_back(space.append(block_of(i * 5000)));
  for (std::size_t i = 1; i <= 3; ++i) {
    auto bytes = std::string(i * 5000, '\0');
    space.read(blocks[i - 1], bytes);
    if (bytes != block_of(i * 5000)) throw std::logic_error{"other bytes"};
    space.release(blocks[i - 1]);
  }
}

}  // namespace

TEST_CASE("whichever system call of scratch space fails, it is an io_error and nothing is left") {
  auto const nameless = GENERATE(true, false);
  auto happened = true;
  for (std::uint64_t call = 1; happened; ++call) {
    CAPTURE(call);
    temporary_folder const folder;
    auto const descriptors = open_descriptors();
    auto released = false;
    {
      injected_file_faults const faults{{.at_call = call, .has_nameless_files = nameless}};
      try {
        use_scratch({folder.path()});
        released = true;  // a failing release only means that the space stays in use
      } catch (spillway::io_error const& e) {
        CHECK(e.path() == folder.path());
      }
      happened = faults.happened();
    }
    CHECK((released || happened));
    CHECK(open_descriptors() == descriptors);
    CHECK(folder.entries().empty());
  }
}

TEST_CASE("a full disk leaves scratch space as it was, and another folder takes over") {
  temporary_folder const one;
  temporary_folder const two;
  {
    io::scratch_space space{{.folders = {one.path()}}};
    auto const block = space.append(block_of(5000));
    auto const used = space.used();
    {
      injected_file_faults const faults{{.at_call = 2, .error = ENOSPC, .only = "pwrite", .longest_transfer = 1000}};
      CHECK_THROWS_AS(space.append(block_of(5000)), spillway::io_error);
    }
    CHECK(space.used() == used);
    auto bytes = block_of(0);
    bytes.resize(5000);
    space.read(block, bytes);
    CHECK(bytes == block_of(5000));
  }
  io::scratch_space space{{.folders = {one.path(), two.path()}}};
  injected_file_faults const faults{{.at_call = 1, .error = GENERATE(ENOSPC, EDQUOT), .only = "pwrite"}};
  auto const block = space.append(block_of(5000));
  CHECK(block.folder == 1);
  CHECK(space.used() == 8192);
}

TEST_CASE("short transfers and interruptions do not show in scratch space") {
  temporary_folder const folder;
  auto const nameless = GENERATE(true, false);
  injected_file_faults const faults{{.longest_transfer = 999, .interrupt_every = 3, .has_nameless_files = nameless}};
  CHECK_NOTHROW(use_scratch({folder.path()}));
}

TEST_CASE("wherever a process with scratch space is killed, it leaves no file") {
  temporary_folder const folder;
  auto killed = true;
  for (std::uint64_t call = 1; killed; ++call) {
    auto const child = ::fork();
    REQUIRE(child != -1);
    if (child == 0) {
      injected_file_faults const faults{{.at_call = call, .then = file_faults::outcome::killed}};
      use_scratch({folder.path()});
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    killed = WIFSIGNALED(status);
    CHECK(folder.entries().empty());
  }
}

TEST_CASE("whichever allocation of scratch space fails, nothing is left") {
  temporary_folder const folder;
  auto const nameless = GENERATE(true, false);
  auto const descriptors = open_descriptors();
  auto happened = true;
  for (std::uint64_t call = 1; happened; ++call) {
    {
      injected_file_faults const files{{.has_nameless_files = nameless}};
      std::vector<std::string> const folders{folder.path()};
      injected_new_fault const fault{call};
      try {
        use_scratch(folders);
      } catch (std::bad_alloc const&) {
      }
      happened = fault.happened();
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(folder.entries().empty());
  }
}
