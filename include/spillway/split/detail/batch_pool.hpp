#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace spillway::split::detail {

/// Batches that are filled again and again, so that their memory is.
template <class Batch>
class batch_pool {
 public:
  explicit batch_pool(std::function<Batch()> make) : make_{std::move(make)} {}

  struct put_back {
    batch_pool* pool = nullptr;
    void operator()(Batch* batch) const noexcept { pool->put(batch); }
  };
  using lent = std::unique_ptr<Batch, put_back>;

  /// An empty one. Thread safe, as is giving it back. The pool must outlive it.
  [[nodiscard]] lent take() {
    std::scoped_lock const lock{mutex_};
    if (free_.empty()) {
      free_.reserve(++made_);  // so that giving back can't fail
      free_.push_back(std::make_unique<Batch>(make_()));
    }
    lent batch{free_.back().release(), {this}};
    free_.pop_back();
    return batch;
  }

 private:
  void put(Batch* batch) noexcept {
    batch->clear();
    std::scoped_lock const lock{mutex_};
    free_.emplace_back(batch);
  }

  std::function<Batch()> make_;
  std::mutex mutex_;
  std::size_t made_ = 0;
  std::vector<std::unique_ptr<Batch>> free_;
};

}  // namespace spillway::split::detail
