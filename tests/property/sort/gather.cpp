#include "support/catch.hpp"
#include "support/files.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/binary_records.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/sort/detail/gather.hpp>
#include <spillway/sort/key.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

namespace io = spillway::io;
namespace sort = spillway::sort;
using spillway::test::temporary_folder;
using spillway::test::write_file;

/// Runs `check` with budgets, numbers of threads and kinds of access that must all give the same.
template <class Check>
void with_all_options(Check const& check) {
  for (auto const access : {sort::input_access::mapped, sort::input_access::unmapped, sort::input_access::automatic}) {
    for (unsigned const threads : {1U, 2U, 3U}) {
      for (std::size_t const budget : {std::size_t{2} << 20U, std::size_t{64} << 20U}) {
        CAPTURE(access, threads, budget);
        spillway::memory_budget memory{budget};
        check(sort::external_options{.memory = &memory, .threads = threads, .access = access});
        CHECK(memory.used() == 0);
      }
    }
  }
}

std::string random_field(std::mt19937& random) {
  constexpr std::string_view alphabet{"ab,;'\"\n\r\0\xEF\xBB\xBF", 12};
  std::string field;
  for (auto size = random() % 2 * (random() % 12); size != 0; --size) field += alphabet[random() % alphabet.size()];
  return field;
}

/// Rows `number,text,text`, some with ends of other lines.
std::string random_csv(std::mt19937& random, std::size_t rows, io::csv_format format, std::size_t columns) {
  std::string text;
  io::csv_writer write{text, format};
  for (std::size_t i = 0; i != rows; ++i) {
    write.field(std::to_string(random() % (1 + rows / 2)));
    for (std::size_t column = 1; column != columns; ++column) write.field(random_field(random));
    write.end_row();
    if (random() % 16 == 0 && !text.empty() && text.ends_with('\n') && !text.ends_with("\r\n")) {
      text.insert(text.size() - 1, std::string(random() % 3, '\r'));
    }
    if (random() % 16 == 0 && columns > 1) text += random() % 2 == 0 ? "\n" : "\r\n";
  }
  if (random() % 2 == 0 && text.ends_with('\n')) text.pop_back();
  return text;
}

template <class Less, class Key>
std::string sorted_rows(std::string const& path, io::csv_options const& options, io::csv_format format, Less less,
                        Key key, std::size_t limit) {
  auto reader = io::read_csv(path, options);
  std::vector<io::csv_row> rows;
  for (auto const& row : reader) rows.push_back(row);
  std::stable_sort(rows.begin(), rows.end(),
                   [&](auto const& a, auto const& b) { return less(std::invoke(key, a), std::invoke(key, b)); });
  rows.resize(std::min(rows.size(), limit));
  std::string text;
  io::csv_writer write{text, format};
  for (auto const& row : rows) write(row);
  return text;
}

template <class Less, class Key>
void check_csv(std::string const& path, io::csv_options const& csv, io::csv_format format, Less less, Key key,
               std::uint64_t limit = ~std::uint64_t{0}) {
  auto const expected = sorted_rows(path, csv, format, less, key, limit);
  with_all_options([&](sort::external_options options) {
    options.limit = limit;
    {
      std::string text;
      io::csv_writer write{text, format};
      auto reader = io::read_csv(path, csv);
      auto const result = sort::detail::sort_by_position(reader, write, less, key, options);
      REQUIRE(result);
      REQUIRE(text == expected);
      CHECK(result->delivered == std::min(result->records, limit));
    }
    std::string text;
    io::csv_writer write{text, format};
    auto sink = [&write](io::csv_row const& row) { write(row); };
    auto reader = io::read_csv(path, csv);
    REQUIRE(sort::detail::sort_by_position(reader, sink, less, key, options));
    REQUIRE(text == expected);
  });
}

std::int64_t number_in(io::csv_row const& row) { return row.as<std::int64_t>(std::size_t{0}); }
std::string_view text_in(io::csv_row const& row) { return row[row.size() - 1]; }

struct measurement {
  std::array<unsigned char, 10> key;
  std::uint32_t number;
  friend bool operator==(measurement const&, measurement const&) = default;
};

}  // namespace

TEST_CASE("rows fetched by position are in the order of std::stable_sort, byte for byte") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  auto const seed = GENERATE(range(0U, 12U));
  std::mt19937 random{seed};
  constexpr std::array formats{io::csv_format{}, io::csv_format{.line_end = io::line_end::crlf},
                               io::csv_format{.delimiter = ';', .quote = '\''}};
  auto const written = formats[random() % formats.size()];
  auto const wanted = formats[random() % formats.size()];
  auto const columns = 1 + random() % 3;
  auto const rows = std::array{0U, 1U, 2U, 100U, 3000U}[random() % 5];
  auto text = random_csv(random, rows, written, columns);
  if (random() % 4 == 0) text.insert(0, "\xEF\xBB\xBF");
  write_file(path, text);
  CAPTURE(seed, rows, columns);
  io::csv_options const csv{.delimiter = written.delimiter,
                            .quote = written.quote,
                            .header = io::csv_header::absent,
                            .on_error = io::error_policy::skip,
                            .chunk_size = 1 + random() % 5000};
  if (columns > 1) {
    check_csv(path, csv, wanted, std::ranges::less{}, number_in);
    check_csv(path, csv, wanted, std::ranges::greater{}, number_in, 17);
  }
  check_csv(path, csv, wanted, std::ranges::less{}, text_in);
  check_csv(path, csv, wanted, std::ranges::greater{}, text_in);
}

TEST_CASE("rows without quoting, and rows of other sizes than there are columns, are fetched as they are") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  std::mt19937 random{5};
  std::string text;
  for (int i = 0; i != 2000; ++i) {
    text += std::to_string(random() % 500);
    for (auto field = random() % 4; field != 0; --field) text += random() % 8 == 0 ? ",\"x" : ",y";
    text += '\n';
  }
  write_file(path, text);
  for (auto const ragged : {io::ragged_rows::keep, io::ragged_rows::pad}) {
    io::csv_options const csv{.quote = std::nullopt,
                              .header = io::csv_header::absent,
                              .column_names = {"a", "b", "c", "d"},
                              .ragged = ragged};
    check_csv(path, csv, {}, std::ranges::less{}, number_in);
  }
}

TEST_CASE("rows with long keys of few values keep their order") {
  temporary_folder const folder;
  auto const path = folder / "in.csv";
  std::mt19937 random{6};
  std::string text = "number,name\n";
  for (int i = 0; i != 4000; ++i) {
    text += std::to_string(i) + ",the same beginning" + std::string(random() % 3, '\0') +
            (random() % 2 == 0 ? "" : " and another end" + std::to_string(random() % 3)) + '\n';
  }
  write_file(path, text);
  check_csv(path, {}, {}, std::ranges::less{}, io::column{"name"});
  check_csv(path, {}, {}, std::ranges::greater{}, io::column{"name"});
  check_csv(path, {}, {}, std::ranges::less{}, sort::keys(io::column{"name"}, number_in));
}

TEST_CASE("records fetched by position are in the order of std::stable_sort") {
  temporary_folder const folder;
  auto const path = folder / "records";
  std::mt19937 random{7};
  for (auto const count : {0U, 1U, 2U, 1000U, 30'000U}) {
    std::vector<measurement> all(count);
    for (std::uint32_t i = 0; i != count; ++i) {
      all[i].number = i;
      // Ties, also of all that the prefix has.
      for (auto& byte : all[i].key) byte = static_cast<unsigned char>(random() % 2 + (random() % 64 == 0 ? 100 : 0));
    }
    std::string bytes;
    io::binary_writer write{bytes};
    for (auto const& each : all) write(each);
    write_file(path, bytes);
    std::ranges::stable_sort(all, {}, &measurement::key);

    with_all_options([&](sort::external_options const& options) {
      std::string text;
      io::binary_writer to_bytes{text};
      auto reader = io::read_binary<measurement>(path);
      auto const less = std::ranges::less{};
      auto const result = sort::detail::sort_by_position(reader, to_bytes, less, &measurement::key, options);
      REQUIRE(result);
      CHECK(result->records == count);
      std::vector<measurement> one_by_one;
      auto sink = [&](measurement const& each) { one_by_one.push_back(each); };
      auto again = io::read_binary<measurement>(path);
      REQUIRE(sort::detail::sort_by_position(again, sink, less, &measurement::key, options));
      REQUIRE(one_by_one == all);
      std::string expected;
      io::binary_writer write_expected{expected};
      for (auto const& each : all) write_expected(each);
      REQUIRE(text == expected);
    });
  }
}
