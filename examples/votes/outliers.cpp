#include "votes/outliers.hpp"

#include "votes/id_set.hpp"

#include <spillway/calendar/counter.hpp>
#include <spillway/calendar/deviating.hpp>
#include <spillway/calendar/week.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/database.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <optional>

namespace votes {

namespace calendar = spillway::calendar;
namespace duckdb = spillway::duckdb;

std::vector<outlier_week> outliers_of_warehouse(std::string const& path, std::uint64_t memory, unsigned threads,
                                                std::stop_token const& stop) {
  if (!std::filesystem::exists(path)) {
    throw spillway::error{"there is no warehouse '" + path + "' yet: run 'votes ingest' first"};
  }
  duckdb::database const database{
      path, {.access = duckdb::access::existing_only, .memory_limit = memory, .threads = threads}};
  duckdb::connection on{database, stop};
  if (on.value<std::int64_t>("SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() AND "
                             "schema_name = 'blog_analysis' AND table_name = 'votes'") == 0) {
    throw spillway::error{"'" + path + "' has no table blog_analysis.votes; run 'votes ingest' first"};
  }
  // In integers, so that a week exactly a fifth off the mean is on the right side: |1 - x / (N / k)| > 1/5.
  on.execute(R"(
    CREATE OR REPLACE VIEW blog_analysis.outlier_weeks AS
    WITH days AS (
      SELECT CreationDate::DATE AS day, count(*) AS votes FROM blog_analysis.votes GROUP BY day
    ), weeks AS (
      SELECT year(day)::BIGINT AS Year, strftime(day, '%W')::BIGINT AS WeekNumber, sum(votes)::BIGINT AS VoteCount
      FROM days GROUP BY ALL
    ), whole AS (
      SELECT count(*) AS weeks, sum(VoteCount) AS votes FROM weeks
    )
    SELECT Year, WeekNumber, VoteCount FROM weeks, whole
    WHERE 5 * abs(VoteCount::HUGEINT * whole.weeks - whole.votes) > whole.votes
    ORDER BY Year, WeekNumber)");
  std::vector<outlier_week> found;
  auto view = on.query("SELECT Year, WeekNumber, VoteCount FROM blog_analysis.outlier_weeks");
  for (auto const& [year, week_number, vote_count] : view.rows<std::int64_t, std::int64_t, std::int64_t>()) {
    found.push_back({year, week_number, vote_count});
  }
  return found;
}

namespace {

using week_counter = calendar::counter<calendar::monday_week>;

/// One of `count` parts of all ids.
struct part {
  std::uint64_t index;
  std::uint64_t count;
};

enum class when_full { read_on, stop };
struct ids_do_not_fit {};

/// Weeks of the votes whose id is in the part and came for the first time; nothing if those ids don't fit.
std::optional<week_counter> count_part(part const& part, std::vector<std::string> const& files,
                                       std::pmr::memory_resource* memory, reading_options const& reading,
                                       when_full when_full, std::uint64_t& lines) {
  id_set ids{memory};
  week_counter weeks;
  bool fits = true;
  std::chrono::sys_days day{};
  auto week = calendar::monday_week::week_of(day);
  auto const count = [&](dated_id const& vote) {
    if (!fits || id_set::part_of(vote.id, part.count) != part.index || !ids.insert(vote.id)) return;
    auto const new_day = std::chrono::floor<std::chrono::days>(vote.creation_date);
    if (new_day != day) week = calendar::monday_week::week_of(day = new_day);  // votes often come in order
    weeks.add(week, 1);
  };
  for (auto const& file : files) {
    auto const read = read_dated_ids(file, reading, [&](std::vector<dated_id> const& batch) {
      try {
        for (auto const& each : batch) count(each);
      } catch (spillway::budget_exceeded const&) {
        if (when_full == when_full::stop) throw ids_do_not_fit{};
        fits = false;
      }
    });
    lines += read.records + read.rejected;
  }
  return fits ? std::optional{std::move(weeks)} : std::nullopt;
}

}  // namespace

file_outliers outliers_of_files(std::vector<std::string> const& files, std::uint64_t memory,
                                reading_options const& reading) {
  spillway::memory_budget budget{memory};
  week_counter weeks;
  std::uint64_t lines = 0;
  auto again = reading;
  again.lines.rejects = {};
  std::uint64_t ignored = 0;

  std::vector<part> to_split;
  auto const add = [&](std::optional<week_counter> const& counted, part const& part) {
    if (counted) {
      weeks.merge(*counted);
    } else {
      to_split.push_back(part);
    }
  };
  // The first reading goes to the end in any case: it is the one that finds what is wrong with the files.
  add(count_part({0, 1}, files, &budget, reading, when_full::read_on, lines), {0, 1});
  while (!to_split.empty()) {
    auto const [index, count] = to_split.back();
    to_split.pop_back();
    constexpr std::uint64_t most_parts = 1U << 16U;
    if (count == most_parts || std::find(files.begin(), files.end(), "-") != files.end()) {
      throw spillway::error{"telling repeated votes takes more than " + std::to_string(memory) +
                            " bytes of memory: give it more" + (count == 1 ? ", or a file instead of stdin" : "")};
    }
    for (auto const& half : {part{index, 2 * count}, part{index + count, 2 * count}}) {
      std::optional<week_counter> counted;
      try {
        counted = count_part(half, files, &budget, again, when_full::stop, ignored);
      } catch (ids_do_not_fit const&) {
      }
      add(counted, half);
    }
  }

  file_outliers found{.weeks = {}, .lines = lines};
  for (auto const& [week, count] : calendar::deviating(weeks, {.by_more_than = {1, 5}})) {
    found.weeks.push_back({week.year(), week.week(), static_cast<std::int64_t>(count)});
  }
  return found;
}

std::string text_of(std::vector<outlier_week> const& weeks, output_format format) {
  std::string text;
  auto const out = std::back_inserter(text);
  if (format == output_format::csv) text += "Year,WeekNumber,VoteCount\n";
  if (format == output_format::table) text += "Year  WeekNumber   VoteCount\n";
  if (format == output_format::json) text += '[';
  for (auto const& [year, week_number, vote_count] : weeks) {
    switch (format) {
      case output_format::csv:
        fmt::format_to(out, "{},{},{}\n", year, week_number, vote_count);
        break;
      case output_format::table:
        fmt::format_to(out, "{:4}  {:10}  {:10}\n", year, week_number, vote_count);
        break;
      case output_format::json:
        fmt::format_to(out, "{}\n  {{\"Year\": {}, \"WeekNumber\": {}, \"VoteCount\": {}}}", text.size() > 1 ? "," : "",
                       year, week_number, vote_count);
        break;
    }
  }
  if (format == output_format::json) text += weeks.empty() ? "]\n" : "\n]\n";
  return text;
}

}  // namespace votes
