#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace votes::test {

/// The published sample.
inline std::string const sample = [] {
  struct week {
    std::string date;
    int votes;
  };
  std::string text;
  int id = 1;
  for (auto const& [date, votes] : std::vector<week>{{"2022-01-02", 1},
                                                     {"2022-01-09", 3},
                                                     {"2022-01-16", 3},
                                                     {"2022-01-23", 2},
                                                     {"2022-01-30", 2},
                                                     {"2022-02-06", 1},
                                                     {"2022-02-13", 1},
                                                     {"2022-02-20", 2},
                                                     {"2022-02-27", 1}}) {
    for (int i = 0; i < votes; ++i) {
      text += R"({"Id":")" + std::to_string(id) + R"(","PostId":"1","VoteTypeId":"2","CreationDate":")" + date +
              "T00:00:00.000\"}\n";
      id += id == 2 ? 2 : 1;
    }
  }
  return text;
}();

/// A line whose post tells which of several votes with the same id it is.
inline std::string line(std::int64_t id, std::int64_t post) {
  auto const day = (id % 28 + 28) % 28 + 1;
  return R"({"Id":")" + std::to_string(id) + R"(","PostId":")" + std::to_string(post) +
         R"(","VoteTypeId":"2","CreationDate":"20)" + std::to_string(10 + (post % 7)) + "-0" +
         std::to_string(1 + post % 9) + (day < 10 ? "-0" : "-") + std::to_string(day) + "T00:00:00.000\"}\n";
}

/// Ids of files that share some, and have some twice.
enum class ids { dense, descending, sparse, growing };

inline std::vector<std::vector<std::int64_t>> make_ids(ids kind, std::size_t files, std::size_t rows,
                                                       std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<std::vector<std::int64_t>> made(files);
  std::vector<std::int64_t> all;
  std::int64_t last = 0;
  for (auto& file : made) {
    for (std::size_t i = 0; i < rows; ++i) {
      auto const again = !all.empty() && random() % 10 == 0 && !(kind == ids::growing && i < rows / 2);
      auto const step = static_cast<std::int64_t>(random() % 1'000'000'000);
      switch (kind) {
        case ids::dense:
          last = last + 1;
          break;
        case ids::descending:
          last = last - 1;
          break;
        case ids::sparse:
          last = static_cast<std::int64_t>(random());
          break;
        case ids::growing:
          last += step;
          break;
      }
      file.push_back(again ? all[random() % all.size()] : last);
      all.push_back(file.back());
    }
  }
  return made;
}

}  // namespace votes::test
