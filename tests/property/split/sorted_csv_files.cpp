#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/sorted_csv_files.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
namespace split = spillway::split;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;

auto key() {
  return [](io::csv_row const& row) { return row.as<std::int64_t>(1); };
}

io::csv_reader read(std::string const& text, std::size_t chunk_size) {
  return io::read_csv(std::make_unique<io::memory_source>(text), {.chunk_size = chunk_size});
}

/// The ways that rows may go.
constexpr std::array ways{sort::input_access::automatic, sort::input_access::runs, sort::input_access::mapped,
                          sort::input_access::unmapped};

}  // namespace

TEST_CASE("sorted files are what a stable sort of each class gives, whatever the threads, budget and open files") {
  std::mt19937 random{16};
  for (int round = 0; round != 12; ++round) {
    CAPTURE(round);
    struct row {
      std::int64_t key;
      std::string bytes;
    };
    auto const count = round == 0 ? 0 : random() % 30'000;
    auto const classes = 1 + random() % (round % 3 == 0 ? 2000 : 4);
    auto const keys = 1 + random() % (round % 2 == 0 ? 50 : 1'000'000);
    std::map<std::string, std::vector<row>> rows;
    std::string text{"class,key,id\n"};
    for (std::size_t i = 0; i != count; ++i) {
      auto const name = std::to_string(random() % classes);
      auto const number = static_cast<std::int64_t>(random() % keys) - 25;
      auto const bytes = name + ',' + std::to_string(number) + ",\"row\n" + std::to_string(i) + "\"\n";
      rows[name].push_back({number, bytes});
      text += bytes;
    }
    temporary_folder const folder;
    auto const done = split::sorted_csv_files(read(text, std::size_t{1} << (8 + random() % 10)),
                                              split::by{io::column{"class"}}, folder.path(), std::ranges::less{}, key(),
                                              {.threads = static_cast<unsigned>(1 + random() % 3),
                                               .durability = io::durability::cached,
                                               .open_files = 1 + random() % 20,
                                               .budget = std::size_t{1} << (20 + random() % 4),
                                               .access = ways[static_cast<std::size_t>(round) % ways.size()]});
    CHECK(done.records == count);
    CHECK(done.outputs.size() == rows.size());
    CHECK(folder.entries().size() == rows.size());
    for (auto& [name, some] : rows) {
      std::stable_sort(some.begin(), some.end(), [](row const& a, row const& b) { return a.key < b.key; });
      std::string expected{"class,key,id\n"};
      for (auto const& each : some) expected += each.bytes;
      CHECK(read_file(folder / (name + ".csv")) == expected);
    }
  }
}

TEST_CASE("a sorted split skips, diverts and refuses rows of unknown classes as others do") {
  std::string const text{"class,key,id\na,3,1\nb,2,2\na,1,3\nc,0,4\n"};
  split::by const known{io::column{"class"}, {"a", "d"}};
  temporary_folder const folder;
  CHECK_THROWS_WITH(split::sorted_csv_files(read(text, 100), known, folder.path(), std::ranges::less{}, key()),
                    Catch::EndsWith(":3: expected one of the classes 'a', 'd', found 'b'"));
  CHECK(folder.entries().empty());
  auto const skipped = split::sorted_csv_files(read(text, 100), known, folder.path(), std::ranges::less{}, key(),
                                               {.unknown = split::unknown_class::skip});
  CHECK(skipped.unknown == 2);
  CHECK(skipped.records == 2);
  CHECK(read_file(folder / "a.csv") == "class,key,id\na,1,3\na,3,1\n");
  CHECK(read_file(folder / "d.csv") == "class,key,id\n");
  auto const diverted = split::sorted_csv_files(read(text, 100), known, folder.path(), std::ranges::less{}, key(),
                                                {.unknown = split::unknown_class::divert});
  CHECK(diverted.unknown == 2);
  CHECK(read_file(folder / "unknown.csv") == "class,key,id\nc,0,4\nb,2,2\n");
}
