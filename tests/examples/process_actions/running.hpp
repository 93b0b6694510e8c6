#pragma once

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/processes.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace process_actions::test {

using spillway::test::program_result;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using strings = std::vector<std::string>;

inline program_result run(strings const& arguments, temporary_folder const& folder,
                          std::string const& input = "/dev/null") {
  return spillway::test::run_program(SPILLWAY_PROGRAM, arguments, folder.path(), input);
}

/// Runs a line of shell, in which `$program` is the program.
inline program_result run_shell(std::string const& line, temporary_folder const& folder) {
  return spillway::test::run_program("/bin/sh", {"-c", "program='" SPILLWAY_PROGRAM "'; " + line}, folder.path());
}

inline void make_events(std::string const& path, strings arguments) {
  arguments.insert(arguments.begin(), {"events", "--quiet", "--output", path});
  temporary_folder const folder;
  REQUIRE(spillway::test::run_program(SPILLWAY_MAKE_DATA, arguments, folder.path()).code == 0);
}

/// The three files of a report, one after the other.
inline std::string report(temporary_folder const& folder, std::string const& name) {
  auto const files = folder / name;
  return read_file(files + "/windows.csv") + '\n' + read_file(files + "/top.csv") + '\n' +
         read_file(files + "/summary.json");
}

inline std::string report_of(strings arguments, temporary_folder const& folder) {
  arguments.insert(arguments.end(), {"--out", "report_of"});
  auto const done = run(arguments, folder);
  CAPTURE(done.err);
  REQUIRE(done.code == 0);
  auto text = report(folder, "report_of");
  std::filesystem::remove_all(folder / "report_of");
  return text;
}

/// Nothing printed, one line on standard error that says so and that names the program, exit code 2.
inline void check_failure(program_result const& result, std::string_view message) {
  CAPTURE(result.err);
  CHECK(result.code == 2);
  CHECK(result.out.empty());
  CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
  CHECK(result.err.starts_with("process_actions: "));
  CHECK(result.err.find(message) != std::string::npos);
}

/// The same of one that fails on what is in the folder and leaves that as it was, with nothing beside it.
inline void check_failure(strings const& arguments, temporary_folder const& folder, std::string_view message) {
  auto const before = folder.entries();
  check_failure(run(arguments, folder), message);
  CHECK(folder.entries() == before);
}

}  // namespace process_actions::test
