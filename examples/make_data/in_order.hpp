#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <future>
#include <thread>

namespace make_data {

/// Cuts [0, rows) into blocks, has all of the machine's cores `make(first, last)` them, and gives `deliver` what was
/// made in order.
template <class Make, class Deliver>
void in_order(std::uint64_t rows, std::uint64_t rows_in_block, Make make, Deliver deliver) {
  using made = decltype(make(rows, rows));
  auto const most_waiting = std::max(1U, std::thread::hardware_concurrency()) + std::size_t{1};
  std::deque<std::future<made>> waiting;
  auto const take_first = [&] {
    auto first = waiting.front().get();
    waiting.pop_front();
    deliver(std::move(first));
  };
  for (std::uint64_t first = 0; first < rows; first += rows_in_block) {
    if (waiting.size() == most_waiting) take_first();
    waiting.push_back(std::async(std::launch::async, make, first, std::min(rows, first + rows_in_block)));
  }
  while (!waiting.empty()) take_first();
}

}  // namespace make_data
