#include "make_data/make_data.hpp"
#include "make_data/random.hpp"
#include "make_data/schedule.hpp"
#include "make_data/text_buffer.hpp"

#include <array>
#include <vector>

namespace make_data {

namespace {

using namespace std::chrono;

constexpr sys_days first_day = 2012y / January / 1;

enum column : std::uint64_t { weight, post, type, user, has_user, bounty, duplicate, original, malformed, kind, order };

/// Weeks differ by up to a half either way, so that some of them stand out.
schedule votes_per_day(recipe const& recipe, random_table const& random) {
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(recipe.days.count()));
  for (std::size_t day = 0; day < weights.size(); ++day) {
    weights[day] = 500 + random.below(700, day / 7, weight) + random.below(100, day, weight + 100);
  }
  return schedule{recipe.rows, weights};
}

class vote_writer {
 public:
  vote_writer(recipe const& recipe, spillway::io::output_file& output)
      : recipe_{recipe},
        random_{recipe.seed},
        days_{votes_per_day(recipe, random_)},
        order_{recipe.rows, random_},
        text_{output} {}

  void write() {
    for (std::uint64_t row = 0; row < recipe_.rows; ++row) {
      if (row != 0 && random_.chance(recipe_.duplicates_per_million, row, duplicate)) {
        // Another post tells the repetition from the vote that came first.
        write_vote(vote_at(random_.below(row, row, original)), row + recipe_.rows);
      } else if (random_.chance(recipe_.malformed_per_million, row, malformed)) {
        write_malformed(vote_at(row), row);
      } else {
        write_vote(vote_at(row), vote_at(row));
      }
    }
  }

 private:
  [[nodiscard]] std::uint64_t vote_at(std::uint64_t row) const { return recipe_.unsorted ? order_(row) : row; }

  void write_vote(std::uint64_t vote, std::uint64_t content) {
    text_.append(R"({"Id":")").append_number(vote + 1);
    text_.append(R"(","PostId":")").append_number(1 + random_.below(recipe_.rows / 3 + 1, content, post));
    text_.append(R"(","VoteTypeId":")").append_number(vote_type(content));
    if (random_.chance(100'000, content, has_user)) {
      text_.append(R"(","UserId":")").append_number(1 + random_.below(500'000, content, user));
    }
    if (random_.chance(2'000, content, bounty)) {
      text_.append(R"(","BountyAmount":")").append_number(50 * (1 + random_.below(10, content, bounty + 100)));
    }
    text_.append(R"(","CreationDate":")").append_time(first_day + days{days_.locate(vote).period});
    text_.append("\"}\n");
  }

  /// Mostly up-votes, as on the sites that such data come from.
  [[nodiscard]] std::uint64_t vote_type(std::uint64_t content) const {
    static constexpr std::array<std::uint8_t, 16> types{2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 3, 3, 5, 8, 10};
    return types[random_.below(types.size(), content, type)];
  }

  void write_malformed(std::uint64_t vote, std::uint64_t row) {
    switch (random_.below(4, row, kind)) {
      case 0:
        text_.append(R"({"Id":")").append_number(vote + 1).append("\",\"PostId\n");
        break;
      case 1:
        text_.append(R"({"PostId":"1","VoteTypeId":"2","CreationDate":"2022-01-02T00:00:00.000"})").append("\n");
        break;
      case 2:
        text_.append(R"({"Id":"x)").append_number(vote + 1);
        text_.append(R"(","PostId":"1","VoteTypeId":"2","CreationDate":"2022-01-02T00:00:00.000"})").append("\n");
        break;
      default:
        text_.append(R"({"Id":")").append_number(vote + 1);
        text_.append(R"(","PostId":"1","VoteTypeId":"2","CreationDate":"2022-02-30T00:00:00.000"})").append("\n");
    }
  }

  recipe const& recipe_;
  random_table random_;
  schedule days_;
  permutation order_;
  text_buffer text_;
};

}  // namespace

void write_votes(recipe const& recipe, spillway::io::output_file& output) { vote_writer{recipe, output}.write(); }

}  // namespace make_data
