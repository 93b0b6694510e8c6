#include "pipeline/row_order.hpp"

#include "support/catch.hpp"

#include <spillway/core/error.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace {

using namespace pipeline;

row_order of(std::string_view text) { return spillway::parse_text<row_order>(text); }

TEST_CASE("Splits are known in any case, and validation is eval") {
  CHECK(parse_split("train") == split::train);
  CHECK(parse_split("TraiN") == split::train);
  CHECK(parse_split("EVAL") == split::eval);
  CHECK(parse_split("Validation") == split::eval);
  CHECK(parse_split("tESt") == split::test);
  for (auto const* const text :
       {"", "trains", "tran", " train", "evaluation", "tes", "t\xC5st", "[rain", "Validatiom"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_split(text));
  }
}

TEST_CASE("Numbers of all types are ordered by their exact value") {
  // Doubles are 2 apart from 2^53 on, and 1024 at 2^63.
  std::vector<std::vector<row_order>> const rising{
      {of("-inf")},
      {of("-1e300")},
      {of("-9223372036854775809"), of("-9223372036854775808"), order_of(std::numeric_limits<std::int64_t>::min())},
      {of("-9223372036854775807")},
      {of("-9007199254740993")},
      {of("-9007199254740992")},
      {of("-1.5")},
      {of("-1"), of("-1.0"), order_of(std::int64_t{-1})},
      {of("-5e-324")},
      {of("0"), of("-0"), of("-0.0"), of("0.0"), order_of(std::uint64_t{0}), order_of(0.0)},
      {of("5e-324")},
      {of("1"), of("1e0"), order_of(std::uint64_t{1})},
      {of("1.0000000000000002")},
      {of("9007199254740992")},
      {of("9007199254740993")},
      {of("9007199254740994"), of("9007199254740994.0")},
      {of("9223372036854775806")},
      {of("9223372036854775807")},
      {of("9223372036854775808"), order_of(std::uint64_t{1} << 63U), order_of(0x1p63)},
      {of("9223372036854775809")},
      {of("18446744073709551615"), order_of(std::numeric_limits<std::uint64_t>::max())},
      {of("18446744073709551616"), order_of(0x1p64)},
      {of("inf"), of("Infinity")},
      {of("nan"), of("-nan"), order_of(std::numeric_limits<double>::quiet_NaN())},
      {of(""), order_of_missing()},
  };
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (auto const& each : rising[i]) CHECK(each == rising[i].front());
    for (std::size_t j = 0; j < i; ++j) {
      CAPTURE(i, j);
      CHECK(rising[j].front() < rising[i].front());
    }
  }
}

TEST_CASE("Splits come before the values") {
  CHECK(in(split::train, of("")) < in(split::eval, of("-inf")));
  CHECK(in(split::eval, of("")) < in(split::test, of("-inf")));
  CHECK(split_of(in(split::train, of("nan"))) == split::train);
  CHECK(split_of(in(split::test, of(""))) == split::test);
}

TEST_CASE("What is no number is refused") {
  for (auto const* const text : {"x", "1x", "--1", "+1", " 1", "1e999", "0x1", "-", "."}) {
    CAPTURE(text);
    CHECK_THROWS_AS(of(text), spillway::value_error);
  }
}

TEST_CASE("A packed row comes back") {
  using codec = spillway::sort::spill_codec<placed_row>;
  for (std::string const& text : {std::string{}, std::string{"some bytes\0\n", 12}}) {
    placed_row const row{in(split::eval, of("123.25")), text};
    std::string bytes(codec::size(row), '?');
    codec::write(row, bytes.data());
    auto const back = codec::read(bytes);
    CHECK(back.order == row.order);
    CHECK(back.bytes == text);
  }
}

}  // namespace
