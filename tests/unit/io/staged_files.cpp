#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/error.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/staged_files.hpp>

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace io = spillway::io;
using spillway::test::open_descriptors;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using names = std::vector<std::string>;

void put(io::staged_files& files, std::string const& name, std::string_view text) {
  files.begin(name);
  files.append(text);
}

/// Names that are not hidden.
names visible(temporary_folder const& folder) {
  auto all = folder.entries();
  std::erase_if(all, [](std::string const& name) { return name.starts_with('.'); });
  return all;
}

}  // namespace

TEST_CASE("staged files appear together and take the places of others") {
  temporary_folder const folder;
  write_file(folder / "b", "old");
  io::staged_files files{folder.path()};
  put(files, "a", "one");
  put(files, "b", "two");
  CHECK(files.bytes() == 3);
  files.begin("c");
  CHECK(visible(folder) == names{"b"});
  CHECK(read_file(folder / "b") == "old");
  files.publish();
  files.finish();
  CHECK(folder.entries() == names{"a", "b", "c"});
  CHECK(read_file(folder / "a") == "one");
  CHECK(read_file(folder / "b") == "two");
  CHECK(read_file(folder / "c").empty());
  CHECK(files.count() == 3);
}

TEST_CASE("staged files that are not published leave nothing") {
  temporary_folder const folder;
  {
    io::staged_files files{folder.path()};
    put(files, "a", "one");
    CHECK(folder.entries().size() == 1);
  }
  CHECK(folder.entries().empty());
  { io::staged_files const none{folder.path()}; }
  CHECK(folder.entries().empty());
}

TEST_CASE("a file that can't take its place takes all others back") {
  temporary_folder const folder;
  write_file(folder / "a", "old");
  std::filesystem::create_directory(folder / "c");
  {
    io::staged_files files{folder.path()};
    put(files, "a", "one");
    put(files, "b", "two");
    put(files, "c", "three");
    put(files, "d", "four");
    CHECK_THROWS_AS(files.publish(), spillway::io_error);
    CHECK(read_file(folder / "a") == "old");
    CHECK(visible(folder) == names{"a", "c"});
  }
  CHECK(folder.entries() == names{"a", "c"});
}

TEST_CASE("published files can be taken back until it is final") {
  temporary_folder const folder;
  write_file(folder / "a", "old");
  {
    io::staged_files files{folder.path()};
    put(files, "a", "one");
    put(files, "b", "two");
    files.publish();
    CHECK(read_file(folder / "a") == "one");
    files.take_back();
  }
  CHECK(folder.entries() == names{"a"});
  CHECK(read_file(folder / "a") == "old");
}

TEST_CASE("a stop request between two files takes the first back") {
  temporary_folder const folder;
  std::stop_source stop;
  io::staged_files files{folder.path()};
  put(files, "a", "one");
  stop.request_stop();
  CHECK_THROWS_AS(files.publish(stop.get_token()), spillway::cancelled);
  CHECK(visible(folder).empty());
}

TEST_CASE("staged files take no more descriptors however many they are") {
  temporary_folder const folder;
  io::staged_files files{folder.path(), {.durability = io::durability::cached}};
  files.begin("first");
  auto const descriptors = open_descriptors();
  for (int i = 0; i != 3000; ++i) put(files, std::to_string(i), std::to_string(i));
  CHECK(open_descriptors() == descriptors);
  files.publish();
  files.finish();
  CHECK(open_descriptors() == descriptors - 5);
  CHECK(folder.entries().size() == 3001);
  CHECK(read_file(folder / "2999") == "2999");
}

TEST_CASE("staged files are compressed by their extensions") {
  temporary_folder const folder;
  io::staged_files files{folder.path()};
  put(files, "a.gz", "some text");
  put(files, "b", "some text");
  files.publish();
  files.finish();
  auto const source = io::open_input(folder / "a.gz");
  std::string text(100, ' ');
  text.resize(source->read(text));
  CHECK(text == "some text");
  CHECK(read_file(folder / "a.gz") != read_file(folder / "b"));
}

TEST_CASE("what a killed process left is removed, and what it had replaced is not") {
  temporary_folder const folder;
  auto const leave = [&](std::string const& name) {
    std::filesystem::create_directories(folder / (name + "/new"));
    std::filesystem::create_directories(folder / (name + "/old"));
    write_file(folder / (name + "/new/a"), "half");
  };
  leave(".spillway-staging.0123456789");
  leave(".spillway-staging.abcdefghij");
  write_file(folder / ".spillway-staging.abcdefghij/old/b", "replaced");
  {
    io::staged_files living{folder.path()};
    put(living, "x", "one");
    io::staged_files files{folder.path()};
    put(files, "a", "one");
    files.publish();
    files.finish();
    living.publish();
    living.finish();
  }
  CHECK(folder.entries() == names{".spillway-staging.abcdefghij", "a", "x"});
  CHECK(read_file(folder / ".spillway-staging.abcdefghij/old/b") == "replaced");
}

TEST_CASE("a folder that is not there or not a folder is an error") {
  temporary_folder const folder;
  write_file(folder / "file", "");
  for (auto const* name : {"missing", "file"}) {
    io::staged_files files{folder / name};
    CHECK_THROWS_AS(files.begin("a"), spillway::io_error);
  }
}
