#pragma once

#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/entry_array.hpp>
#include <spillway/sort/detail/kept_key.hpp>
#include <spillway/sort/detail/key_words.hpp>
#include <spillway/sort/detail/record_arena.hpp>
#include <spillway/sort/detail/record_order.hpp>
#include <spillway/sort/detail/sort_entries.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// Packed records and their prefixes, made by one thread to be appended to a buffer by another.
template <class Order>
class record_batch {
 public:
  record_batch(Order const& order, std::pmr::memory_resource* memory)
      : order_{&order}, bytes_{memory}, entries_{memory} {}

  /// Makes room for so many records, of so many packed bytes together, at once.
  void reserve(std::size_t records, std::size_t bytes) {
    entries_.reserve(records);
    bytes_.reserve(bytes);
  }

  /// \throws what the codec, the projection and the allocator throw; the batch is as it was.
  void push(typename Order::record const& added) {
    auto const begin = bytes_.size();
    entries_.push_back({order_->prefix(added), begin});
    try {
      auto const size = order_->packed_size(added);
      bytes_.resize(begin + size);
      order_->pack(added, size, bytes_.data() + begin);
    } catch (...) {
      bytes_.resize(begin);
      entries_.pop_back();
      throw;
    }
  }

  void push_packed(std::uint64_t prefix, std::span<char const> packed) {
    entries_.push_back({prefix, bytes_.size()});
    bytes_.insert(bytes_.end(), packed.begin(), packed.end());
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::span<entry const> entries() const noexcept { return entries_; }
  [[nodiscard]] std::span<char const> bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t end_of(std::size_t index) const noexcept {
    return index + 1 < entries_.size() ? entries_[index + 1].position : bytes_.size();
  }
  void clear() noexcept {
    bytes_.clear();
    entries_.clear();
  }

 private:
  Order const* order_;
  std::pmr::vector<char> bytes_;
  std::pmr::vector<entry> entries_;
};

/// The records of one run: packed in an arena, and an array of entries that is sorted in their place. An entry's
/// position is the offset in the arena, where, if ties ask for it, a kept key precedes the packed record.
template <class Order>
class record_buffer {
 public:
  using record = typename Order::record;

  /// Holds at most `limit` bytes.
  record_buffer(Order const& order, std::size_t limit, std::pmr::memory_resource* memory)
      : order_{order}, limit_{limit}, memory_{memory}, arena_{segment_size(limit), memory}, entries_{memory} {}

  /// False if there is no room for it: nothing has changed.
  /// \throws what the codec, the projection and the allocator throw; nothing has changed.
  bool push(record const& added) {
    auto const prefix = order_.prefix(added);
    auto const size = order_.packed_size(added);
    auto const taken = prefix > cutoff_ || place(
                                               prefix, size, [&]() -> decltype(auto) { return order_.key_of(added); },
                                               [&](char* to) { order_.pack(added, size, to); });
    if (taken) count(1, size);
    return taken;
  }

  /// Appends what there is room for, and returns the index of the first record left out.
  std::size_t append(record_batch<Order> const& batch, std::size_t from = 0) {
    auto const next = append_uncounted(batch, from);
    if (next != from) count(next - from, batch.end_of(next - 1) - batch.entries()[from].position);
    return next;
  }
  std::size_t append_uncounted(record_batch<Order> const& batch, std::size_t from = 0) {
    if (from == 0 && append_whole(batch)) return batch.size();
    for (; from < batch.size(); ++from) {
      auto const& each = batch.entries()[from];
      if (each.prefix > cutoff_) continue;
      auto const* const bytes = batch.bytes().data() + each.position;
      auto const size = batch.end_of(from) - each.position;
      typename Order::slot slot{};
      auto const fits = place(
          each.prefix, size, [&]() -> decltype(auto) { return order_.key_of(order_.read(bytes, slot)); },
          [&](char* to) { std::memcpy(to, bytes, size); });
      if (!fits) break;
    }
    return from;
  }

  void sort(unsigned threads, std::stop_token const& stop) {
    auto const all = entries_.entries();
    if constexpr (Order::ties == tie_by::nothing) {
      sort_entries(all, no_tie{}, threads, memory_, stop);
    } else if constexpr (has_words) {
      sort_entries(all, word_tie{{this}}, threads, memory_, stop);
    } else if constexpr (decodes_keys) {
      sort_by_decoded_keys(threads, stop);
    } else {
      sort_entries(all, key_tie{this}, threads, memory_, stop);
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::span<entry const> entries() const noexcept { return entries_.entries(); }
  [[nodiscard]] std::span<entry> entries() noexcept { return entries_.entries(); }
  /// Only the first so many, when sorted; of those to come, only ones that may come before the last of them.
  void truncate(std::uint64_t size) noexcept {
    if (size > entries_.size()) return;
    bytes_ = record_size() * size;
    entries_.resize(static_cast<std::size_t>(size));
    cutoff_ = size == 0 ? 0 : std::min(cutoff_, entries().back().prefix);
  }
  /// About the bytes of a packed record.
  [[nodiscard]] std::size_t record_size() const noexcept {
    auto const records = entries_.size() != 0 ? entries_.size() : total_records_;
    auto const bytes = entries_.size() != 0 ? bytes_ : total_bytes_;
    return records == 0 ? 64 : static_cast<std::size_t>(std::max<std::uint64_t>(1, bytes / records));
  }
  /// Of all that was ever taken.
  [[nodiscard]] std::uint64_t total_records() const noexcept { return total_records_; }
  [[nodiscard]] std::uint64_t total_bytes() const noexcept { return total_bytes_; }
  [[nodiscard]] std::size_t held() const noexcept { return arena_.held() + entries_.capacity() * sizeof(entry); }

  /// The packed record of an entry.
  [[nodiscard]] char const* packed(entry const& of) const noexcept { return arena_.at(of.position) + key_room; }
  [[nodiscard]] char* packed(entry const& of) noexcept { return arena_.at(of.position) + key_room; }

  /// Forgets the records; keeps the memory for the next.
  void clear() noexcept {
    arena_.clear();
    entries_.resize(0);
    bytes_ = 0;
  }
  /// Forgets them and gives the memory back.
  void release() noexcept {
    clear();
    arena_.give_up(arena_.held());
    entries_.release();
  }

 private:
  using key = typename Order::key;
  using kept = typename Order::kept;
  using kept_traits = kept_key<key>;
  static constexpr bool keeps_keys = Order::ties == tie_by::key;
  using tie_key = std::conditional_t<Order::ties == tie_by::text || keeps_keys, kept, key>;
  using words = key_words<typename Order::less_type, tie_key>;
  static constexpr bool has_words = Order::ties != tie_by::decoded && words::known;
  static constexpr std::size_t slot_alignment =
      keeps_keys ? std::max(alignof(kept), Order::alignment) : Order::alignment;
  static constexpr std::size_t key_room =
      keeps_keys ? (sizeof(kept) + Order::alignment - 1) / Order::alignment * Order::alignment : 0;

  static constexpr bool decodes_keys = Order::ties == tie_by::decoded && Order::can_copy_keys;

  static std::size_t segment_size(std::size_t limit) noexcept {
    constexpr std::size_t smallest = 4096;
    constexpr std::size_t largest = std::size_t{4} << 20U;
    return std::clamp(std::bit_floor(limit / 32), smallest, largest);
  }

  /// A record of `size` packed bytes, written by `write`.
  template <class KeyOf, class Write>
  bool place(std::uint64_t prefix, std::size_t size, KeyOf const& key_of, Write const& write) {
    if constexpr (keeps_keys) {
      decltype(auto) of = key_of();
      auto const piece = allocate(key_room + size + kept_traits::text_size(of));
      if (piece.data == nullptr) return false;
      auto* text = piece.data + key_room + size;
      std::construct_at(reinterpret_cast<kept*>(piece.data), kept_traits::keep(of, text));
      finish(piece, prefix, size, write);
    } else {
      auto const piece = allocate(size);
      if (piece.data == nullptr) return false;
      finish(piece, prefix, size, write);
    }
    return true;
  }

  record_arena::piece allocate(std::size_t size) {
    if (entries_.room() == 0 || size > arena_.room(slot_alignment)) [[unlikely]] {
      if (!make_room(size)) return {};
    }
    return arena_.allocate(size, slot_alignment);
  }

  template <class Write>
  void finish(record_arena::piece const& piece, std::uint64_t prefix, std::size_t size, Write const& write) {
    try {
      write(piece.data + key_room);
    } catch (...) {
      arena_.shrink(piece.offset);
      throw;
    }
    entries_.push_back({prefix, piece.offset});
    bytes_ += size;
  }

  void count(std::uint64_t records, std::uint64_t bytes) noexcept {
    total_records_ += records;
    total_bytes_ += bytes;
  }

  bool make_room(std::size_t size) {
    auto growth = arena_.growth(size, slot_alignment) + decoded_later();
    if (held() + growth > limit_) {
      // What was kept from the run before may be of no use for this one: its records may be much larger.
      arena_.give_up(held() + growth - limit_);
      if (entries_.size() == 0) entries_.release();
      growth = arena_.growth(size, slot_alignment) + decoded_later();
      if (held() + growth > limit_) return false;
    }
    return entries_.room() != 0 || grow_entries(1, growth);
  }

  /// What sorting by decoded keys will take; a key is taken to have as many bytes outside itself as its packed record.
  [[nodiscard]] std::size_t decoded_later() const noexcept {
    if constexpr (decodes_keys) {
      auto const each = sizeof(key) + sizeof(std::uint64_t) + record_size();
      return (entries_.size() + arena_.segment_size() / record_size() + 1) * each;
    } else {
      return 0;
    }
  }

  /// Keys that can't be kept beside their records are decoded once for all comparisons. Meanwhile positions are
  /// numbers.
  void sort_by_decoded_keys(unsigned threads, std::stop_token const& stop) {
    auto const all = entries_.entries();
    std::pmr::vector<std::uint64_t> positions(all.size(), memory_);
    std::pmr::vector<key> keys{memory_};
    keys.reserve(all.size());
    typename Order::slot slot{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      keys.emplace_back(order_.key_of(order_.read(packed(all[i]), slot)));
      positions[i] = std::exchange(all[i].position, i);
    }
    auto const tie = [&](entry const& a, entry const& b) { return order_.less(keys[a.position], keys[b.position]); };
    sort_entries(all, tie, threads, memory_, stop);
    for (auto& each : all) each.position = positions[each.position];
  }

  /// Doubles, until it can be told from the records so far how many will fit.
  bool grow_entries(std::size_t by, std::size_t arena_growth) {
    auto const size = entries_.size();
    auto capacity = std::max({std::size_t{256}, 2 * entries_.capacity(), size + by});
    if (capacity * sizeof(entry) > limit_ / 16) {
      auto const record_size = std::max<std::size_t>(1, static_cast<std::size_t>(arena_used() / size));
      capacity = limit_ / (record_size + sizeof(entry)) + size / 64 + by;
    }
    // The old ones are there until they are copied.
    capacity = std::min(capacity, (limit_ - held() - arena_growth) / sizeof(entry));
    if (capacity < size + std::max(by, size / 16)) return false;
    entries_.reserve(capacity);
    return true;
  }
  [[nodiscard]] std::uint64_t arena_used() const noexcept {
    return entries_.size() == 0 ? 0 : entries_.entries().back().position + 1;
  }

  bool append_whole(record_batch<Order> const& batch) {
    if constexpr (keeps_keys) {
      return false;
    } else {
      auto const bytes = batch.bytes();
      if (cutoff_ != ~std::uint64_t{0} || bytes.empty() || bytes.size() > arena_.room(slot_alignment) ||
          batch.size() > entries_.room())
        return false;
      auto const piece = arena_.allocate(bytes.size(), slot_alignment);
      std::memcpy(piece.data, bytes.data(), bytes.size());
      for (auto const& each : batch.entries()) entries_.push_back({each.prefix, piece.offset + each.position});
      bytes_ += bytes.size();
      return true;
    }
  }

  [[nodiscard]] kept const& kept_of(entry const& of) const noexcept {
    return *std::launder(reinterpret_cast<kept const*>(arena_.at(of.position)));
  }

  /// What `sort_entries` asks about entries of equal prefix.
  struct key_tie {
    record_buffer const* buffer;
    bool operator()(entry const& a, entry const& b) const { return buffer->tie(a, b); }
  };
  /// For keys that are ordered as text.
  struct word_tie : key_tie {
    [[nodiscard]] std::uint64_t word(entry const& of, std::size_t number) const {
      return words::at(this->buffer->key_at(of), number);
    }
    [[nodiscard]] std::size_t first_difference(entry const& a, entry const& b, std::size_t from) const {
      return words::first_difference(this->buffer->key_at(a), this->buffer->key_at(b), from).number;
    }
    [[nodiscard]] static bool is_last(std::uint64_t word) noexcept { return words::is_last(word); }
  };

  [[nodiscard]] decltype(auto) key_at(entry const& of) const {
    if constexpr (Order::ties == tie_by::text) {
      return Order::bytes(packed(of));
    } else if constexpr (keeps_keys) {
      return kept_of(of);
    } else {
      typename Order::slot slot{};  // of a codec in place: nothing
      return order_.key_of(order_.read(packed(of), slot));
    }
  }

  /// Whether the key of `a` comes before that of `b`, if their prefixes are equal.
  [[nodiscard]] bool tie(entry const& a, entry const& b) const {
    if constexpr (Order::ties == tie_by::nothing) {
      return false;
    } else if constexpr (Order::ties == tie_by::text) {
      return order_.less(Order::bytes(packed(a)), Order::bytes(packed(b)));
    } else if constexpr (keeps_keys) {
      return order_.less(kept_of(a), kept_of(b));
    } else {
      typename Order::slot slot_a{};
      typename Order::slot slot_b{};
      return order_.less_records(order_.read(packed(a), slot_a), order_.read(packed(b), slot_b));
    }
  }

  Order const& order_;
  std::size_t limit_;
  std::pmr::memory_resource* memory_;
  record_arena arena_;
  entry_array entries_;
  std::uint64_t bytes_ = 0;
  std::uint64_t cutoff_ = ~std::uint64_t{0};
  std::uint64_t total_records_ = 0;
  std::uint64_t total_bytes_ = 0;
};

}  // namespace spillway::sort::detail
