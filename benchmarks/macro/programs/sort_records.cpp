#include "sorting.hpp"

#include <spillway/io/binary_records.hpp>
#include <spillway/io/output.hpp>
#include <spillway/sort/external.hpp>

#include <array>
#include <functional>
#include <string_view>

// IN OUT [--memory BYTES --threads N --scratch DIR --access automatic|runs|mapped|unmapped]

namespace {

struct record {
  std::array<char, 100> bytes;

  [[nodiscard]] std::string_view key() const { return {bytes.data(), 10}; }
};

}  // namespace

int main(int count, char** words) {
  return program::run(count, words, [](program::arguments const& arguments) {
    using namespace spillway;
    memory_budget budget{program::memory(arguments)};
    io::output_file output{arguments.file(1), {.durability = io::durability::cached, .memory = &budget}};
    auto const done =
        sort::external(io::read_binary<record>(arguments.file(0), {.memory = &budget}), io::binary_writer{output},
                       std::ranges::less{}, &record::key, program::sorting_options(arguments, budget));
    output.commit();
    program::print(done, budget);
  });
}
