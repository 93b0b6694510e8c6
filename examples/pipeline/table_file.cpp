#include "pipeline/table_file.hpp"

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace pipeline {

namespace duckdb = spillway::duckdb;
namespace io = spillway::io;

spool::spool(io::byte_source& from, std::string const& folder, std::stop_token const& stop) {
  auto name = folder + "/.pipeline.XXXXXX";
  descriptor_ = ::mkostemp(name.data(), O_CLOEXEC);
  if (descriptor_ == -1) throw spillway::io_error{"create scratch in", folder, {errno, std::generic_category()}};
  ::unlink(name.c_str());
  std::vector<char> block(1U << 20U);
  while (auto const size = from.read(block)) {
    spillway::throw_if_cancelled(stop);
    for (std::size_t done = 0; done != size;) {
      auto const written = ::write(descriptor_, block.data() + done, size - done);
      if (written == -1) throw spillway::io_error{"write scratch in", folder, {errno, std::generic_category()}};
      done += static_cast<std::size_t>(written);
    }
  }
}

spool::~spool() { ::close(descriptor_); }

table_file::table_file(std::string name, opened_source source, settings const& given, std::uint64_t memory,
                       std::stop_token const& stop)
    : name_{std::move(name)},
      given_{given},
      memory_{memory},
      format_{source.format},
      path_{std::move(source.path)},
      database_{
          ":memory:",
          {.memory_limit = memory, .threads = given.common.threads, .temporary_folder = given.common.scratch_folder()}},
      connection_{database_, stop} {
  if (!path_.empty()) return;
  spool_.emplace(*source.bytes, given.common.scratch_folder(), stop);
  path_ = spool_->path();
}

std::string table_file::from(std::string const& more) const {
  if (format_ == file_format::parquet) return "read_parquet(" + duckdb::literal(path_) + ')';
  auto const skips = given_.common.on_error == io::error_policy::skip;
  // DuckDB holds a few buffers, each with room for more than a line.
  auto const longest_line = std::clamp<std::uint64_t>(memory_ / 64, 64U << 10U, 16U << 20U);
  return fmt::format(R"(read_csv({}, header = true, delim = ',', quote = '"', escape = '"', compression = 'none', )"
                     "sample_size = {}, max_line_size = {}, buffer_size = {}{}{})",
                     duckdb::literal(path_), given_.sample_rows ? std::to_string(*given_.sample_rows) : "-1",
                     longest_line, 4 * longest_line, skips ? ", store_rejects = true" : "", more);
}

std::vector<duckdb::column> table_file::columns() {
  return in_words_of_the_source([&] { return connection_.query("SELECT * FROM " + from() + " LIMIT 0").columns(); });
}

std::uint64_t table_file::hand_on_rejects(io::reject_sink const& rejects) {
  if (format_ == file_format::parquet || given_.common.on_error == io::error_policy::fail) return 0;
  auto found = connection_.query(
      "SELECT line, any_value(byte_position), any_value(csv_line), any_value(error_message) FROM reject_errors "
      "GROUP BY line ORDER BY line");
  std::uint64_t count = 0;
  using text = std::optional<std::string_view>;
  for (auto const& [line, offset, bytes, problem] :
       found.rows<std::uint64_t, std::optional<std::uint64_t>, text, text>()) {
    ++count;
    if (rejects) {
      rejects({name_, {.line = line, .offset = offset.value_or(0)}, problem.value_or(""), bytes.value_or("")});
    }
  }
  return count;
}

namespace {

std::string first_lines(std::string const& text) {
  std::string lines;
  std::size_t taken = 0;
  for (std::size_t at = 0; at < text.size() && taken < 3; ++taken) {
    auto const end = std::min(text.find('\n', at), text.size());
    if (end == at) break;
    lines += (taken == 0 ? "" : "; ") + text.substr(at, end - at);
    at = end + 1;
  }
  return lines;
}

}  // namespace

void table_file::fail(duckdb::database_error const& problem) const {
  std::string text{problem.full_message()};
  for (auto at = text.find(path_); at != std::string::npos; at = text.find(path_, at + name_.size())) {
    text.replace(at, path_.size(), name_);
  }
  auto const other_type = given_.sample_rows && text.find("converting column") != std::string::npos;
  throw spillway::error{fmt::format("'{}': {}{}", name_, first_lines(text),
                                    other_type ? "; --sample-rows=all looks at all rows for the types" : "")};
}

}  // namespace pipeline
