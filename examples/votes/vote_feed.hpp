#pragma once

#include "votes/vote.hpp"

#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/feed.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace votes {

inline std::vector<spillway::duckdb::column> table_columns() {
  using spillway::duckdb::column_type;
  return {{"Id", column_type::bigint},           {"PostId", column_type::bigint},
          {"VoteTypeId", column_type::bigint},   {"UserId", column_type::bigint},
          {"BountyAmount", column_type::bigint}, {"CreationDate", column_type::timestamp}};
}

/// Stores votes in the order in which they are added.
class vote_feed {
 public:
  /// `{}` in `sql` stands for the votes.
  vote_feed(spillway::duckdb::connection& to, std::string_view sql) : feed_{to, table_columns(), sql} {}

  void add(vote const& vote) {
    columns_.id.set(row_, vote.id);
    columns_.post_id.set(row_, vote.post_id);
    columns_.vote_type_id.set(row_, vote.vote_type_id);
    columns_.user_id.set(row_, vote.user_id);
    columns_.bounty_amount.set(row_, vote.bounty_amount);
    columns_.creation_date.set(row_, vote.creation_date);
    if (++row_ == capacity_) push();
  }

  void finish() {
    push();
    feed_.finish();
  }

 private:
  template <class T>
  using writer = spillway::duckdb::column_writer<T>;

  struct columns {
    explicit columns(spillway::duckdb::chunk_builder& of)
        : id{of.column_at<std::int64_t>(0)},
          post_id{of.column_at<std::int64_t>(1)},
          vote_type_id{of.column_at<std::int64_t>(2)},
          user_id{of.column_at<std::int64_t>(3)},
          bounty_amount{of.column_at<std::int64_t>(4)},
          creation_date{of.column_at<spillway::calendar::instant>(5)} {}
    writer<std::int64_t> id;
    writer<std::int64_t> post_id;
    writer<std::int64_t> vote_type_id;
    writer<std::int64_t> user_id;
    writer<std::int64_t> bounty_amount;
    writer<spillway::calendar::instant> creation_date;
  };

  void push() {
    chunk_.resize(row_);
    feed_.push(std::exchange(chunk_, feed_.make_chunk()));
    columns_ = columns{chunk_};
    row_ = 0;
  }

  spillway::duckdb::feed feed_;
  spillway::duckdb::chunk_builder chunk_ = feed_.make_chunk();
  columns columns_{chunk_};
  std::size_t row_ = 0;
  std::size_t capacity_ = spillway::duckdb::chunk_builder::capacity();
};

}  // namespace votes
