#include "votes/vote.hpp"

#include <spillway/calendar/parse.hpp>
#include <spillway/io/json_lines.hpp>

namespace votes {

namespace {

vote read_vote(spillway::io::json_row const& row) {
  return {
      .id = row.as<std::int64_t>("Id"),
      .post_id = row.as<std::int64_t>("PostId"),
      .vote_type_id = row.as<std::int64_t>("VoteTypeId"),
      .user_id = row.find<std::int64_t>("UserId"),
      .bounty_amount = row.find<std::int64_t>("BountyAmount"),
      .creation_date = row.as<spillway::calendar::instant>("CreationDate"),
  };
}

template <class Record, class Convert>
spillway::io::read_result read(std::string const& file, reading_options const& options,
                               std::function<void(std::vector<Record> const&)> const& take, Convert const& convert) {
  return spillway::io::read_jsonl(file, options.lines)
      .for_each_batch(
          options.threads,
          [] {
            std::vector<Record> batch;
            batch.reserve(4096);  // about as many as there are in a chunk
            return batch;
          },
          [&](std::vector<Record>& batch, spillway::io::json_row const& row) { batch.push_back(convert(row)); },
          [&](std::vector<Record> const& batch) { take(batch); });
}

}  // namespace

spillway::io::read_result read_votes(std::string const& file, reading_options const& options,
                                     std::function<void(std::vector<vote> const&)> const& take) {
  return read(file, options, take, read_vote);
}

spillway::io::read_result read_dated_ids(std::string const& file, reading_options const& options,
                                         std::function<void(std::vector<dated_id> const&)> const& take) {
  return read(file, options, take, [](spillway::io::json_row const& row) {
    auto const vote = read_vote(row);
    return dated_id{vote.id, vote.creation_date};
  });
}

}  // namespace votes
