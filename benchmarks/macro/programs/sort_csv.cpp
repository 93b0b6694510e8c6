#include "sorting.hpp"

#include <spillway/io/csv_column.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/output.hpp>
#include <spillway/sort/external.hpp>

#include <functional>

// IN OUT --by COLUMN, a number [--memory BYTES --threads N --scratch DIR --access automatic|runs|mapped|unmapped]

int main(int count, char** words) {
  return program::run(count, words, [](program::arguments const& arguments) {
    using namespace spillway;
    memory_budget budget{program::memory(arguments)};
    auto reader = io::read_csv(arguments.file(0), {.memory = &budget});
    io::output_file output{arguments.file(1), {.durability = io::durability::cached, .memory = &budget}};
    io::csv_writer writer{output};
    writer(reader.header());
    auto const done = sort::external(reader, writer, std::ranges::less{},
                                     io::column_as<double>{arguments.text("--by", "_data_shuffle")},
                                     program::sorting_options(arguments, budget));
    output.commit();
    program::print(done, budget);
  });
}
