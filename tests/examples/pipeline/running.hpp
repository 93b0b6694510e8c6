#pragma once

#include "support/catch.hpp"
#include "support/files.hpp"
#include "support/processes.hpp"

#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/database.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace pipeline_test {

using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using strings = std::vector<std::string>;

inline constexpr std::array<char const*, 3> names{"train", "eval", "test"};

inline spillway::test::program_result run(temporary_folder const& folder, strings arguments,
                                          std::string const& input = "/dev/null") {
  return spillway::test::run_program(SPILLWAY_PROGRAM, arguments, folder.path(), input);
}

/// Runs `pipeline get-data` in the folder; it must succeed.
inline spillway::test::program_result get_data(temporary_folder const& folder, strings arguments,
                                               std::string const& input = "/dev/null") {
  arguments.insert(arguments.begin(), "get-data");
  auto done = run(folder, arguments, input);
  CAPTURE(arguments, done.err);
  REQUIRE(done.code == 0);
  CHECK(done.out.empty());
  return done;
}

/// Runs it expecting failure: one line on standard error, exit code 2, nothing printed.
inline std::string problem(temporary_folder const& folder, strings arguments, std::string const& input = "/dev/null") {
  auto const done = run(folder, arguments, input);
  CAPTURE(arguments, done.err);
  CHECK(done.code == 2);
  CHECK(done.out.empty());
  CHECK(std::ranges::count(done.err, '\n') == 1);
  CHECK(done.err.starts_with("pipeline: "));
  return done.err;
}

/// The three files of a run, as bytes.
inline std::array<std::string, 3> parts(temporary_folder const& folder, std::string const& out,
                                        std::string const& extension) {
  std::array<std::string, 3> read;
  for (std::size_t i = 0; i < read.size(); ++i) read[i] = read_file(folder / (out + '/' + names[i] + extension));
  return read;
}

/// A table in CSV, and what should become of it by a stable sort in memory.
struct table {
  static constexpr char const* header = "id,text,_data_shuffle,_data_split\n";
  std::string csv = header;
  std::array<std::string, 3> expected{header, header, header};
};

/// Rows with quotes and line ends in them, splits in all spellings, shuffle values with ties, nulls and NaNs.
inline table make_table(std::size_t rows, unsigned seed) {
  struct row {
    std::string line;
    double order;
  };
  std::mt19937_64 random{seed};
  std::array<std::vector<row>, 3> splits;
  constexpr std::array<char const*, 8> spellings{"train", "TRAIN",      "Train", "tRaIn",
                                                 "eval",  "Validation", "test",  "TEST"};
  constexpr std::array<std::size_t, 8> parts{0, 0, 0, 0, 1, 1, 2, 2};
  constexpr std::array<char const*, 6> texts{"plain", "\"with, comma\"", "\"two\nlines\"", "\"a \"\"quote\"\"\"", "",
                                             "é"};
  table made;
  for (std::size_t i = 0; i < rows; ++i) {
    auto const which = random() % spellings.size();
    auto const value = static_cast<int>(random() % (rows / 2 + 2)) - static_cast<int>(rows / 4);
    std::string shuffle;
    double order = 0;
    switch (random() % 20) {
      case 0:
        break;
      case 1:
        shuffle = "nan";
        break;
      case 2:
        shuffle = "-inf";
        break;
      case 3:
        shuffle = "inf";
        break;
      case 4:
        shuffle = "-0.0";
        break;
      default:
        shuffle = random() % 2 == 0 ? std::to_string(value) : std::to_string(value) + ".50";
    }
    if (shuffle.empty()) {
      order = 3e300;
    } else if (shuffle == "nan") {
      order = 2e300;
    } else if (shuffle == "inf") {
      order = 1e300;
    } else if (shuffle == "-inf") {
      order = -1e300;
    } else {
      order = std::stod(shuffle);
    }
    auto line =
        std::to_string(i) + ',' + texts[random() % texts.size()] + ',' + shuffle + ',' + spellings[which] + '\n';
    made.csv += line;
    splits[parts[which]].push_back({std::move(line), order});
  }
  for (std::size_t part = 0; part < splits.size(); ++part) {
    std::ranges::stable_sort(splits[part], {}, &row::order);
    for (auto const& each : splits[part]) made.expected[part] += each.line;
  }
  return made;
}

/// A Parquet file from a query.
inline void make_parquet(std::string const& path, std::string const& query) {
  spillway::duckdb::database const database{":memory:", {.threads = 1}};
  spillway::duckdb::connection connection{database};
  connection.execute("COPY (" + query + ") TO " + spillway::duckdb::literal(path) + " (FORMAT parquet)");
}

/// The only number that a query gives.
inline std::int64_t ask(temporary_folder const& folder, std::string const& query) {
  spillway::duckdb::database const database{":memory:", {.threads = 1}};
  spillway::duckdb::connection connection{database};
  connection.execute("SET file_search_path = " + spillway::duckdb::literal(folder.path()));
  return connection.value<std::int64_t>(query).value();
}

}  // namespace pipeline_test
