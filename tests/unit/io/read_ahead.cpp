#include "support/catch.hpp"

#include <spillway/io/memory_source.hpp>
#include <spillway/io/read_ahead.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace {

namespace io = spillway::io;

std::string numbers(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + '\n';
  text.resize(size);
  return text;
}

/// Fails when it is asked for the byte at `fails_at`.
class failing_source final : public io::byte_source {
 public:
  failing_source(std::string_view bytes, std::size_t fails_at) : below_{bytes}, fails_at_{fails_at} {}
  std::size_t read(std::span<char> buffer) override {
    auto const got = below_.read(buffer);
    if (below_.position().done > fails_at_) {
      throw spillway::io_error{"read", name(), std::make_error_code(std::errc::io_error)};
    }
    return got;
  }
  std::string const& name() const noexcept override { return below_.name(); }
  spillway::progress position() const noexcept override { return below_.position(); }

 private:
  io::memory_source below_;
  std::size_t fails_at_;
};

}  // namespace

TEST_CASE("reading ahead gives the same bytes for every size of block and of read") {
  auto const text = numbers(GENERATE(0U, 1U, 63U, 64U, 65U, 3000U));
  io::read_ahead_options const options{.block_size = GENERATE(16U, 64U, 4096U), .blocks = GENERATE(1U, 2U, 5U)};
  auto const at_a_time = GENERATE(1U, 7U, 64U, 20'000U);
  io::read_ahead_source source{std::make_unique<io::memory_source>(text, "numbers"), options};
  CHECK(source.name() == "numbers");
  CHECK(source.position().total == text.size());
  std::string all;
  std::string buffer(at_a_time, '\0');
  for (auto got = buffer.size(); got == buffer.size();) {
    got = source.read(buffer);
    all.append(buffer, 0, got);
    auto const done = source.position().done;
    if (done < all.size() || done > std::min(text.size(), all.size() + options.block_size)) FAIL(done);
  }
  CHECK(all == text);
  CHECK(source.read(buffer) == 0);
}

TEST_CASE("an error ahead is thrown when its block is reached, and again afterwards") {
  auto const text = numbers(1000);
  io::read_ahead_source source{std::make_unique<failing_source>(text, 777), {.block_size = 100, .blocks = 3}};
  std::string buffer(10, '\0');
  std::string all;
  while (all.size() < 700) {
    REQUIRE(source.read(buffer) == buffer.size());
    all += buffer;
  }
  CHECK(all == text.substr(0, 700));
  CHECK_THROWS_AS(source.read(buffer), spillway::io_error);
  CHECK_THROWS_AS(source.read(buffer), spillway::io_error);
}

TEST_CASE("a source that is read in part only can be destroyed") {
  auto const text = numbers(100'000);
  for (std::size_t reads = 0; reads < 20; ++reads) {
    io::read_ahead_source source{std::make_unique<io::memory_source>(text), {.block_size = 1000, .blocks = 2}};
    std::string buffer(500, '\0');
    for (std::size_t i = 0; i < reads; ++i) REQUIRE(source.read(buffer) == buffer.size());
  }
}
