#pragma once

#include <spillway/core/progress.hpp>
#include <spillway/io/output.hpp>
#include <spillway/io/staged_files.hpp>
#include <spillway/split/detail/class_table.hpp>
#include <spillway/split/detail/csv_batch.hpp>
#include <spillway/split/detail/file_names.hpp>
#include <spillway/split/detail/open_files.hpp>
#include <spillway/split/detail/spilled_rows.hpp>
#include <spillway/split/options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::split::detail {

/// The files of a split. Those of the first classes are open from the first row to the last. What comes for further
/// classes is spilled, and their files are written one after the other in the end.
class csv_outputs {
 public:
  csv_outputs(csv_plan const& plan, file_names names, std::string header, csv_files_options const& options)
      : names_{std::move(names)},
        header_{std::move(header)},
        options_{options},
        budget_{resolved_budget(options.budget, options.memory)},
        output_options_{.compression = options.compression == io::compression::automatic
                                           ? io::compression_by_name(names_.extension())
                                           : options.compression,
                        .level = options.level,
                        .durability = options.durability,
                        .buffer_size = output_buffer,
                        .memory = options.memory},
        limit_{options.open_files != 0 ? options.open_files : most_open_outputs(budget_, output_options_.compression)},
        listed_{plan.listed.size()},
        open_names_{options.memory},
        waiting_{options.memory},
        staged_{names_.folder(), output_options_} {
    for (; listed_open_ != std::min(plan.listed.size(), limit_); ++listed_open_) open(plan.listed[listed_open_]);
    for (auto i = listed_open_; i != plan.listed.size(); ++i) wait_for(plan.listed[i]);
  }

  /// Batches must come in the order of the input.
  void add(csv_batch const& batch) {
    unknown_ += batch.unknown();
    for (auto const number : batch.used()) {
      auto const& rows = batch.of_class(number);
      if (number < listed_open_) {
        append(open_[number], rows.bytes.view(), rows.records);
      } else {
        add(batch.name(number), rows.bytes.view(), rows.records);
      }
    }
  }

  /// Rows of one class, between which no rows of another class come.
  void add_all_of_class(std::string_view name, std::string_view rows, std::uint32_t records) {
    if (auto const number = open_names_.find(name); number != class_table::none) {
      append(open_[number], rows, records);
    } else if (open_.size() < limit_) {
      append(open(name), rows, records);
    } else {
      append_later(name, rows, records);
    }
  }

  /// For sorting what goes in, within the part of the budget that the outputs don't take.
  [[nodiscard]] sort::external_options sorting() const {
    return {.budget = std::max(budget_ - budget_ / 4, smallest_budget),
            .memory = options_.memory,
            .threads = options_.threads,
            .scratch = options_.scratch,
            .compression = options_.run_compression,
            .access = options_.access,
            .on_progress = options_.on_progress,
            .stop = options_.stop};
  }

  /// Makes all files appear, and tells what is in them.
  result finish() {
    result done;
    done.unknown = unknown_;
    done.spilled = spilled_records_;
    write_spilled();
    begin_without_rows();
    commit();
    for (auto const& output : open_) done.outputs.push_back({output.name, output.records, output.file.bytes()});
    std::move(later_.begin(), later_.end(), std::back_inserter(done.outputs));
    std::sort(done.outputs.begin() + static_cast<std::ptrdiff_t>(listed_), done.outputs.end(),
              [](output_result const& a, output_result const& b) { return a.name < b.name; });
    for (auto const& output : done.outputs) done.records += output.records;
    return done;
  }

 private:
  static constexpr std::size_t smallest_budget = std::size_t{1} << 20U;

  struct open_output {
    std::string name;
    io::output_file file;
    std::uint64_t records = 0;
  };

  void add(std::string_view name, std::string_view rows, std::uint32_t records) {
    if (auto const number = open_names_.find(name); number != class_table::none) {
      append(open_[number], rows, records);
    } else if (open_.size() < limit_) {
      append(open(name), rows, records);
    } else {
      if (!spilled_) spilled_.emplace(spilling());
      spilled_->push(name, rows, records);
      spilled_records_ += records;
    }
  }

  open_output& open(std::string_view name) {
    auto& opened = open_.emplace_back(std::string{name}, io::output_file{names_.path(name), output_options_});
    open_names_.add(name);
    opened.file.append(header_);
    return opened;
  }

  static void append(open_output& to, std::string_view rows, std::uint64_t records) {
    to.file.append(first_mark(to.file.bytes(), rows));
    to.file.append(rows);
    to.records += records;
  }

  /// Data that start like a byte order mark are taken for data only behind a mark.
  static std::string_view first_mark(std::uint64_t bytes_before, std::string_view rows) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return bytes_before == 0 && rows.starts_with(mark) ? mark : std::string_view{};
  }

  [[nodiscard]] sort::external_options spilling() const {
    auto options = sorting();
    options.budget = std::max(budget_ / 2, smallest_budget);
    options.on_progress = {};
    return options;
  }

  /// A listed class without rows has a file all the same.
  void wait_for(std::string_view name) {
    waiting_.add(name);
    later_.push_back({.name = std::string{name}});
  }

  void write_spilled() {
    if (!spilled_) return;
    auto const report = throttle(options_.on_progress);
    progress now{"write", 0, spilled_->bytes()};
    spilled_->each([&](spilled_piece const& piece) {
      append_later(piece.class_name, piece.bytes, piece.records);
      now.done += piece.bytes.size();
      if (report) report(now);
    });
    spilled_.reset();
  }

  void append_later(std::string_view name, std::string_view rows, std::uint32_t records) {
    if (current_ == nullptr || current_->name != name) current_ = &begin_later(name);
    staged_.append(first_mark(staged_.bytes(), rows));
    staged_.append(rows);
    current_->records += records;
    current_->bytes = staged_.bytes();
  }

  output_result& begin_later(std::string_view name) {
    auto const number = waiting_.find(name);
    if (number == class_table::none) later_.push_back({.name = std::string{name}});
    auto& later = number == class_table::none ? later_.back() : later_[number];
    begin(later);
    return later;
  }

  void begin_without_rows() {
    for (auto& each : later_) {
      if (each.records == 0) begin(each);
    }
  }

  void begin(output_result& later) {
    staged_.begin(names_.name(later.name));
    staged_.append(header_);
    later.bytes = staged_.bytes();
  }

  void commit() {
    std::vector<io::output_file*> files;
    files.reserve(open_.size());
    for (auto& output : open_) files.push_back(&output.file);
    // What can fail for want of space fails before anything appears.
    for (auto* file : files) file->buffer().flush();
    staged_.publish(options_.stop);
    try {
      io::commit_together(files);
    } catch (...) {
      staged_.take_back();
      throw;
    }
    staged_.finish();
  }

  file_names names_;
  std::string header_;
  csv_files_options options_;
  std::size_t budget_;
  io::output_options output_options_;
  /// Outputs that may be open at once.
  std::size_t limit_;
  /// Classes that have an output in any case, and those of them whose outputs are open. They are the first.
  std::size_t listed_;
  std::size_t listed_open_ = 0;
  std::deque<open_output> open_;
  class_table open_names_;
  std::optional<spilled_rows> spilled_;
  std::uint64_t spilled_records_ = 0;
  class_table waiting_;
  std::deque<output_result> later_;
  /// The one that is being written.
  output_result* current_ = nullptr;
  io::staged_files staged_;
  std::uint64_t unknown_ = 0;
};

}  // namespace spillway::split::detail
