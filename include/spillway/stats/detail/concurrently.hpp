#pragma once

#include <future>
#include <vector>

namespace spillway::stats::detail {

/// Calls `work(i)` for every i below `threads`, each on a thread of its own as far as the system has any to give.
/// \throws what a call of `work` threw, when all have ended
template <class Work>
void concurrently(unsigned threads, Work const& work) {
  std::vector<std::future<void>> others;
  for (unsigned thread = 1; thread < threads; ++thread) {
    others.push_back(std::async(std::launch::async | std::launch::deferred, [&work, thread] { work(thread); }));
  }
  work(0U);
  for (auto& other : others) other.get();
}

}  // namespace spillway::stats::detail
