#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace spillway::sort::detail {

inline constexpr unsigned bucket_bits = 8;
inline constexpr std::size_t bucket_limit = std::size_t{1} << bucket_bits;

/// How many elements are moved at once: a few cache lines of them.
template <class T>
inline constexpr std::size_t block_size = std::max<std::size_t>(256 / sizeof(T), 4);

/// Distributes elements over buckets in place, moving them in blocks: each element goes to the buffer of its bucket,
/// full buffers go back to the front of what was read already, then whole blocks are exchanged, and what lies across
/// the borders of the buckets is put right at last. (Axtmann, Witt, Ferizovic, Sanders: Engineering in-place
/// (shared-memory) sorting algorithms, 2022, for one thread.)
template <class T, class Digit>
class block_partition {
  static constexpr auto size = block_size<T>;
  static_assert((size & (size - 1)) == 0);

 public:
  using buffers = std::array<T, bucket_limit * size>;

  /// `digit(element)` is less than `buckets`, which is at most `bucket_limit`.
  block_partition(std::span<T> all, std::size_t buckets, Digit const& digit, buffers& held)
      : all_{all}, buckets_{buckets}, digit_{digit}, held_{held} {}

  /// Where each bucket begins; after the last, where it ends.
  std::array<std::size_t, bucket_limit + 1> const& operator()() {
    auto const filled = fill_blocks();
    lay_out(filled);
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) place_blocks(bucket);
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) mend_borders(bucket);
    return begin_;
  }

 private:
  /// How many blocks were written back.
  std::size_t fill_blocks() {
    count_.fill(0);
    auto* to = all_.data();
    auto* const held = held_.data();
    auto const digit = digit_;
    for (auto const* from = all_.data(); from != all_.data() + all_.size(); ++from) {
      auto const one = *from;
      auto const bucket = digit(one);
      auto const at = count_[bucket]++ & (size - 1);
      auto* const block = held + bucket * size;
      block[at] = one;
      if (at == size - 1) to = std::copy_n(block, size, to);
    }
    return static_cast<std::size_t>(to - all_.data()) / size;
  }

  void lay_out(std::size_t filled) {
    std::size_t begin = 0;
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
      begin_[bucket] = begin;
      begin += count_[bucket];
    }
    begin_[buckets_] = begin;
    for (std::size_t bucket = 0; bucket < buckets_; ++bucket) {
      write_[bucket] = first_block(bucket);
      read_[bucket] = std::clamp(filled, first_block(bucket), first_block(bucket + 1));
    }
  }

  /// Blocks of a bucket begin here; up to the next bucket's there is room for them all, if not always within the
  /// bucket.
  [[nodiscard]] std::size_t first_block(std::size_t bucket) const { return (begin_[bucket] + size - 1) / size; }

  /// Between `write_` and `read_` are the blocks of any bucket that were not looked at yet.
  void place_blocks(std::size_t bucket) {
    std::array<T, size> one;
    while (write_[bucket] < read_[bucket]) {
      std::copy_n(block(--read_[bucket]), size, one.data());
      while (exchange(one)) {
      }
    }
  }

  /// Puts the block where it belongs, and takes what was there; false if nothing was.
  bool exchange(std::array<T, size>& one) {
    auto const bucket = digit_(one[0]);
    auto& to = write_[bucket];
    while (to < read_[bucket] && digit_(*block(to)) == bucket) ++to;
    if (to < read_[bucket]) {
      std::swap_ranges(one.begin(), one.end(), block(to++));
      return true;
    }
    if ((to + 1) * size > all_.size()) {
      beyond_ = one;
    } else {
      std::copy_n(one.data(), size, block(to));
    }
    ++to;
    return false;
  }

  /// Before its first block, and after its last, a bucket lacks what is in its buffer, or in its last block but beyond
  /// its end. Buckets before this one have taken theirs out of it already.
  void mend_borders(std::size_t bucket) {
    auto const begin = begin_[bucket];
    auto const end = begin_[bucket + 1];
    auto const blocks = count_[bucket] / size;
    auto const* const held = held_.data() + bucket * size;
    auto const held_end = held + count_[bucket] % size;
    auto* const to = all_.data();
    if (blocks == 0) {
      std::copy(held, held_end, to + begin);
      return;
    }
    auto const blocks_begin = first_block(bucket) * size;
    auto const blocks_end = blocks_begin + blocks * size;
    if (blocks_end <= end) {
      auto const middle = held + (blocks_begin - begin);
      std::copy(held, middle, to + begin);
      std::copy(middle, held_end, to + blocks_end);
      return;
    }
    auto* head = to + begin;
    if (blocks_end > all_.size()) {
      auto const within = static_cast<std::ptrdiff_t>(end - (blocks_end - size));
      std::copy(beyond_.begin(), beyond_.begin() + within, to + (blocks_end - size));
      head = std::copy(beyond_.begin() + within, beyond_.end(), head);
    } else {
      head = std::copy(to + end, to + blocks_end, head);
    }
    std::copy(held, held_end, head);
  }

  [[nodiscard]] T* block(std::size_t number) { return all_.data() + number * size; }

  std::span<T> all_;
  std::size_t buckets_;
  Digit const& digit_;
  buffers& held_;
  std::array<std::size_t, bucket_limit> count_;
  std::array<std::size_t, bucket_limit + 1> begin_;
  std::array<std::size_t, bucket_limit> write_;
  std::array<std::size_t, bucket_limit> read_;
  std::array<T, size> beyond_;  ///< the last block, if it begins within the elements and ends after them
};

}  // namespace spillway::sort::detail
