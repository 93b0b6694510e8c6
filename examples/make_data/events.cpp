#include "make_data/make_data.hpp"
#include "make_data/random.hpp"
#include "make_data/schedule.hpp"
#include "make_data/text_buffer.hpp"

#include <vector>

namespace make_data {

namespace {

using namespace std::chrono;

constexpr sys_days first_day = 2016y / July / 26;
constexpr auto window = milliseconds{minutes{10}};
constexpr std::uint64_t windows_per_day = days{1} / window;

enum column : std::uint64_t { weight, action, duplicate, original, malformed, kind };

/// Busier by day than by night, and never quite the same; all alike where ties are wanted.
schedule events_per_window(recipe const& recipe, random_table const& random) {
  std::vector<std::uint64_t> weights(static_cast<std::size_t>(recipe.days.count()) * windows_per_day, 1);
  for (std::size_t at = 0; !recipe.ties && at < weights.size(); ++at) {
    auto const hour = at % windows_per_day / 6;
    weights[at] = (hour >= 7 && hour < 22 ? 600 : 150) + random.below(200, at, weight);
  }
  return schedule{recipe.rows, weights};
}

class event_writer {
 public:
  event_writer(recipe const& recipe, spillway::io::output_file& output)
      : recipe_{recipe},
        random_{recipe.seed},
        windows_{events_per_window(recipe, random_)},
        order_{recipe.rows, random_},
        text_{output} {}

  void write() {
    text_.append("time,action\n");
    for (std::uint64_t row = 0; row < recipe_.rows; ++row) {
      if (row != 0 && random_.chance(recipe_.duplicates_per_million, row, duplicate)) {
        write_event(event_at(random_.below(row, row, original)));
      } else if (random_.chance(recipe_.malformed_per_million, row, malformed)) {
        write_malformed(row);
      } else {
        write_event(event_at(row));
      }
    }
  }

 private:
  [[nodiscard]] std::uint64_t event_at(std::uint64_t row) const { return recipe_.unsorted ? order_(row) : row; }

  void write_event(std::uint64_t event) {
    auto const [period, rank, count] = windows_.locate(event);
    auto const within =
        milliseconds{static_cast<std::int64_t>(rank * static_cast<std::uint64_t>(window.count()) / count)};
    auto const open = recipe_.ties ? rank % 2 == 0 : random_.chance(550'000, event, action);
    text_.append_time(first_day + window * static_cast<std::int64_t>(period) + within);
    text_.append(open ? "Z,Open\n" : "Z,Close\n");
  }

  void write_malformed(std::uint64_t row) {
    switch (random_.below(4, row, kind)) {
      case 0:
        text_.append("2016-07-26T25:00:00.000Z,Open\n");
        break;
      case 1:
        text_.append("2016-07-26T02:45:07.000Z\n");
        break;
      case 2:
        text_.append("2016-07-26T02:45:07.000Z,Opened\n");
        break;
      default:
        text_.append("yesterday,Close\n");
    }
  }

  recipe const& recipe_;
  random_table random_;
  schedule windows_;
  permutation order_;
  text_buffer text_;
};

}  // namespace

void write_events(recipe const& recipe, spillway::io::output_file& output) { event_writer{recipe, output}.write(); }

}  // namespace make_data
