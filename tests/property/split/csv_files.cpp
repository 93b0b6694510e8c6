#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/by_hash.hpp>
#include <spillway/split/csv_files.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace io = spillway::io;
namespace split = spillway::split;
using spillway::test::read_file;
using spillway::test::temporary_folder;

struct table {
  std::string text = "id,class,note\n";
  /// What each class should get.
  std::map<std::string, std::string> files;
};

table random_table(std::mt19937& random, std::size_t rows, std::size_t classes) {
  std::vector<std::string> const notes{
      "", "x", "\"quoted\"", "\"two\nlines\"", "\"a,b\"", "\"say \"\"hi\"\"\"", std::string(300, 'y')};
  table made;
  for (std::size_t i = 0; i != rows; ++i) {
    auto const name = "c" + std::to_string(random() % classes);
    auto const row = std::to_string(i) + ',' + name + ',' + notes[random() % notes.size()];
    made.text += row + (random() % 3 == 0 ? "\r\n" : "\n");
    made.files.try_emplace(name, "id,class,note\n").first->second += row + '\n';
  }
  return made;
}

std::map<std::string, std::string> files_in(temporary_folder const& folder) {
  std::map<std::string, std::string> files;
  for (auto const& name : folder.entries()) files[name.substr(0, name.size() - 4)] = read_file(folder / name);
  return files;
}

io::csv_reader read(std::string_view text, std::size_t chunk_size) {
  return io::read_csv(std::make_unique<io::memory_source>(text), {.chunk_size = chunk_size});
}

}  // namespace

TEST_CASE("files have the rows of their class whatever the threads, chunks, budget and open files") {
  std::mt19937 random{2026};
  for (int round = 0; round != 60; ++round) {
    CAPTURE(round);
    auto const rows = random() % 2000;
    auto const expected = random_table(random, rows, 1 + random() % (round % 2 == 0 ? 5 : 800));
    auto const chunk_size = std::size_t{1} << (4 + random() % 15);
    temporary_folder const folder;
    auto const done = split::csv_files(read(expected.text, chunk_size), split::by{io::column{"class"}}, folder.path(),
                                       {.threads = static_cast<unsigned>(1 + random() % 4),
                                        .durability = io::durability::cached,
                                        .open_files = 1 + random() % 40,
                                        .budget = std::size_t{1} << (20 + random() % 5)});
    CHECK(files_in(folder) == expected.files);
    CHECK(done.records == rows);
    REQUIRE(done.outputs.size() == expected.files.size());
    auto output = done.outputs.begin();
    for (auto const& [name, bytes] : expected.files) {
      CHECK(output->name == name);
      CHECK(output->bytes == bytes.size());
      ++output;
    }
  }
}

TEST_CASE("a split by hash is the same in any order of the rows and adds nothing and loses nothing") {
  std::mt19937 random{77};
  split::by_hash const by_id{io::column{"id"}, {{"train", 0.8}, {"eval", 0.1}, {"test", 0.1}}, 5};
  std::vector<std::string> rows;
  for (int i = 0; i != 3000; ++i) rows.push_back(std::to_string(i) + ",x");
  std::map<std::string, std::vector<std::string>> first;
  for (int round = 0; round != 5; ++round) {
    std::string text{"id,note\n"};
    for (auto const& row : rows) text += row + '\n';
    temporary_folder const folder;
    split::csv_files(read(text, 4096), by_id, folder.path(), {.durability = io::durability::cached});
    std::map<std::string, std::vector<std::string>> found;
    for (auto const& [name, bytes] : files_in(folder)) {
      std::string_view rest{bytes};
      for (rest.remove_prefix(rest.find('\n') + 1); !rest.empty(); rest.remove_prefix(rest.find('\n') + 1)) {
        found[name].emplace_back(rest.substr(0, rest.find('\n')));
      }
      std::sort(found[name].begin(), found[name].end());
    }
    if (round == 0) first = found;
    CHECK(found == first);
    CHECK(found["train"].size() + found["eval"].size() + found["test"].size() == rows.size());
    std::shuffle(rows.begin(), rows.end(), random);
  }
}
