#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/output.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace io = spillway::io;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using names = std::vector<std::string>;

::mode_t permissions(std::string const& path) {
  struct ::stat status = {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::to_string(i * i) + '\n';
  return text;
}

/// stdout goes to `descriptor` for as long as this lives.
class redirected_stdout {
 public:
  explicit redirected_stdout(int descriptor) : saved_{::dup(STDOUT_FILENO)} { ::dup2(descriptor, STDOUT_FILENO); }
  redirected_stdout(redirected_stdout const&) = delete;
  redirected_stdout& operator=(redirected_stdout const&) = delete;
  ~redirected_stdout() {
    ::dup2(saved_, STDOUT_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

}  // namespace

TEST_CASE("a committed file is there, whole, and alone") {
  temporary_folder const folder;
  auto const exists = GENERATE(false, true);
  if (exists) write_file(folder / "out", "old");
  auto const text = lines(GENERATE(0U, 1U, 50'000U));
  {
    io::output_file out{folder / "out",
                        {.durability = GENERATE(io::durability::synced, io::durability::cached),
                         .buffer_size = GENERATE(1U, 4096U, 1U << 20U)}};
    out.append(text);
    CHECK(out.bytes() == text.size());
    out.commit();
  }
  CHECK(read_file(folder / "out") == text);
  CHECK(folder.entries() == names{"out"});
}

TEST_CASE("nothing is seen of a file before its commit or without it") {
  temporary_folder const folder;
  auto const before = GENERATE(names{}, names{"out"});
  if (!before.empty()) write_file(folder / "out", "old");
  {
    io::output_file out{folder / "out", {.buffer_size = 16}};
    out.append(lines(1000));
    CHECK(folder.entries() == before);
  }
  CHECK(folder.entries() == before);
  if (!before.empty()) CHECK(read_file(folder / "out") == "old");
}

TEST_CASE("the new file has the permissions of the old one, or those of the umask") {
  temporary_folder const folder;
  write_file(folder / "old", "old");
  ::chmod((folder / "old").c_str(), 0640);
  for (auto const* name : {"old", "new"}) {
    io::output_file out{folder / name};
    out.append("new");
    out.commit();
  }
  auto const mask = ::umask(0);
  ::umask(mask);
  CHECK(permissions(folder / "old") == 0640);
  CHECK(permissions(folder / "new") == (0666 & ~mask));
}

TEST_CASE("it is the file behind a symbolic link that is replaced") {
  temporary_folder const folder;
  std::filesystem::create_directory(folder / "elsewhere");
  write_file(folder / "elsewhere/file", "old");
  std::filesystem::create_symlink("elsewhere/file", folder / "link");
  io::output_file out{folder / "link"};
  out.append("new");
  out.commit();
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(read_file(folder / "elsewhere/file") == "new");
}

TEST_CASE("a file that came to the place meanwhile is replaced") {
  temporary_folder const folder;
  io::output_file out{folder / "out"};
  out.append("new");
  write_file(folder / "out", "meanwhile");
  out.commit();
  CHECK(read_file(folder / "out") == "new");
  CHECK(folder.entries() == names{"out"});
}

TEST_CASE("paths without a folder and with the longest of names can be written") {
  temporary_folder const folder;
  auto const here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  auto const name = GENERATE(std::string{"out"}, std::string(255, 'n'));
  for (auto i = 0; i < 2; ++i) {
    io::output_file out{name};
    out.append("text");
    out.commit();
  }
  std::filesystem::current_path(here);
  CHECK(folder.entries() == names{name});
}

TEST_CASE("what can't be written is an io_error when it is opened") {
  temporary_folder const folder;
  auto const check = [](std::string const& path, std::errc expected) {
    CAPTURE(path);
    try {
      io::output_file const out{path};
      FAIL("no error");
    } catch (spillway::io_error const& e) {
      CHECK(e.code() == expected);
      CHECK(e.path() == path);
    }
  };
  check(folder.path(), std::errc::is_a_directory);
  check(folder / "none/", std::errc::is_a_directory);
  check(folder / "none/out", std::errc::no_such_file_or_directory);
  check("", std::errc::no_such_file_or_directory);
  if (::geteuid() == 0) return;
  write_file(folder / "precious", "old");
  ::chmod((folder / "precious").c_str(), 0400);
  check(folder / "precious", std::errc::permission_denied);
}

TEST_CASE("compressed output is read back by its own program and by open_input") {
  temporary_folder const folder;
  struct format {
    char const* name;
    char const* command;
    std::vector<std::optional<int>> levels;
  };
  auto const by = GENERATE(format{"out.gz", "gzip -dc", {{}, 1, 9}}, format{"out.zst", "zstd -dcq", {{}, 1, 19}},
                           format{"out.bz2", "bzip2 -dc", {{}, 1, 9}}, format{"out.xz", "xz -dc", {{}, 0, 9}});
  auto const text = lines(GENERATE(0U, 1U, 100'000U));
  for (auto const level : by.levels) {
    io::output_file out{folder / by.name, {.level = level}};
    out.append(text);
    out.commit();
    auto const command = std::string{by.command} + " < " + (folder / by.name) + " > " + (folder / "plain");
    REQUIRE(std::system(command.c_str()) == 0);
    CHECK(read_file(folder / "plain") == text);
    std::string all(text.size() + 1, '\0');
    CHECK(io::open_input(folder / by.name)->read(all) == text.size());
    if (text.size() > 1000) CHECK(read_file(folder / by.name).size() < text.size() / 2);
  }
}

TEST_CASE("the same bytes give the same compressed file, however they were appended") {
  temporary_folder const folder;
  auto const* const name = GENERATE("a.gz", "a.zst", "a.bz2", "a.xz");
  auto const text = lines(100'000);
  std::string first;
  for (std::size_t const piece : {1U, 10U, 70'000U, 10'000'000U}) {
    io::output_file out{folder / name};
    for (std::size_t at = 0; at < text.size(); at += piece) out.append(std::string_view{text}.substr(at, piece));
    out.commit();
    auto const bytes = read_file(folder / name);
    if (first.empty()) first = bytes;
    CHECK(bytes == first);
  }
}

TEST_CASE("a compression level that there isn't is refused before anything is written") {
  temporary_folder const folder;
  CHECK_THROWS_AS(io::output_file(folder / "out.gz", {.level = 10}), spillway::argument_error);
  CHECK_THROWS_AS(io::output_file(folder / "out.zst", {.level = 0}), spillway::argument_error);
  CHECK(folder.entries().empty());
}

TEST_CASE("devices and pipes are written directly") {
  io::output_file null{"/dev/null"};
  null.append("text");
  null.commit();
  CHECK(std::filesystem::is_character_file("/dev/null"));

  temporary_folder const folder;
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  std::string got;
  {
    std::jthread const reader{[&] { got = read_file(folder / "fifo"); }};
    io::output_file out{folder / "fifo"};
    out.append("text");
    out.commit();
  }
  CHECK(got == "text");
  CHECK(folder.entries() == names{"fifo"});
}

TEST_CASE("a full device is an io_error, at the latest at the commit, and at every later one") {
  io::output_file out{"/dev/full"};
  out.append("text");
  for (auto i = 0; i < 2; ++i) {
    try {
      out.commit();
      FAIL("no error");
    } catch (spillway::io_error const& e) {
      CHECK(e.code() == std::errc::no_space_on_device);
      CHECK(e.path() == "/dev/full");
    }
  }
}

TEST_CASE("a dash is stdout, which stays open") {
  temporary_folder const folder;
  auto file = io::detail::file::open(folder / "out", O_CREAT | O_WRONLY, 0600);
  {
    redirected_stdout const redirected{file.descriptor()};
    for (auto i = 0; i < 2; ++i) {
      io::output_file out{"-"};
      CHECK(out.name() == "<stdout>");
      out.append("text\n");
      out.commit();
    }
  }
  CHECK(read_file(folder / "out") == "text\ntext\n");
  CHECK(folder.entries() == names{"out"});
}

TEST_CASE("a stdout that nobody reads is an io_error") {
  auto* const before = std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  std::optional<spillway::io_error> error;
  {
    redirected_stdout const redirected{ends[1]};
    io::output_file out{"-"};
    out.append("text");
    try {
      out.commit();
    } catch (spillway::io_error const& e) {
      error = e;
    }
  }
  ::close(ends[1]);
  static_cast<void>(std::signal(SIGPIPE, before));
  REQUIRE(error);
  CHECK(error->code() == std::errc::broken_pipe);
  CHECK(error->path() == "<stdout>");
}

TEST_CASE("an output can be moved while it is written") {
  temporary_folder const folder;
  std::vector<io::output_file> outputs;
  for (auto const* name : {"a", "b", "c.gz"}) {
    outputs.emplace_back(folder / name);
    for (auto& output : outputs) output.append("text");
  }
  for (auto& output : outputs) output.commit();
  CHECK(read_file(folder / "a") == "texttexttext");
  CHECK(read_file(folder / "b") == "texttext");
}

TEST_CASE("a second commit is refused") {
  temporary_folder const folder;
  io::output_file out{folder / "out"};
  out.append("text");
  out.commit();
  CHECK_THROWS_AS(out.commit(), spillway::argument_error);
  CHECK(read_file(folder / "out") == "text");
}

TEST_CASE("several outputs appear together") {
  temporary_folder const folder;
  write_file(folder / "a", "old");
  io::output_file a{folder / "a"};
  io::output_file b{folder / "b.gz"};
  io::output_file null{"/dev/null"};
  for (auto* out : {&a, &b, &null}) out->append("new");
  io::commit_together(a, b, null);
  CHECK(read_file(folder / "a") == "new");
  CHECK(folder.entries() == names{"a", "b.gz"});
  CHECK_THROWS_AS(a.commit(), spillway::argument_error);
}

TEST_CASE("if one of several outputs can't appear none does") {
  temporary_folder const folder;
  write_file(folder / "a", "old");
  io::output_file a{folder / "a"};
  io::output_file b{folder / "b"};
  io::output_file c{folder / "c"};
  for (auto* out : {&a, &b, &c}) out->append("new");
  std::filesystem::create_directory(folder / "c");  // can't be renamed over
  CHECK_THROWS_AS(io::commit_together(a, b, c), spillway::io_error);
  CHECK(read_file(folder / "a") == "old");
  CHECK(folder.entries() == names{"a", "c"});
  CHECK_THROWS_AS(a.commit(), spillway::io_error);
}

TEST_CASE("the buffers of an output come out of its budget") {
  temporary_folder const folder;
  spillway::memory_budget budget{300 * 1024};
  {
    io::output_file out{folder / "out", {.memory = &budget}};
    CHECK(budget.used() == 256 * 1024);
    CHECK_THROWS_AS(io::output_file(folder / "out.gz", {.memory = &budget}), spillway::budget_exceeded);
  }
  CHECK(budget.used() == 0);
  CHECK(folder.entries().empty());
}
