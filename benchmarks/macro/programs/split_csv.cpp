#include "sorting.hpp"

#include <spillway/core/memory_budget.hpp>
#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/csv_files.hpp>
#include <spillway/split/sorted_csv_files.hpp>

#include <algorithm>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

// IN DIR --by COLUMN [--sort-by COLUMN, a number --memory BYTES --threads N --scratch DIR]: train, eval and test, in
// whatever spelling.

namespace {

bool same_letters(std::string_view text, std::string_view lower) {
  auto const same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); };
  return std::ranges::equal(text, lower, same);
}

std::size_t split_of(std::string_view text) {
  if (same_letters(text, "train")) return 0;
  if (same_letters(text, "eval") || same_letters(text, "validation")) return 1;
  return same_letters(text, "test") ? 2 : 3;
}

void print(spillway::split::result const& done) {
  std::fprintf(stderr,
               R"({"records":%)" PRIu64 R"(,"spilled":%)" PRIu64 R"(,"seconds":%.3f})"
               "\n",
               done.records, done.spilled, done.seconds);
}

}  // namespace

int main(int count, char** words) {
  return program::run(count, words, [](program::arguments const& arguments) {
    using namespace spillway;
    memory_budget budget{program::memory(arguments)};
    std::filesystem::create_directory(arguments.file(1));
    auto const split = [column = io::column{arguments.text("--by", "_data_split")}](io::csv_row const& row) {
      return split_of(column(row));
    };
    split::by_index const classifier{split, {"train", "eval", "test"}};
    auto reader = io::read_csv(arguments.file(0), {.memory = &budget});
    auto const sorting = program::sorting_options(arguments, budget);
    split::csv_files_options const options{.threads = sorting.threads,
                                           .durability = io::durability::cached,
                                           .budget = sorting.budget,
                                           .memory = &budget,
                                           .scratch = sorting.scratch};
    auto const sort_by = arguments.text("--sort-by", "");
    if (sort_by.empty()) {
      print(split::csv_files(std::move(reader), classifier, arguments.file(1), options));
    } else {
      auto const done = split::sorted_csv_files(std::move(reader), classifier, arguments.file(1), std::ranges::less{},
                                                io::column_as<double>{sort_by}, options);
      program::print(done.sorting, budget);
    }
  });
}
