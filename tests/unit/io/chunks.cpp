#include "support/catch.hpp"

#include <spillway/io/chunks.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

/// Gives out a string in reads of any size, then optionally fails.
class text_source : public io::byte_source {
 public:
  explicit text_source(std::string text, bool fails_at_end = false)
      : text_{std::move(text)}, fails_at_end_{fails_at_end} {}

  std::size_t read(std::span<char> buffer) override {
    auto const got = text_.copy(buffer.data(), buffer.size(), at_);
    at_ += got;
    if (got < buffer.size() && fails_at_end_) {
      throw spillway::io_error{"read", name_, std::make_error_code(std::errc::io_error)};
    }
    return got;
  }
  std::string const& name() const noexcept override { return name_; }
  spillway::progress position() const noexcept override { return {"read", at_, text_.size()}; }

 private:
  std::string text_;
  std::string name_ = "text";
  std::size_t at_ = 0;
  bool fails_at_end_;
};

constexpr io::line_cut after_last_newline;

std::string numbered_lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += std::to_string(i) + std::string(static_cast<std::size_t>(i % 37), 'x') + '\n';
  return text;
}

}  // namespace

TEST_CASE("chunks of whole records, put together, are the stream") {
  auto text = numbered_lines(5000);
  if (GENERATE(true, false)) text.pop_back();
  text_source source{text};
  io::chunk_options const options{.chunk_size = GENERATE(1U, 7U, 64U, 4096U, 1U << 20U)};
  io::chunk_reader reader{source, after_last_newline, options};
  io::chunk piece{options.memory};
  std::string together;
  std::uint64_t index = 0;
  while (reader.next(piece)) {
    REQUIRE(piece.offset() == together.size());
    REQUIRE(piece.index() == index++);
    together += piece.bytes();
    REQUIRE((together.back() == '\n' || together.size() == text.size()));
    REQUIRE(std::all_of(piece.bytes().end(), piece.bytes().end() + io::chunk_padding, [](char c) { return c == 0; }));
  }
  CHECK(together == text);
}

TEST_CASE("a record that is too long is an error with its offset, not a growing buffer") {
  text_source source{"short\n" + std::string(5000, 'x') + "\n"};
  spillway::memory_budget budget{16384};
  io::chunk_options const options{.chunk_size = 16, .longest_record = 1024, .memory = &budget};
  io::chunk_reader reader{source, after_last_newline, options};
  io::chunk piece{options.memory};
  REQUIRE(reader.next(piece));
  CHECK(piece.bytes() == "short\n");
  try {
    reader.next(piece);
    FAIL("no error");
  } catch (spillway::parse_error const& e) {
    CHECK(e.position().offset == 6);
    CHECK(e.problem() == "record longer than 1024 bytes");
  }
  CHECK(budget.peak() < 4096);
}

TEST_CASE("results are delivered in stream order with any number of threads") {
  auto const text = numbered_lines(20000);
  text_source source{text};
  io::chunk_options const options{.chunk_size = 1024, .threads = GENERATE(1U, 2U, 5U)};
  io::chunk_reader reader{source, after_last_newline, options};
  std::string together;
  io::process_chunks(
      reader, options, [](io::chunk const& piece, unsigned) { return std::string{piece.bytes()}; },
      [&](std::string result, io::chunk const&) { together += result; });
  CHECK(together == text);
}

TEST_CASE("the first error in the stream wins, and everything before it was delivered") {
  auto const threads = GENERATE(1U, 2U, 5U);
  auto const text = numbered_lines(20000);
  text_source source{text, true};
  io::chunk_options const options{.chunk_size = 256, .threads = threads};
  io::chunk_reader reader{source, after_last_newline, options};
  std::uint64_t delivered = 0;
  auto const run = [&] {
    io::process_chunks(
        reader, options,
        [](io::chunk const& piece, unsigned) {
          if (piece.index() == 100 || piece.index() > 101) throw piece.index();
          return 0;
        },
        [&](int, io::chunk const&) { ++delivered; });
  };
  REQUIRE_THROWS_AS(run(), std::uint64_t);
  CHECK(delivered == 100);
}

TEST_CASE("a stop request ends the work between two chunks") {
  text_source source{numbered_lines(20000)};
  std::stop_source stop;
  io::chunk_options const options{.chunk_size = 256, .threads = GENERATE(1U, 2U), .stop = stop.get_token()};
  io::chunk_reader reader{source, after_last_newline, options};
  auto const run = [&] {
    io::process_chunks(
        reader, options, [](io::chunk const&, unsigned) { return 0; },
        [&](int, io::chunk const& piece) {
          if (piece.index() == 3) stop.request_stop();
        });
  };
  REQUIRE_THROWS_AS(run(), spillway::cancelled);
}

TEST_CASE("line_cut ends after the last line feed") {
  CHECK(io::line_cut{}("") == 0);
  CHECK(io::line_cut{}("text") == 0);
  CHECK(io::line_cut{}("\n") == 1);
  CHECK(io::line_cut{}("a\nb\nc") == 4);
}

TEST_CASE("a stream is cut in the same places whichever buffers its chunks come to") {
  auto text = numbered_lines(300) + std::string(5000, 'x') + '\n' + numbered_lines(3000);
  io::chunk_options const options{.chunk_size = 256};
  auto const offsets = [&](std::size_t buffers) {
    text_source source{text};
    io::chunk_reader reader{source, after_last_newline, options};
    std::vector<io::chunk> pieces;
    for (std::size_t i = 0; i < buffers; ++i) pieces.emplace_back(options.memory);
    std::vector<std::uint64_t> all;
    for (std::size_t i = 0; reader.next(pieces[i % buffers]); ++i) all.push_back(pieces[i % buffers].offset());
    return all;
  };
  CHECK(offsets(1) == offsets(2));
  CHECK(offsets(1) == offsets(7));
  CHECK(offsets(1).size() > 100);
}

TEST_CASE("progress is told of every chunk in order, up to the end") {
  auto const text = numbered_lines(20000);
  text_source source{text};
  std::vector<std::uint64_t> told;
  std::size_t delivered = 0;
  io::chunk_options const options{
      .chunk_size = 256, .threads = GENERATE(1U, 3U), .on_progress = [&](auto const& at) { told.push_back(at.done); }};
  io::chunk_reader reader{source, after_last_newline, options};
  io::process_chunks(
      reader, options, [](io::chunk const&, unsigned) { return 0; }, [&](int, io::chunk const&) { ++delivered; });
  CHECK(told.size() == delivered);
  REQUIRE(!told.empty());
  CHECK(told.front() < 1024);
  CHECK(told.back() == text.size());
  CHECK(std::is_sorted(told.begin(), told.end()));
}
