#include "support/catch.hpp"

#include <spillway/io/buffered_writer.hpp>

#include <charconv>
#include <random>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;

class text_sink final : public io::byte_sink {
 public:
  void write(std::string_view bytes) override {
    text += bytes;
    blocks.push_back(bytes.size());
  }
  std::string const& name() const noexcept override { return name_; }

  std::string text;
  std::vector<std::size_t> blocks;

 private:
  std::string name_ = "text";
};

}  // namespace

TEST_CASE("what was appended comes out in order, in full blocks") {
  auto const capacity = GENERATE(1U, 16U, 1000U);
  text_sink sink;
  std::string expected;
  {
    io::buffered_writer writer{sink, capacity};
    std::mt19937 random{7};
    for (auto i = 0; i < 500; ++i) {
      std::string const piece(random() % 40, static_cast<char>('a' + i % 26));
      piece.size() == 1 ? writer.append(piece.front()) : writer.append(piece);
      expected += piece;
      REQUIRE(writer.bytes() == expected.size());
    }
    writer.flush();
  }
  CHECK(sink.text == expected);
  sink.blocks.pop_back();
  for (auto const size : sink.blocks) REQUIRE(size >= capacity);
}

TEST_CASE("room can be written in place, also more than the buffer has") {
  text_sink sink;
  io::buffered_writer writer{sink, 16};
  std::string expected;
  for (auto i = 0; i < 1000; ++i) {
    auto* const at = writer.reserve(20);
    auto const end = std::to_chars(at, at + 20, i * i).ptr;
    writer.advance(static_cast<std::size_t>(end - at));
    expected += std::to_string(i * i);
  }
  writer.flush();
  CHECK(sink.text == expected);
}

TEST_CASE("a block larger than the buffer goes to the sink as it is") {
  text_sink sink;
  io::buffered_writer writer{sink, 16};
  writer.append(std::string(1000, 'x'));
  CHECK(sink.blocks == std::vector<std::size_t>{1000});
  CHECK(writer.bytes() == 1000);
}

TEST_CASE("a moved writer goes on where the other was") {
  text_sink sink;
  io::buffered_writer first{sink, 16};
  first.append("some ");
  auto second = std::move(first);
  second.append("text");
  second.flush();
  CHECK(sink.text == "some text");
}
