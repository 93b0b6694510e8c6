#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/chunks.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/detail/csv_input.hpp>
#include <spillway/io/detail/csv_problem.hpp>
#include <spillway/io/detail/csv_table.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::io::detail {

/// The rows of a chunk that were not taken, until their lines are known and it is their turn to be handed on.
/// A malformed row takes no text: what is wrong with it is found again.
class csv_refusals {
 public:
  enum class reason : std::uint32_t { malformed, field, row };
  struct refusal {
    std::uint32_t row;
    reason why;
    std::uint32_t at;
    std::uint32_t text_size;
  };

  explicit csv_refusals(std::pmr::memory_resource* memory) : refusals_{memory}, texts_{memory} {}

  void add_malformed(std::size_t row) {
    refusals_.push_back({static_cast<std::uint32_t>(row), reason::malformed, 0, 0});
  }
  void add_step_failure(std::size_t row, reason why, std::size_t at, std::string_view text) {
    refusals_.push_back({static_cast<std::uint32_t>(row), why, static_cast<std::uint32_t>(at),
                         static_cast<std::uint32_t>(text.size())});
    texts_ += text;
  }
  [[nodiscard]] std::size_t size() const noexcept { return refusals_.size(); }

  /// The lines before the table must be known.
  void hand_on(csv_input& input, csv_table& table) const {
    std::string_view texts = texts_;
    for (auto const& refused : refusals_) {
      if (refused.why == reason::malformed) {
        auto const problem = problem_of(table, refused.row);
        input.refuse(table, refused.row, table.place(problem.at), problem.text);
        continue;
      }
      auto place = table.place(refused.at);
      if (refused.why == reason::row) place.column = 0;
      input.refuse(table, refused.row, place, texts.substr(0, refused.text_size));
      texts.remove_prefix(refused.text_size);
    }
  }

 private:
  std::pmr::vector<refusal> refusals_;
  std::pmr::string texts_;
};

/// Works on the chunks of an input on several threads.
class csv_workers {
 public:
  csv_workers(csv_input& input, unsigned threads) : input_{input}, options_{input.chunking()} {
    options_.threads = threads;
    for (unsigned worker = 0; worker < threads; ++worker) {
      tables_.push_back(std::make_unique<csv_table>(input.shared_schema(), options_.memory));
    }
  }

  template <class MakeBatch, class Step, class Deliver>
  void run(MakeBatch& make_batch, Step& step, Deliver& deliver) {
    using batch = std::invoke_result_t<MakeBatch&>;
    auto const work = [&](chunk const& piece, unsigned worker) {
      auto& table = *tables_[worker];
      table.load(piece.bytes(), input_.data_offset() + piece.offset(), std::nullopt);
      outcome<batch> done{table, make_batch(), csv_refusals{options_.memory}};
      done.rows = walk(table, done.refusals, [&](csv_row const& row) { step(done.into, row, worker); });
      return done;
    };
    auto const hand_on = [&](outcome<batch> done, chunk const& piece) {
      auto& result = input_.result();
      done.table.set_lines_before(result.lines);
      done.refusals.hand_on(input_, done.table);
      deliver(done.into);
      result.records += done.rows;
      result.lines += done.table.lines();
      result.bytes += piece.bytes().size();
    };
    try {
      process_chunks(input_.chunks(), options_, work, hand_on);
    } catch (parse_error const& e) {
      input_.rethrow_with_line(e);
    }
  }

 private:
  template <class Batch>
  struct outcome {
    csv_table& table;
    Batch into;
    csv_refusals refusals;
    std::size_t rows = 0;
  };

  /// Hands the table's rows to `step` and returns how many were taken. Stops at the first bad one if that is fatal.
  template <class Step>
  std::size_t walk(csv_table& table, csv_refusals& refusals, Step&& step) {
    using enum csv_refusals::reason;
    auto const& index = table.index();
    auto const* const ends = index.all_ends();
    auto const* const bounds = index.row_bounds();
    auto const rows = index.rows();
    auto const columns = input_.schema().columns;
    bool const stops = input_.options().on_error == error_policy::fail;
    std::size_t blank = 0;
    csv_row shown;
    shown.look_at(table);

    for (std::size_t row = 0; row != rows; ++row) {
      try {
        for (auto const malformed = next_malformed(table, row); row != malformed; ++row) {
          auto const fields = bounds[row + 1] - bounds[row];
          if (fields != columns) [[unlikely]] {
            auto const kind = kind_of(table, row);
            if (kind == csv_row_kind::blank) {
              ++blank;
              continue;
            }
            if (kind == csv_row_kind::ragged) break;
          }
          shown.show(ends + bounds[row], fields);
          step(static_cast<csv_row const&>(shown));
        }
        if (row == rows) break;
        refusals.add_malformed(row);
      } catch (field_error const& e) {
        refusals.add_step_failure(row, field, e.offset() - table.offset(), e.what());
      } catch (value_error const& e) {
        refusals.add_step_failure(row, csv_refusals::reason::row, ends[bounds[row]] + 1, e.what());
      } catch (parse_error const& e) {
        refusals.add_step_failure(row, csv_refusals::reason::row, ends[bounds[row]] + 1, e.problem());
      }
      if (stops) break;
    }
    return rows - blank - refusals.size();
  }

  csv_input& input_;
  chunk_options options_;
  std::vector<std::unique_ptr<csv_table>> tables_;
};

}  // namespace spillway::io::detail
