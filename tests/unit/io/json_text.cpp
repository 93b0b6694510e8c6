#include "support/catch.hpp"

#include <spillway/io/json_text.hpp>

#include <string>
#include <string_view>

namespace {

std::string quoted(std::string_view text) {
  std::string out;
  spillway::io::append_json_string(out, text);
  return out;
}

}  // namespace

TEST_CASE("text becomes a JSON string") {
  CHECK(quoted("") == R"("")");
  CHECK(quoted("plain") == R"("plain")");
  CHECK(quoted("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(quoted("\n\r\t") == R"("\n\r\t")");
  using namespace std::string_view_literals;
  CHECK(quoted("\0\x1f\x7f"sv) == "\"\\u0000\\u001f\x7f\"");
}

TEST_CASE("well-formed UTF-8 stays, anything else becomes the replacement character") {
  CHECK(quoted("é€\U0001F600") == "\"é€\U0001F600\"");
  CHECK(quoted("\xff") == "\"\xef\xbf\xbd\"");
  CHECK(quoted("\xc3") == "\"\xef\xbf\xbd\"");
  CHECK(quoted("\xc3x") == "\"\xef\xbf\xbdx\"");
  CHECK(quoted("\xed\xa0\x80") == "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");  // a surrogate
  CHECK(quoted("\xc0\xaf") == "\"\xef\xbf\xbd\xef\xbf\xbd\"");                  // an overlong slash
  CHECK(quoted("\xf4\x90\x80\x80").size() == 2 + 4 * 3);                        // past the last code point
}
