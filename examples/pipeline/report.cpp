#include "pipeline/report.hpp"

#include "pipeline/html.hpp"
#include "pipeline/report_files.hpp"
#include "support/sizes.hpp"

#include <spillway/io/json_text.hpp>

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace pipeline {

namespace io = spillway::io;

namespace {

std::string json_text(std::string_view text) {
  std::string json;
  io::append_json_string(json, text);
  return json;
}

std::string type_text(spillway::duckdb::column const& of) {
  auto name = spillway::duckdb::type_name(of.type);
  if (of.type == spillway::duckdb::column_type::decimal) name += fmt::format("({},{})", of.width, of.scale);
  return name;
}

std::string_view method_name(spillway::sort::sort_method method) {
  using spillway::sort::sort_method;
  switch (method) {
    case sort_method::in_memory:
      return "in memory";
    case sort_method::runs:
      return "through runs on scratch";
    case sort_method::by_position:
      return "by position";
  }
  return "";
}

}  // namespace

void write_json(data_report const& report, settings const& given, io::output_file& to) {
  auto const& [counts, rejected, columns, sort, reading, writing] = report;
  std::string json = fmt::format("{{\n  \"source\": {},\n  \"format\": \"{}\",\n  \"rows\": {{",
                                 json_text(given.source), given.format == file_format::csv ? "csv" : "parquet");
  for (std::size_t i = 0; i < split_names.size(); ++i)
    json += fmt::format("\"{}\": {}, ", split_names[i], counts.rows[i]);
  json += fmt::format("\"unknown\": {}, \"rejected\": {}}},\n  \"unknown_splits\": [", counts.unknown, rejected);
  for (std::string_view comma; auto const& [value, count] : counts.unknown_values) {
    json += fmt::format("{}{{\"value\": {}, \"rows\": {}}}", std::exchange(comma, ", "), json_text(value), count);
  }
  json += "],\n  \"columns\": [";
  for (std::string_view comma = "\n    "; auto const& each : columns) {
    json += fmt::format("{}{{\"name\": {}, \"type\": {}}}", std::exchange(comma, ",\n    "), json_text(each.name),
                        json_text(type_text(each)));
  }
  json += fmt::format(
      "\n  ],\n  \"sort\": {{\"method\": \"{}\", \"records\": {}, \"bytes\": {}, \"runs\": {}, \"merge_passes\": {}, "
      "\"bytes_spilled\": {}, \"peak_scratch\": {}, \"peak_memory\": {}}},\n",
      method_name(sort.method), sort.records, sort.bytes, sort.runs, sort.merge_passes, sort.bytes_spilled,
      sort.peak_scratch, sort.peak_memory);
  json += fmt::format("  \"seconds\": {{\"reading\": {:.3f}, \"writing\": {:.3f}}}\n}}\n", reading, writing);
  to.append(json);
}

void write_html(data_report const& report, settings const& given, io::output_file& to) {
  auto const& counts = report.counts;
  auto html = fmt::format("{}<section id=\"get-data\">\n<h1>{}</h1>\n<h2>Rows</h2>\n<table>\n", get_data_begin,
                          escaped(given.source));
  auto const row = [&](std::string_view name, std::string const& value) {
    html += fmt::format("<tr><td>{}</td><td class=\"number\">{}</td></tr>\n", escaped(name), escaped(value));
  };
  for (std::size_t i = 0; i < split_names.size(); ++i) row(split_names[i], support::count_text(counts.rows[i]));
  for (auto const& [value, count] : counts.unknown_values) row("unknown: " + value, support::count_text(count));
  if (report.rejected != 0) row("rejected", support::count_text(report.rejected));
  html += "</table>\n<h2>Columns</h2>\n<table>\n";
  for (auto const& each : report.columns) {
    html += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(each.name), escaped(type_text(each)));
  }
  html += "</table>\n<h2>Work</h2>\n<table>\n";
  row("sorted", std::string{method_name(report.sort.method)});
  row("spilled", support::bytes_text(report.sort.bytes_spilled));
  row("reading and sorting", fmt::format("{:.2f} s", report.seconds_reading));
  row("merging and writing", fmt::format("{:.2f} s", report.seconds_writing));
  html.append("</table>\n</section>\n").append(get_data_end);
  to.append(page(given.source, html));
}

}  // namespace pipeline
