#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/io/scratch.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace io = spillway::io;
using spillway::test::temporary_folder;

std::string noise(std::size_t size, unsigned seed) {
  std::mt19937 random{seed};
  std::string bytes(size, '\0');
  for (auto& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string read(io::scratch_space const& space, io::scratch_block const& block) {
  std::string bytes(block.size, '\0');
  space.read(block, bytes);
  return bytes;
}

/// The descriptor of the scratch file in `folder`, which has no name to open it by.
int descriptor_in(std::string const& folder) {
  for (auto const& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    auto const target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (target.starts_with(folder) && target.ends_with("(deleted)")) return std::stoi(entry.path().filename());
  }
  return -1;
}

std::uint64_t bytes_on_disk(int descriptor) {
  struct ::stat status = {};
  REQUIRE(::fstat(descriptor, &status) == 0);
  return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

}  // namespace

TEST_CASE("blocks come back as they were written, in any order") {
  temporary_folder const one;
  temporary_folder const two;
  io::scratch_space space{{.folders = {one.path(), two.path()}}};
  std::vector<io::scratch_block> blocks;
  std::uint64_t written = 0;
  for (unsigned i = 0; i < 100; ++i) {
    blocks.push_back(space.append(noise(i * 997, i)));
    written += i * 997;
  }
  for (unsigned i = 100; i-- > 0;) REQUIRE(read(space, blocks[i]) == noise(i * 997, i));
  CHECK(space.written() == written);
  CHECK(space.used() >= written);
  CHECK(one.entries().empty());
  CHECK(two.entries().empty());
  CHECK(bytes_on_disk(descriptor_in(one.path())) > 0);
  CHECK(bytes_on_disk(descriptor_in(two.path())) > 0);
}

TEST_CASE("a block that changed on disk is corrupt_data, and so is one that was cut off") {
  temporary_folder const folder;
  io::scratch_space space{{.folders = {folder.path()}}};
  auto const before = space.append(noise(10'000, 1));
  auto const block = space.append(noise(10'000, 2));
  auto const descriptor = descriptor_in(folder.path());
  auto const at = GENERATE(0U, 1U, 31U, 5000U, 9999U);
  char byte = 0;
  REQUIRE(::pread(descriptor, &byte, 1, static_cast<::off_t>(block.offset + at)) == 1);
  byte = static_cast<char>(byte ^ 1);
  REQUIRE(::pwrite(descriptor, &byte, 1, static_cast<::off_t>(block.offset + at)) == 1);
  try {
    read(space, block);
    FAIL("no error");
  } catch (spillway::corrupt_data const& e) {
    CHECK(e.offset() == block.offset);
    CHECK(std::string{e.what()}.find(folder.path()) != std::string::npos);
  }
  REQUIRE(::ftruncate(descriptor, static_cast<::off_t>(block.offset + 5000)) == 0);
  CHECK_THROWS_AS(read(space, block), spillway::corrupt_data);
  CHECK(read(space, before) == noise(10'000, 1));
}

TEST_CASE("a block that is where another should be is corrupt_data") {
  temporary_folder const folder;
  io::scratch_space space{{.folders = {folder.path()}}};
  auto first = space.append(noise(8192, 1));
  auto const second = space.append(noise(8192, 1));
  first.offset = second.offset;
  CHECK_THROWS_AS(read(space, first), spillway::corrupt_data);
}

TEST_CASE("released blocks give their space back") {
  temporary_folder const folder;
  io::scratch_space space{{.folders = {folder.path()}, .limit = 1024 * 1024}};
  auto const descriptor = descriptor_in(folder.path());
  auto const bytes = noise(100'000, 1);
  auto const kept = space.append(bytes);
  for (auto i = 0; i < 100; ++i) {
    auto const block = space.append(bytes);
    space.release(block);
    REQUIRE(bytes_on_disk(descriptor) < 300'000);
    CHECK_THROWS_AS(read(space, block), spillway::corrupt_data);
  }
  CHECK(read(space, kept) == bytes);
  space.release(kept);
  CHECK(space.used() == 0);
  CHECK(space.peak() < 300'000);
  CHECK(space.written() == 101 * bytes.size());
}

TEST_CASE("the limit is an error of its own kind and leaves everything as it was") {
  temporary_folder const folder;
  io::scratch_space space{{.folders = {folder.path()}, .limit = 10'000}};
  auto const block = space.append(noise(4096, 1));
  try {
    space.append(noise(8000, 2));
    FAIL("no error");
  } catch (io::scratch_limit_exceeded const& e) {
    CHECK(e.limit() == 10'000);
    CHECK(e.used() == 4096);
    CHECK(e.requested() == 8192);
  }
  CHECK(space.used() == 4096);
  CHECK(read(space, block) == noise(4096, 1));
  space.append(noise(4096, 3));
}

TEST_CASE("several threads append, read and release at once") {
  temporary_folder const folder;
  io::scratch_space space{{.folders = {folder.path(), folder.path()}}};
  std::atomic<int> wrong{0};
  {
    std::vector<std::jthread> threads;
    for (unsigned worker = 0; worker < 4; ++worker) {
      threads.emplace_back([&, worker] {
        for (unsigned i = 0; i < 100; ++i) {
          auto const bytes = noise(3000 + i, worker * 1000 + i);
          auto const block = space.append(bytes);
          if (read(space, block) != bytes) ++wrong;
          space.release(block);
        }
      });
    }
  }
  CHECK(wrong == 0);
  CHECK(space.used() == 0);
}

TEST_CASE("scratch that can't be had is an error at once") {
  temporary_folder const folder;
  CHECK_THROWS_AS(io::scratch_space({.folders = {}}), spillway::argument_error);
  try {
    io::scratch_space const space{{.folders = {folder.path(), folder / "none"}}};
    FAIL("no error");
  } catch (spillway::io_error const& e) {
    CHECK(e.path() == folder / "none");
    CHECK(e.code() == std::errc::no_such_file_or_directory);
  }
}

TEST_CASE("a buffer that is too small for its block is refused") {
  temporary_folder const folder;
  io::scratch_space space{{.folders = {folder.path()}}};
  auto const block = space.append(noise(100, 1));
  std::string small(99, '\0');
  CHECK_THROWS_AS(space.read(block, small), spillway::argument_error);
}
