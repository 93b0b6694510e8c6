#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/byte_source.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <memory_resource>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace spillway::io {

struct read_ahead_options {
  /// Bytes asked of the source below at a time.
  std::size_t block_size = 256 * 1024;
  /// Blocks that may be full at once.
  std::size_t blocks = 4;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
};

/// Reads another source on a thread of its own, some blocks ahead of who reads this one.
///
/// An error of the source below is thrown by the read that comes to the block in which it happened, after all blocks
/// before it, and again by every later read. `position()` is that of the bytes handed out, to the block.
///
/// Memory: `blocks` × `block_size`, taken at construction. Destruction stops the thread after the block that it is
/// reading; a pipe that nobody writes to holds it up until a stop is requested of the source below.
class read_ahead_source final : public byte_source {
 public:
  /// \throws budget_exceeded; io_error if the system has no thread to give.
  explicit read_ahead_source(byte_source_ptr below, read_ahead_options const& options = {})
      : below_{std::move(below)},
        block_size_{std::max<std::size_t>(options.block_size, 1)},
        blocks_(std::max<std::size_t>(options.blocks, 1), options.memory),
        bytes_(blocks_.size() * block_size_, options.memory),
        position_{below_->position()} {
    try {
      thread_ = std::jthread{[this] { run(); }};
    } catch (std::system_error const& e) {
      throw io_error{"start a thread to read", below_->name(), e.code()};
    }
  }

  ~read_ahead_source() override {
    {
      std::scoped_lock const lock{mutex_};
      stopping_ = true;
    }
    freed_.notify_one();
  }

  std::size_t read(std::span<char> buffer) override {
    std::size_t done = 0;
    while (done != buffer.size() && ((holds_block_ && at_ != blocks_[first_].size) || next_block())) {
      auto const& block = blocks_[first_];
      auto const size = std::min(buffer.size() - done, block.size - at_);
      std::memcpy(buffer.data() + done, bytes_.data() + first_ * block_size_ + at_, size);
      at_ += size;
      done += size;
    }
    return done;
  }

  [[nodiscard]] std::string const& name() const noexcept override { return below_->name(); }
  [[nodiscard]] progress position() const noexcept override { return position_; }

 private:
  struct filled_block {
    std::size_t size = 0;
    progress position;
  };

  /// Gives the block that is read through back to the thread and waits for the one after it; false at the end.
  bool next_block() {
    std::unique_lock lock{mutex_};
    if (holds_block_) {
      holds_block_ = false;
      blocks_[first_].size = at_ = 0;
      first_ = (first_ + 1) % blocks_.size();
      --full_;
      freed_.notify_one();
    }
    filled_.wait(lock, [&] { return full_ != 0 || finished_; });
    if (full_ != 0) {
      holds_block_ = true;
      position_ = blocks_[first_].position;
      return true;
    }
    if (failure_) std::rethrow_exception(failure_);
    position_ = below_->position();  // the thread is through with it
    return false;
  }

  void run() noexcept {
    std::exception_ptr failure;
    try {
      for (std::size_t index = 0; wait_for_room(); index = (index + 1) % blocks_.size()) {
        auto const size = below_->read({bytes_.data() + index * block_size_, block_size_});
        if (size != 0) hand_over(blocks_[index], size);
        if (size < block_size_) break;
      }
    } catch (...) {
      failure = std::current_exception();
    }
    std::scoped_lock const lock{mutex_};
    failure_ = std::move(failure);
    finished_ = true;
    filled_.notify_one();
  }

  bool wait_for_room() {
    std::unique_lock lock{mutex_};
    freed_.wait(lock, [&] { return full_ != blocks_.size() || stopping_; });
    return !stopping_;
  }

  void hand_over(filled_block& filled, std::size_t size) {
    auto const position = below_->position();
    std::scoped_lock const lock{mutex_};
    filled = {size, position};
    ++full_;
    filled_.notify_one();
  }

  byte_source_ptr below_;
  std::size_t block_size_;
  std::pmr::vector<filled_block> blocks_;
  std::pmr::vector<char> bytes_;

  // Of the thread that reads this source.
  std::size_t first_ = 0;
  std::size_t at_ = 0;
  bool holds_block_ = false;
  progress position_;

  std::mutex mutex_;
  std::condition_variable filled_;
  std::condition_variable freed_;
  std::size_t full_ = 0;
  bool finished_ = false;
  bool stopping_ = false;
  std::exception_ptr failure_;

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace spillway::io
