#pragma once

#include <spillway/io/random_access_file.hpp>
#include <spillway/sort/detail/byte_buffer.hpp>
#include <spillway/sort/detail/entry.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <span>
#include <string_view>
#include <vector>

namespace spillway::sort::detail {

/// Where a record's bytes are in its file.
struct record_place {
  std::uint64_t offset;
  std::size_t size;
};

/// A piece of the sorted order, and its records' bytes, one after the other, once they are fetched.
struct gathered_slice {
  /// A record that is read, and where in the slice it goes.
  struct want {
    std::uint64_t offset;
    std::uint32_t index;
    std::uint32_t to;
  };

  explicit gathered_slice(std::pmr::memory_resource* memory) : bytes{memory}, wanted{memory}, block{memory} {}

  [[nodiscard]] std::string_view text() const noexcept { return {bytes.data(), size}; }

  std::span<entry const> entries;
  std::size_t size = 0;
  byte_buffer bytes;
  /// The bytes of all records can go to the output as they are.
  bool plain = true;
  std::pmr::vector<want> wanted;
  byte_buffer block;
};

/// Fetches the records of slices: from a mapped file, with the memory asked for records further on meanwhile; from
/// others in the order of the file, records that are close together by one read.
///
/// A `Layout` knows records: `place(position)`; `fixed_size` of all, or 0; how many bytes behind a record it wants to
/// see, `lookahead`; `room(size)` that a record takes in a slice; and `finish(record, size, behind, slice)`, which
/// completes one that was copied there.
template <class Layout>
class record_fetcher {
 public:
  /// Read at a time, unless a record is longer.
  static constexpr std::size_t block_size = std::size_t{128} * 1024;

  record_fetcher(io::random_access_file const& file, Layout const& layout) : file_{file}, layout_{layout} {}

  /// \throws io::file_changed
  void fetch(gathered_slice& slice) const {
    slice.plain = true;
    slice.bytes.make_room(size_of(slice.entries));
    if (file_.is_mapped()) {
      copy_mapped(slice);
    } else {
      read(slice);
    }
  }

  /// The slice that begins `rest`: so many records as take up to `size` bytes, at least one.
  [[nodiscard]] std::span<entry const> next_slice(std::span<entry const> rest, std::size_t size) const noexcept {
    std::size_t count = 1;
    if constexpr (Layout::fixed_size != 0) {
      count = std::max<std::size_t>(1, size / Layout::fixed_size);
    } else {
      auto used = room_of(rest.front());
      while (count < rest.size() && (used += room_of(rest[count])) <= size) ++count;
    }
    return rest.first(std::min(count, rest.size()));
  }

 private:
  /// Records further on that are asked for: enough that memory is always busy, not more than its queues take.
  static constexpr std::size_t distance = 20;
  static constexpr std::size_t line = 64;

  [[nodiscard]] std::size_t room_of(entry const& of) const noexcept {
    return layout_.room(layout_.place(of.position).size);
  }

  [[nodiscard]] std::size_t size_of(std::span<entry const> entries) const noexcept {
    if constexpr (Layout::fixed_size != 0) return entries.size() * Layout::fixed_size;
    std::size_t size = 0;
    for (auto const& each : entries) size += room_of(each);
    return size;
  }

  void copy_mapped(gathered_slice& slice) const {
    auto const bytes = file_.bytes();
    auto const entries = slice.entries;
    auto* to = slice.bytes.data();
    for (std::size_t i = 0; i < std::min(distance, entries.size()); ++i) ask_for(entries[i]);
    for (std::size_t i = 0; i != entries.size(); ++i) {
      if (i + distance < entries.size()) ask_for(entries[i + distance]);
      auto const place = layout_.place(entries[i].position);
      copy(to, place, bytes);
      to = layout_.finish(to, place, behind(bytes, place.offset + place.size), slice);
    }
    slice.size = static_cast<std::size_t>(to - slice.bytes.data());
  }

  static std::string_view behind(std::string_view bytes, std::uint64_t at) noexcept {
    return {bytes.data() + at, std::min<std::size_t>(Layout::lookahead, bytes.size() - at)};
  }

  void ask_for(entry const& wanted) const noexcept {
    constexpr std::size_t most = 4;  // the processor itself goes on from there
    auto const place = layout_.place(wanted.position);
    auto const* const begin = file_.bytes().data() + place.offset;
    auto const* const end = begin + std::min(place.size, most * line);
    for (auto const* at = begin; at < end; at += line) __builtin_prefetch(at);
    if (end != begin) __builtin_prefetch(end - 1);
  }

  static void copy(char* to, record_place const& place, std::string_view bytes) noexcept {
    auto const* const from = bytes.data() + place.offset;
    if constexpr (Layout::fixed_size != 0) {
      std::memcpy(to, from, Layout::fixed_size);
    } else {
      constexpr std::size_t step = 32;
      static_assert(step <= byte_buffer::padding);
      if (place.offset + place.size + step > bytes.size()) {
        std::memcpy(to, from, place.size);
        return;
      }
      for (std::size_t at = 0; at < place.size; at += step) std::memcpy(to + at, from + at, step);
    }
  }

  void read(gathered_slice& slice) const {
    auto& wanted = slice.wanted;
    wanted.clear();
    wanted.reserve(slice.entries.size());
    std::size_t to = 0;
    for (std::uint32_t i = 0; auto const& each : slice.entries) {
      wanted.push_back({layout_.place(each.position).offset, i++, static_cast<std::uint32_t>(to)});
      to += room_of(each);
    }
    slice.size = to;
    std::sort(wanted.begin(), wanted.end(), [](auto const& a, auto const& b) { return a.offset < b.offset; });
    for (std::span<gathered_slice::want const> rest{wanted}; !rest.empty();) rest = read_some(slice, rest);
  }

  /// Reads the first record and those that follow soon, and returns what is left.
  std::span<gathered_slice::want const> read_some(gathered_slice& slice,
                                                  std::span<gathered_slice::want const> rest) const {
    constexpr std::size_t gap = 4096;
    auto const begin = rest.front().offset;
    auto end = std::uint64_t{0};
    std::size_t count = 0;
    for (auto const& want : rest) {
      auto const next_end = want.offset + place_of(slice, want).size + Layout::lookahead;
      if (count != 0 && (want.offset > end + gap || next_end > begin + block_size)) break;
      end = next_end;
      ++count;
    }
    auto const size = static_cast<std::size_t>(std::min<std::uint64_t>(end, file_.size()) - begin);
    slice.block.make_room(size);
    file_.read({slice.block.data(), size}, begin);
    for (auto const& want : rest.first(count)) {
      auto const place = place_of(slice, want);
      auto* const record = slice.bytes.data() + want.to;
      auto const at = want.offset - begin;
      std::memcpy(record, slice.block.data() + at, place.size);
      layout_.finish(record, place, behind({slice.block.data(), size}, at + place.size), slice);
    }
    return rest.subspan(count);
  }

  [[nodiscard]] record_place place_of(gathered_slice const& slice, gathered_slice::want const& want) const noexcept {
    return layout_.place(slice.entries[want.index].position);
  }

  io::random_access_file const& file_;
  Layout const& layout_;
};

}  // namespace spillway::sort::detail
