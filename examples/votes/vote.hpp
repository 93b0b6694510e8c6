#pragma once

#include <spillway/calendar/instant.hpp>
#include <spillway/io/json_lines_options.hpp>
#include <spillway/io/reading.hpp>

#include <cstdint>
#include <functional>
#include <memory_resource>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace votes {

struct vote {
  std::int64_t id;
  std::int64_t post_id;
  std::int64_t vote_type_id;
  std::optional<std::int64_t> user_id;
  std::optional<std::int64_t> bounty_amount;
  spillway::calendar::instant creation_date;
};

/// How the votes of a file are read.
struct reading_options {
  unsigned threads = 2;
  spillway::io::json_lines_options lines = {};
};

/// Hands over the votes of a file in its order, some thousands at a time, from one thread at a time.
spillway::io::read_result read_votes(std::string const& file, reading_options const& options,
                                     std::function<void(std::vector<vote> const&)> const& take);

/// What it takes to count a vote by time.
struct dated_id {
  std::int64_t id;
  spillway::calendar::instant creation_date;
};

/// As `read_votes`, and refuses the same lines.
spillway::io::read_result read_dated_ids(std::string const& file, reading_options const& options,
                                         std::function<void(std::vector<dated_id> const&)> const& take);

}  // namespace votes
