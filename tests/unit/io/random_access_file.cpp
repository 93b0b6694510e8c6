#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/io/csv_reader.hpp>
#include <spillway/io/random_access_file.hpp>

#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

namespace {

namespace io = spillway::io;
using spillway::test::temporary_folder;
using spillway::test::write_file;

std::string some_text(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i != size; ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
  return text;
}

}  // namespace

TEST_CASE("bytes of a file come by position, mapped or not") {
  temporary_folder const folder;
  auto const text = some_text(100'000);
  write_file(folder / "file", text);
  auto const access = GENERATE(io::file_access::mapped, io::file_access::unmapped);
  io::random_access_file const file{folder / "file", access};
  CHECK(file.size() == text.size());
  CHECK(file.is_mapped() == (access == io::file_access::mapped));
  if (file.is_mapped()) CHECK(file.bytes() == text);
  file.expect_random_access();
  file.populate(5000, 90'000);
  std::string piece(333, ' ');
  for (auto const offset : {std::size_t{0}, std::size_t{4095}, text.size() - piece.size()}) {
    file.read(piece, offset);
    CHECK(piece == text.substr(offset, piece.size()));
  }
  CHECK_NOTHROW(file.throw_if_changed());
  CHECK_THROWS_AS(file.read(piece, text.size() - 1), io::file_changed);
}

TEST_CASE("a file that was just written is in the cache") {
  temporary_folder const folder;
  write_file(folder / "file", some_text(300'000));
  CHECK(io::random_access_file{folder / "file"}.share_in_cache() == 1);
  CHECK(io::random_access_file{folder / "file", io::file_access::unmapped}.share_in_cache() == 1);
}

TEST_CASE("an empty file has no bytes, and nothing of it is missing from the cache") {
  temporary_folder const folder;
  write_file(folder / "file", "");
  io::random_access_file const file{folder / "file"};
  CHECK(file.size() == 0);
  CHECK(file.bytes().empty());
  CHECK(file.share_in_cache() == 1);
  CHECK_NOTHROW(file.throw_if_changed());
}

TEST_CASE("what is no regular file, or is not there, has no bytes by position") {
  temporary_folder const folder;
  CHECK_THROWS_AS(io::random_access_file{folder.path()}, spillway::io_error);
  CHECK_THROWS_AS(io::random_access_file{folder / "missing"}, spillway::io_error);
  CHECK_THROWS_AS(io::random_access_file{"/dev/null"}, spillway::io_error);
}

TEST_CASE("a file that changed since it was opened is told") {
  temporary_folder const folder;
  auto const path = folder / "file";
  write_file(path, some_text(5000));
  io::random_access_file const file{path, GENERATE(io::file_access::mapped, io::file_access::unmapped)};
  SECTION("cut off") { std::filesystem::resize_file(path, 4000); }
  SECTION("made longer") { std::filesystem::resize_file(path, 6000); }
  SECTION("written to") {
    std::filesystem::last_write_time(path, std::filesystem::last_write_time(path) + std::chrono::seconds{1});
  }
  CHECK_THROWS_WITH(file.throw_if_changed(), "'" + path + "' changed while it was in use");
}

TEST_CASE("another file under the same name is not the file that a reader opened") {
  temporary_folder const folder;
  auto const path = folder / "file.csv";
  write_file(path, "a,b\n1,2\n");
  auto const reader = io::read_csv(path);
  auto const opened = reader.reread();
  REQUIRE(opened);
  CHECK_NOTHROW(io::random_access_file{opened->path}.throw_if_not(opened->state));
  write_file(folder / "other.csv", "a,b\n3,4\n");
  std::filesystem::rename(folder / "other.csv", path);
  CHECK_THROWS_AS(io::random_access_file{opened->path}.throw_if_not(opened->state), io::file_changed);
}

TEST_CASE("a random access file can be moved") {
  temporary_folder const folder;
  write_file(folder / "file", "text");
  io::random_access_file first{folder / "file"};
  io::random_access_file second{std::move(first)};
  CHECK(second.bytes() == "text");
  write_file(folder / "other", "more");
  second = io::random_access_file{folder / "other"};
  CHECK(second.bytes() == "more");
}
