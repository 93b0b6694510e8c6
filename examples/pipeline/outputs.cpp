#include "pipeline/outputs.hpp"

#include "pipeline/cell_text.hpp"

#include <spillway/core/cancellation.hpp>
#include <spillway/duckdb/database.hpp>
#include <spillway/duckdb/parquet.hpp>
#include <spillway/duckdb/row_codec.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
namespace io = spillway::io;

output_folder::output_folder(std::string path) : path_{std::move(path)} {
  std::error_code problem;
  std::filesystem::create_directories(path_, problem);
  if (problem) throw spillway::io_error{"make folder", path_, problem};
}

io::output_file& output_folder::add(std::string const& name) {
  auto const path = (std::filesystem::path{path_} / name).string();
  return *files_.emplace_back(std::make_unique<io::output_file>(path));
}

void output_folder::commit() {
  std::vector<io::output_file*> all;
  all.reserve(files_.size());
  for (auto const& file : files_) all.push_back(file.get());
  io::commit_together(all);
}

split_files::split_files(output_folder& folder, file_format format) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    files[i] = &folder.add(std::string{split_names[i]} + (format == file_format::csv ? ".csv" : ".parquet"));
  }
}

void write_csv_splits(row_collector& rows, std::vector<duckdb::column> const& columns, split_files& to,
                      std::stop_token const& stop) {
  std::string header;
  for (auto const& each : columns) {
    if (!header.empty()) header += ',';
    append_csv_text(header, each.name);
  }
  for (auto* file : to.files) file->append(header + '\n');
  std::uint64_t written = 0;
  for (auto const& row : rows.sorted()) {
    auto& file = *to.files[static_cast<std::size_t>(split_of(row.order))];
    file.append(row.bytes);
    file.append('\n');
    if (++written % 65'536 == 0) spillway::throw_if_cancelled(stop);
  }
}

namespace {

/// One Parquet file, filled row by row.
class parquet_rows {
 public:
  parquet_rows(duckdb::database const& in, io::output_file& to, duckdb::row_codec const& codec,
               duckdb::parquet_options options)
      : codec_{codec}, writer_{in, to, codec.columns(), std::move(options)} {}

  void add(std::string_view packed) {
    unpacker_.set(row_, packed);
    if (++row_ == capacity_) push();
  }

  void finish() {
    push();
    writer_.finish();
  }

 private:
  void push() {
    chunk_.resize(row_);
    writer_.push(std::exchange(chunk_, writer_.make_chunk()));
    unpacker_ = duckdb::row_unpacker{codec_, chunk_};
    row_ = 0;
  }

  duckdb::row_codec const& codec_;
  duckdb::parquet_writer writer_;
  duckdb::chunk_builder chunk_ = writer_.make_chunk();
  duckdb::row_unpacker unpacker_{codec_, chunk_};
  std::size_t row_ = 0;
  std::size_t capacity_ = duckdb::chunk_builder::capacity();
};

/// So many that those in the making fit the memory: a row takes about twice its packed size.
std::uint64_t rows_per_group(row_collector const& rows, settings const& given, std::uint64_t database_memory) {
  auto const sorted = rows.sort_result();
  auto const row_size = sorted.bytes / std::max<std::uint64_t>(sorted.records, 1) + 64;
  auto const fitting = database_memory / (2 * row_size * (given.common.threads + 1));
  auto const chunk = std::uint64_t{duckdb::chunk_builder::capacity()};
  return std::min(given.rows_per_group, std::max(fitting / chunk * chunk, chunk));
}

}  // namespace

void write_parquet_splits(row_collector& rows, std::vector<duckdb::column> const& columns, split_files& to,
                          settings const& given, std::uint64_t database_memory, std::stop_token const& stop) {
  duckdb::row_codec const codec{columns};
  duckdb::database const database{":memory:", {.memory_limit = database_memory, .threads = 1}};
  // Who trains reads all rows, once for each time that they are written: neither smallest files nor filters pay.
  duckdb::parquet_options options{.compression_level = 1,
                                  .bloom_filters = duckdb::bloom_filters::left_out,
                                  .rows_per_group = rows_per_group(rows, given, database_memory),
                                  .threads = given.common.threads,
                                  .stop = stop};
  if (!given.common.scratch.empty()) options.scratch_folder = given.common.scratch;
  std::size_t current = 0;
  std::optional<parquet_rows> writer;
  writer.emplace(database, *to.files[0], codec, options);
  auto const next_file = [&] {
    writer->finish();
    writer.reset();
    if (++current < to.files.size()) writer.emplace(database, *to.files[current], codec, options);
  };
  for (auto const& row : rows.sorted()) {
    while (current != static_cast<std::size_t>(split_of(row.order))) next_file();
    writer->add(row.bytes);
  }
  while (current != to.files.size()) next_file();
}

}  // namespace pipeline
