#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/sort/external.hpp>
#include <spillway/sort/key.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace io = spillway::io;
namespace sort = spillway::sort;

namespace {

sort::external_options const small{.budget = std::size_t{1} << 20U};

struct line {
  std::string name;
  double amount;
  std::string text;
};

std::vector<line> make_lines(std::size_t size) {
  std::mt19937 random{11};
  std::vector<line> lines;
  for (std::size_t i = 0; i < size; ++i) {
    auto const name = "customer-" + std::to_string(random() % 1000);
    auto const amount = static_cast<double>(random() % 5000) / 4 - 300;
    auto const note = i % 7 == 0 ? "\"several\nlines, with \"\"quotes\"\"\"" : std::string(random() % 50, 'n');
    lines.push_back({name, amount, name + ',' + std::to_string(amount) + ',' + note + '\n'});
  }
  return lines;
}

std::string join(std::vector<line> const& lines) {
  std::string text;
  for (auto const& each : lines) text += each.text;
  return text;
}

template <class Key>
std::string sorted_csv(std::string const& csv, Key key) {
  std::string out;
  io::csv_writer writer{out};
  auto const result =
      sort::external(io::read_csv(std::make_unique<io::memory_source>(csv)), writer, std::ranges::less{}, key, small);
  CHECK(result.runs > 1);
  CHECK(result.peak_memory <= small.budget);
  CHECK(result.peak_scratch <= csv.size() / 20 * 21);
  return out;
}

}  // namespace

TEST_CASE("rows of CSV are sorted by the text of a column, byte for byte as they were") {
  auto lines = make_lines(60'000);
  auto const out = sorted_csv("name,amount,note\n" + join(lines), io::column{"name"});
  std::stable_sort(lines.begin(), lines.end(), [](line const& a, line const& b) { return a.name < b.name; });
  CHECK(out == join(lines));
}

TEST_CASE("rows of CSV are sorted by the number in a column") {
  auto lines = make_lines(60'000);
  auto const out = sorted_csv("name,amount,note\n" + join(lines), io::column_as<double>{"amount"});
  std::stable_sort(lines.begin(), lines.end(), [](line const& a, line const& b) { return a.amount < b.amount; });
  CHECK(out == join(lines));
}

TEST_CASE("rows of CSV are sorted by several columns, each in its direction") {
  auto lines = make_lines(60'000);
  auto const out = sorted_csv("name,amount,note\n" + join(lines),
                              sort::keys(sort::descending(io::column{"name"}), io::column_as<double>{"amount"}));
  std::stable_sort(lines.begin(), lines.end(), [](line const& a, line const& b) {
    return a.name != b.name ? a.name > b.name : a.amount < b.amount;
  });
  CHECK(out == join(lines));
}

TEST_CASE("a sink can take records over that can only be moved") {
  struct owned {
    std::unique_ptr<int> value;
  };
  struct codec {
    static std::size_t size(owned const&) { return sizeof(int); }
    static void write(owned const& from, char* to) {
      std::copy_n(reinterpret_cast<char const*>(from.value.get()), 4, to);
    }
    static owned read(std::string_view bytes) {
      int value = 0;
      std::copy_n(bytes.data(), 4, reinterpret_cast<char*>(&value));
      return {std::make_unique<int>(value)};
    }
  };
  auto const by_value = [](owned const& of) { return *of.value; };
  sort::external_sorter<owned, std::ranges::less, decltype(by_value), sort::keep_all, codec> sorter{
      {}, by_value, small};
  for (int i = 0; i < 300'000; ++i) sorter.push({std::make_unique<int>(i * 7 % 300'000)});
  std::vector<owned> out;
  for (auto& each : sorter.sorted()) out.push_back(std::move(each));
  REQUIRE(out.size() == 300'000);
  CHECK(std::is_sorted(out.begin(), out.end(), [](owned const& a, owned const& b) { return *a.value < *b.value; }));
  CHECK(sorter.result().runs > 1);
}

TEST_CASE("a plain file is sorted by position, and gives what runs give") {
  auto const lines = make_lines(20'000);
  spillway::test::temporary_folder const folder;
  auto const path = folder / "in.csv";
  spillway::test::write_file(path, "name,amount,note\n" + join(lines));
  auto const sorted_by = [&](sort::input_access access) {
    std::string out;
    io::csv_writer writer{out};
    auto options = small;
    options.access = access;
    if (access != sort::input_access::runs) options.budget *= 8;
    auto const result = sort::external(io::read_csv(path), writer, std::ranges::less{}, io::column{"name"}, options);
    return std::pair{result.method, out};
  };
  auto const [runs, expected] = sorted_by(sort::input_access::runs);
  CHECK(runs == sort::sort_method::runs);
  for (auto const access : {sort::input_access::automatic, sort::input_access::mapped, sort::input_access::unmapped}) {
    auto const [method, out] = sorted_by(access);
    CHECK(method == sort::sort_method::by_position);
    CHECK(out == expected);
  }
}
