#include "support/catch.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/memory_source.hpp>
#include <spillway/sort/external.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
using namespace spillway::literals;

struct row {
  std::string text;
  std::string number;
  friend bool operator==(row const&, row const&) = default;
};

io::csv_reader reader_of(std::string const& csv) {
  return io::read_csv(std::make_unique<io::memory_source>(csv, "rows"), {});
}

template <class Less, class Sort>
std::vector<row> sorted(std::string const& csv, std::size_t budget, unsigned threads, Less less, Sort sort_by) {
  std::vector<row> out;
  auto const keep = [&out](io::csv_row const& each) { out.push_back({std::string{each[1]}, std::string{each[0]}}); };
  sort::external_options options;
  options.budget = budget;
  options.threads = threads;
  auto reader = reader_of(csv);
  sort::external_result const done = sort_by(reader, keep, less, io::column{"text"}, options);
  CHECK((done.runs > 1) == (budget == 1_MiB));
  return out;
}

}  // namespace

TEST_CASE("rows of CSV are merged by texts that begin alike, also where these had quotes") {
  std::mt19937_64 random{8};
  std::string csv = "number,text,filling\n";
  std::vector<row> rows;
  for (int i = 0; i < 40'000; ++i) {
    row made{"https://www.example.org/\"archive\"/" + std::to_string(random() % 3000 * 1'000'003), std::to_string(i)};
    if (random() % 8 == 0) made.text.resize(random() % made.text.size());
    csv += made.number + ",\"";
    for (char const each : made.text) csv.append(each == '"' ? 2 : 1, each);
    csv += "\",something else\n";
    rows.push_back(std::move(made));
  }
  auto const all = [](auto& reader, auto const& sink, auto less, auto key, auto const& options) {
    return sort::external(reader, sink, less, key, options);
  };
  auto const first = [](auto& reader, auto const& sink, auto less, auto key, auto const& options) {
    return sort::distinct(reader, sink, less, key, sort::keep::first, options);
  };
  auto const last = [](auto& reader, auto const& sink, auto less, auto key, auto const& options) {
    return sort::distinct(reader, sink, less, key, sort::keep::last, options);
  };
  auto const same_text = [](row const& a, row const& b) { return a.text == b.text; };
  std::ranges::stable_sort(rows, std::greater{}, &row::text);
  CHECK(sorted(csv, 1_MiB, 2, std::greater{}, all) == rows);
  std::ranges::reverse(rows);
  std::ranges::stable_sort(rows, {}, [](row const& each) {
    return std::pair{std::string_view{each.text}, std::stoi(each.number)};
  });
  auto firsts = rows;
  firsts.erase(std::unique(firsts.begin(), firsts.end(), same_text), firsts.end());
  std::vector<row> lasts;
  std::unique_copy(rows.rbegin(), rows.rend(), std::back_inserter(lasts), same_text);
  std::ranges::reverse(lasts);
  for (auto const threads : {1U, 2U, 3U}) {
    CHECK(sorted(csv, 1_MiB, threads, std::ranges::less{}, all) == rows);
    CHECK(sorted(csv, 1_MiB, threads, std::ranges::less{}, first) == firsts);
    CHECK(sorted(csv, 1_MiB, threads, std::ranges::less{}, last) == lasts);
  }
  CHECK(sorted(csv, 64_MiB, 2, std::ranges::less{}, all) == rows);
}
