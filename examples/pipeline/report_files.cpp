#include "pipeline/report_files.hpp"

#include "pipeline/html.hpp"
#include "pipeline/outputs.hpp"

#include <spillway/io/json_text.hpp>

#include <fmt/format.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace pipeline {

namespace {

constexpr std::string_view own_member = "check_data";

std::string read_if_there(settings const& given, std::string_view name) {
  std::ifstream in{std::filesystem::path{given.out} / name, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// The members of an object but our own, as they stand, each with a comma behind it; nothing if it is no object.
std::string other_members(std::string const& json) {
  simdjson::padded_string const padded{json};
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return {};
  }
  std::string members;
  for (auto field : object) {
    std::string_view name;
    std::string_view value;
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return {};
    std::string const kept{name};
    if (simdjson::to_json_string(field.value()).get(value) != simdjson::SUCCESS) return {};
    if (kept == own_member) continue;
    members += "  ";
    spillway::io::append_json_string(members, kept);
    members.append(": ").append(value).append(",\n");
  }
  return members;
}

std::string get_data_part(std::string const& html) {
  auto const begin = html.find(get_data_begin);
  auto const end = html.find(get_data_end);
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  return html.substr(begin, end + get_data_end.size() - begin);
}

}  // namespace

void write_check(settings const& given, std::string const& json, std::string const& html) {
  // Files that the user named have nothing to do with what was written here before.
  auto const keeps = given.check.eval.empty();
  output_folder folder{given.out};
  folder.add("report.json")
      .append(fmt::format("{{\n{}  \"{}\": {}\n}}\n", keeps ? other_members(read_if_there(given, "report.json")) : "",
                          own_member, json));
  folder.add("report.html")
      .append(page("check-data", html + (keeps ? get_data_part(read_if_there(given, "report.html")) : "")));
  folder.commit();
}

}  // namespace pipeline
