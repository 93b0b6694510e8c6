#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/input.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

namespace {

namespace io = spillway::io;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;

std::string read_all(io::byte_source& source, std::size_t at_a_time = 10000) {
  std::string all;
  std::string buffer(at_a_time, '\0');
  for (;;) {
    auto const got = source.read(buffer);
    all.append(buffer, 0, got);
    if (got < buffer.size()) break;
  }
  CHECK(source.read(buffer) == 0);
  return all;
}

std::string words(std::size_t size, unsigned seed = 1) {
  std::mt19937 random{seed};
  std::string text;
  while (text.size() < size) text += std::to_string(random() % 5000) + (random() % 10 == 0 ? '\n' : ' ');
  text.resize(size);
  return text;
}

struct format {
  char const* command;
  char const* extension;
};

format any_format() {
  return GENERATE(format{"gzip", ".gz"}, format{"zstd -q", ".zst"}, format{"bzip2", ".bz2"}, format{"xz", ".xz"});
}

/// What the format's own program makes of `text`.
std::string packed(format const& by, std::string const& text) {
  temporary_folder const folder;
  write_file(folder / "plain", text);
  auto const command = std::string{by.command} + " -c < " + (folder / "plain") + " > " + (folder / "packed");
  REQUIRE(std::system(command.c_str()) == 0);
  return read_file(folder / "packed");
}

void check_corrupt(std::string const& path, std::size_t at_most_offset) {
  CAPTURE(path);
  auto const source = io::open_input(path);
  try {
    read_all(*source);
    FAIL("no error");
  } catch (spillway::corrupt_data const& e) {
    CHECK(std::string{e.what()}.starts_with(path));
    CHECK(e.offset() <= at_most_offset);
  }
  std::string buffer(10, '\0');
  CHECK_THROWS_AS(source->read(buffer), spillway::corrupt_data);
}

/// stdin comes from `path` for as long as this lives.
class redirected_stdin {
 public:
  explicit redirected_stdin(int descriptor) : saved_{::dup(STDIN_FILENO)} { ::dup2(descriptor, STDIN_FILENO); }
  redirected_stdin(redirected_stdin const&) = delete;
  redirected_stdin& operator=(redirected_stdin const&) = delete;
  ~redirected_stdin() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

}  // namespace

TEST_CASE("a plain file is read as it is, with its size known from the start") {
  temporary_folder const folder;
  auto const text = words(GENERATE(0U, 1U, 9U, 10U, 11U, 100'000U, 1'000'000U));
  write_file(folder / "plain", text);
  auto const source =
      io::open_input(folder / "plain", {.read_ahead = GENERATE(io::read_ahead::automatic, io::read_ahead::always)});
  CHECK(source->name() == folder / "plain");
  CHECK(source->position().total == text.size());
  CHECK(read_all(*source, GENERATE(1000U, 1U << 20U)) == text);
  CHECK(source->position().done == text.size());
}

TEST_CASE("compressed files are known by their first bytes, whatever their name") {
  temporary_folder const folder;
  auto const by = any_format();
  auto const text = words(GENERATE(0U, 1U, 600'000U));
  auto const bytes = packed(by, text);
  auto const name = GENERATE_COPY(std::string{"table.csv"}, std::string{"table.csv"} + by.extension, "table.gz");
  write_file(folder / name, bytes);
  auto const source =
      io::open_input(folder / name, {.read_ahead = GENERATE(io::read_ahead::automatic, io::read_ahead::never)});
  CHECK(source->position().total == bytes.size());
  CHECK(read_all(*source) == text);
  CHECK(source->position().done == bytes.size());
}

TEST_CASE("several compressed streams in one file are one") {
  temporary_folder const folder;
  auto const by = any_format();
  std::string text;
  std::string bytes;
  for (unsigned i = 0; i < 10; ++i) {
    auto const piece = words(i * i * 2000, i);
    text += piece;
    bytes += packed(by, piece);
  }
  write_file(folder / "many", bytes);
  CHECK(read_all(*io::open_input(folder / "many")) == text);
}

TEST_CASE("a gzip member may end anywhere in the buffer of the reader") {
  temporary_folder const folder;
  auto const member = packed({"gzip", ".gz"}, words(60'000));
  std::string many;
  while (many.size() < 3'000'000) many += member;
  write_file(folder / "many", many);
  CHECK(read_all(*io::open_input(folder / "many")).size() == 60'000 * (many.size() / member.size()));
}

TEST_CASE("skippable zstd frames are skipped") {
  temporary_folder const folder;
  auto const skippable = std::string{"\x53\x2A\x4D\x18\x05\0\0\0hello", 13};
  auto const text = words(1000);
  write_file(folder / "packed", skippable + packed({"zstd -q", ".zst"}, text) + skippable);
  CHECK(read_all(*io::open_input(folder / "packed")) == text);
}

TEST_CASE("a compressed file that was cut off anywhere is an error, never a short file") {
  temporary_folder const folder;
  auto const by = any_format();
  auto const bytes = packed(by, words(3000));
  auto const path = (folder / "table") + by.extension;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    write_file(path, std::string_view{bytes}.substr(0, size));
    check_corrupt(path, size);
  }
}

TEST_CASE("a second member that was cut off is an error too") {
  temporary_folder const folder;
  auto const by = any_format();
  auto const bytes = packed(by, words(300));
  auto const path = (folder / "table") + by.extension;
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    write_file(path, bytes + bytes.substr(0, size));
    check_corrupt(path, bytes.size() + size);
  }
}

TEST_CASE("a compressed file with a damaged byte is an error or reads the same") {
  temporary_folder const folder;
  auto const by = any_format();
  auto const text = words(20000);
  auto const bytes = packed(by, text);
  auto const path = (folder / "table") + by.extension;
  std::size_t errors = 0;
  std::size_t damages = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    auto damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    write_file(path, damaged);
    ++damages;
    std::string read;
    try {
      read = read_all(*io::open_input(path));
    } catch (spillway::corrupt_data const&) {
      ++errors;
      continue;
    }
    CHECK(read == text);  // the damage is in a time stamp or something else of no account
  }
  CHECK(errors + 3 > damages);
}

TEST_CASE("text with a compressed file's extension is an error") {
  temporary_folder const folder;
  auto const path = (folder / "table") + any_format().extension;
  write_file(path, words(1000));
  check_corrupt(path, 1000);
}

TEST_CASE("text that starts like a compressed file is text") {
  temporary_folder const folder;
  auto const text = std::string{GENERATE("BZh9 is how bzip2 starts", "PK", "\x1F\x8B", "(\xB5/", "BZh")};
  write_file(folder / "text", text);
  CHECK(read_all(*io::open_input(folder / "text")) == text);
}

TEST_CASE("compression can be stated") {
  temporary_folder const folder;
  auto const bytes = packed({"gzip", ".gz"}, "text");
  write_file(folder / "packed", bytes);
  CHECK(read_all(*io::open_input(folder / "packed", {.compression = io::compression::none})) == bytes);
  CHECK(read_all(*io::open_input(folder / "packed", {.compression = io::compression::gzip})) == "text");
}

TEST_CASE("what can't be opened is an io_error that names the path") {
  temporary_folder const folder;
  write_file(folder / "secret", "text");
  ::chmod((folder / "secret").c_str(), 0);
  auto const check = [](std::string const& path, std::errc expected) {
    try {
      static_cast<void>(io::open_input(path));
      FAIL("no error");
    } catch (spillway::io_error const& e) {
      CHECK(e.code() == expected);
      CHECK(e.path() == path);
      CHECK(e.operation() == "open");
    }
  };
  check(folder / "none", std::errc::no_such_file_or_directory);
  check(folder.path(), std::errc::is_a_directory);
  if (::geteuid() != 0) check(folder / "secret", std::errc::permission_denied);
}

TEST_CASE("pipes are looked into without losing their first bytes") {
  temporary_folder const folder;
  auto const text = words(GENERATE(0U, 5U, 300'000U));
  auto const is_packed = GENERATE(false, true);
  auto const bytes = is_packed ? packed({"gzip", ".gz"}, text) : text;
  auto const fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  std::jthread const writer{[&] { write_file(fifo, bytes); }};
  auto const source = io::open_input(fifo);
  CHECK(source->position().total == 0);
  CHECK(read_all(*source, 1000) == text);
  CHECK(source->position().done == bytes.size());
}

TEST_CASE("a stop request ends waiting for a pipe that nobody writes to") {
  temporary_folder const folder;
  auto const fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  std::stop_source stop;
  SECTION("before there is a writer") {
    std::jthread const stopper{[&] { stop.request_stop(); }};
    CHECK_THROWS_AS(io::open_input(fifo, {.stop = stop.get_token()}), spillway::cancelled);
  }
  SECTION("between two writes, also if another thread waits") {
    auto const ahead = GENERATE(io::read_ahead::never, io::read_ahead::always);
    auto const writer = io::detail::file::open(fifo, O_RDWR);
    auto end = io::detail::file::open(fifo, O_WRONLY);
    end.write("some words");
    auto const source = io::open_input(fifo, {.read_ahead = ahead, .stop = stop.get_token()});
    std::jthread const stopper{[&] { stop.request_stop(); }};
    std::string buffer(100, '\0');
    CHECK_THROWS_AS(source->read(buffer), spillway::cancelled);
  }
}

TEST_CASE("a stop that is never requested does not matter") {
  temporary_folder const folder;
  auto const fifo = folder / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  auto const text = words(300'000);
  std::stop_source const stop;
  auto const before = spillway::test::open_descriptors();
  {
    std::jthread const writer{[&] { write_file(fifo, text); }};
    CHECK(read_all(*io::open_input(fifo, {.stop = stop.get_token()}), 1000) == text);
  }
  CHECK(spillway::test::open_descriptors() == before);
}

TEST_CASE("a descriptor that does not wait is waited for") {
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
  io::detail::file const out{ends[0], "pipe"};
  redirected_stdin const redirected{out.descriptor()};
  auto const text = words(1000);
  std::jthread const writer{[&] { io::detail::file{ends[1], "pipe"}.write(text); }};
  CHECK(read_all(*io::open_input("-")) == text);
}

TEST_CASE("a dash is stdin, read from where it stands and left open") {
  temporary_folder const folder;
  auto const text = words(50'000);
  write_file(folder / "plain", "skipped" + text);
  auto const file = io::detail::file::open(folder / "plain", O_RDONLY);
  ::lseek(file.descriptor(), 7, SEEK_SET);
  redirected_stdin const redirected{file.descriptor()};
  {
    auto const source = io::open_input("-");
    CHECK(source->name() == "<stdin>");
    CHECK(read_all(*source) == text);
  }
  CHECK(::fcntl(STDIN_FILENO, F_GETFD) != -1);
}

TEST_CASE("buffers of an input come out of its budget") {
  temporary_folder const folder;
  auto const by = any_format();
  write_file(folder / "packed", packed(by, words(100'000)));
  spillway::memory_budget budget{1024 * 1024};
  {
    auto const source = io::open_input(folder / "packed", {.blocks = 2, .block_size = 64 * 1024, .memory = &budget});
    CHECK(budget.used() >= (2 * 64 + 128) * 1024);
    read_all(*source);
  }
  CHECK(budget.used() == 0);
  CHECK_THROWS_AS(io::open_input(folder / "packed", {.memory = &budget}), spillway::budget_exceeded);
}
