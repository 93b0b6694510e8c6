#include "support/catch.hpp"
#include "support/json_lines_comparison.hpp"

#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using spillway::test::compare_json_lines;
using random_bits = std::mt19937_64;

std::size_t below(random_bits& random, std::size_t limit) { return random() % limit; }

template <class Choices>
auto const& one_of(random_bits& random, Choices const& choices) {
  return choices[below(random, std::size(choices))];
}

std::string random_string(random_bits& random) {
  static constexpr std::array pieces{
      R"(a)",      R"(\")",           R"(\\)", R"(\n)", R"(\u00e4)", "\xC3\xA4", "\xF0\x9F\x98\x80",
      R"({"Id":)", R"(\ud83d\ude00)", R"([)",  R"(,)",  R"( )",      R"(:)"};
  std::string out = "\"";
  for (auto n = below(random, 6); n-- > 0;) {
    std::string_view const piece = one_of(random, pieces);
    // Quotes inside a string are escaped.
    for (char const c : piece) {
      if (c == '"' && !out.ends_with('\\')) out += '\\';
      out += c;
    }
  }
  return out + '"';
}

std::string random_blanks(random_bits& random) {
  return below(random, 8) == 0 ? one_of(random, std::array<std::string, 3>{" ", "\t", " \r "}) : "";
}

std::string random_value(random_bits& random, int depth) {
  static constexpr std::array scalars{"0",        "1234567890123456789012345678901234567890",
                                      "1e999",    "-1",
                                      "12.5",     "1e5",
                                      "-0.0E-7",  "true",
                                      "false",    "null",
                                      "123456789"};
  auto const kind = below(random, depth > 0 ? 10 : 8);
  if (kind < 4) return random_string(random);
  if (kind < 8) return one_of(random, scalars);
  auto const is_object = kind == 8;
  std::string out = is_object ? "{" : "[";
  for (auto n = below(random, 4); n-- > 0;) {
    if (is_object) out += random_string(random) + random_blanks(random) + ":";
    out += random_blanks(random) + random_value(random, depth - 1) + random_blanks(random);
    if (n > 0) out += ',';
  }
  return out + (is_object ? '}' : ']');
}

std::string random_line(random_bits& random) {
  static constexpr std::array names{R"("Id")",
                                    R"("PostId")",
                                    R"("VoteTypeId")",
                                    R"("CreationDate")",
                                    R"("I\u0064")",
                                    R"("a name of more than sixteen bytes")",
                                    R"("")"};
  std::string out = random_blanks(random) + "{" + random_blanks(random);
  for (auto n = below(random, 6); n-- > 0;) {
    out += below(random, 4) != 0 ? std::string{one_of(random, names)} : random_string(random);
    out += random_blanks(random) + ":" + random_blanks(random) + random_value(random, 3) + random_blanks(random);
    if (n > 0) out += ',' + random_blanks(random);
  }
  return out + '}' + random_blanks(random);
}

/// What lines of one kind have in common: what stands around the values, and which of them are strings.
struct line_kind {
  std::vector<std::string> gaps;
  std::vector<bool> is_string;
};

line_kind random_kind(random_bits& random) {
  static constexpr std::array names{R"("Id")", R"("PostId")", R"("I\u0064")", R"("")",
                                    R"("a name of more than twenty-four bytes")"};
  line_kind kind{.gaps = {random_blanks(random) + "{" + random_blanks(random)}, .is_string = {}};
  for (auto n = below(random, 6); n-- > 0;) {
    kind.gaps.back() += one_of(random, names) + random_blanks(random) + ":" + random_blanks(random);
    kind.gaps.push_back(random_blanks(random) + (n > 0 ? "," + random_blanks(random) : ""));
    kind.is_string.push_back(below(random, 2) == 0);
  }
  kind.gaps.back() += "}" + random_blanks(random) + (below(random, 4) == 0 ? "\r\n" : "\n");
  return kind;
}

std::string random_line_of(random_bits& random, line_kind const& kind) {
  static constexpr std::array strings{R"("")", R"("1")", R"("2763574")", R"("2012-01-01T00:00:00.000")",
                                      R"("a,\"b\":")"};
  auto line = kind.gaps.front();
  for (std::size_t i = 0; i < kind.is_string.size(); ++i) {
    auto const is_string = below(random, 10) == 0 ? !kind.is_string[i] : kind.is_string[i];
    if (below(random, 20) == 0) {
      line += random_value(random, 2);
    } else {
      line += is_string ? std::string{one_of(random, strings)} : std::to_string(below(random, 2000));
    }
    line += kind.gaps[i + 1];
  }
  return line;
}

void damage(random_bits& random, std::string& line) {
  static constexpr std::string_view characters{
      "{}[]:,\"\\ \n\r\t0-.eEtruefalsn\x00\x01\x0C\x1A\x1F\x7F\x80\xC3\xED\xFF/u", 38};
  auto const at = below(random, line.size() + 1);
  switch (below(random, 4)) {
    case 0:
      line.erase(at, 1 + below(random, 3));
      break;
    case 1:
      line.insert(at, 1, one_of(random, characters));
      break;
    case 2:
      line.resize(at);
      break;
    default:
      if (at < line.size()) line[at] = one_of(random, characters);
  }
}

std::string random_text(random_bits& random) {
  std::string text = below(random, 8) == 0 ? "\xEF\xBB\xBF" : "";
  auto const damaged_one_in = one_of(random, std::array<std::size_t, 3>{2, 10, 1'000'000});
  for (auto n = below(random, 30); n-- > 0;) {
    auto line = below(random, 10) == 0 ? random_blanks(random) : random_line(random);
    if (below(random, damaged_one_in) == 0) damage(random, line);
    text += line;
    if (n > 0 || below(random, 2) == 0) text += one_of(random, std::array<std::string, 3>{"\n", "\n", "\r\n"});
  }
  return text;
}

}  // namespace

TEST_CASE("good and bad lines are told apart exactly, whatever the chunks and threads") {
  auto const seed = GENERATE(range(0U, 300U));
  random_bits random{seed};
  auto const text = random_text(random);
  for (std::size_t const chunk_size : {std::size_t{1}, 1 + below(random, 200), std::size_t{4096}}) {
    auto const threads = static_cast<unsigned>(1 + below(random, 3));
    INFO("seed " << seed << ", chunks of " << chunk_size << ", " << threads << " threads\n" << text);
    REQUIRE(compare_json_lines(text, chunk_size, threads) == std::nullopt);
  }
}

TEST_CASE("lines that look like those before them are told apart as exactly") {
  auto const seed = GENERATE(range(0U, 300U));
  random_bits random{seed};
  std::vector<line_kind> kinds;
  for (auto n = 1 + below(random, 6); n-- > 0;) kinds.push_back(random_kind(random));
  auto const damaged_one_in = one_of(random, std::array<std::size_t, 3>{5, 40, 1'000'000});
  std::string text;
  for (auto n = below(random, 60); n-- > 0;) {
    auto line = random_line_of(random, kinds[below(random, 1 + below(random, kinds.size()))]);
    if (below(random, damaged_one_in) == 0) damage(random, line);
    text += line;
  }
  if (below(random, 2) == 0 && !text.empty()) text.pop_back();
  for (std::size_t const chunk_size : {1 + below(random, 200), std::size_t{4096}}) {
    auto const threads = static_cast<unsigned>(1 + below(random, 3));
    INFO("seed " << seed << ", chunks of " << chunk_size << ", " << threads << " threads\n" << text);
    REQUIRE(compare_json_lines(text, chunk_size, threads) == std::nullopt);
  }
}
