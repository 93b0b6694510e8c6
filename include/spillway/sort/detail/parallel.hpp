#pragma once

#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// The first of the exceptions that several threads throw.
class first_exception {
 public:
  /// Calls `work` and keeps what it throws.
  template <class Work>
  void guard(Work const& work) noexcept {
    try {
      work();
    } catch (...) {
      std::lock_guard const lock{mutex_};
      if (!thrown_) thrown_ = std::current_exception();
    }
  }

  void rethrow() {
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

 private:
  std::mutex mutex_;
  std::exception_ptr thrown_;
};

/// Calls `work(i)` for every i below `threads`, each on a thread of its own as far as the system has any to give, and
/// returns when all have ended.
/// \throws what a call of `work` threw; one of them if several did
template <class Work>
void in_parallel(unsigned threads, Work const& work) {
  if (threads <= 1) {
    work(0U);
    return;
  }
  first_exception thrown;
  {
    std::vector<std::jthread> helpers;
    unsigned begun = 1;
    try {
      helpers.reserve(threads - 1);
      for (; begun < threads; ++begun) {
        helpers.emplace_back([&thrown, &work, begun] { thrown.guard([&] { work(begun); }); });
      }
    } catch (std::exception const&) {
      // No more threads or memory: the caller does the work of those that could not begin.
    }
    thrown.guard([&] { work(0U); });
    for (; begun < threads; ++begun) thrown.guard([&] { work(begun); });
  }
  thrown.rethrow();
}

/// Where part `part` of `parts` begins, if `size` elements are cut into parts of about one size.
inline std::size_t part_begin(std::size_t size, std::size_t part, std::size_t parts) {
  return size / parts * part + size % parts * part / parts;
}

}  // namespace spillway::sort::detail
