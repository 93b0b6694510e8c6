#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/sort/csv_codec.hpp>
#include <spillway/sort/detail/record_codec.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
using codec_type = sort::detail::record_codec<io::csv_row, sort::csv_row_codec>;

static_assert(sort::codec_for<sort::csv_row_codec, io::csv_row>);
static_assert(!codec_type::in_place && codec_type::fixed_size == 0 && codec_type::alignment == 1);

io::csv_reader reader_of(std::string_view text) { return io::read_csv(std::make_unique<io::memory_source>(text)); }

}  // namespace

TEST_CASE("rows of CSV come back from their bytes alone") {
  auto reader = reader_of("name,text,number\na,\"x, \"\"y\"\"\n\",1\nb,,2\n");
  codec_type const codec{sort::csv_row_codec{reader}};
  std::vector<std::string> packed;
  for (auto const& row : reader) {
    packed.emplace_back(codec.size(row), ' ');
    codec.write(row, packed.back().data());
  }
  REQUIRE(packed == std::vector<std::string>{"a,\"x, \"\"y\"\"\n\",1", "b,,2"});
  codec_type::slot slot;
  io::csv_row const& first = codec.read(packed[0], slot);
  CHECK(first["text"] == "x, \"y\"\n");
  CHECK(first.as<int>("number") == 1);
  CHECK(first.line() == std::nullopt);
  CHECK(codec.read(packed[1], slot)["name"] == "b");
  CHECK(io::column_as<int>{"number"}(codec.read(packed[0], slot)) == 1);
  CHECK_THROWS_AS(codec.read("a,b", slot), spillway::value_error);
}

TEST_CASE("rows of a reader with other columns are not packed") {
  auto reader = reader_of("a,b\n1,2\n");
  auto other = reader_of("b,a\n1,2\n");
  sort::csv_row_codec const codec{reader};
  CHECK_THROWS_AS(codec.size(*other.begin()), spillway::argument_error);
}
