#include "support/catch.hpp"

#include <spillway/core/text.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

using spillway::parse_text;
using spillway::value_error;

struct colour {
  int number;
};

}  // namespace

template <>
struct spillway::text_parser<colour> {
  static colour parse(std::string_view text) {
    if (text == "red") return {1};
    throw value_error{"a colour", text};
  }
};

namespace {

static_assert(spillway::text_parsable<int> && spillway::text_parsable<double> && spillway::text_parsable<colour>);
static_assert(spillway::text_parsable<std::optional<std::uint8_t>>);
static_assert(!spillway::text_parsable<std::unique_ptr<int>> && !spillway::text_parsable<char>);

template <class T>
std::string refusal(std::string_view text) {
  try {
    static_cast<void>(parse_text<T>(text));
  } catch (value_error const& wrong) {
    return wrong.what();
  }
  return "taken";
}

TEST_CASE("integers up to the ends of their type") {
  CHECK(parse_text<std::int64_t>("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(parse_text<std::uint64_t>("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
  CHECK(parse_text<std::int8_t>("-128") == -128);
  CHECK(parse_text<int>("007") == 7);
  CHECK(refusal<std::int8_t>("128") == "expected an integer in range, found '128'");
  CHECK(refusal<std::uint64_t>("18446744073709551616") == "expected an integer in range, found '18446744073709551616'");
}

TEST_CASE("integers of every length, and each of their characters counts") {
  std::string text;
  for (std::size_t size = 1; size <= 19; ++size) {
    text += static_cast<char>('0' + size % 10);
    CHECK(std::to_string(parse_text<std::int64_t>(text)) == text);
    CHECK(std::to_string(parse_text<std::int64_t>("-" + text)) == "-" + text);
    CHECK(parse_text<std::uint64_t>(std::string(size, '9')) + 1 ==
          parse_text<std::uint64_t>("1" + std::string(size, '0')));
    for (std::size_t at = 0; at < size; ++at) {
      for (int code = 0; code < 256; ++code) {
        auto wrong = text;
        wrong[at] = static_cast<char>(code);
        auto const is_digit = code >= '0' && code <= '9';
        if (is_digit || (at == 0 && code == '-' && size > 1)) continue;
        REQUIRE(refusal<std::int64_t>(wrong) == "expected an integer, found " + value_error::quoted(wrong));
      }
    }
  }
}

TEST_CASE("an integer is the whole text, without blanks and plus sign") {
  for (auto const* const text : {"", " 1", "1 ", "+1", "1.0", "1e3", "0x10", "--1", "-", "one", "1,000"}) {
    CHECK(refusal<int>(text) == "expected an integer, found " + value_error::quoted(text));
  }
  CHECK(refusal<unsigned>("-1") == "expected an integer, found '-1'");
  CHECK(refusal<int>(std::string_view{"1\0", 2}) == "expected an integer, found '1\\x00'");
}

TEST_CASE("numbers are the nearest ones") {
  CHECK(parse_text<double>("0.1") == 0.1);
  CHECK(parse_text<double>("-1.7976931348623157e308") == -std::numeric_limits<double>::max());
  CHECK(parse_text<double>("9007199254740993") == 9007199254740992.0);
  CHECK(parse_text<double>("4.9406564584124654e-324") == std::numeric_limits<double>::denorm_min());
  CHECK(parse_text<float>("16777217") == 16777216.0F);
  CHECK(std::isinf(parse_text<double>("-INF")));
  CHECK(std::isnan(parse_text<double>("NaN")));
}

TEST_CASE("a number is the whole text and in range") {
  for (auto const* const text : {"", ".", "1.5 ", "+1", "1,5", "0x1p3", "1e", "nil"}) {
    CHECK(refusal<double>(text) == "expected a number, found " + value_error::quoted(text));
  }
  CHECK(refusal<double>("1e999") == "expected a number in range, found '1e999'");
}

TEST_CASE("truth is told by words or digits") {
  for (auto const* const text : {"true", "True", "TRUE", "1"}) CHECK(parse_text<bool>(text));
  for (auto const* const text : {"false", "False", "FALSE", "0"}) CHECK_FALSE(parse_text<bool>(text));
  for (auto const* const text : {"", "yes", "tRUE", "2", "t"}) {
    CHECK(refusal<bool>(text) == "expected true or false, found " + value_error::quoted(text));
  }
}

TEST_CASE("text is taken as it is") {
  std::string_view const text = " a\nb ";
  CHECK(parse_text<std::string>(text) == text);
  CHECK(parse_text<std::string_view>(text).data() == text.data());
}

TEST_CASE("empty text is no value where a value is optional") {
  CHECK(parse_text<std::optional<int>>("") == std::nullopt);
  CHECK(parse_text<std::optional<int>>("3") == 3);
  CHECK(refusal<std::optional<int>>("x") == "expected an integer, found 'x'");
}

TEST_CASE("other types bring their own parser") {
  CHECK(parse_text<colour>("red").number == 1);
  CHECK(refusal<std::optional<colour>>("blue") == "expected a colour, found 'blue'");
}

}  // namespace
