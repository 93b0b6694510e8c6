#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/output.hpp>
#include <spillway/split/detail/class_table.hpp>
#include <spillway/split/detail/csv_batch.hpp>
#include <spillway/split/detail/file_names.hpp>
#include <spillway/split/detail/open_files.hpp>
#include <spillway/split/options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::split::detail {

/// The files of a split, to which batches are added one after the other.
class csv_outputs {
 public:
  csv_outputs(csv_plan const& plan, file_names names, std::string header, csv_files_options const& options)
      : names_{std::move(names)}, header_{std::move(header)}, table_{options.memory} {
    auto const kind = options.compression == io::compression::automatic ? io::compression_by_name(names_.extension())
                                                                        : options.compression;
    limit_ = options.open_files != 0 ? options.open_files
                                     : most_open_outputs(resolved_budget(options.budget, options.memory), kind);
    output_options_ = {.compression = kind,
                       .level = options.level,
                       .durability = options.durability,
                       .buffer_size = output_buffer,
                       .memory = options.memory};
    for (auto const& name : plan.listed) open(name);
    listed_ = outputs_.size();
  }

  void add(csv_batch const& batch) {
    unknown_ += batch.unknown();
    for (auto const number : batch.used()) {
      auto const& rows = batch.of_class(number);
      append(number < listed_ ? outputs_[number] : output_of(batch.name(number)), rows.bytes.view(), rows.records);
    }
  }

  /// Makes all files appear, and tells what is in them.
  result finish() {
    std::vector<io::output_file*> files;
    for (auto& output : outputs_) files.push_back(&output.file);
    io::commit_together(files);
    result done;
    for (auto const& output : outputs_) {
      done.outputs.push_back({output.name, output.records, output.file.bytes()});
      done.records += output.records;
    }
    std::sort(done.outputs.begin() + static_cast<std::ptrdiff_t>(listed_), done.outputs.end(),
              [](output_result const& a, output_result const& b) { return a.name < b.name; });
    done.unknown = unknown_;
    return done;
  }

 private:
  struct opened_output {
    std::string name;
    io::output_file file;
    std::uint64_t records = 0;
  };

  opened_output& output_of(std::string_view name) {
    auto const number = table_.find(name);
    return number != class_table::none ? outputs_[number] : open(name);
  }

  opened_output& open(std::string_view name) {
    if (outputs_.size() == limit_) throw argument_error{"more than " + std::to_string(limit_) + " classes"};
    auto& added = outputs_.emplace_back(std::string{name}, io::output_file{names_.path(name), output_options_});
    table_.add(name);
    added.file.append(header_);
    return added;
  }

  static void append(opened_output& to, std::string_view rows, std::uint64_t records) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    // Data that start like a mark are taken for data only behind a mark.
    if (to.file.bytes() == 0 && rows.starts_with(byte_order_mark)) to.file.append(byte_order_mark);
    to.file.append(rows);
    to.records += records;
  }

  file_names names_;
  std::string header_;
  io::output_options output_options_;
  std::size_t limit_ = 0;
  std::size_t listed_ = 0;
  class_table table_;
  std::deque<opened_output> outputs_;
  std::uint64_t unknown_ = 0;
};

}  // namespace spillway::split::detail
