#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/by_hash.hpp>
#include <spillway/split/csv_files.hpp>

#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace io = spillway::io;
namespace split = spillway::split;
using spillway::test::read_file;
using spillway::test::temporary_folder;
using spillway::test::write_file;
using names = std::vector<std::string>;

io::csv_reader read(std::string_view text, io::csv_options const& options = {}) {
  return io::read_csv(std::make_unique<io::memory_source>(text, "rows.csv"), options);
}

constexpr std::string_view sales =
    "id,country,note\n"
    "1,DE,\"a\nb\"\n"
    "2,FR,\"say \"\"hi\"\"\"\n"
    "3,DE,\n"
    "4,,x\n";

auto by_country() { return split::by{io::column{"country"}}; }
auto by_known_country() { return split::by{io::column{"country"}, {"DE", "IT"}}; }

std::string decompressed(std::string const& path) {
  auto const source = io::open_input(path);
  std::string text(1000, ' ');
  text.resize(source->read(text));
  return text;
}

}  // namespace

TEST_CASE("each class has a file with the header and its rows as they were read") {
  temporary_folder const folder;
  auto const done = split::csv_files(read(sales), by_country(), folder / "c-{}.csv");
  CHECK(folder.entries() == names{"c-%empty.csv", "c-DE.csv", "c-FR.csv"});
  CHECK(read_file(folder / "c-DE.csv") == "id,country,note\n1,DE,\"a\nb\"\n3,DE,\n");
  CHECK(read_file(folder / "c-FR.csv") == "id,country,note\n2,FR,\"say \"\"hi\"\"\"\n");
  CHECK(read_file(folder / "c-%empty.csv") == "id,country,note\n4,,x\n");
}

TEST_CASE("the result says what each class got") {
  temporary_folder const folder;
  auto const done = split::csv_files(read(sales), by_country(), folder.path());
  CHECK(done.records == 4);
  REQUIRE(done.outputs.size() == 3);
  CHECK(done.outputs[0].name.empty());
  CHECK(done.outputs[1].name == "DE");
  CHECK(done.outputs[1].records == 2);
  CHECK(done.outputs[1].bytes == read_file(folder / "DE.csv").size());
  CHECK(done.outputs[2].name == "FR");
  CHECK(done.seconds >= 0);
}

TEST_CASE("a class that is known has a file although no row is of it") {
  temporary_folder const folder;
  auto const done =
      split::csv_files(read(sales), by_known_country(), folder.path(), {.unknown = split::unknown_class::skip});
  CHECK(folder.entries() == names{"DE.csv", "IT.csv"});
  CHECK(read_file(folder / "IT.csv") == "id,country,note\n");
  CHECK(done.records == 2);
  CHECK(done.unknown == 2);
}

TEST_CASE("a row of an unknown class is an error that names the class, those expected and the line") {
  temporary_folder const folder;
  CHECK_THROWS_WITH(split::csv_files(read(sales), by_known_country(), folder.path()),
                    "rows.csv:4: expected one of the classes 'DE', 'IT', found 'FR'");
  CHECK(folder.entries().empty());
}

TEST_CASE("a reader that skips bad rows rejects those of unknown classes") {
  temporary_folder const folder;
  std::vector<std::string> rejected;
  auto reader = read(sales, {.on_error = io::error_policy::skip,
                             .rejects = [&](io::reject const& row) { rejected.emplace_back(row.bytes); }});
  auto const done = split::csv_files(std::move(reader), by_known_country(), folder.path());
  CHECK(rejected == std::vector<std::string>{"2,FR,\"say \"\"hi\"\"\"", "4,,x"});
  CHECK(done.rejected == 2);
  CHECK(done.records == 2);
}

TEST_CASE("rows of unknown classes can have an output of their own") {
  temporary_folder const folder;
  auto const done = split::csv_files(read(sales), by_known_country(), folder.path(),
                                     {.unknown = split::unknown_class::divert, .diverted = "others"});
  CHECK(folder.entries() == names{"DE.csv", "IT.csv", "others.csv"});
  CHECK(read_file(folder / "others.csv") == "id,country,note\n2,FR,\"say \"\"hi\"\"\"\n4,,x\n");
  CHECK(done.unknown == 2);
  CHECK(done.records == 4);
  CHECK(done.outputs.back().name == "others");
  CHECK_THROWS_WITH(split::csv_files(read(sales), by_known_country(), folder.path(),
                                     {.unknown = split::unknown_class::divert, .diverted = "IT"}),
                    Catch::Contains("'IT'"));
}

TEST_CASE("classes that are not known can be made") {
  temporary_folder const folder;
  auto const done =
      split::csv_files(read(sales), by_known_country(), folder.path(), {.unknown = split::unknown_class::create});
  CHECK(folder.entries() == names{"%empty.csv", "DE.csv", "FR.csv", "IT.csv"});
  REQUIRE(done.outputs.size() == 4);
  CHECK(done.outputs[1].name == "IT");
  CHECK(done.outputs[2].name.empty());
  CHECK(done.unknown == 0);
}

TEST_CASE("an index behind the classes is an unknown class") {
  temporary_folder const folder;
  split::by_index const broken{[](io::csv_row const&) { return 7; }, {"a", "b"}};
  CHECK_THROWS_WITH(split::csv_files(read(sales), broken, folder.path()), Catch::Contains("found '7'"));
}

TEST_CASE("names of classes never lead out of the folder") {
  temporary_folder const folder;
  constexpr std::string_view text = "name\n../up\n..\n.hidden\na%2Fb\n\"tab\t\"\n-\nKöln\n";
  split::csv_files(read(text), split::by{io::column{"name"}}, folder / "{}");
  CHECK(folder.entries() == names{"%2E.", "%2E.%2Fup", "%2Ehidden", "-", "Köln", "a%252Fb", "tab%09"});
}

TEST_CASE("a pattern must have one place for the class, in the file's own name") {
  temporary_folder const folder;
  for (auto const* pattern : {"/{}/a.csv", "/{}/{}.csv", "/{}{}.csv"}) {
    CHECK_THROWS_AS(split::csv_files(read(sales), by_country(), folder.path() + pattern), spillway::argument_error);
  }
}

TEST_CASE("a folder that is not there is an error") {
  temporary_folder const folder;
  CHECK_THROWS_AS(split::csv_files(read(sales), by_country(), folder / "missing/{}.csv"), spillway::io_error);
  CHECK(folder.entries().empty());
}

TEST_CASE("the extension says how outputs are compressed") {
  temporary_folder const folder;
  auto const extension = GENERATE(".gz", ".zst");
  split::csv_files(read(sales), by_country(), folder / ("{}.csv" + std::string{extension}));
  CHECK(decompressed(folder / ("FR.csv" + std::string{extension})) == "id,country,note\n2,FR,\"say \"\"hi\"\"\"\n");
}

TEST_CASE("rows keep their delimiter and quotes, or take others") {
  temporary_folder const folder;
  constexpr std::string_view text = "a;b\r\n'x;y';1\r\n2;'it''s'\r\n";
  auto const options = io::csv_options{.delimiter = ';', .quote = '\''};
  split::by_index const all{[](io::csv_row const&) { return 0; }, {"all"}};
  split::csv_files(read(text, options), all, folder.path());
  CHECK(read_file(folder / "all.csv") == "a;b\n'x;y';1\n2;'it''s'\n");
  split::csv_files(read(text, options), all, folder.path(), {.format = io::csv_format{.line_end = io::line_end::crlf}});
  CHECK(read_file(folder / "all.csv") == "a,b\r\nx;y,1\r\n2,it's\r\n");
}

TEST_CASE("rows that are hard to write read back as they were") {
  temporary_folder const folder;
  split::by_index const all{[](io::csv_row const&) { return 0; }, {"all"}};
  auto const written = [&](std::string_view text, io::csv_options const& options) {
    split::csv_files(read(text, options), all, folder.path());
    return read_file(folder / "all.csv");
  };
  CHECK(written("a\n1\n\n2\n", {}) == "a\n1\n\"\"\n2\n");
  CHECK(written("a,b\n1,x\r\r\n", {}) == "a,b\n1,x\r\r\n");
  CHECK(written("\xEF\xBB\xBF\xEF\xBB\xBFx,1\n", {.header = io::csv_header::absent}) ==
        "\xEF\xBB\xBF\xEF\xBB\xBFx,1\n");
  CHECK(written("say \"hi\"\t1\n2\"\t3\n", {.delimiter = '\t', .quote = std::nullopt}) == "say \"hi\"\t1\n2\"\t3\n");
  CHECK(written("1,2\n3,4", {.header = io::csv_header::absent}) == "1,2\n3,4\n");
}

TEST_CASE("an input without rows gives files with the header for the classes that are known") {
  temporary_folder const folder;
  CHECK(split::csv_files(read("id,country\n"), by_country(), folder.path()).outputs.empty());
  CHECK(folder.entries().empty());
  split::csv_files(read("id,country\n"), by_known_country(), folder.path());
  CHECK(read_file(folder / "IT.csv") == "id,country\n");
}

TEST_CASE("a malformed row leaves the files that were there as they were") {
  temporary_folder const folder;
  write_file(folder / "DE.csv", "old");
  CHECK_THROWS_AS(split::csv_files(read("id,country\n1,DE\n2,DE,3\n"), by_country(), folder.path()),
                  spillway::parse_error);
  CHECK(folder.entries() == names{"DE.csv"});
  CHECK(read_file(folder / "DE.csv") == "old");
}

TEST_CASE("more classes than files may be open are split all the same") {
  temporary_folder const folder;
  auto const open = GENERATE(1, 2, 3, 100);
  auto const done =
      split::csv_files(read(sales), split::by{io::column{"country"}, {"IT", "FR"}}, folder.path(),
                       {.unknown = split::unknown_class::create, .open_files = static_cast<std::size_t>(open)});
  CHECK(folder.entries() == names{"%empty.csv", "DE.csv", "FR.csv", "IT.csv"});
  CHECK(read_file(folder / "DE.csv") == "id,country,note\n1,DE,\"a\nb\"\n3,DE,\n");
  CHECK(read_file(folder / "IT.csv") == "id,country,note\n");
  CHECK(read_file(folder / "FR.csv") == "id,country,note\n2,FR,\"say \"\"hi\"\"\"\n");
  REQUIRE(done.outputs.size() == 4);
  auto const expected = names{"IT", "FR", "", "DE"};
  for (std::size_t i = 0; i != 4; ++i) {
    CHECK(done.outputs[i].name == expected[i]);
    CHECK(done.outputs[i].bytes ==
          read_file(folder / ((expected[i].empty() ? "%empty" : expected[i]) + ".csv")).size());
  }
  CHECK(done.records == 4);
  CHECK((done.spilled != 0) == (open < 4));
}

TEST_CASE("thousands of classes take few open files and bounded memory") {
  temporary_folder const folder;
  std::string text{"id,customer\n"};
  constexpr int classes = 5000;
  for (int i = 0; i != 20'000; ++i) text += std::to_string(i) + ",c" + std::to_string(i * 7919 % classes) + '\n';
  ::rlimit before = {};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  auto few = before;
  few.rlim_cur = spillway::test::open_descriptors() + 60;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  spillway::memory_budget budget{std::size_t{8} << 20U};
  auto const done = split::csv_files(read(text), split::by{io::column{"customer"}}, folder.path(),
                                     {.durability = io::durability::cached, .memory = &budget});
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(done.outputs.size() == classes);
  CHECK(done.records == 20'000);
  CHECK(folder.entries().size() == classes);
  CHECK(read_file(folder / "c0.csv") == "id,customer\n0,c0\n5000,c0\n10000,c0\n15000,c0\n");
  CHECK(budget.used() == 0);
}

TEST_CASE("a record larger than the pieces that are spilled comes out whole") {
  temporary_folder const folder;
  auto const large = std::string(100'000, 'x');
  auto const text = "id,c\n1,a\n" + large + ",b\n2,c\n3,b\n";
  split::csv_files(read(text), split::by{io::column{"c"}}, folder.path(), {.open_files = 1, .budget = 1 << 20});
  CHECK(read_file(folder / "b.csv") == "id,c\n" + large + ",b\n3,b\n");
}
