#include "support/catch.hpp"
#include "support/faulty_files.hpp"
#include "support/files.hpp"
#include "support/sort_input.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/external_sorter.hpp>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <system_error>
#include <vector>

namespace {

namespace sort = spillway::sort;
using namespace spillway::literals;
using namespace spillway::test;

using sorter_of_records = sort::external_sorter<numbered, std::ranges::less, std::uint32_t numbered::*>;

/// About three runs.
auto const records = numbered_records(40'000, 5000);
auto const expected = stably_sorted(records, {}, &numbered::key);

sort::external_options options_in(std::string const& folder, unsigned threads) {
  return {.budget = 1_MiB, .threads = threads, .scratch = {.folders = {folder}}};
}

std::vector<numbered> sort_with(sorter_of_records& sorter) {
  for (auto const& each : records) sorter.push(each);
  std::vector<numbered> out;
  for (auto const& each : sorter.sorted()) out.push_back(each);
  return out;
}

/// An open scratch file of this process.
int scratch_descriptor(std::string const& folder) {
  for (auto const& each : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code ignored;
    auto const target = std::filesystem::read_symlink(each.path(), ignored).string();
    if (target.starts_with(folder)) return std::stoi(each.path().filename().string());
  }
  throw std::logic_error{"no scratch file"};
}

}  // namespace

TEST_CASE("whichever system call of a sort fails, it is an io_error and nothing is left") {
  auto const threads = GENERATE(1U, 2U);
  auto const error = GENERATE(EIO, ENOSPC);
  temporary_folder const folder;
  auto const descriptors = open_descriptors();
  auto happened = true;
  for (std::uint64_t call = 1; happened; call += call < 24 ? 1 : 23) {
    CAPTURE(threads, call);
    {
      sorter_of_records sorter{{}, &numbered::key, options_in(folder.path(), threads)};
      injected_file_faults const faults{{.at_call = call, .error = error}};
      try {
        auto const out = sort_with(sorter);
        CHECK(out == expected);  // a release that fails only means that the space stays in use
      } catch (spillway::io_error const& e) {
        CHECK(e.path() == folder.path());
        CHECK(e.code().value() == error);
        CHECK(sorter.state() == sort::sorter_state::failed);
        CHECK(faults.happened());
        CHECK(open_descriptors() == descriptors);  // even before the sorter is gone
      }
      happened = faults.happened();
    }
    CHECK(open_descriptors() == descriptors);
    CHECK(folder.entries().empty());
  }
}

TEST_CASE("short transfers and interruptions do not show in what is sorted") {
  temporary_folder const folder;
  injected_file_faults const faults{
      {.longest_transfer = 5000, .interrupt_every = 3, .has_nameless_files = GENERATE(true, false)}};
  sorter_of_records sorter{{}, &numbered::key, options_in(folder.path(), GENERATE(1U, 2U))};
  CHECK(sort_with(sorter) == expected);
  CHECK(sorter.result().runs > 1);
}

TEST_CASE("a full scratch disk is an error, and another folder takes over if there is one") {
  temporary_folder const small;
  temporary_folder const large;
  if (::mount("tmpfs", small.path().c_str(), "tmpfs", 0, "size=512k") != 0) {
    WARN("file systems can't be mounted here");
    return;
  }
  {
    sorter_of_records sorter{{}, &numbered::key, options_in(small.path(), 2)};
    try {
      sort_with(sorter);
      FAIL("nothing was thrown");
    } catch (spillway::io_error const& e) {
      CHECK(e.code() == std::errc::no_space_on_device);
      CHECK(sorter.state() == sort::sorter_state::failed);
    }
    auto options = options_in(small.path(), 2);
    options.scratch.folders.push_back(large.path());
    sorter_of_records two{{}, &numbered::key, options};
    CHECK(sort_with(two) == expected);
    CHECK(std::filesystem::space(small.path()).available == std::filesystem::space(small.path()).capacity);
  }
  CHECK(::umount(small.path().c_str()) == 0);
}

TEST_CASE("scratch past its limit is an error that leaves nothing") {
  temporary_folder const folder;
  auto const descriptors = open_descriptors();
  auto options = options_in(folder.path(), GENERATE(1U, 2U));
  options.scratch.limit = GENERATE(0U, 100'000U, 1'500'000U);
  sorter_of_records sorter{{}, &numbered::key, options};
  CHECK_THROWS_AS(sort_with(sorter), spillway::io::scratch_limit_exceeded);
  CHECK(sorter.state() == sort::sorter_state::failed);
  CHECK(open_descriptors() == descriptors);
  options.scratch.limit = records.size() * sizeof(numbered) / 20 * 21;
  sorter_of_records within{{}, &numbered::key, options};
  CHECK(sort_with(within) == expected);
}

TEST_CASE("a folder that takes no files is an error when the first run is spilled, and none before") {
  sorter_of_records sorter{{}, &numbered::key, options_in("/nowhere/at/all", 2)};
  sorter.push(records[0]);
  CHECK_THROWS_AS(sort_with(sorter), spillway::io_error);
  CHECK(sorter.state() == sort::sorter_state::failed);
  sorter_of_records few{{}, &numbered::key, options_in("/nowhere/at/all", 2)};
  few.push(records[0]);
  std::size_t count = 0;
  for ([[maybe_unused]] auto const& each : few.sorted()) ++count;
  CHECK(count == 1);
}

TEST_CASE("a bit that flips on scratch is found, wherever it is") {
  temporary_folder const folder;
  auto const compression = GENERATE(sort::run_compression::none, sort::run_compression::zstd);
  std::size_t found = 0;
  constexpr std::size_t tries = 60;
  for (std::size_t i = 0; i < tries; ++i) {
    auto options = options_in(folder.path(), 1 + i % 2);
    options.compression = compression;
    sorter_of_records sorter{{}, &numbered::key, options};
    for (auto const& each : records) sorter.push(each);
    auto const scratch = scratch_descriptor(folder.path());
    struct ::stat status = {};
    REQUIRE(::fstat(scratch, &status) == 0);
    auto const offset = status.st_size * static_cast<::off_t>(i) / static_cast<::off_t>(tries);
    char byte = 0;
    REQUIRE(::pread(scratch, &byte, 1, offset) == 1);
    byte = static_cast<char>(byte ^ (1 << (i % 8)));
    REQUIRE(::pwrite(scratch, &byte, 1, offset) == 1);
    std::vector<numbered> out;
    try {
      for (auto const& each : sorter.sorted()) out.push_back(each);
      CHECK(out == expected);  // it was behind the end of a block
    } catch (spillway::corrupt_data const&) {
      ++found;
      CHECK(sorter.state() == sort::sorter_state::failed);
      CHECK(std::equal(out.begin(), out.end(), expected.begin()));
    }
  }
  CHECK(found > tries / 5);  // compressed blocks leave much of their pages empty
}

TEST_CASE("scratch that is cut off is found") {
  temporary_folder const folder;
  sorter_of_records sorter{{}, &numbered::key, options_in(folder.path(), 2)};
  for (auto const& each : records) sorter.push(each);
  REQUIRE(::ftruncate(scratch_descriptor(folder.path()), 8192) == 0);
  CHECK_THROWS_AS(
      [&] {
        for ([[maybe_unused]] auto const& each : sorter.sorted()) {
        }
      }(),
      spillway::corrupt_data);
}
