#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/progress.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/chunks.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/plain_file.hpp>
#include <spillway/io/reading.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace spillway::io {

/// A type whose bytes are its value. Padding and pointers inside it are the caller's care: padding bytes are written as
/// they happen to be, and pointers mean nothing when they are read back.
template <class T>
concept binary_record = std::is_trivially_copyable_v<T> && std::is_object_v<T> && !std::is_pointer_v<T> &&
                        !std::convertible_to<T const&, std::string_view>;

struct binary_options {
  /// Bytes read and worked on at a time, rounded to whole records, at least one.
  std::size_t chunk_size = 256 * 1024;
  std::pmr::memory_resource* memory = std::pmr::get_default_resource();
  progress_callback on_progress = {};
  std::stop_token stop = {};
};

/// Reads records of a fixed size, one after the other without anything between, in the machine's own byte order.
///
/// A reader is read once, by iterating or by one call of `for_each_batch`. An input range of `T const&`; each record
/// is aligned, and valid until the next step.
///
/// Memory: a chunk for each thread, from `binary_options::memory`.
template <binary_record T>
class binary_reader {
  static_assert(alignof(T) <= chunk_padding, "records can't be aligned to more than the chunks they lie in");
  struct state;

 public:
  /// \throws argument_error for a chunk size of 0.
  binary_reader(byte_source_ptr source, binary_options options)
      : state_{std::make_unique<state>(std::move(source), std::move(options))} {}

  /// The file that was opened, if it can be read again and by position: a regular file that isn't compressed.
  [[nodiscard]] std::optional<plain_file> reread() const { return state_->source->reread(); }
  [[nodiscard]] binary_options const& options() const noexcept { return state_->options; }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    [[nodiscard]] T const& operator*() const noexcept { return *at_; }
    [[nodiscard]] T const* operator->() const noexcept { return at_; }
    iterator& operator++() {
      if (++at_ == end_) next_chunk();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(iterator const& it, std::default_sentinel_t) noexcept { return it.at_ == nullptr; }

   private:
    friend class binary_reader;
    explicit iterator(state& reader) : reader_{&reader} { next_chunk(); }

    void next_chunk() {
      auto const next = reader_->next_chunk();
      at_ = next.first;
      end_ = next.last;
    }

    state* reader_ = nullptr;
    T const* at_ = nullptr;
    T const* end_ = nullptr;
  };

  /// Stands on the first record.
  /// \throws argument_error if the reader was read before. Here and in `++`: corrupt_data if the input ends within a
  ///         record, after all whole ones; cancelled; what the source throws.
  [[nodiscard]] iterator begin() {
    state_->start();
    return iterator{*state_};
  }
  [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

  /// What was read so far, to the chunk. There are no lines.
  [[nodiscard]] read_result result() const noexcept { return state_->result; }

  /// Every chunk gets a batch of its own from `make_batch()`, its records are added by `step(batch, record)`, and
  /// `deliver(batch)` takes the batches one after the other in the order of the input.
  ///
  /// `make_batch` and `step` are called concurrently on `threads` threads, the caller's one of them, `deliver` by one
  /// thread at a time. When an error ends the reading, the batches of all chunks before it were delivered, and none
  /// after. What the three throw passes through unchanged.
  /// \throws argument_error if `threads` is 0 or the reader was read before, and what iterating throws.
  template <class MakeBatch, class Step, class Deliver>
    requires std::invocable<MakeBatch&> && std::invocable<Step&, std::invoke_result_t<MakeBatch&>&, T const&> &&
             std::invocable<Deliver&, std::invoke_result_t<MakeBatch&>&>
  read_result for_each_batch(unsigned threads, MakeBatch&& make_batch, Step&& step, Deliver&& deliver) {
    if (threads == 0) throw argument_error{"reading records takes at least one thread"};
    state_->start();
    auto chunking = state_->chunking;
    chunking.threads = threads;
    auto const work = [&](chunk const& piece, unsigned) {
      auto batch = make_batch();
      auto const whole = state_->whole_records(piece);
      for (auto const* record = whole.first; record != whole.last; ++record) step(batch, *record);
      return batch;
    };
    auto const hand_on = [&](std::invoke_result_t<MakeBatch&> batch, chunk const& piece) {
      deliver(batch);
      state_->result.records += piece.bytes().size() / sizeof(T);
      state_->result.bytes += piece.bytes().size();
      state_->check_end(piece);
    };
    process_chunks(state_->chunks, chunking, work, hand_on);
    return state_->result;
  }

 private:
  struct whole_record_cut {
    std::size_t operator()(std::string_view bytes) const noexcept { return bytes.size() / sizeof(T) * sizeof(T); }
  };

  struct record_span {
    T const* first;
    T const* last;
  };

  struct state {
    state(byte_source_ptr from, binary_options chosen)
        : options{std::move(chosen)},
          source{std::move(from)},
          chunking{chunking_of(options)},
          chunks{*source, whole_record_cut{}, chunking},
          piece{options.memory} {}

    static chunk_options chunking_of(binary_options const& options) {
      if (options.chunk_size == 0) throw argument_error{"reading records takes a chunk_size of at least one byte"};
      auto const size = std::max(options.chunk_size / sizeof(T), std::size_t{1}) * sizeof(T);
      return {.chunk_size = size,
              .longest_record = size,
              .memory = options.memory,
              .on_progress = options.on_progress,
              .stop = options.stop};
    }

    void start() {
      if (std::exchange(started, true)) throw argument_error{"a binary_reader is read only once"};
    }

    [[nodiscard]] record_span whole_records(chunk const& chunk) const noexcept {
      // Chunks are aligned for any record, and whole records come before each one's end.
      auto const* const first = reinterpret_cast<T const*>(chunk.bytes().data());
      return {first, first + chunk.bytes().size() / sizeof(T)};
    }

    /// Only the stream's last chunk can end within a record.
    void check_end(chunk const& chunk) const {
      auto const rest = chunk.bytes().size() % sizeof(T);
      if (rest == 0) return;
      throw corrupt_data{source->name(), chunk.offset() + chunk.bytes().size() - rest,
                         "the last record is cut off: expected " + std::to_string(sizeof(T)) + " bytes, found " +
                             std::to_string(rest)};
    }

    /// Null pointers at the end.
    record_span next_chunk() {
      if (piece.capacity() != 0) check_end(piece);
      throw_if_cancelled(options.stop);
      if (!chunks.next(piece)) return {nullptr, nullptr};
      result.records += piece.bytes().size() / sizeof(T);
      result.bytes += piece.bytes().size();
      if (options.on_progress) options.on_progress(source->position());
      if (piece.bytes().size() < sizeof(T)) check_end(piece);
      return whole_records(piece);
    }

    binary_options options;
    byte_source_ptr source;
    chunk_options chunking;
    chunk_reader<whole_record_cut> chunks;
    chunk piece;
    read_result result;
    bool started = false;
  };

  std::unique_ptr<state> state_;
};

/// Reads a file of fixed-size records, compressed or not; `-` is stdin.
/// \throws what `open_input` throws.
template <binary_record T>
[[nodiscard]] binary_reader<T> read_binary(std::string const& path, binary_options options = {}) {
  auto source = open_input(path, {.memory = options.memory, .stop = options.stop});
  return {std::move(source), std::move(options)};
}

/// Reads fixed-size records from a stream.
template <binary_record T>
[[nodiscard]] binary_reader<T> read_binary(byte_source_ptr source, binary_options options = {}) {
  return {std::move(source), std::move(options)};
}

/// Writes the bytes of records, one after the other, as `binary_reader` reads them. A sink for records.
///
/// `out` must outlive it and decides about buffering, flushing and committing. Not thread safe.
template <byte_appendable Out>
class binary_writer {
 public:
  explicit binary_writer(Out& out) : out_{&out} {}

  template <binary_record T>
  void operator()(T const& record) {
    append_records({reinterpret_cast<char const*>(&record), sizeof(T)}, 1);
  }

  /// The bytes of `count` records.
  void append_records(std::string_view bytes, std::uint64_t count) {
    out_->append(bytes);
    records_ += count;
  }

  /// Records written so far.
  [[nodiscard]] std::uint64_t records() const noexcept { return records_; }

 private:
  Out* out_;
  std::uint64_t records_ = 0;
};

}  // namespace spillway::io
