#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/core/progress.hpp>
#include <spillway/io/byte_source.hpp>

#include <algorithm>
#include <concepts>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace spillway::io {

/// Readable bytes after the end of every chunk, so that SIMD code may load past it (simdjson asks for 32 or 64).
/// They are zero.
inline constexpr std::size_t chunk_padding = 64;

/// A piece of a stream that holds whole records, and the buffer below it, which is reused for the next piece.
///
/// Memory: `capacity()` from the resource it was made with.
class chunk {
 public:
  explicit chunk(std::pmr::memory_resource* memory) : memory_{memory} {}
  chunk(chunk&& other) noexcept
      : memory_{other.memory_},
        data_{std::exchange(other.data_, nullptr)},
        capacity_{std::exchange(other.capacity_, 0)},
        size_{std::exchange(other.size_, 0)},
        index_{other.index_},
        offset_{other.offset_} {}
  chunk& operator=(chunk&&) = delete;
  ~chunk() { release(); }

  /// Whole records, one after the other; `chunk_padding` more bytes behind them can be read.
  [[nodiscard]] std::string_view bytes() const noexcept { return {data_, size_}; }
  /// Chunks of a stream count from 0.
  [[nodiscard]] std::uint64_t index() const noexcept { return index_; }
  /// Where its first byte stands in the (decompressed) stream.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::pmr::memory_resource* memory() const noexcept { return memory_; }

 private:
  template <class Cut>
  friend class chunk_reader;

  void make_room(std::size_t capacity) {
    if (capacity <= capacity_) return;
    auto* const larger = static_cast<char*>(memory_->allocate(capacity + chunk_padding, chunk_padding));
    if (size_ != 0) std::memcpy(larger, data_, size_);
    release();
    data_ = larger;
    capacity_ = capacity;
  }

  void release() noexcept {
    if (data_ != nullptr) memory_->deallocate(data_, capacity_ + chunk_padding, chunk_padding);
    data_ = nullptr;
  }

  std::pmr::memory_resource* memory_;
  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t size_ = 0;
  std::uint64_t index_ = 0;
  std::uint64_t offset_ = 0;
};

/// Tells where the last whole record of `bytes` ends; 0 if none does. `bytes` always starts where a record starts.
template <class F>
concept record_cut = requires(F& cut, std::string_view bytes) {
  { cut(bytes) } -> std::convertible_to<std::size_t>;
};

/// Cuts after the last line feed, for records that are lines.
struct line_cut {
  std::size_t operator()(std::string_view bytes) const noexcept {
    if (bytes.empty()) return 0;
    auto const* const last = static_cast<char const*>(::memrchr(bytes.data(), '\n', bytes.size()));
    return last == nullptr ? 0 : static_cast<std::size_t>(last - bytes.data()) + 1;
  }
};

struct chunk_options {
  /// Bytes read at a time. A few chunks together should stay within the second-level cache.
  std::size_t chunk_size = 512 * 1024;
  /// The longest record that is accepted; a longer one is an error, not an ever-growing buffer.
  std::size_t longest_record = 16 * 1024 * 1024;
  /// Threads that parse. 1 parses on the caller's thread alone.
  unsigned threads = 2;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  progress_callback on_progress = {};
  std::stop_token stop = {};
};

/// Cuts a stream into chunks of whole records.
///
/// The bytes after a chunk's last whole record are carried over into the next one. A record longer than a chunk makes
/// the chunk grow, up to `longest_record`. The end of the stream ends the last record, whatever `Cut` says.
///
/// Complexity: each byte is read once and copied at most once more (the carried tail). Not thread safe.
template <class Cut>
class chunk_reader {
  static_assert(record_cut<Cut>, "Cut must be callable as std::size_t(std::string_view)");

 public:
  chunk_reader(byte_source& source, Cut cut, chunk_options const& options)
      : source_{source},
        cut_{std::move(cut)},
        chunk_size_{std::clamp<std::size_t>(options.chunk_size, 1, std::max<std::size_t>(options.longest_record, 1))},
        longest_record_{std::max<std::size_t>(options.longest_record, 1)},
        tail_{options.memory} {}

  /// Makes `into` the next chunk; false at the end of the stream.
  /// \throws what the source throws; parse_error for a record that is too long (its position has the byte offset and
  ///         no line); budget_exceeded.
  bool next(chunk& into) {
    // How much is read depends on the options and the tail, never on the room that `into` happens to have: the stream
    // is cut in the same places whichever threads take the chunks.
    auto size = chunk_size_;
    while (size <= tail_.size()) size = std::min(size * 2, longest_record_);
    into.size_ = 0;
    into.make_room(size);
    if (!tail_.empty()) std::memcpy(into.data_, tail_.data(), tail_.size());
    into.size_ = tail_.size();
    tail_.clear();
    into.offset_ = offset_;
    into.index_ = index_;

    for (;;) {
      auto const room = size - into.size_;
      auto const got = at_end_ ? 0 : source_.read({into.data_ + into.size_, room});
      into.size_ += got;
      at_end_ = at_end_ || got < room;
      auto const whole = at_end_ ? into.size_ : static_cast<std::size_t>(cut_(into.bytes()));
      if (whole != 0 || at_end_) {
        finish(into, whole);
        return whole != 0;
      }
      if (size >= longest_record_) throw parse_error{source_.name(), {.offset = offset_}, too_long()};
      size = std::min(size * 2, longest_record_);
      into.make_room(size);
    }
  }

  [[nodiscard]] byte_source& source() noexcept { return source_; }
  /// The index that the next chunk will have.
  [[nodiscard]] std::uint64_t index() const noexcept { return index_; }
  /// The problem text of a record that does not end within `longest_record`.
  [[nodiscard]] std::string too_long() const {
    return "record longer than " + std::to_string(longest_record_) + " bytes";
  }

 private:
  void finish(chunk& into, std::size_t whole) {
    tail_.assign(into.data_ + whole, into.data_ + into.size_);
    into.size_ = whole;
    std::memset(into.data_ + whole, 0, chunk_padding);
    offset_ += whole;
    ++index_;
  }

  byte_source& source_;
  Cut cut_;
  std::size_t chunk_size_;
  std::size_t longest_record_;
  std::pmr::vector<char> tail_;
  std::uint64_t offset_ = 0;
  std::uint64_t index_ = 0;
  bool at_end_ = false;
};

/// Runs `work(chunk, worker)` on several threads and hands the results to `deliver(result, chunk)` in stream order.
///
/// The caller's thread is worker 0; reading is serialised, work runs at the same time on all threads, and `deliver` is
/// called by one thread at a time, chunk after chunk. Whatever is thrown, by the source, `work` or `deliver`, the error
/// that is first in the stream wins, whatever the number of threads: everything before it was delivered, nothing after.
///
/// Memory: one chunk and one result per thread. Progress and stop requests are looked at once per chunk. If the system
/// refuses a thread, fewer do the work.
/// \throws what the source, `work`, `deliver` and `on_progress` throw; cancelled.
template <class Cut, class Work, class Deliver>
void process_chunks(chunk_reader<Cut>& reader, chunk_options const& options, Work&& work, Deliver&& deliver);

namespace detail {

/// The shared state of `process_chunks`: who reads, whose turn it is to deliver, and what went wrong first.
template <class Cut, class Work, class Deliver>
class chunk_pipeline {
 public:
  chunk_pipeline(chunk_reader<Cut>& reader, chunk_options const& options, Work& work, Deliver& deliver)
      : reader_{reader}, options_{options}, work_{work}, deliver_{deliver} {}

  void run() {
    {
      std::vector<std::jthread> helpers;
      try {
        for (unsigned worker = 1; worker < options_.threads; ++worker) {
          helpers.emplace_back([this, worker] { run_worker(worker); });
        }
      } catch (std::system_error const&) {
        // The system has no more threads to give: those that there are do the work.
      }
      run_worker(0);
    }
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void run_worker(unsigned worker) noexcept {
    chunk piece{options_.memory};
    auto turn = std::uint64_t{0};
    try {
      for (progress position; read(piece, turn, position);) {
        auto result = work_(static_cast<chunk const&>(piece), worker);
        auto const lock = wait_for(turn);
        if (!lock) return;
        deliver_(std::move(result), static_cast<chunk const&>(piece));
        if (options_.on_progress) options_.on_progress(position);
        ++turn_;
        turn_changed_.notify_all();
      }
    } catch (...) {
      fail(turn, std::current_exception());
    }
  }

  /// Sets `turn` before anything can throw, so that a failing read takes its place in stream order.
  bool read(chunk& piece, std::uint64_t& turn, progress& position) {
    std::scoped_lock const lock{reading_};
    if (exhausted_) return false;
    turn = reader_.index();
    exhausted_ = true;  // unless all goes well: nobody reads on behind an error
    throw_if_cancelled(options_.stop);
    if (!reader_.next(piece)) return false;
    position = reader_.source().position();
    exhausted_ = false;
    return true;
  }

  std::unique_lock<std::mutex> wait_for(std::uint64_t turn) {
    std::unique_lock lock{delivering_};
    turn_changed_.wait(lock, [&] { return turn_ == turn || failure_; });
    if (failure_) lock.unlock();
    return lock;
  }

  void fail(std::uint64_t turn, std::exception_ptr what) noexcept {
    {
      std::scoped_lock const lock{reading_};
      exhausted_ = true;
    }
    std::unique_lock lock{delivering_};
    turn_changed_.wait(lock, [&] { return turn_ == turn || failure_; });
    if (!failure_) failure_ = std::move(what);
    turn_changed_.notify_all();
  }

  chunk_reader<Cut>& reader_;
  chunk_options const& options_;
  Work& work_;
  Deliver& deliver_;

  std::mutex reading_;
  bool exhausted_ = false;

  std::mutex delivering_;
  std::condition_variable turn_changed_;
  std::uint64_t turn_ = 0;
  std::exception_ptr failure_;
};

}  // namespace detail

template <class Cut, class Work, class Deliver>
void process_chunks(chunk_reader<Cut>& reader, chunk_options const& options, Work&& work, Deliver&& deliver) {
  detail::chunk_pipeline pipeline{reader, options, work, deliver};
  pipeline.run();
}

}  // namespace spillway::io
