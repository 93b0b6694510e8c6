#include "support/catch.hpp"
#include "support/faulty_files.hpp"
#include "support/faulty_memory.hpp"
#include "support/files.hpp"

#include <spillway/io/input.hpp>
#include <spillway/io/output.hpp>

#include <string>

namespace {

namespace io = spillway::io;
using spillway::test::file_faults;
using spillway::test::injected_file_faults;
using spillway::test::injected_new_fault;
using spillway::test::open_descriptors;
using spillway::test::temporary_folder;

std::string lines() {
  std::string text;
  for (auto i = 0; i < 1000; ++i) text += std::to_string(i * i) + '\n';
  return text;
}

void write_out(std::string const& path) {
  io::output_file out{path};
  out.append(lines());
  out.commit();
}

std::string read_all(std::string const& path, io::input_options const& options = {}) {
  auto const source = io::open_input(path, options);
  std::string all;
  std::string buffer(1000, '\0');
  for (auto got = buffer.size(); got == buffer.size();) {
    got = source->read(buffer);
    all.append(buffer, 0, got);
  }
  return all;
}

}  // namespace

TEST_CASE("whichever system call of an input fails, it is an io_error and nothing leaks") {
  temporary_folder const folder;
  auto const path = folder / GENERATE("in", "in.gz", "in.zst", "in.bz2", "in.xz");
  write_out(path);
  auto const ahead = GENERATE(io::read_ahead::always, io::read_ahead::never);
  auto const descriptors = open_descriptors();
  auto happened = true;
  auto failures = 0;
  for (std::uint64_t call = 1; happened; ++call) {
    CAPTURE(call);
    std::string all;
    auto succeeded = true;
    {
      injected_file_faults const faults{{.at_call = call}};
      try {
        all = read_all(path, {.read_ahead = ahead});
      } catch (spillway::io_error const& e) {
        succeeded = false;
        CHECK(e.path() == path);
        CHECK(e.code() == std::errc::io_error);
      }
      happened = faults.happened();
    }
    failures += happened ? 1 : 0;
    CHECK(succeeded == !happened);
    CHECK(open_descriptors() == descriptors);
    if (succeeded) CHECK(all == lines());
  }
  CHECK(failures > 2);
}

TEST_CASE("short reads and interruptions do not show in an input") {
  temporary_folder const folder;
  auto const path = folder / GENERATE("in", "in.gz", "in.zst", "in.bz2", "in.xz");
  write_out(path);
  injected_file_faults const faults{{.longest_transfer = 7, .interrupt_every = GENERATE(2U, 3U)}};
  CHECK(read_all(path) == lines());
}

TEST_CASE("whichever allocation of an input fails, it is passed on and nothing leaks") {
  temporary_folder const folder;
  auto const path = folder / GENERATE("in", "in.gz", "in.zst", "in.bz2", "in.xz");
  write_out(path);
  auto const descriptors = open_descriptors();
  auto happened = true;
  for (std::uint64_t call = 1; happened; ++call) {
    CAPTURE(call);
    auto succeeded = true;
    {
      injected_new_fault const fault{call};
      try {
        static_cast<void>(read_all(path));
      } catch (std::bad_alloc const&) {
        succeeded = false;
      }
      happened = fault.happened();
    }
    CHECK(succeeded == !happened);
    CHECK(open_descriptors() == descriptors);
  }
}

TEST_CASE("whichever allocation from the memory resource of an input fails, all others are given back") {
  temporary_folder const folder;
  auto const path = folder / "in.gz";
  write_out(path);
  auto failed = true;
  for (std::uint64_t at = 1; failed; ++at) {
    spillway::test::bombing_resource memory{at};
    auto succeeded = true;
    try {
      static_cast<void>(read_all(path, {.memory = &memory}));
    } catch (std::bad_alloc const&) {
      succeeded = false;
    }
    failed = memory.failed();
    CHECK(succeeded == !failed);
    CHECK(memory.used() == 0);
  }
}
