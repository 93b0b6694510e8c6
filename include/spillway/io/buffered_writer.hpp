#pragma once

#include <spillway/io/byte_sink.hpp>

#include <cassert>
#include <cstddef>
#include <cstring>
#include <memory_resource>
#include <string_view>
#include <utility>

namespace spillway::io {

/// Gathers many small pieces into blocks for a `byte_sink`: an append is a comparison and a copy.
///
/// What was not flushed when it is destroyed is lost, since a destructor can't tell of errors.
/// Memory: `capacity` bytes.
class buffered_writer {
 public:
  explicit buffered_writer(byte_sink& sink, std::size_t capacity = 256 * 1024,
                           std::pmr::memory_resource* memory = std::pmr::get_default_resource())
      : sink_{&sink}, memory_{memory} {
    allocate(capacity == 0 ? 1 : capacity);
  }
  buffered_writer(buffered_writer&& other) noexcept
      : sink_{other.sink_},
        memory_{other.memory_},
        start_{std::exchange(other.start_, nullptr)},
        at_{std::exchange(other.at_, nullptr)},
        end_{std::exchange(other.end_, nullptr)},
        flushed_{std::exchange(other.flushed_, 0)} {}
  buffered_writer& operator=(buffered_writer&&) = delete;
  ~buffered_writer() { release(); }

  /// \throws what the sink throws.
  void append(std::string_view bytes) {
    if (bytes.size() > room()) [[unlikely]] {
      append_block(bytes);
      return;
    }
    if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }

  void append(char byte) {
    if (at_ == end_) [[unlikely]]
      flush();
    *at_++ = byte;
  }

  /// Room for `size` bytes to be written in place, of which `advance` then takes as many as were needed.
  /// \throws what the sink throws; budget_exceeded if the buffer must grow and can't.
  [[nodiscard]] char* reserve(std::size_t size) {
    if (size > room()) [[unlikely]]
      make_room(size);
    return at_;
  }
  void advance(std::size_t size) noexcept {
    assert(size <= room());
    at_ += size;
  }

  /// Hands everything to the sink. After an error the bytes are still there, and the sink may have part of them.
  void flush() {
    if (at_ == start_) return;
    sink_->write({start_, static_cast<std::size_t>(at_ - start_)});
    flushed_ += static_cast<std::uint64_t>(at_ - start_);
    at_ = start_;
  }

  /// Bytes appended so far, flushed or not.
  [[nodiscard]] std::uint64_t bytes() const noexcept { return flushed_ + static_cast<std::uint64_t>(at_ - start_); }

 private:
  [[nodiscard]] std::size_t room() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  [[nodiscard]] std::size_t capacity() const noexcept { return static_cast<std::size_t>(end_ - start_); }

  void append_block(std::string_view bytes) {
    // Blocks of full size, so that what the sink sees does not depend on who appends in which pieces.
    while (bytes.size() >= room()) {
      if (at_ == start_ && bytes.size() >= capacity()) {
        sink_->write(bytes);
        flushed_ += bytes.size();
        return;
      }
      auto const size = room();
      std::memcpy(at_, bytes.data(), size);
      at_ += size;
      bytes.remove_prefix(size);
      flush();
    }
    append(bytes);
  }

  void make_room(std::size_t size) {
    flush();
    if (size <= capacity()) return;
    release();
    allocate(size);
  }

  void allocate(std::size_t size) {
    start_ = at_ = static_cast<char*>(memory_->allocate(size, alignof(std::max_align_t)));
    end_ = start_ + size;
  }

  void release() noexcept {
    if (start_ != nullptr) memory_->deallocate(start_, capacity(), alignof(std::max_align_t));
    start_ = at_ = end_ = nullptr;
  }

  byte_sink* sink_;
  std::pmr::memory_resource* memory_;
  char* start_ = nullptr;
  char* at_ = nullptr;
  char* end_ = nullptr;
  std::uint64_t flushed_ = 0;
};

}  // namespace spillway::io
